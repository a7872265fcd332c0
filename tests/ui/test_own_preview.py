"""What the preview says of columns, and which of several files counts."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from cae_core.own.model import Column, Preparation
from ui.own import _chosen
from ui.own_preview import _fate


@pytest.mark.parametrize(
    ("column", "chosen", "said"),
    [
        (Column("a", "number"), Preparation(), "input"),
        (
            Column("a", "category", note="becomes 3 inputs of 0 and 1"),
            Preparation(),
            "becomes 3 inputs of 0 and 1",
        ),
        (
            Column("a", "category", note="becomes 3 inputs of 0 and 1"),
            Preparation(label="a"),
            "gives the classes",
        ),
        (
            Column("a", "category", note="becomes 3 inputs of 0 and 1"),
            Preparation(left_out=("a",)),
            "left out",
        ),
        (Column("a", "number", used=False, note="row numbers"), Preparation(), "input"),
        (
            Column("a", "number", used=False, note="row numbers"),
            Preparation(left_out=("a",)),
            "left out: row numbers",
        ),
        (Column("a", "constant", note="has one value"), Preparation(), "left out: has one value"),
        (Column("a", "date", used=False), Preparation(), "left out"),
        (Column("a", "constant", note="has one value"), Preparation(square=True), "a pixel"),
    ],
)
def test_what_becomes_of_a_column(column: Column, chosen: Preparation, said: str) -> None:
    assert _fate(column, chosen) == said


@pytest.mark.parametrize(
    ("names", "count"),
    [
        ([], []),
        (["a.csv"], ["a.csv"]),
        (["a.csv", "b.parquet"], ["b.parquet"]),
        (["a.png", "b.JPG"], ["a.png", "b.JPG"]),
        (["a.png", "t.csv"], ["t.csv"]),
        (["a.png", "t.csv", "b.png"], ["a.png", "b.png"]),
    ],
)
def test_of_several_files_the_last_counts_or_all_images(names: list[str], count: list[str]) -> None:
    files = [SimpleNamespace(name=name) for name in names]
    assert [file.name for file in _chosen(files)] == count
