"""Histograms and per-class summaries of per-sample numbers, both models on the same bins."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cae_core.figures.chart import Chart, typed
from cae_core.figures.parts import LOOKS, PICKED, axis, ceiling, literal, number, rgba

BINS = 60


def norm_histogram(
    norms: NDArray[np.floating],
    *,
    top: float | None = None,
    ghost: NDArray[np.floating] | None = None,
    selected: int | None = None,
) -> Chart:
    """Histogram of the Jacobian norms of the display sample, both models.

    Args:
        norms: ``||J_f(x)||_F``, (2, n).
        top: right end of the axis; by default the next round number above the largest norm.
        ghost: norms of the picture before, drawn as outlines, (2, n).
        selected: position of a sample whose norms are marked.

    Returns:
        The chart.
    """
    shown = [norms] if ghost is None else [norms, ghost]
    limit = ceiling(top if top is not None else max(float(np.nanmax(n)) for n in shown))
    edges = np.linspace(0, limit, BINS + 1)
    middles = (edges[:-1] + edges[1:]) / 2
    counts = np.stack([np.histogram(np.clip(row, 0, limit), edges)[0] for row in norms])
    data: list[dict[str, Any]] = []
    if ghost is not None:
        for k, look in enumerate(LOOKS):
            before = np.histogram(np.clip(ghost[k], 0, limit), edges)[0]
            data.append(
                {
                    "type": "scatter",
                    "mode": "lines",
                    "x": typed(middles),
                    "y": typed(before),
                    "line": {"color": rgba(look.colour, 0.45), "width": 1, "shape": "hvh"},
                    "name": f"{look.name}, before",
                    "hoverinfo": "skip",
                    "showlegend": False,
                }
            )
    for k, look in enumerate(LOOKS):
        data.append(
            {
                "type": "bar",
                "x": typed(middles),
                "y": typed(counts[k]),
                "width": limit / BINS,
                "name": look.name,
                "marker": {
                    "color": look.colour,
                    "line": {"width": 0},
                    "pattern": {"shape": look.pattern, "size": 5, "solidity": 0.3},
                },
                "hovertemplate": "‖J‖ near %{x:.3g}: %{y} samples",
            }
        )
    marks = [
        {
            "type": "line",
            "x0": float(norms[k, selected]),
            "x1": float(norms[k, selected]),
            "y0": 0,
            "y1": 1,
            "yref": "paper",
            "line": {"color": PICKED, "width": 1.5, "dash": look.dash},
        }
        for k, look in enumerate(LOOKS)
        if selected is not None
    ]
    means = norms.mean(axis=1)
    return Chart(
        title="Jacobian norms",
        spec={
            "data": data,
            "layout": {
                "barmode": "overlay",
                "bargap": 0,
                "xaxis": axis("‖J‖", (0, limit)),
                "yaxis": axis("samples", rangemode="tozero"),
                "showlegend": True,
                "shapes": marks,
            },
        },
        yardstick=f"{norms.shape[1]} test samples",
        caption="How the norms of single samples spread, in the same bins"
        + ("; thin outlines: the picture before" if ghost is not None else "")
        + ("; upright lines: the selected sample." if selected is not None else "."),
        alt=f"Histogram of Jacobian norms of {norms.shape[1]} test samples: plain mean {number(means[0])}, "
        f"from {number(norms[0].min())} to {number(norms[0].max())}; contractive mean {number(means[1])}, "
        f"from {number(norms[1].min())} to {number(norms[1].max())}.",
        table={
            "bin from": edges[:-1],
            "bin to": edges[1:],
            "plain": counts[0],
            "contractive": counts[1],
        },
    )


def norms_by_class(norms: NDArray[np.floating], labels: NDArray[np.integer], names: Sequence[str]) -> Chart:
    """Median, quartiles and 10-90 % range of the norms of each class, both models.

    Args:
        norms: ``||J_f(x)||_F``, (2, n).
        labels: class of each sample, (n,).
        names: names of the classes, in order of label.

    Returns:
        The chart.
    """
    present = [label for label in range(len(names)) if (labels == label).any()]
    shares = np.array([0.1, 0.25, 0.5, 0.75, 0.9])
    quantiles = np.array([[np.quantile(row[labels == c], shares) for c in present] for row in norms])
    data: list[dict[str, Any]] = []
    for k, look in enumerate(LOOKS):
        q = quantiles[k]
        data.append(
            {
                "type": "box",
                "x": [literal(names[c]).replace(" ", "<br>") for c in present],
                "lowerfence": typed(q[:, 0]),
                "q1": typed(q[:, 1]),
                "median": typed(q[:, 2]),
                "q3": typed(q[:, 3]),
                "upperfence": typed(q[:, 4]),
                "name": look.name,
                "marker": {"color": look.colour, "symbol": look.symbol},
                "line": {"color": look.colour, "width": 1.5},
                "fillcolor": rgba(look.colour, 0.25),
                "offsetgroup": look.key,
            }
        )
    words = "; ".join(
        f"{names[c]}: {number(quantiles[0, i, 2])} and {number(quantiles[1, i, 2])}"
        for i, c in enumerate(present)
    )
    return Chart(
        title="Norms by class",
        spec={
            "data": data,
            "layout": {
                "boxmode": "group",
                "xaxis": axis("class", type="category", tickangle=0),
                "yaxis": axis("‖J‖", (0, ceiling(float(quantiles.max())))),
                "showlegend": True,
            },
        },
        yardstick="quartiles, 10–90 %",
        caption="A class with larger norms lies where the encoder is steeper.",
        alt=f"Median Jacobian norm by class, plain and contractive. {words}.",
        table={
            "class": [names[c] for c in present],
            **{
                f"{look.name.lower()} {share * 100:.0f} %": quantiles[k, :, i]
                for k, look in enumerate(LOOKS)
                for i, share in enumerate(shares)
            },
        },
    )
