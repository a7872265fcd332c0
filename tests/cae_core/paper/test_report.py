"""The report from cells made by hand: figures, formats, and pictures with and without kaleido."""

from __future__ import annotations

import importlib.util
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cae_core.paper.cells import Cells
from cae_core.paper.figures import charts
from cae_core.paper.pictures import draw
from cae_core.paper.report import as_html, as_markdown, as_text, plain
from cae_core.paper.settings import Check, Classifier, Model
from cae_core.paper.story import progress, story, summary
from cae_core.paper.table import checked
from tests.cae_core.paper.made import SMALL, grid, put_classifier, put_model

FIRST, _ = SMALL.tuning_rates


@pytest.fixture
def cells(tmp_path: Path) -> Cells:
    """The whole grid at the first seed, and the CAE's pick at the second."""
    made = grid(tmp_path, {("cae", 1.0, FIRST): (0.01, 0.012), ("ae", 0.0, FIRST): (0.02, 0.016)})
    other = Model(SMALL, "cae", 1.0, SMALL.rates[0], 1)
    put_model(made, other, norm=3.0)
    put_classifier(made, Classifier(other, FIRST), 0.01, 0.014)
    return made


def test_the_figures_hold_the_cells_numbers(cells: Cells) -> None:
    found = charts(SMALL, cells)
    np.testing.assert_allclose(found["figure1"].table["CAE"], [0.1, 0.12, 0.15, 0.14])
    np.testing.assert_allclose(found["figure2"].table["CAE"], [2.0, 0.1, 0.05])  # the mean over two seeds
    np.testing.assert_allclose(found["errors"].table["here"], [1.6, 1.3])
    np.testing.assert_allclose(found["norms"].table["paper"][-1], 0.73 / 17.5)
    np.testing.assert_allclose(found["path-error"].table["norm"], [2.0, 1.0, 24.0])
    lines = plain(found["figure1"])["layout"]["shapes"]
    assert [line["x0"] for line in lines] == [10.0, 15.0]
    for chart in found.values():
        assert chart.alt
        assert "nan" not in chart.alt


def test_the_words(cells: Cells) -> None:
    assert "15 classifiers" not in progress(SMALL, cells)
    assert "5 of 5 classifiers at the first seed, and all picks at 1 of 2 seeds" in progress(SMALL, cells)
    assert "the CAE errs on 1.30 ± 0.10 % of the test digits, the AE on 1.60 %" in summary(SMALL, cells)


def test_checks_stand_beside_the_picks(cells: Cells) -> None:
    check = Check("nine epochs", (("epochs", 9),), "three and six", lam=0.3)
    experiment = replace(SMALL, checks=(check,))
    title = "Do other settings decide it?"
    assert title not in as_text(story(experiment, cells, ""))
    for _, rows in checked(experiment, cells):
        for row in rows:
            put_model(cells, row.model, norm=0.5)
            put_classifier(cells, row, 0.01, 0.0111)
    text = as_text(story(experiment, cells, ""))
    assert title in text
    assert "CAE 1    as picked" in text
    assert "CAE 0.3  nine epochs  0.5" in text
    assert "1.11 %" in text
    assert "Nine epochs: three and six. The CAE errs on 1.11 % (nine epochs) to 1.20 % (as picked)" in text


def test_each_format_holds_the_same(cells: Cells) -> None:
    found, blocks = charts(SMALL, cells), story(SMALL, cells, "python -m cae_core paper all")
    text, markdown, page = as_text(blocks), as_markdown(blocks, found), as_html(blocks, found)
    for words in ("1.30 ± 0.10 %", "1.14 %", "What holds", "python -m cae_core paper all", "2026-11-28"):
        assert words in text
        assert words in markdown
        assert words in page
    assert "![Contraction ratio over radius 1.00 to 20.0;" in markdown
    assert page.count('<script type="application/json">') == len(found) == 6


def test_without_kaleido_one_sentence_says_so(
    cells: Cells, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "kaleido", None)
    assert "Got no kaleido" in draw(charts(SMALL, cells), tmp_path)
    assert not list(tmp_path.glob("*.svg"))


@pytest.mark.skipif(
    importlib.util.find_spec("kaleido") is None or shutil.which("chromium") is None,
    reason="Pictures need kaleido and Chromium.",
)
def test_pictures(cells: Cells, tmp_path: Path) -> None:
    chart = charts(SMALL, cells)["figure1"]
    assert draw({"figure1": chart}, tmp_path) == ""
    assert "Contraction ratio" in (tmp_path / "figure1.svg").read_text()
    assert (tmp_path / "figure1.png").read_bytes().startswith(b"\x89PNG")
