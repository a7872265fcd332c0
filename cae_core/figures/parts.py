"""What all figures share: how the two models look, axes, and words made from numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, isfinite, log10
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cae_core.figures.chart import AE, CAE

GREY = "rgba(128,128,128,0.55)"
"""Context that is neither model: inputs, references."""

PICKED = "#c2377f"
"""The selected sample, on every page."""

CLASS_COLOURS = (
    "#8a5cf0",
    "#e45756",
    "#54a24b",
    "#b279a2",
    "#eeca3b",
    "#72b7b2",
    "#ff9da6",
    "#9d755d",
    "#7f7f7f",
    "#8fbf1f",
)
"""Colours of classes, in order of label; none is near a model's colour."""


@dataclass(frozen=True, slots=True)
class Look:
    """How a model is drawn everywhere: a colour and a second cue beside it.

    Attributes:
        key: ``"ae"`` or ``"cae"``.
        name: what legends call it.
        colour: its colour.
        symbol: its marker.
        dash: its line.
        pattern: fill pattern of its bars.
    """

    key: str
    name: str
    colour: str
    symbol: str
    dash: str
    pattern: str


LOOKS = (
    Look("ae", "Plain", AE, "circle", "solid", ""),
    Look("cae", "Contractive", CAE, "square", "dash", "/"),
)
"""The plain autoencoder and the contractive one, in the order of the ensemble."""


def rgba(colour: str, alpha: float) -> str:
    """A hexadecimal colour with an opacity."""
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{alpha:g})"


def axis(title: str = "", limits: Sequence[float] | None = None, **more: Any) -> dict[str, Any]:
    """An axis with a title and, where given, fixed limits (powers of ten on a log axis)."""
    described: dict[str, Any] = {"title": {"text": title}} if title else {}
    if limits is not None:
        described |= {"range": [float(limits[0]), float(limits[1])], "autorange": False}
    return described | more


def hidden_axis(**more: Any) -> dict[str, Any]:
    """An axis of which nothing is drawn."""
    bare = {"showgrid": False, "zeroline": False, "showticklabels": False, "ticks": "", "showline": False}
    return bare | more


def log_limits(values: NDArray[np.floating], decades: float = 1.0) -> tuple[float, float] | None:
    """Limits of a log axis in powers of ten, outward to half decades, that hold all positive values."""
    positive = np.asarray(values, dtype=np.float64)
    positive = positive[np.isfinite(positive) & (positive > 0)]
    if not positive.size:
        return None
    low, high = floor(2 * log10(positive.min())) / 2, ceil(2 * log10(positive.max())) / 2
    return low, max(high, low + decades)


def ceiling(value: float) -> float:
    """The next larger of 1, 1.5, 2, 3, 4, 5, 7.5 times a power of ten: a limit that changes seldom."""
    if not isfinite(value) or value <= 0:
        return 1.0
    power = 10.0 ** floor(log10(value))
    return next(step * power for step in (1, 1.5, 2, 3, 4, 5, 7.5, 10) if step * power >= value * (1 - 1e-9))


def number(value: float) -> str:
    """A number in three significant digits, or a dash where there is none."""
    if not isfinite(value):
        return "–"
    if value == 0:
        return "0"
    if 1e-3 <= abs(value) < 1e5:
        return f"{value:.{max(0, 2 - floor(log10(abs(value))))}f}"
    return f"{value:.2e}"


def literal(name: str) -> str:
    """A stranger's name as Plotly shows it letter by letter: an invisible joiner keeps it from reading HTML there."""
    return re.sub(r"([<&])(?=[\w/#!])", "\\1\N{WORD JOINER}", name)
