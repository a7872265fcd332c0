"""`pad`: what a visitor draws or places, with what both models make of it, drawn in the browser.

The browser reports the whole drawing, a few times a second while a hand moves, and one message is on its way at a time.
What comes is checked here: `parse` gives a `Drawn`, or None for anything else.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from ui import mount

CLASSES = 5
"""Classes that points may have."""

MAX_POINTS = 2000
"""Points that may be placed."""

MAX_COUNT = 2**31 - 1

Place = tuple[float, float]
Point = tuple[float, float, int]


@dataclass(frozen=True, slots=True)
class Rules:
    """What a drawing may be.

    Attributes:
        id: name of the pad; a message for another one is late.
        kind: ``image`` or ``points``.
        n_inputs: numbers of an image.
        samples: number of samples that can be taken.
        low: smallest value of each number: one for an image, two for the coordinates.
        high: largest value, alike.
    """

    id: str
    kind: str
    n_inputs: int
    samples: int
    low: tuple[float, ...]
    high: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a visitor did.

    Attributes:
        n: number of the message, sent back with the answer.
        values: an image, (d,); empty where there is none.
        take: number of the sample to draw on instead, or None.
        points: the points placed.
        probe: the place looked at, or None.
        train: whether to train on the points.
    """

    n: int
    values: tuple[float, ...] = ()
    take: int | None = None
    points: tuple[Point, ...] = ()
    probe: Place | None = None
    train: bool = False


def pad(message: Mapping[str, Any], rules: Rules, key: str, on_draw: Callable[[Drawn], None]) -> None:
    """Show a pad.

    Args:
        message: what it shows (see `ui.draw`).
        rules: what may come back.
        key: name of the pad on its page.
        on_draw: called before the script runs again, with what was done.
    """

    def drawn() -> None:
        if found := parse(st.session_state[key].get("event"), rules):
            on_draw(found)

    data = json.dumps(message, allow_nan=False, separators=(",", ":")).encode()
    _pad()(key=key, data=data, on_event_change=drawn)


def parse(value: Any, rules: Rules) -> Drawn | None:
    """Check what came from a browser.

    Args:
        value: anything.
        rules: what it may be.

    Returns:
        What was done, or None where the value does not say so.
    """
    if not isinstance(value, Mapping) or value.get("id") != rules.id or not _is_count(value.get("n")):
        return None
    n = value["n"]
    if rules.kind == "points":
        return _placed(n, value, rules)
    if (take := value.get("take")) is not None:
        return Drawn(n, take=take) if _is_count(take, rules.samples - 1) else None
    numbers = value.get("values")
    if not isinstance(numbers, list) or len(numbers) != rules.n_inputs:
        return None
    if not all(_is_within(number, rules.low[0], rules.high[0]) for number in numbers):
        return None
    return Drawn(n, values=tuple(map(float, numbers)))


def _placed(n: int, value: Mapping[str, Any], rules: Rules) -> Drawn | None:
    points, probe, train = (
        points_of(value.get("points"), rules),
        value.get("probe"),
        value.get("train", False),
    )
    if points is None or not _is_place(probe, rules) or not isinstance(train, bool):
        return None
    return Drawn(n, points=points, probe=(float(probe[0]), float(probe[1])), train=train)


def points_of(value: Any, rules: Rules) -> tuple[Point, ...] | None:
    """Check points that came from a browser.

    Args:
        value: anything.
        rules: where they may be.

    Returns:
        The points, or None where the value is anything else.
    """
    if not isinstance(value, list) or len(value) > MAX_POINTS:
        return None
    for point in value:
        if not isinstance(point, list) or len(point) != 3 or not _is_place(point[:2], rules):
            return None
        if not _is_count(point[2], CLASSES - 1):
            return None
    return tuple((float(x), float(y), int(label)) for x, y, label in value)


def _is_place(value: Any, rules: Rules) -> bool:
    return (
        isinstance(value, list)
        and len(value) == 2
        and all(
            _is_within(number, low, high)
            for number, low, high in zip(value, rules.low, rules.high, strict=True)
        )
    )


def _is_within(value: Any, low: float, high: float) -> bool:
    slack = 1e-5  # the browser sends five digits
    return type(value) in (int, float) and low - slack <= value <= high + slack  # a NaN is not


def _is_count(value: Any, high: int = MAX_COUNT) -> bool:
    return type(value) is int and 0 <= value <= high


def _pad() -> Any:
    return mount.component(
        "pad", "pad.js", "pad.css", failure="The pad could not be loaded from this server. Reload the page."
    )
