"""Matrices of the derivation as heat maps, and its errors in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cae_core.figures.chart import CAE, Chart, typed
from cae_core.figures.parts import GREY, axis, ceiling, number

Floats = NDArray[np.floating]


def heat(values: Floats, title: str, rows: str, columns: str, caption: str, yardstick: str = "") -> Chart:
    """A matrix as a heat map, two colours for two signs.

    Args:
        values: (rows, columns).
        title: what it is.
        rows: what a row is.
        columns: what a column is.
        caption: one sentence.
        yardstick: in grey beside the title; by default the limit of the colours.

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
    holds = exact < 1e-9
    begin = "It holds" if holds else "It does not hold here"
    return (
        f"{begin}: relative difference to automatic differentiation {exact:.1e}, "
        f"to finite differences {numerical:.1e}.",
        holds,
    )


def check_number(found: Mapping[str, Floats], name: str, true: str) -> tuple[str, bool]:
    """The same for a number: the step's value, the true one, and how far they are apart."""
    value, exact = float(found[name]), float(found[true])
    apart = abs(value - exact) / (abs(exact) or 1.0)
    holds = apart < 1e-9
    begin = "It holds" if holds else "It does not hold here"
    return f"{begin}: {value:.6g} by the formula, {exact:.6g} by automatic differentiation.", holds


def check_batch(found: Mapping[str, Floats]) -> tuple[str, bool]:
    """How far the norms of the batch are from those of dense Jacobians, in words, and whether they hold."""
    apart = deviation(found["batch"], found["batch_exact"])
    return (
        f"{'It holds' if apart < 1e-9 else 'It does not hold'}: relative difference to 32 dense Jacobians of 64 by 786 "
        f"numbers {apart:.1e}.",
        apart < 1e-9,
    )


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
