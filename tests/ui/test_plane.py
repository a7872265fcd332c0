"""What the plane sends, what it believes of what comes back, and what becomes of changed points."""

from __future__ import annotations

import base64
import json
import math
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from ui.pad import MAX_POINTS, Rules
from ui.plane import Edited, Picture, message, parse, start_at

RULES = Rules("moons", "points", 2, 0, (-1.0, -2.0), (3.0, 2.0))
CHANGE: dict[str, Any] = {"id": "moons", "n": 4, "points": [[0, 1.5, 4], [-1, -2, 0]]}
LAMS = (0.0, 0.1, 3.0, 3000.0)


def picture() -> Picture:
    rng = np.random.default_rng(0)
    found = {
        "norm": rng.uniform(0, 2.5, (5, 8, 8)),
        "moved": rng.normal(size=(5, 3, 3, 2)),
        "axes": rng.normal(size=(5, 2, 2, 2)),
        "at": rng.normal(size=(2, 2)),
        "x": rng.normal(size=(6, 2)).astype(np.float32),
        "y": np.arange(6) - 1,
        "low": np.array([-1.0, -2.0]),
        "high": np.array([3.0, 2.0]),
        **{name: rng.uniform(size=5) for name in ("on_data", "over_plane", "lost")},
    }
    return Picture(found, LAMS, 0.3)


def array_of(sent: dict[str, Any], name: str) -> np.ndarray:
    one = sent["arrays"][name]
    return np.frombuffer(base64.b64decode(one["data"]), dtype=one["dtype"])


def test_the_message_has_the_numbers() -> None:
    shown = picture()
    sent = json.loads(message(shown, 2.0, Edited("moons", origin="moons")))
    assert (sent["id"], sent["seen"], sent["start"], sent["lams"]) == ("moons", 0, 2, list(LAMS))
    top = shown.found["norm"].max()
    assert sent["top"] == pytest.approx(top, abs=1e-5)
    np.testing.assert_allclose(
        array_of(sent, "norm") * top / 255, shown.found["norm"].ravel(), atol=top / 500
    )
    np.testing.assert_allclose(array_of(sent, "x").reshape(-1, 2), shown.found["x"])
    changes = Edited("own", ((0.5, 1.0, 2), (0.0, 0.0, 1)), 7, origin="moons")
    changed = json.loads(message(shown, 2.0, changes))
    assert (changed["id"], changed["seen"]) == ("moons", 7)
    np.testing.assert_allclose(array_of(changed, "x"), [0.5, 1.0, 0.0, 0.0])
    assert array_of(changed, "y").tolist() == [2, 1]


@pytest.mark.parametrize(
    ("lam", "at"), [(0.0, 0), (0.001, 1), (0.5, 1), (0.6, 2), (90, 2), (100, 3), (1e6, 3)]
)
def test_the_handle_starts_at_the_nearest_ratio(lam: float, at: int) -> None:
    assert start_at(LAMS, lam) == at


def test_a_change_comes_back() -> None:
    assert parse(CHANGE, RULES) == (4, ((0.0, 1.5, 4), (-1.0, -2.0, 0)))


@pytest.mark.parametrize(
    "change",
    [
        {"id": "spiral"},
        {"n": -1},
        {"n": True},
        {"n": "4"},
        {"points": None},
        {"points": [[0, 3.0, 0]]},
        {"points": [[0, math.nan, 0]]},
        {"points": [[0, 0, 5]]},
        {"points": [[0, 0]]},
        {"points": [[0, 0, 0]] * (MAX_POINTS + 1)},
    ],
)
def test_anything_else_does_not(change: dict[str, Any]) -> None:
    assert parse({**CHANGE, **change}, RULES) is None
    for garbage in (None, 3, "x", [], {}):
        assert parse(garbage, RULES) is None


def again() -> None:
    """A script: the same points come twice, as from a point that was moved by less than the digits sent."""
    import streamlit as st

    from ui.plane import change
    from ui.session import lab

    state = lab()
    state.choose_dataset("moons")
    points = tuple((i / 40, (i * i % 7) / 7, i % 2) for i in range(40))
    names = []
    for n in (1, 2):
        change(state, points, n)
        names.append(state.config.dataset)
    st.text(f"{len(set(names))} {names[1] in state.own} {state.config.dataset.startswith('own-')}")


def test_the_same_points_again_are_the_same_dataset() -> None:
    test = AppTest.from_function(again, default_timeout=60).run()
    assert not test.exception
    assert test.text[0].value == "1 True True"
