"""Tiles: many small pictures painted as one heat map, with words under them and cells that can be picked.

Pixels travel as 8-bit numbers, one trace a scale. What can be picked lies over them as a coarse grid of clear cells,
one a sample: a click anywhere in a cell picks its sample, and the keyboard steps from sample to sample.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cae_core.figures.chart import typed
from cae_core.figures.parts import PICKED, hidden_axis

Floats = NDArray[np.floating]
Corners = NDArray[np.integer]

CLEAR = "rgba(0,0,0,0)"


def sheet(tiles: Floats, corners: Corners, low: float = 0.0, high: float = 1.0) -> dict[str, Any]:
    """A trace of tiles at given places.

    Args:
        tiles: values, (m, tile height, tile width); where they are NaN the paper shows.
        corners: row and column of each tile's first pixel, (m, 2).
        low: value of the scale's lower end; below 0 the scale is diverging.
        high: value of the scale's upper end.

    Returns:
        A heat map whose cell (row, column) lies at x = column, y = row.
    """
    height, width = tiles.shape[1:]
    origin, end = corners.min(axis=0), corners.max(axis=0)
    signed = low < 0
    paper = -low / (high - low) if signed else 0.0
    scaled = np.nan_to_num(np.clip((tiles - low) / (high - low), 0, 1), nan=paper)
    canvas = np.full((end[0] - origin[0] + height, end[1] - origin[1] + width), paper)
    for tile, (row, column) in zip(scaled, corners - origin, strict=True):
        canvas[row : row + height, column : column + width] = tile
    levels = np.round(canvas * (254 if signed else 255)).astype(np.int16) - (127 if signed else 0)
    return {
        "type": "heatmap",
        "z": typed(levels.astype(np.int8 if signed else np.uint8)),
        "x0": int(origin[1]),
        "y0": int(origin[0]),
        "zmin": -127 if signed else 0,
        "zmax": 127 if signed else 255,
        "autocolorscale": True,
        "showscale": False,
        "hoverinfo": "skip",
    }


def pickable(
    ids: NDArray[np.integer],
    names: Sequence[str],
    *,
    first: tuple[float, float],
    step: tuple[float, float],
) -> dict[str, Any]:
    """A trace of clear cells over tiles, one a sample, that are picked and stepped through.

    Args:
        ids: sample of each cell, (rows, columns); -1 where there is none.
        names: what to say of each cell, in reading order.
        first: x and y of the middle of the first cell.
        step: width and height of a cell.

    Returns:
        The trace; it goes above the tiles.
    """
    there = ids >= 0
    return {
        "type": "heatmap",
        "x": _middles(first[0], step[0], ids.shape[1]),
        "y": _middles(first[1], step[1], ids.shape[0]),
        "z": [[0 if one else None for one in row] for row in there.tolist()],
        "customdata": ids.tolist(),
        "text": np.reshape(np.array(names, dtype=object), ids.shape).tolist(),
        "hovertemplate": "%{text}<extra></extra>",
        "hoverongaps": False,
        "colorscale": [[0, CLEAR], [1, CLEAR]],
        "showscale": False,
    }


def _middles(first: float, step: float, count: int) -> list[float]:
    """Middles of the cells; of a single one the edges, because it has no neighbour to tell its width."""
    return [first + i * step for i in range(count)] if count > 1 else [first - step / 2, first + step / 2]


def words(
    x: Sequence[float] | Floats, y: Sequence[float] | Floats, text: Sequence[str], size: int = 10
) -> dict[str, Any]:
    """A trace of words whose top middle is at (x, y)."""
    return {
        "type": "scatter",
        "mode": "text",
        "x": [float(value) for value in x],
        "y": [float(value) for value in y],
        "text": list(text),
        "textposition": "bottom center",
        "textfont": {"size": size},
        "hoverinfo": "skip",
        "showlegend": False,
        "cliponaxis": False,
    }


def outline(left: float, top: float, right: float, bottom: float) -> dict[str, Any]:
    """A shape around a selected cell."""
    return {
        "type": "rect",
        "x0": left,
        "x1": right,
        "y0": top,
        "y1": bottom,
        "line": {"color": PICKED, "width": 2},
        "layer": "above",
    }


def page_layout(width: float, height: float, **more: Any) -> dict[str, Any]:
    """The layout of a sheet of square cells, row 0 at the top."""
    return {
        "xaxis": hidden_axis(range=[-0.5, width - 0.5], autorange=False, constrain="domain"),
        "yaxis": hidden_axis(
            range=[height - 0.5, -0.5], autorange=False, scaleanchor="x", constrain="domain"
        ),
        "margin": {"l": 4, "r": 4, "t": 4, "b": 4},
        "showlegend": False,
        "dragmode": False,
        **more,
    }
