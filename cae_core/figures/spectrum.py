"""Singular values and right singular vectors of the encoder's Jacobian: directions that the code notices."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cae_core.figures.chart import Chart, typed
from cae_core.figures.images import plane, strips
from cae_core.figures.parts import GREY, LOOKS, PICKED, axis, log_limits, number
from cae_core.figures.tiles import page_layout, sheet, words

Floats = NDArray[np.floating]

DEPTH = 6.0
"""Decades below the largest singular value that are drawn: what lies below is rounding."""


def spectrum(values: Floats, mean: Floats, name: str) -> Chart:
    """Singular values of both Jacobians at one sample, with the mean over samples behind them.

    Args:
        values: at the selected sample, largest first, (2, rank).
        mean: mean over fixed samples, (2, rank).
        name: what to call the sample.

    Returns:
        The chart, on a log axis.
    """
    rank = values.shape[1]
    order = np.arange(1, rank + 1)
    floor = max(float(values.max()), float(mean.max())) * 10.0**-DEPTH
    seen, average = np.where(values > floor, values, np.nan), np.where(mean > floor, mean, np.nan)
    data: list[dict[str, Any]] = []
    for k, look in enumerate(LOOKS):
        data.append(
            {
                "type": "scatter",
                "mode": "lines",
                "x": typed(order),
                "y": typed(average[k]),
                "line": {"color": look.colour, "width": 1, "dash": "dot"},
                "opacity": 0.8,
                "hoverinfo": "skip",
                "showlegend": False,
            }
        )
        data.append(
            {
                "type": "scatter",
                "mode": "lines+markers" if rank <= 100 else "lines",
                "x": typed(order),
                "y": typed(seen[k]),
                "name": look.name,
                "line": {"color": look.colour, "dash": look.dash, "width": 2},
                "marker": {"color": look.colour, "symbol": look.symbol, "size": 4 if rank > 12 else 7},
                "hovertemplate": "s<sub>%{x}</sub> = %{y:.3g}",
            }
        )
    limits = log_limits(np.concatenate([seen, average]))
    decades = limits[1] - limits[0] if limits is not None else 1.0
    xaxis = axis("rank", (0.5, rank + 0.5), **({"dtick": 1} if rank <= 5 else {}))
    rough = effective_rank(values)
    words_of = ", ".join(
        f"{look.name.lower()} {number(values[k, 0])} down to {number(values[k, -1])}, effective rank {number(rough[k])}"
        for k, look in enumerate(LOOKS)
    )
    return Chart(
        title="Singular values",
        spec={
            "data": data,
            "layout": {
                "xaxis": xaxis,
                "yaxis": axis(
                    "s",
                    limits,
                    type="log",
                    exponentformat="power" if decades > 2.5 else "none",
                    dtick=ceil(decades / 5) if decades > 1.5 else "D2",
                ),
                "showlegend": True,
            },
        },
        yardstick="dotted: mean",
        caption="How far the code moves per unit step along each direction: a steep fall means that it notices few.",
        alt=f"Singular values of the Jacobian at {name}: {words_of}.",
        table={
            "rank": order,
            **{f"{look.name.lower()}": values[k] for k, look in enumerate(LOOKS)},
            **{f"{look.name.lower()} mean": mean[k] for k, look in enumerate(LOOKS)},
        },
    )


def effective_rank(values: Floats) -> Floats:
    """How many directions carry the squared norm: the participation ratio of the squared singular values.

    ``(sum_r s_r^2)^2 / sum_r s_r^4``: m where m values are alike and the others 0 (Bell and Dean, "Atomic vibrations in
    vitreous silica", Discussions of the Faraday Society 50, 1970, there of the parts of a vector).

    Args:
        values: singular values, (K, rank).

    Returns:
        The effective ranks, (K,); NaN where all values are 0.
    """
    squares = np.square(values.astype(np.float64))
    total = squares.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        rank: Floats = np.where(total > 0, np.square(total) / np.square(squares).sum(axis=1), np.nan)
    return rank


def directions(
    values: Floats,
    vectors: Floats,
    x: Floats,
    selected: int,
    name: str,
    *,
    kind: str,
    image_shape: tuple[int, int] | None,
    feature_names: Sequence[str],
    low: float = 0.0,
    high: float = 1.0,
) -> Chart:
    """First right singular vectors at one sample: the directions in the input that each code notices most.

    Args:
        values: singular values, (2, rank).
        vectors: unit vectors, most noticed first, (2, m, d).
        x: display sample, (n, d).
        selected: position of the selected sample.
        name: what to call it.
        kind: of the dataset.
        image_shape: (rows, columns) of an image.
        feature_names: names of the d inputs.
        low: value of paper, for images.
        high: value of ink, for images.

    Returns:
        The chart: tiles for images, lines through the sample for points, strips of features for tables.
    """
    count = vectors.shape[1]
    if kind == "image" and image_shape is not None:
        spec = _tiles(values, vectors, x[selected], image_shape, (low, high))
        caption = "What each code notices most, with the singular value; two colours for two signs."
    elif kind == "points":
        spec = _crosses(values, vectors, x, selected, feature_names)
        caption = (
            "Lines through the sample, as long as the code moves along them; a short one goes unnoticed."
        )
    else:
        labels = [
            f"{short} {number(values[k, r])}"
            for k, short in enumerate(("plain", "contr."))
            for r in range(count)
        ]
        limit = float(np.abs(vectors).max()) or 1.0
        spec = strips(
            vectors.reshape(-1, vectors.shape[2]), row_names=labels, feature_names=feature_names, limit=limit
        )
        caption = "What each code notices most, over the features, with the singular value."
    first = ", ".join(
        f"{look.name.lower()} " + " ".join(number(v) for v in values[k, :count])
        for k, look in enumerate(LOOKS)
    )
    return Chart(
        title="Directions that the code notices",
        spec=spec,
        yardstick=name,
        caption=caption,
        alt=f"First {count} right singular vectors at {name}; singular values: {first}.",
        table={
            "model": [look.name.lower() for look in LOOKS for _ in range(count)],
            "rank": np.tile(np.arange(1, count + 1), 2),
            "singular value": values[:, :count].ravel(),
            **{feature: vectors[:, :, i].ravel() for i, feature in enumerate(feature_names)},
        },
    )


def _tiles(
    values: Floats, vectors: Floats, sample: Floats, shape: tuple[int, int], limits: tuple[float, float]
) -> dict[str, Any]:
    """The sample at the left, then a row of directions a model, the singular value under each."""
    height, width = shape
    members, count, _ = vectors.shape
    gap, below = max(1, round(0.13 * width)), round(0.5 * height)
    step, left = (height + below, width + gap), round(1.7 * width)
    corners = np.array([(k * step[0], left + c * step[1]) for k in range(members) for c in range(count)])
    middle = (width - 1) / 2
    # Each direction in its own full range: what is compared is where it points, its gain stands below it.
    peak = np.abs(vectors).max(axis=2, keepdims=True)
    shown = np.divide(vectors, peak, out=np.zeros_like(vectors), where=peak > 0)
    data = [
        sheet(shown.reshape(-1, height, width), corners, -1.0, 1.0),
        sheet(sample.reshape(1, height, width), np.array([(0, 0)]), *limits),
        words(
            corners[:, 1] + middle,
            corners[:, 0] + 1.07 * height - 0.5,
            [number(v) for v in values[:, :count].ravel().tolist()],
        ),
        words([middle], [1.07 * height - 0.5], ["sample"]),
    ]
    names = [
        {
            "x": left - 0.28 * width,
            "y": k * step[0] + (height - 1) / 2,
            "text": ("plain", "contr.")[k],
            "textangle": -90,
            "showarrow": False,
            "font": {"size": 11},
        }
        for k, look in enumerate(LOOKS)
    ]
    layout = page_layout(left + count * step[1] - gap, members * step[0], annotations=names)
    return {"data": data, "layout": layout}


def _crosses(
    values: Floats, vectors: Floats, x: Floats, selected: int, feature_names: Sequence[str]
) -> dict[str, Any]:
    """Lines through the sample along both models' directions, in the plane that points are drawn in."""
    i, j = plane(x.shape[1])
    reach = 1.15 * float(np.abs(x[:, [i, j]]).max())
    unit = 0.45 * reach / (float(values.max()) or 1.0)
    here = x[selected]
    data: list[dict[str, Any]] = [
        {
            "type": "scatter",
            "mode": "markers",
            "x": typed(x[:, i]),
            "y": typed(x[:, j]),
            "customdata": np.arange(len(x)),
            "marker": {"color": GREY, "size": 3.5},
            "hovertemplate": "sample %{customdata}<extra></extra>",
            "name": "test points",
            "showlegend": False,
        }
    ]
    for k, look in enumerate(LOOKS):
        for r, v in enumerate(vectors[k]):
            ends = here + np.outer([-1, 1], v) * values[k, r] * unit
            data.append(
                {
                    "type": "scatter",
                    "mode": "lines+markers",
                    "x": typed(ends[:, i]),
                    "y": typed(ends[:, j]),
                    "name": look.name,
                    "legendgroup": look.key,
                    "showlegend": r == 0,
                    "line": {"color": look.colour, "dash": look.dash, "width": 2.5},
                    "marker": {"color": look.colour, "symbol": look.symbol, "size": 6},
                    "hovertemplate": f"{look.name}, direction {r + 1}: s = {number(values[k, r])}<extra></extra>",
                }
            )
    data.append(
        {
            "type": "scatter",
            "mode": "markers",
            "x": [float(here[i])],
            "y": [float(here[j])],
            "marker": {"color": PICKED, "size": 9, "symbol": "circle"},
            "hoverinfo": "skip",
            "showlegend": False,
        }
    )
    layout = {
        "xaxis": axis(feature_names[i], (-reach, reach), constrain="domain"),
        "yaxis": axis(feature_names[j], (-reach, reach), scaleanchor="x", constrain="domain"),
        "showlegend": True,
        "dragmode": "zoom",
    }
    return {"data": data, "layout": layout}
