"""Curves over training: their numbers are those of the history, and Plotly accepts them."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
import pytest

from cae_core.figures import curves
from cae_core.figures.chart import Chart
from cae_core.figures.parts import ceiling, log_limits, number
from cae_core.frame import HISTORY

RNG = np.random.default_rng(0)


def history(epochs: int) -> dict[str, np.ndarray]:
    """A history of positive numbers with no training row before the first epoch."""
    found = {name: RNG.uniform(0.1, 5.0, (epochs + 1, 2)) for name in HISTORY}
    for name in ("train_reconstruction", "train_penalty"):
        found[name][0] = np.nan
    found["norm_p10"], found["norm_p90"] = found["norm_mean"] * 0.9, found["norm_mean"] * 1.1
    return found


def values(packed: dict[str, Any]) -> np.ndarray:
    """The numbers of a typed array."""
    return np.frombuffer(base64.b64decode(packed["bdata"]), dtype={"f4": "<f4", "i4": "<i4"}[packed["dtype"]])


def charts(found: dict[str, np.ndarray], epochs: int) -> list[Chart]:
    """All curves of a history."""
    return [
        curves.reconstruction_curves(found, epochs, loss="squared error"),
        curves.penalty_curves(found, epochs),
        curves.norm_curves(found, epochs),
        curves.norm_curves(found, epochs, ghost=history(epochs)),
    ]


@pytest.mark.parametrize("done", [0, 1, 12])
def test_charts_are_whole(done: int) -> None:
    found = history(done)
    for chart in charts(found, 12):
        assert chart.figure.data
        assert chart.spec["layout"]["xaxis"]["range"] == [0.0, 12.0]
        assert len({len(column) for column in chart.table.values()}) == 1
        assert len(chart.table["epoch"]) == done + 1


def test_lines_hold_the_history() -> None:
    found = history(7)
    chart = curves.reconstruction_curves(found, 10, loss="squared error")
    shown = {(trace["name"], trace["line"]["width"] > 2): values(trace["y"]) for trace in chart.spec["data"]}
    for k, name in enumerate(("Plain", "Contractive")):
        np.testing.assert_allclose(shown[name, True], found["test_reconstruction"][:, k], rtol=1e-6)
        np.testing.assert_allclose(
            shown[f"{name}, training", False], found["train_reconstruction"][1:, k], rtol=1e-6
        )
        assert number(found["test_reconstruction"][-1, k]) in chart.alt
    low, high = chart.spec["layout"]["yaxis"]["range"]
    everything = np.concatenate([found["test_reconstruction"], found["train_reconstruction"][1:]])
    assert 10**low <= everything.min()
    assert 10**high >= everything.max()


def test_a_plain_pair_has_no_training_penalty() -> None:
    found = history(3)
    found["train_penalty"][:] = np.nan
    assert len(curves.penalty_curves(found, 3).spec["data"]) == 2


def test_the_axis_holds_the_picture_before() -> None:
    small, large = history(3), history(3)
    large["norm_p90"] = large["norm_p90"] * 100
    chart = curves.norm_curves(small, 3, ghost=large)
    assert chart.spec["layout"]["yaxis"]["range"][1] >= large["norm_p90"].max()


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0"), (0.1, "0.100"), (123.456, "123"), (1e-5, "1.00e-05"), (float("nan"), "–"), (2.0, "2.00")],
)
def test_numbers_in_words(value: float, text: str) -> None:
    assert number(value) == text


@pytest.mark.parametrize("value", [1e-7, 0.3, 0.99, 1.0, 1.01, 4.2, 9.99, 1234.0])
def test_ceilings_are_near_and_not_below(value: float) -> None:
    assert value * (1 - 1e-6) <= ceiling(value) <= 2 * value * (1 + 1e-6)


def test_no_positive_value_gives_no_log_axis() -> None:
    assert log_limits(np.array([0.0, -1.0, np.nan])) is None
