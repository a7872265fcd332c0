"""What a board sends, and what it believes of what comes back."""

from __future__ import annotations

import json
import math
import time
from typing import Any

import numpy as np
import pytest

from cae_core.figures.chart import Chart, typed
from ui.board import Panel, Selection, message, parse

KEYS = frozenset({"codes"})
GOOD: dict[str, Any] = {"panel": "codes", "ids": [3, 1, 3], "x": 0.5, "y": 2, "click": True}


def panels(count: int = 1, n: int = 1000) -> list[Panel]:
    values = np.linspace(0, 1, n)
    spec = {"data": [{"x": typed(values), "y": typed(values)}], "layout": {}}
    chart = Chart("Codes", spec, table={"id": np.arange(n), "norm": values, "class": ["a"] * n})
    return [Panel(f"p{i}", chart) for i in range(count)]


def test_parse_keeps_what_is_valid() -> None:
    assert parse(GOOD, KEYS) == Selection("codes", (3, 1), 0.5, 2.0, click=True)


@pytest.mark.parametrize(
    "change",
    [
        {"panel": "other"},
        {"panel": 3},
        {"ids": "12"},
        {"ids": [1.5]},
        {"ids": [True]},
        {"ids": [-1]},
        {"ids": [2**31]},
        {"ids": [None]},
        {"ids": [0] * 100_001},
        {"click": 1},
    ],
)
def test_parse_drops_garbage(change: dict[str, Any]) -> None:
    assert parse({**GOOD, **change}, KEYS) is None


@pytest.mark.parametrize("value", [None, [], "codes", 3, {}])
def test_parse_drops_what_is_no_selection(value: Any) -> None:
    assert parse(value, KEYS) is None


@pytest.mark.parametrize("x", ["1", None, math.nan, math.inf, True, [1]])
def test_parse_drops_coordinates_that_are_no_numbers(x: Any) -> None:
    selection = parse({**GOOD, "x": x}, KEYS)
    assert selection is not None
    assert selection.x is None


def test_versions_change_with_content_only() -> None:
    first, again = (json.loads(message(panels(2))) for _ in range(2))
    assert [item["v"] for item in first] == [item["v"] for item in again]
    assert json.loads(message(panels(1, n=999)))[0]["v"] != first[0]["v"]


def test_message_has_no_nan_and_takes_numpy() -> None:
    spec = {
        "data": [{"y": [1.0, math.nan], "z": np.float32(math.inf), "x": np.arange(3)}],
        "layout": {"n": np.int64(2)},
    }
    table = {"a": [math.nan, 1.0], "ok": np.array([True, False]), "t": np.array(["x", "y"])}
    sent = json.loads(message([Panel("p", Chart("T", spec, table=table))]), parse_constant=pytest.fail)[0][
        "p"
    ]
    trace = sent["spec"]["data"][0]
    assert trace["y"] == [1.0, None]
    assert trace["z"] is None
    assert trace["x"]["dtype"] == "i4"
    assert sent["spec"]["layout"]["n"] == 2
    assert [column["values"] for column in sent["table"]] == [[None, 1.0], [True, False], ["x", "y"]]


def test_five_panels_take_under_5_ms() -> None:
    many = panels(5)
    times = []
    for _ in range(15):
        start = time.perf_counter()
        message(many)
        times.append(time.perf_counter() - start)
    assert min(times) < 0.005
