"""A walk along tangents, model beside model, up to a step; and how far it is from the data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cae_core.figures.chart import Chart, typed
from cae_core.figures.images import mosaic, plane, points, strips
from cae_core.figures.parts import GREY, LOOKS, PICKED, axis, ceiling, number

Floats = NDArray[np.floating]

TILES = 16
"""Most images of a strip."""

ROWS = 8
"""Most rows of a table's strip, of each model."""


def walk(
    path: Floats,
    x: Floats,
    at: int,
    name: str,
    *,
    kind: str,
    image_shape: tuple[int, int] | None,
    feature_names: Sequence[str],
    low: float = 0.0,
    high: float = 1.0,
) -> Chart:
    """What both models decode along their walks, up to a step; what comes later is left empty.

    Args:
        path: the sample and what is decoded after each step, (2, T + 1, d).
        x: display sample, (n, d).
        at: the step, 0 to T.
        name: what to call the sample that the walks start from.
        kind: of the dataset.
        image_shape: (rows, columns) of an image.
        feature_names: names of the d inputs.
        low: value of paper, for images.
        high: value of ink, for images.

    Returns:
        The chart: a strip of images a model, lines in the plane for points, strips of features for tables.
    """
    last = path.shape[1] - 1
    if kind == "image" and image_shape is not None:
        chosen = _chosen(last, TILES)
        shown = np.where(chosen[:, None] <= at, path[:, chosen], np.nan)
        spec = mosaic(
            shown.reshape(2, len(chosen), *image_shape),
            row_names=[look.name.lower() for look in LOOKS],
            column_names=[str(step) for step in chosen],
            low=low,
            high=high,
        )
        caption = "The sample at the left, then what each model decodes after so many steps."
    elif kind == "points":
        spec = _lines(path, x, at, feature_names)
        caption = (
            "Test points in grey; each model's walk from the sample, which is ringed, to the filled mark."
        )
    else:
        chosen = _chosen(last, ROWS)
        shown = np.where(chosen[:, None] <= at, path[:, chosen], np.nan)
        spec = strips(
            shown.reshape(-1, path.shape[2]),
            row_names=[f"{short} {step}" for short in ("plain", "contr.") for step in chosen],
            feature_names=feature_names,
            limit=max(abs(low), abs(high)),
        )
        caption = "A row of features after so many steps, both models on one scale; row 0 is the sample."
    moved = np.linalg.norm(path[:, at] - path[:, 0], axis=1)
    said = ", ".join(f"{look.name.lower()} {number(moved[k])}" for k, look in enumerate(LOOKS))
    return Chart(
        title="Walk",
        spec=spec,
        yardstick=f"{name}, step {at} of {last}",
        caption=caption,
        alt=f"Walks from {name}; distance from the sample after {at} steps: {said}.",
        table={
            "model": [look.name.lower() for look in LOOKS for _ in range(at + 1)],
            "step": np.tile(np.arange(at + 1), 2),
            **{feature: path[:, : at + 1, i].ravel() for i, feature in enumerate(feature_names)},
        },
    )


def now(path: Floats, at: int, image_shape: tuple[int, int], low: float, high: float) -> Chart:
    """The images of one step, large.

    Args:
        path: the sample and what is decoded after each step, (2, T + 1, d).
        at: the step.
        image_shape: (rows, columns) of an image.
        low: value of paper.
        high: value of ink.

    Returns:
        The chart, plain left and contractive right.
    """
    spec = mosaic(
        path[:, at].reshape(1, 2, *image_shape),
        column_names=[look.name.lower() for look in LOOKS],
        low=low,
        high=high,
        gap=max(1, image_shape[1] // 8),
    )
    return Chart(
        title="This step",
        spec=spec,
        yardstick=f"step {at}",
        caption="The same step of both walks.",
        alt=f"What both models decode after step {at}.",
    )


def distances(distance: Floats, usual: float, at: int) -> Chart:
    """Distance of both walks to the nearest training sample, over the steps.

    Args:
        distance: (2, T + 1).
        usual: mean of that distance over test samples.
        at: the step up to which it is drawn.

    Returns:
        The chart, on an axis that does not depend on the step.
    """
    last = distance.shape[1] - 1
    steps = np.arange(at + 1)
    data: list[dict[str, Any]] = [
        {
            "type": "scatter",
            "mode": "lines",
            "x": [0, last],
            "y": [usual, usual],
            "name": "test samples",
            "line": {"color": GREY, "dash": "dot", "width": 1.5},
            "hovertemplate": "mean over test samples: %{y:.3g}<extra></extra>",
        }
    ]
    data += [
        {
            "type": "scatter",
            "mode": "lines+markers",
            "x": typed(steps),
            "y": typed(distance[k, : at + 1]),
            "name": look.name,
            "line": {"color": look.colour, "dash": look.dash, "width": 2},
            "marker": {"color": look.colour, "symbol": look.symbol, "size": 5},
            "hovertemplate": "step %{x}: %{y:.3g}",
        }
        for k, look in enumerate(LOOKS)
    ]
    top = ceiling(1.05 * max(float(distance.max()), usual))
    said = ", ".join(f"{look.name.lower()} {number(distance[k, at])}" for k, look in enumerate(LOOKS))
    return Chart(
        title="Distance to data",
        spec={
            "data": data,
            "layout": {
                "xaxis": axis("step", (-0.5, last + 0.5)),
                "yaxis": axis("distance", (0, top)),
                "showlegend": True,
            },
        },
        yardstick="to the nearest training sample",
        caption="At the dotted line or below: as close to the training data as test samples are on average.",
        alt=f"Distance to the nearest training sample after step {at}: {said}; test samples {number(usual)}.",
        table={
            "step": steps,
            **{look.name.lower(): distance[k, : at + 1] for k, look in enumerate(LOOKS)},
        },
    )


def sentence(path: Floats, distance: Floats, usual: float, size: float, name: str) -> str:
    """What the walks did, in words.

    Args:
        path: the sample and what is decoded after each step, (2, T + 1, d).
        distance: to the nearest training sample, (2, T + 1).
        usual: mean of that distance over test samples.
        size: length of Δx.
        name: what to call the sample that the walks start from.

    Returns:
        Three sentences.
    """
    ends = np.linalg.norm(path[:, -1] - path[:, 0], axis=1)
    means = distance[:, 1:].mean(axis=1)
    return (
        f"{distance.shape[1] - 1} steps with Δx of length {number(size)} end {number(ends[0])} (plain) and "
        f"{number(ends[1])} (contractive) from {name}. On the way the plain autoencoder is {number(means[0])} from the "
        f"nearest training sample on average, and the contractive one {number(means[1])}; test samples are "
        f"{number(usual)} from theirs. Only a walk that goes far and stays near the data follows them."
    )


def _chosen(last: int, most: int) -> NDArray[np.int64]:
    """Steps from 0 to `last`, both among them, evenly, at most so many."""
    return np.unique(np.linspace(0, last, most).round().astype(np.int64))


def _lines(path: Floats, x: Floats, at: int, feature_names: Sequence[str]) -> dict[str, Any]:
    """Walks (2, T + 1, d) up to a step over the test points, side by side, true to scale, on axes for all steps."""
    i, j = plane(x.shape[1])
    reach = 1.15 * max(float(np.abs(x[:, [i, j]]).max()), float(np.abs(path[:, :, [i, j]]).max()))
    path = path[:, : at + 1]
    spec = points(x, path[:, :0], feature_names)
    for k, look in enumerate(LOOKS):
        own = {"xaxis": f"x{k + 1}", "yaxis": f"y{k + 1}"} if k else {}
        dots = spec["data"][2 * k + 1]
        sizes = [10] + [4] * (path.shape[1] - 2) + [9] * (path.shape[1] > 1)
        dots |= {
            "mode": "lines+markers",
            "x": typed(path[k, :, i]),
            "y": typed(path[k, :, j]),
            "line": {"color": look.colour, "width": 1.5, "dash": look.dash},
            "marker": {"color": look.colour, "symbol": look.symbol, "size": sizes, "line": {"width": 0}},
        }
        start = {
            "color": PICKED,
            "size": 12,
            "symbol": "circle-open",
            "line": {"width": 2.5, "color": PICKED},
        }
        spec["data"].append(
            {
                "type": "scatter",
                "mode": "markers",
                "x": [float(path[k, 0, i])],
                "y": [float(path[k, 0, j])],
                "marker": start,
                "hoverinfo": "skip",
                "showlegend": False,
                **own,
            }
        )
    for name in ("xaxis", "yaxis", "xaxis2", "yaxis2"):
        spec["layout"][name]["range"] = [-reach, reach]
    return spec
