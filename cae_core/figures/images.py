"""Samples, reconstructions, filters and directions as tiles of one heat map (or strips, or points).

A mosaic of 8-bit tiles travels in a few kilobytes and is painted at once. The grey scale is ink on paper, 0 to 1;
directions and weights have a scale symmetrical about 0. Both are the page's own colour scales.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cae_core.figures.chart import Chart, typed
from cae_core.figures.parts import GREY, LOOKS, axis, hidden_axis, number
from cae_core.figures.tiles import pickable, sheet

Floats = NDArray[np.floating]

STRIPS = 4
"""Number of samples of a table whose features are drawn as strips."""


def mosaic(
    tiles: Floats,
    *,
    row_names: Sequence[str] = (),
    column_names: Sequence[str] = (),
    low: float = 0.0,
    high: float = 1.0,
    gap: int = 1,
    ids: NDArray[np.integer] | None = None,
) -> dict[str, Any]:
    """A figure of tiles in rows and columns.

    Args:
        tiles: values, (rows, columns, tile height, tile width).
        row_names: a name before each row.
        column_names: a name below each column; ``<br>`` breaks a line.
        low: value of the scale's lower end.
        high: value of the scale's upper end; a scale with low < 0 is diverging.
        gap: cells between tiles.
        ids: sample id of each tile, (rows, columns), sent back when a tile is clicked.

    Returns:
        The figure's spec.
    """
    rows, columns, height, width = tiles.shape
    cell = (height + gap, width + gap)
    corners = np.array([(r * cell[0], c * cell[1]) for r in range(rows) for c in range(columns)])
    data = [sheet(tiles.reshape(-1, height, width), corners, low, high)]
    if ids is not None:
        middle = ((width - 1) / 2, (height - 1) / 2)
        names = [f"sample {i}" for i in ids.ravel()]
        data.append(pickable(ids, names, first=middle, step=(cell[1], cell[0])))
    xaxis, yaxis = (
        hidden_axis(constrain="domain"),
        hidden_axis(autorange="reversed", scaleanchor="x", constrain="domain"),
    )
    if row_names:
        yaxis |= _ticks([r * cell[0] + (height - 1) / 2 for r in range(rows)], row_names)
    if column_names:
        xaxis |= _ticks([c * cell[1] + (width - 1) / 2 for c in range(columns)], column_names)
    layout = {"xaxis": xaxis, "yaxis": yaxis, "showlegend": False, "dragmode": False}
    return {"data": data, "layout": layout}


def strips(
    values: Floats,
    *,
    row_names: Sequence[str],
    feature_names: Sequence[str],
    limit: float,
    ids: NDArray[np.integer] | None = None,
) -> dict[str, Any]:
    """A figure of rows of features, for tables: one row a sample or a direction, a scale symmetrical about 0.

    Args:
        values: (rows, features).
        row_names: a name before each row.
        feature_names: names of the features, on hover.
        limit: value at the ends of the scale.
        ids: sample id of each row, sent back when the row is clicked.

    Returns:
        The figure's spec.
    """
    trace: dict[str, Any] = {
        "type": "heatmap",
        "z": typed(values),
        "x": list(feature_names),
        "y": [f"{i}" for i in range(len(row_names))],
        "zmin": -limit,
        "zmax": limit,
        "autocolorscale": True,
        "showscale": False,
        "xgap": 1,
        "ygap": 1,
        "hovertemplate": "%{x}: %{z:.3g}<extra></extra>",
    }
    if ids is not None:
        trace["customdata"] = np.repeat(ids[:, None], values.shape[1], axis=1).tolist()
    yaxis = hidden_axis(autorange="reversed", showticklabels=True, tickmode="array", type="category")
    yaxis |= {"tickvals": [f"{i}" for i in range(len(row_names))], "ticktext": list(row_names)}
    return {
        "data": [trace],
        "layout": {"xaxis": hidden_axis(type="category"), "yaxis": yaxis, "dragmode": False},
    }


def scale(inputs: Floats, kind: str) -> tuple[float, float]:
    """Limits of a sample's scale: 0 to 1 for grey images, symmetrical about 0 for anything that goes below."""
    lowest = float(inputs.min())
    if kind == "image" and lowest >= 0:
        return 0.0, 1.0
    reach = float(np.quantile(np.abs(inputs), 0.99)) or 1.0
    return -reach, reach


def gallery(
    inputs: Floats,
    reconstructions: Floats,
    *,
    ids: NDArray[np.int64],
    kind: str,
    image_shape: tuple[int, int] | None,
    feature_names: Sequence[str],
    low: float = 0.0,
    high: float = 1.0,
) -> Chart:
    """The fixed gallery samples as input, plain and contractive reconstruction.

    Args:
        inputs: (m, d).
        reconstructions: (2, m, d).
        ids: their positions in the display sample, (m,).
        kind: of the dataset.
        image_shape: (rows, columns) of an image.
        feature_names: names of the d inputs.
        low: value of paper, for images.
        high: value of ink, for images.

    Returns:
        The chart: tiles for images, points with both models' for points, strips of features for tables.
    """
    groups = np.concatenate([inputs[None], reconstructions])
    names = ("input", *(look.name.lower() for look in LOOKS))
    drawn = min(len(inputs), {"image": 12, "points": len(inputs)}.get(kind, STRIPS))
    error = np.square(reconstructions - inputs).sum(axis=2).mean(axis=1)
    if kind == "image" and image_shape is not None:
        columns = min(len(inputs), 12)
        tiles = groups[:, :columns].reshape(3, columns, *image_shape)
        spec = mosaic(tiles, row_names=names, low=low, high=high)
        caption = "The same test samples as input, and as each model gives them back."
    elif kind == "points":
        spec = points(inputs, reconstructions, feature_names)
        caption = (
            "Test points in grey, and where each model puts them: a contractive model lets go of directions."
        )
    else:
        rows = groups[:, :STRIPS].transpose(1, 0, 2).reshape(-1, inputs.shape[1])
        labels = ["input", "plain", "contractive"] * len(groups[0, :STRIPS])
        limit = float(np.quantile(np.abs(inputs), 0.98)) or 1.0
        spec = strips(rows, row_names=labels, feature_names=feature_names, limit=limit)
        caption = "Features of the same test samples, three rows a sample: input, plain, contractive."
    return Chart(
        title="Reconstructions",
        spec=spec,
        yardstick=f"{drawn} of {len(inputs)} fixed test samples"
        if drawn < len(inputs)
        else f"{drawn} fixed test samples",
        caption=caption,
        alt=f"Reconstructions of {len(inputs)} test samples: mean squared error summed over the inputs "
        f"{number(error[0])} for the plain and {number(error[1])} for the contractive autoencoder.",
        table={
            "sample": np.repeat(ids[:12], 3),
            "row": list(names) * min(len(inputs), 12),
            **{name: groups[:, :12, i].T.ravel() for i, name in enumerate(feature_names)},
        },
    )


def plane(d: int) -> tuple[int, int]:
    """The two coordinates that points are drawn in: the first, and the last of two or three."""
    return 0, min(d, 3) - 1


def points(inputs: Floats, reconstructions: Floats, feature_names: Sequence[str]) -> dict[str, Any]:
    """A figure of points (n, d) in grey under each model's reconstructions (2, n, d), side by side, true to scale."""
    i, j = plane(inputs.shape[1])
    reach = 1.15 * float(np.abs(inputs[:, [i, j]]).max())
    data: list[dict[str, Any]] = []
    for k, look in enumerate(LOOKS):
        own = {"xaxis": f"x{k + 1}", "yaxis": f"y{k + 1}"} if k else {}
        grey = {"color": GREY, "size": 3.5}
        marks = {"color": look.colour, "symbol": look.symbol, "size": 3.5, "opacity": 0.8}
        data.append(_dots(inputs[:, [i, j]], "input", grey) | own | {"showlegend": k == 0})
        data.append(_dots(reconstructions[k][:, [i, j]], look.name, marks) | own)
    limits = (-reach, reach)
    layout: dict[str, Any] = {"showlegend": True}
    for k, domain in enumerate(((0.0, 0.47), (0.53, 1.0))):
        number_of = str(k + 1) if k else ""
        layout[f"xaxis{number_of}"] = axis(
            feature_names[i], limits, domain=list(domain), anchor=f"y{number_of}", constrain="domain"
        )
        layout[f"yaxis{number_of}"] = axis(
            "" if k else feature_names[j],
            limits,
            anchor=f"x{number_of}",
            scaleanchor=f"x{number_of}",
            constrain="domain",
        )
    return {"data": data, "layout": layout}


def _dots(xy: Floats, name: str, marker: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "markers",
        "x": typed(xy[:, 0]),
        "y": typed(xy[:, 1]),
        "name": name,
        "marker": marker,
        "hoverinfo": "skip",
    }


def filters(
    weights: Floats,
    *,
    kind: str,
    image_shape: tuple[int, int] | None,
    feature_names: Sequence[str],
    count: int = 24,
) -> Chart:
    """The encoder's first-layer weights of some units, both models on the same scale.

    Args:
        weights: W_1, (2, d, units).
        kind: of the dataset.
        image_shape: (rows, columns) of an image.
        feature_names: names of the d inputs.
        count: number of units of each model.

    Returns:
        The chart: tiles for images, weight vectors as points for points, lines over the features for tables.
    """
    units = min(count, weights.shape[2])
    shown = weights[:, :, :units].transpose(0, 2, 1)
    limit = max(float(np.abs(shown).max()), 1e-12)
    if kind == "image" and image_shape is not None:
        columns = min(6, units)
        rows = ceil(units / columns)
        blank = np.zeros((2, rows * columns - units, shown.shape[2]))
        tiles = np.concatenate([shown, blank], axis=1).reshape(2, rows, columns, *image_shape)
        between = np.zeros((rows, 1, *image_shape))
        spec = mosaic(
            np.concatenate([tiles[0], between, tiles[1]], axis=1),
            column_names=_under(columns),
            low=-limit,
            high=limit,
        )
        words = f"Weights of {units} units as images, plain left and contractive right, on one scale."
    elif kind == "points":
        i, j = plane(weights.shape[1])
        reach = 1.1 * float(np.abs(weights[:, [i, j]]).max()) or 1.0
        data: list[dict[str, Any]] = [
            {
                "type": "scatter",
                "mode": "markers",
                "x": typed(weights[k, i]),
                "y": typed(weights[k, j]),
                "name": look.name,
                "marker": {"color": look.colour, "symbol": look.symbol, "size": 6, "opacity": 0.8},
            }
            for k, look in enumerate(LOOKS)
        ]
        spec = {
            "data": data,
            "layout": {
                "xaxis": axis(f"weight of {feature_names[i]}", (-reach, reach), constrain="domain"),
                "yaxis": axis(
                    f"weight of {feature_names[j]}", (-reach, reach), scaleanchor="x", constrain="domain"
                ),
                "showlegend": True,
            },
        }
        words = "Weight vector of each first-layer unit as a point: short vectors barely notice their input."
    else:
        data = [
            {
                "type": "scatter",
                "mode": "lines",
                "x": list(feature_names),
                "y": typed(shown[k, u]),
                "name": look.name,
                "legendgroup": look.key,
                "showlegend": u == 0,
                "line": {"color": look.colour, "dash": look.dash, "width": 1},
                "opacity": 0.55,
                "hovertemplate": "%{x}: %{y:.3g}",
            }
            for k, look in enumerate(LOOKS)
            for u in range(min(units, 8))
        ]
        spec = {
            "data": data,
            "layout": {
                "xaxis": hidden_axis(type="category"),
                "yaxis": axis("weight", (-limit, limit)),
                "showlegend": True,
            },
        }
        words = f"Weights of {min(units, 8)} units over the features, both models on one scale."
    size = np.sqrt(np.square(weights).sum(axis=1)).mean(axis=1)
    return Chart(
        title="Filters",
        spec=spec,
        yardstick="one scale for both",
        caption=words,
        alt=f"First-layer weights: mean length {number(size[0])} for the plain and {number(size[1])} for the "
        "contractive autoencoder.",
        table={
            "model": [look.name.lower() for look in LOOKS for _ in range(units)],
            "unit": np.tile(np.arange(1, units + 1), 2),
            **{name: shown[:, :, i].ravel() for i, name in enumerate(feature_names)},
        },
    )


def _under(columns: int) -> list[str]:
    """Names under two groups of columns with one blank column between them."""
    middle = (columns - 1) // 2
    names = [""] * (2 * columns + 1)
    names[middle], names[columns + 1 + middle] = "plain", "contractive"
    return names


def _ticks(at: Sequence[float], names: Sequence[str]) -> dict[str, Any]:
    return {"tickmode": "array", "tickvals": list(at), "ticktext": list(names), "showticklabels": True}
