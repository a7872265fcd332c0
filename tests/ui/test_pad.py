"""What a pad believes of what comes back, and what it sends."""

from __future__ import annotations

import base64
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ui.draw import arrays_of, packed
from ui.pad import CLASSES, MAX_POINTS, Drawn, Rules, parse

IMAGE = Rules("digits", "image", 4, 500, (0.0,), (1.0,))
PLANE = Rules("moons", "points", 2, 500, (-1.0, -2.0), (3.0, 2.0))
PICTURE: dict[str, Any] = {"id": "digits", "n": 3, "values": [0, 0.25, 0.5, 1]}
PLACED: dict[str, Any] = {"id": "moons", "n": 4, "points": [[0, 1.5, 4], [-1, -2, 0]], "probe": [2.5, 0]}
GARBAGE = [math.nan, math.inf, -1, 1e300, 10**400, True, "0", "", {}, [[0]], [None] * 4, "digits\n"]


def test_parse_keeps_what_is_valid() -> None:
    assert parse(PICTURE, IMAGE) == Drawn(3, values=(0.0, 0.25, 0.5, 1.0))
    assert parse({"id": "digits", "n": 3, "take": 499}, IMAGE) == Drawn(3, take=499)
    placed = Drawn(4, points=((0.0, 1.5, 4), (-1.0, -2.0, 0)), probe=(2.5, 0.0))
    assert parse(PLACED, PLANE) == placed
    assert parse({**PLACED, "train": True}, PLANE) == Drawn(
        4, points=placed.points, probe=placed.probe, train=True
    )
    assert parse({**PLACED, "points": []}, PLANE) == Drawn(4, probe=(2.5, 0.0))


@pytest.mark.parametrize("good", [(PICTURE, IMAGE), (PLACED, PLANE)], ids=["image", "points"])
@pytest.mark.parametrize("value", [None, *GARBAGE])
def test_parse_drops_garbage(good: tuple[dict[str, Any], Rules], value: Any) -> None:
    message, rules = good
    for name in message:
        assert parse({**message, name: value}, rules) is None
        assert parse({key: kept for key, kept in message.items() if key != name}, rules) is None
    assert parse(value, rules) is None


@pytest.mark.parametrize(
    "change",
    [
        {"values": [0, 0, 0]},
        {"values": [0] * 5},
        {"values": [0, 0, 0, 1.1]},
        {"values": [0, 0, 0, math.nan]},
        {"take": 500},
        {"take": 1.0},
        {"id": "moons"},
    ],
)
def test_parse_drops_other_images(change: dict[str, Any]) -> None:
    assert parse({**PICTURE, **change}, IMAGE) is None


@pytest.mark.parametrize(
    "change",
    [
        {"points": [[0, 0, CLASSES]]},
        {"points": [[0, 0, 1.0]]},
        {"points": [[0, 3, 0]]},
        {"points": [[0, 0]]},
        {"points": [[0, math.nan, 0]]},
        {"points": [[0, 0, 0]] * (MAX_POINTS + 1)},
        {"probe": [0, -3]},
        {"probe": [0]},
        {"probe": None},
        {"train": 1},
    ],
)
def test_parse_drops_other_points(change: dict[str, Any]) -> None:
    assert parse({**PLACED, **change}, PLANE) is None


anything = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4) | st.lists(st.floats())
)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(
    image=st.fixed_dictionaries({name: anything | st.just(good) for name, good in PICTURE.items()}),
    placed=st.fixed_dictionaries({name: anything | st.just(good) for name, good in PLACED.items()}),
)
def test_whatever_comes_is_a_drawing_or_none(image: dict[str, Any], placed: dict[str, Any]) -> None:
    for value, rules in ((image, IMAGE), (placed, PLANE)):
        drawn = parse(value, rules)
        if drawn is not None:
            assert 0 <= drawn.n < 2**31
            assert len(drawn.values) in (0, 4)
            assert np.isfinite([*drawn.values, *(drawn.probe or ())]).all()


def test_points_as_arrays() -> None:
    places, classes = arrays_of(((0.0, 1.5, 4), (-1.0, -2.0, 0)))
    assert places.tolist() == [[0.0, 1.5], [-1.0, -2.0]]
    assert classes.tolist() == [4, 0]
    empty, none = arrays_of(())
    assert (empty.shape, none.shape, none.dtype) == ((0, 2), (0,), np.int64)


def test_packed_values_come_back_within_half_a_step() -> None:
    values = np.linspace(-3, 5, 77)
    found = np.frombuffer(base64.b64decode(packed(values, -3, 5)), dtype=np.uint8)
    assert np.abs(-3 + found / 255 * 8 - values).max() <= 8 / 255 / 2 + 1e-12
    assert base64.b64decode(packed(np.array([-9, 9, np.nan]), 0, 1)) == b"\x00\xff\x00"
    assert base64.b64decode(packed(np.array([2.0]), 2, 2)) == b"\x00"
