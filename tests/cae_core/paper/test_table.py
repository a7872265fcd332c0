"""Picks, rows and claims from cells made by hand."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from cae_core.paper.cells import Cells
from cae_core.paper.settings import Classifier, Model, models
from cae_core.paper.table import Mean, as_rows, claims, path, picks, table1
from tests.cae_core.paper.made import SMALL, grid, put_classifier, put_model

FIRST, OTHER = SMALL.tuning_rates


def test_validation_alone_picks(tmp_path: Path) -> None:
    """The classifier with the best test error is not the one with the best validation error."""
    cells = grid(tmp_path, {("cae", 1.0, OTHER): (0.01, 0.09), ("cae", 0.1, FIRST): (0.02, 0.001)})
    pick = picks(SMALL, cells)["cae"]
    assert (pick.model.value, pick.rate) == (1.0, OTHER)


def test_equals_are_told_apart_by_validation_loss(tmp_path: Path) -> None:
    cells = grid(tmp_path, {("cae", 0.1, FIRST): (0.01, 0.0), ("cae", 1.0, FIRST): (0.01, 0.09)})
    better = Classifier(Model(SMALL, "cae", 1.0, SMALL.rates[0], 0), FIRST)
    put_classifier(cells, better, 0.01, 0.09, loss=0.01)
    assert picks(SMALL, Cells(tmp_path))["cae"] == better


def test_a_row_is_the_mean_over_seeds(tmp_path: Path) -> None:
    cells = grid(tmp_path, {("cae", 0.1, FIRST): (0.01, 0.010)})
    other = Model(SMALL, "cae", 0.1, SMALL.rates[0], 1)
    put_model(cells, other, norm=4.0, saturated=0.15)
    put_classifier(cells, Classifier(other, FIRST), 0.03, 0.020)
    (row,) = (row for row in table1(SMALL, cells) if row.method == "cae")
    assert (row.test.value, row.test.error) == (pytest.approx(1.5), pytest.approx(0.5))
    assert row.norm.value == pytest.approx(3.0)
    assert row.saturated.value == pytest.approx(10.0)
    assert row.seeds == (0, 1)


def test_one_seed_has_no_standard_error() -> None:
    assert math.isnan(Mean.of([1.0]).error)


def test_ours_stands_beside_the_papers(tmp_path: Path) -> None:
    cells = grid(tmp_path, {("cae", 1.0, FIRST): (0.01, 0.0121), ("ae", 0.0, FIRST): (0.02, 0.016)})
    rows = as_rows(SMALL, cells)
    assert [row["method"] for row in rows] == ["CAE", "AE"]
    assert (rows[0]["test error"], rows[0]["paper error"]) == ("1.21 %", "1.14 %")
    assert (rows[1]["ratio"], rows[1]["paper ratio"]) == ("24.0", "24.0")


def found(cells: Cells, words: str) -> bool | None:
    (claim,) = (claim for claim in claims(SMALL, cells) if words in claim.text)
    return claim.holds


def test_claims_that_hold(tmp_path: Path) -> None:
    cells = grid(tmp_path, {("cae", 1.0, FIRST): (0.01, 0.012), ("ae", 0.0, FIRST): (0.02, 0.016)})
    assert all(claim.holds for claim in claims(SMALL, cells))


def test_claims_that_do_not_hold(tmp_path: Path) -> None:
    cells = grid(tmp_path, {("cae", 0.1, FIRST): (0.01, 0.017), ("ae", 0.0, FIRST): (0.02, 0.016)})
    for model in models(SMALL, 0):
        put_model(
            cells,
            model,
            norm={0.0: 1.0, 0.1: 2.0, 1.0: 3.0}[model.value],
            saturated=0.2 - model.value / 10,
        )
    cells = Cells(tmp_path)
    for words in (
        "test error is lower",
        "norm is lowest",
        "norm is 24 times",
        "saturates most",
        "Along lambda",
    ):
        assert found(cells, words) is False, words
    assert found(cells, "fewest large singular values") is False
    assert found(cells, "AE's contraction ratio falls") is True


def test_a_path_takes_the_best_rate_by_validation(tmp_path: Path) -> None:
    cells = grid(tmp_path, {("cae", 1.0, FIRST): (0.02, 0.5), ("cae", 1.0, OTHER): (0.03, 0.1)})
    steps = path(SMALL, cells)["cae"]
    assert [step.model.value for step in steps] == [0.1, 1.0]
    assert steps[1].tuned is not None
    assert steps[1].tuned["test_error"] == 0.5


def test_nothing_finished_gives_nothing(tmp_path: Path) -> None:
    assert table1(SMALL, Cells(tmp_path)) == []
    assert claims(SMALL, Cells(tmp_path)) == []
