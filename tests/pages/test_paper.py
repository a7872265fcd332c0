"""The page of the paper under `AppTest`: what is shipped, and what it says where nothing is."""

from __future__ import annotations

from pathlib import Path

import pytest

from cae_core.paper.published import TABLE1
from cae_core.paper.settings import METHODS
from tests.pages.conftest import opened_at
from ui import paper


def test_shows_what_is_shipped() -> None:
    test = opened_at("paper", epoch="0")
    assert not test.exception
    assert not test.error
    assert test.title[0].value == "Paper"
    report = paper.shipped()
    assert report is not None
    table = report.parts["Table 1, here and in the paper"][0]
    names = [row[0] for row in table.rows]
    assert names == [METHODS[key].name for key in TABLE1 if key in METHODS]
    assert table.rows[0][2] == "1.14 %"
    assert report.charts.keys() == {
        "errors",
        "norms",
        "figure1",
        "figure2",
        "path-error",
        "path-saturation",
    }


def test_says_so_where_nothing_is_shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paper, "SHIPPED", tmp_path)
    paper.shipped.cache_clear()
    try:
        test = opened_at("paper", epoch="0")
        assert not test.exception
        assert "No finished cells came with this copy" in test.info[0].value
    finally:
        paper.shipped.cache_clear()


def test_a_table_holds_no_html_of_its_own() -> None:
    shown = paper._table("<b>", paper.Table(("a<", "b"), (("<script>", "&"),)))
    assert "<script>" not in shown
    assert "&lt;script&gt;" in shown
