"""Matrices of the derivation as heat maps, and its errors in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cae_core.figures.chart import CAE, Chart, typed
from cae_core.figures.parts import GREY, axis, ceiling, number

Floats = NDArray[np.floating]

EXACT = 1e-9
"""Relative difference to automatic differentiation up to which a step holds: above rounding, far below a mistake."""


def heat(
    values: Floats,
    title: str,
    rows: str,
    columns: str,
    caption: str,
    yardstick: str = "",
    *,
    square: bool = False,
) -> Chart:
    """A matrix as a heat map, two colours for two signs.

    Args:
        values: (rows, columns).
        title: what it is.
        rows: what a row is.
        columns: what a column is.
        caption: one sentence.
        yardstick: in grey beside the title; by default the limit of the colours.
        square: whether cells are squares, as those of an image.

    Returns:
        The chart.
    """
    limit = float(np.abs(values).max()) or 1.0
    trace = {
        "type": "heatmap",
        "z": typed(values),
        "zmin": -limit,
        "zmax": limit,
        "autocolorscale": True,
        "showscale": False,
        "hovertemplate": f"{rows} %{{y}}, {columns} %{{x}}: %{{z:.4g}}<extra></extra>",
    }
    wide, high = ({"zeroline": False, "showgrid": False, **_ticks(count)} for count in values.shape[::-1])
    if square:
        wide["constrain"] = high["constrain"] = "domain"
        high["scaleanchor"] = "x"
    return Chart(
        title=title,
        spec={
            "data": [trace],
            "layout": {
                "xaxis": axis(columns, **wide),
                "yaxis": axis(rows, autorange="reversed", **high),
            },
        },
        yardstick=yardstick or f"colours: ±{number(limit)}",
        caption=caption,
        alt=f"{title}: {values.shape[0]} by {values.shape[1]} numbers from {number(float(values.min()))} to "
        f"{number(float(values.max()))}.",
        table={
            rows: np.repeat(np.arange(values.shape[0]), values.shape[1]),
            columns: np.tile(np.arange(values.shape[1]), values.shape[0]),
            "value": values.ravel(),
        },
    )


def _ticks(count: int) -> dict[str, Any]:
    """A tick for each of a few rows or columns, else few ticks."""
    return {"dtick": 1} if count < 4 else {"nticks": 6}


def batch(formula: Floats, exact: Floats) -> Chart:
    """Squared norms of a batch, by the formula and of dense Jacobians.

    Args:
        formula: (n,).
        exact: (n,).

    Returns:
        The chart.
    """
    order = np.arange(len(formula))
    top = ceiling(1.05 * float(max(formula.max(), exact.max())))
    return Chart(
        title="Squared norm of each sample",
        spec={
            "data": [
                {
                    "type": "bar",
                    "x": typed(order),
                    "y": typed(exact),
                    "name": "dense Jacobian",
                    "marker": {"color": GREY},
                    "hovertemplate": "%{y:.6g}",
                },
                {
                    "type": "scatter",
                    "mode": "markers",
                    "x": typed(order),
                    "y": typed(formula),
                    "name": "formula",
                    "marker": {"color": CAE, "symbol": "square", "size": 7},
                    "hovertemplate": "%{y:.6g}",
                },
            ],
            "layout": {
                "xaxis": axis("sample of the batch"),
                "yaxis": axis("‖J‖²", (0, top)),
                "showlegend": True,
            },
        },
        caption="Random inputs and weights in the publication's sizes, 32 samples, 786 inputs, 64 units; always one "
        "sigmoid layer, whatever is chosen above.",
        alt=f"Squared norms of 32 samples by the formula, {number(float(formula.min()))} to "
        f"{number(float(formula.max()))}, and of dense Jacobians.",
        table={"sample": order, "formula": formula, "dense Jacobian": exact},
    )


def deviation(values: Floats, reference: Floats) -> float:
    """``||values - reference|| / ||reference||``; the size of the values where the reference is 0."""
    size = float(np.linalg.norm(reference))
    return float(np.linalg.norm(values - reference)) / (size or 1.0)


def check(found: Mapping[str, Floats], name: str) -> tuple[str, bool]:
    """How far the Jacobian of a step is from what differentiation says, in words.

    Args:
        found: what `cae_core.analysis.derivation.derive` gives.
        name: ``loop`` or ``product``.

    Returns:
        The sentence, and whether the step holds.
    """
    (k, seen), (_, d) = found[name].shape, found["exact"].shape
    if seen != d:
        return (
            f"It does not hold here: this is the last layer's Jacobian, {k} by {seen}, not the encoder's, {k} by {d}.",
            False,
        )
    exact, numerical = deviation(found[name], found["exact"]), deviation(found[name], found["differences"])
    return (
        f"{_begin(exact)}: relative difference to automatic differentiation {exact:.1e}, "
        f"to finite differences {numerical:.1e}.",
        _holds(exact),
    )


def check_error(found: Mapping[str, Floats]) -> tuple[str, bool]:
    """The reconstruction error against torch's own squared error, in words, and whether it holds."""
    value, other = float(found["error"]), float(found["true_error"])
    apart = _apart(value, other)
    return (
        f"{_begin(apart)}: {value:.6g}; relative difference to PyTorch's squared error {apart:.1e}.",
        _holds(apart),
    )


def check_number(found: Mapping[str, Floats], name: str, true: str, numerical: str) -> tuple[str, bool]:
    """The same for a number: its value, and how far it is from those of both ways of differentiation.

    Args:
        found: what `cae_core.analysis.derivation.derive` gives.
        name: of the formula's number in it.
        true: of that by automatic differentiation.
        numerical: of that by finite differences.

    Returns:
        The sentence, and whether the formula holds.
    """
    value, exact = float(found[name]), float(found[true])
    apart, further = _apart(value, exact), _apart(value, float(found[numerical]))
    values = f"{value:.6g}" if _holds(apart) else f"{value:.6g} by the formula, {exact:.6g} in truth"
    return (
        f"{_begin(apart)}: {values}; relative difference to automatic differentiation {apart:.1e}, "
        f"to finite differences {further:.1e}.",
        _holds(apart),
    )


def check_batch(found: Mapping[str, Floats]) -> tuple[str, bool]:
    """How far the norms of the batch are from those of dense Jacobians, in words, and whether they hold."""
    apart = deviation(found["batch"], found["batch_exact"])
    further = deviation(found["batch"], found["batch_numerical"])
    return (
        f"{_begin(apart)}: relative difference to 32 Jacobians of 64 by 786 numbers by automatic differentiation "
        f"{apart:.1e}, by finite differences {further:.1e}.",
        _holds(apart),
    )


def _apart(value: float, reference: float) -> float:
    return abs(value - reference) / (abs(reference) or 1.0)


def _holds(apart: float) -> bool:
    return apart < EXACT


def _begin(apart: float) -> str:
    return "It holds" if _holds(apart) else "It does not hold here"


def slopes(found: Mapping[str, Floats]) -> Floats:
    """``h (1 - h)`` over the true slopes of the last layer, (2, k)."""
    h = found["h"]
    return np.stack([h * (1 - h), found["slope"]])


def parts(found: Mapping[str, Floats]) -> Chart:
    """What each unit adds to the squared norm: by the formula, and truly.

    Args:
        found: what `cae_core.analysis.derivation.derive` gives.

    Returns:
        The chart.
    """
    units = np.arange(len(found["h"]))
    formula, true = np.square(found["product"]).sum(axis=1), np.square(found["exact"]).sum(axis=1)
    return _bars(
        units,
        {"formula": formula, "exact": true},
        "What each unit adds",
        "unit",
        "its part of ‖J‖²",
        "The sum over the units is the squared norm.",
    )


def terms(found: Mapping[str, Floats], lam: float) -> Chart:
    """The two terms of the loss: by the formula, and truly.

    Args:
        found: what `cae_core.analysis.derivation.derive` gives.
        lam: lambda.

    Returns:
        The chart.
    """
    error = float(found["error"])
    return _bars(
        np.array(["error", "λ × penalty", "loss"]),
        {
            "formula": np.array([error, lam * float(found["penalty"]), float(found["loss"])]),
            "exact": np.array([error, lam * float(found["true"]), float(found["true_loss"])]),
        },
        "Terms of the loss",
        "",
        "value",
        f"Before training, at λ = {lam:g}.",
    )


def _bars(
    x: NDArray[Any], heights: Mapping[str, Floats], title: str, horizontal: str, vertical: str, caption: str
) -> Chart:
    """Bars side by side: the formula, and what is true."""
    top = ceiling(1.05 * max(float(one.max()) for one in heights.values()))
    colours = {"formula": CAE, "exact": GREY}
    return Chart(
        title=title,
        spec={
            "data": [
                {
                    "type": "bar",
                    "x": x.tolist(),
                    "y": typed(one),
                    "name": name,
                    "marker": {"color": colours[name]},
                    "hovertemplate": "%{y:.4g}",
                }
                for name, one in heights.items()
            ],
            "layout": {
                "xaxis": axis(horizontal),
                "yaxis": axis(vertical, (0, top)),
                "barmode": "group",
                "showlegend": True,
            },
        },
        caption=caption,
        alt=f"{title}: "
        + "; ".join(
            f"{name} {', '.join(number(float(v)) for v in one[:12])}" for name, one in heights.items()
        )
        + ".",
        table={horizontal or "term": x.tolist(), **heights},
    )
