"""`plane`: the plane under a plain, a contractive and a denoising model, drawn in the browser from one message.

Points that a visitor drags or adds come back, become a dataset of the visitor's, and are trained on; until those models
are there the picture of the ones before stays.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from cae_core.errors import ContractionLabError
from ui import mount
from ui.draw import arrays_of
from ui.own import adopt_points, remove
from ui.pad import CLASSES, MAX_COUNT, MAX_POINTS, Point, Rules, points_of
from ui.session import Lab

STUDY = "plane:study"
LAMBDAS = 8
"""Positive lambdas, at equal ratios over the dataset's range."""

NOISE = 0.1
"""Standard deviation of the denoising model's noise, as a share of the data's spread."""

KEPT = ("hidden", "activation", "tied", "loss", "init", "init_scale", "optimizer", "learning_rate", "seed")
"""Settings that stay when points are changed; batches and epochs, too, from the second change on."""

Arrays = Mapping[str, NDArray[Any]]


@dataclass
class Edited:
    """Points that one visitor changed on this page.

    Attributes:
        dataset: what they have become.
        points: all of them.
        n: number of the last change.
        sentence: why the last change was not taken over; else empty.
        origin: the dataset whose points they were at first; the browser knows them by it, whatever they become.
    """

    dataset: str = ""
    points: tuple[Point, ...] = ()
    n: int = 0
    sentence: str = ""
    origin: str = ""


@dataclass(frozen=True)
class Picture:
    """What is on the screen.

    Attributes:
        found: what `cae_core.analysis.plane.study` gives.
        lams: lambda of the plain and the contractive members, 0 first.
        noise: standard deviation of the denoising member's.
    """

    found: Arrays
    lams: tuple[float, ...]
    noise: float


def lambdas(state: Lab) -> tuple[float, ...]:
    """The positive lambdas of the visitor's dataset."""
    low, high = state.card.lam_low, state.card.lam_high
    return tuple(float(f"{lam:.2g}") for lam in np.geomspace(low, high, LAMBDAS))


def edited(state: Lab) -> Edited:
    """This visitor's changes of the points; none yet where another dataset is looked at."""
    mine: Edited = st.session_state.setdefault("plane-edited", Edited())
    if mine.dataset != state.config.dataset:
        here = state.config.dataset
        mine = st.session_state["plane-edited"] = Edited(here, n=mine.n, origin=here)
    return mine


def change(state: Lab, points: tuple[Point, ...], n: int) -> None:
    """Make changed points the dataset looked at, with the settings as they are.

    Args:
        state: the visitor's.
        points: all of them.
        n: number of the change.
    """
    mine, before = edited(state), state.config
    again = mine.dataset != mine.origin
    mine.n = n
    try:
        adopt_points(state, *arrays_of(points))
    except ContractionLabError as error:
        mine.sentence = str(error)
        return
    names = (*KEPT, "batch_size", "epochs") if again else KEPT
    state.choose(**{name: getattr(before, name) for name in names})
    state.choose_lambda(before.objectives[1].lam)
    if again and state.config.dataset != mine.dataset:  # the same points again are the same dataset
        remove(state, mine.dataset)
    st.session_state["plane-edited"] = Edited(state.config.dataset, points, n, origin=mine.origin)


def start_at(lams: tuple[float, ...], lam: float) -> int:
    """Position of the lambda nearest to the visitor's, by ratio; that of 0 for 0."""
    if lam <= 0:
        return lams.index(0.0)
    return int(np.abs(np.log(np.maximum(lams, 1e-12)) - np.log(lam)).argmin())


def message(picture: Picture, lam: float, mine: Edited) -> bytes:
    """What the browser draws, as JSON with arrays in base64; norms in 256 steps from 0 to the largest of all models.

    Args:
        picture: the models.
        lam: where the handle should stand.
        mine: the visitor's changes; their points stand in the place of test samples.

    Returns:
        The message.
    """
    found = picture.found
    norm = np.nan_to_num(found["norm"], posinf=0.0)
    top = float(norm.max()) or 1.0
    x, y = arrays_of(mine.points) if mine.points else (found["x"], found["y"])
    arrays = {
        "norm": np.rint(255 * norm / top).astype(np.uint8),
        "moved": found["moved"].astype(np.float32),
        "axes": found["axes"].astype(np.float32),
        "at": found["at"].astype(np.float32),
        "x": x.astype(np.float32),
        "y": y.astype(np.int32),
    }
    return json.dumps(
        {
            "id": mine.origin,
            "seen": mine.n,
            "most": MAX_POINTS,
            "classes": CLASSES,
            "lams": list(picture.lams),
            "start": start_at(picture.lams, lam),
            "noise": picture.noise,
            "low": found["low"].tolist(),
            "high": found["high"].tolist(),
            "top": round(top, 5),
            "side": norm.shape[1],
            "lattice": found["moved"].shape[1],
            "ellipses": found["axes"].shape[1],
            "rank": found["axes"].shape[2],
            "longest": float(np.nan_to_num(np.linalg.norm(found["axes"], axis=3), posinf=0.0).max()),
            **{name: _numbers(found[name]) for name in ("on_data", "over_plane", "lost")},
            "arrays": {name: packed(array) for name, array in arrays.items()},
        },
        allow_nan=False,
        separators=(",", ":"),
    ).encode()


def _numbers(values: NDArray[np.floating]) -> list[float | None]:
    """Five digits after the point; what is no number is a gap."""
    return [round(value, 5) if np.isfinite(value) else None for value in values.tolist()]


def packed(array: NDArray[Any]) -> dict[str, str]:
    """An array as ``{"dtype", "data"}``, its bytes in base64."""
    return {"dtype": array.dtype.str[1:], "data": base64.b64encode(np.ascontiguousarray(array)).decode()}


def parse(value: Any, rules: Rules) -> tuple[int, tuple[Point, ...]] | None:
    """Check changed points that came from a browser.

    Args:
        value: anything.
        rules: of the plane that is shown.

    Returns:
        The number of the change and the points, or None where the value is anything else.
    """
    if not isinstance(value, Mapping) or value.get("id") != rules.id:
        return None
    n, points = value.get("n"), points_of(value.get("points"), rules)
    return (n, points) if points is not None and type(n) is int and 0 <= n <= MAX_COUNT else None


def newest(found: Arrays | None, lams: tuple[float, ...], noise: float, mine: Edited) -> Picture | None:
    """The picture to show: the newest, or while models are trained on changed points that before.

    Args:
        found: what the study gives, or None while it is not there.
        lams: its lambdas, 0 first.
        noise: of its denoising model.
        mine: the visitor's changes.

    Returns:
        The picture, or None where there is none.
    """
    if found is not None:
        st.session_state["plane-picture"] = Picture(found, lams, noise)
    elif not mine.points:
        return None
    picture: Picture | None = st.session_state.get("plane-picture")
    return picture


def plane(picture: Picture, state: Lab, mine: Edited, key: str) -> None:
    """Show the planes; points that are changed on them become the dataset.

    Args:
        picture: the models.
        state: the visitor's.
        mine: the visitor's changes.
        key: name on its page.
    """
    low, high = (tuple(picture.found[name].tolist()) for name in ("low", "high"))
    rules = Rules(mine.origin, "points", 2, 0, low, high)

    def changed() -> None:
        told = parse(st.session_state[key].get("points"), rules)
        if told is not None and told[0] > edited(state).n:
            change(state, told[1], told[0])

    _plane()(key=key, data=message(picture, state.lam, mine), on_points_change=changed)


def _plane() -> Any:
    return mount.component(
        "plane",
        "plane.js",
        "plane.css",
        failure="The plane could not be loaded from this server. Reload the page.",
    )
