"""What stands on a visitor's pad, and the message that shows it with what both models make of it."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from cae_core.errors import ContractionLabError, EngineError
from cae_core.figures import images
from cae_core.figures.parts import number
from cae_core.frame import Frame
from ui import live
from ui.own import adopt_points
from ui.pad import MAX_POINTS, Drawn, Point, Rules, pad
from ui.session import Lab

MARGIN = 1.3
"""Side of the plane over the largest extent of the data."""

Arrays = dict[str, NDArray[Any]]


@dataclass
class Drawing:
    """One visitor's pad of one dataset.

    Attributes:
        drawn: what stands on it.
        version: counts the changes that the browser must take over.
        sample: the display sample that it began with.
        sentence: what to say instead of numbers; empty where there are some.
        result: the last numbers, as the message has them.
    """

    drawn: Drawn
    version: int = 0
    sample: int = 0
    sentence: str = ""
    result: dict[str, Any] | None = None


def come_back(page: str) -> None:
    """Let training on placed points lead to a page of `pages/`, once."""
    st.session_state["draw-then"] = page


def begin_with(state: Lab, points: tuple[Point, ...]) -> None:
    """Put points on the visitor's pad of the dataset looked at; without any it stays as it is."""
    if points:
        drawn = Drawn(0, points=points, probe=points[0][:2])
        st.session_state[f"pad-{state.config.dataset}"] = Drawing(drawn)


def goes_on_at() -> str:
    """The page that training on placed points leads to."""
    return str(st.session_state.pop("draw-then", "train"))


def can_draw(state: Lab) -> bool:
    """Whether there is a pad for the visitor's dataset: for images, and for points of the plane."""
    return state.card.image_shape is not None or (state.card.kind == "points" and state.n_inputs == 2)


def rules_of(state: Lab, shown: live.Display) -> Rules:
    """What may be drawn: values that the display sample has, or places in a square about it."""
    x, card = shown.x.astype(float), state.card
    if card.kind == "image":
        low, high = images.scale(x, card.kind)
        limits = ((min(low, float(x.min())),), (max(high, float(x.max())),))
    else:
        middle = (x.min(axis=0) + x.max(axis=0)) / 2
        half = MARGIN * float(np.ptp(x, axis=0).max() or 1.0) / 2
        limits = (tuple((middle - half).tolist()), tuple((middle + half).tolist()))
    return Rules(state.config.dataset, card.kind, state.n_inputs, len(x), *limits)


def drawing_of(state: Lab, shown: live.Display) -> Drawing:
    """The visitor's pad; the first time, with the selected sample on it."""
    key = f"pad-{state.config.dataset}"
    if key not in st.session_state:
        sample = min(state.sample, len(shown.x) - 1)
        values = tuple(shown.x[sample].tolist())
        image = state.card.kind == "image"
        drawn = Drawn(0, values=values) if image else Drawn(0, probe=(values[0], values[1]))
        st.session_state[key] = Drawing(drawn, sample=sample)
    mine: Drawing = st.session_state[key]
    return mine


def take(mine: Drawing, drawn: Drawn, shown: live.Display) -> None:
    """Take over what was done."""
    mine.sentence = ""
    if drawn.take is not None:
        mine.sample, mine.version = drawn.take, mine.version + 1
        drawn = Drawn(drawn.n, values=tuple(shown.x[drawn.take].tolist()))
    mine.drawn = drawn


def arrays_of(points: tuple[Point, ...]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Places (n, 2) and classes (n,) of points."""
    places = np.array([point[:2] for point in points], dtype=np.float64).reshape(-1, 2)
    return places, np.array([point[2] for point in points], dtype=np.int64)


def show(state: Lab, frame: Frame, shown: live.Display) -> bool:
    """The pad with its numbers.

    Args:
        state: the visitor's.
        frame: two members.
        shown: the display sample.

    Returns:
        Whether the visitor's points have just become the dataset.
    """
    mine, rules = drawing_of(state, shown), rules_of(state, shown)
    if mine.drawn.train and _adopt(state, mine):
        return True
    asked = mine.drawn.values or mine.drawn.probe
    try:
        found = live.analysis(state, "probe:probe", frame, asked, slot="probe")
    except EngineError as error:
        mine.sentence = str(error)
    else:
        mine.result = _result(found, rules, mine.drawn.probe)
    pad(_message(state, frame, shown, mine, rules), rules, "pad", lambda drawn: take(mine, drawn, shown))
    return False


def _adopt(state: Lab, mine: Drawing) -> bool:
    """Make the points a dataset, or say why not."""
    drawn = mine.drawn
    mine.drawn = Drawn(drawn.n, points=drawn.points, probe=drawn.probe)
    try:
        adopt_points(state, *arrays_of(drawn.points))
    except ContractionLabError as error:
        mine.sentence = str(error)
    return not mine.sentence


def _message(state: Lab, frame: Frame, shown: live.Display, mine: Drawing, rules: Rules) -> dict[str, Any]:
    image, drawn = rules.kind == "image", mine.drawn
    about: dict[str, Any] = {
        "id": rules.id,
        "kind": rules.kind,
        "version": mine.version,
        "seen": drawn.n,
        "sentence": mine.sentence,
        "names": ["lambda 0", f"lambda {number(state.lam)}"],
        "class_names": state.card.class_names,
        "usual": {
            name: np.median(frame.view[name], axis=1).astype(float).tolist() for name in ("norm", "error")
        },
        "result": mine.result,
    }
    if image:
        low, high = rules.low[0], rules.high[0]
        return about | {
            "shape": state.card.image_shape,
            "low": low,
            "high": high,
            "signed": low < 0,
            "samples": rules.samples,
            "sample": mine.sample,
            "at": {"values": drawn.values, "sample": mine.sample},
        }
    return about | {
        "low": rules.low,
        "high": rules.high,
        "most": MAX_POINTS,
        "context": np.round(shown.x.astype(float), 4).tolist(),
        "labels": [0] * len(shown.x) if shown.y is None else shown.y.tolist(),
        "at": {"points": drawn.points, "probe": drawn.probe},
    }


def _result(found: Arrays, rules: Rules, probe: tuple[float, float] | None) -> dict[str, Any]:
    """The numbers of one input, small enough for a few messages a second."""
    low, high = float(found["code_low"].min()), float(found["code_high"].max())
    image = rules.kind == "image"
    near = [
        [
            {"id": i, "label": label, "distance": distance, "at": None if image else _numbers(place)}
            for i, label, distance, place in zip(
                ids.tolist(), labels.tolist(), _numbers(distances), places, strict=True
            )
        ]
        for ids, labels, distances, places in zip(
            *(found[name][:, 0] for name in ("neighbours", "neighbour_y", "distances", "neighbour_x")),
            strict=True,
        )
    ]
    about: dict[str, Any] = {
        "codes": [packed(code, low, high) for code in found["codes"][:, 0]],
        "code_low": low,
        "code_high": high,
        "norm": _numbers(found["norm"][:, 0]),
        "error": _numbers(found["reconstruction_error"][:, 0]),
        "near": near,
    }
    if not image:
        return about | {"at": probe, "points": [_numbers(one) for one in found["reconstructions"][:, 0]]}
    limits = rules.low[0], rules.high[0]
    return about | {
        "rebuilt": [packed(one, *limits) for one in found["reconstructions"][:, 0]],
        "pictures": [packed(five, *limits) for five in found["neighbour_x"][:, 0]],
    }


def packed(values: NDArray[np.floating], low: float, high: float) -> str:
    """Values as bytes in base64: 0 at the lower end of a scale, 255 at the upper."""
    shares = np.nan_to_num((np.asarray(values, dtype=np.float64) - low) / ((high - low) or 1.0))
    return base64.b64encode(np.rint(255 * shares.clip(0, 1)).astype(np.uint8).tobytes()).decode()


def _numbers(values: NDArray[np.floating]) -> list[float | None]:
    """Five digits each; what is no number is a gap."""
    return [float(f"{value:.5g}") if np.isfinite(value) else None for value in values.tolist()]
