"""Norms of single samples: one model against the other, and the samples where they are largest and smallest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cae_core.figures.chart import Chart, typed
from cae_core.figures.images import plane, strips
from cae_core.figures.parts import GREY, LOOKS, PICKED, axis, ceiling, literal, number
from cae_core.figures.tiles import outline, page_layout, pickable, sheet, words

Floats = NDArray[np.floating]

DOT = "rgba(112,122,140,0.6)"
"""A sample that is neither model's: one dot."""


CLOSE = 0.35
"""Share of the axis below which a cloud of norms is enlarged."""


def ring(x: float, y: float, **more: Any) -> dict[str, Any]:
    """A trace that marks the selected sample."""
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [x],
        "y": [y],
        "marker": {
            "color": PICKED,
            "size": 13,
            "symbol": "circle-open",
            "line": {"width": 2.5, "color": PICKED},
        },
        "hoverinfo": "skip",
        "showlegend": False,
        **more,
    }


def sample_names(labels: NDArray[np.integer] | None, names: Sequence[str], count: int) -> list[str]:
    """What to call each sample: its position, and its class where there is one."""
    if labels is None:
        return [f"sample {i}" for i in range(count)]
    called = [f"class {name}" if name.isdigit() else literal(name) for name in names]
    return [f"sample {i}, {called[c]}" for i, c in enumerate(labels.tolist())]


def norm_against_norm(norms: Floats, names: Sequence[str], selected: int) -> Chart:
    """The contractive model's norm against the plain one's, one dot a sample, with the line where they are equal.

    Args:
        norms: ``||J_f(x)||_F``, (2, n).
        names: what to call each sample, (n,).
        selected: position of the selected sample.

    Returns:
        The chart; its dots carry the samples' positions.
    """
    top = ceiling(1.02 * float(norms.max()))
    below = float((norms[1] < norms[0]).mean())
    low, high = norms.min(axis=1), norms.max(axis=1)
    reach = 1.15 * max(float((high - low).max()), 1e-6 * top)
    close = reach < CLOSE * top
    dots = {
        "type": "scatter",
        "mode": "markers",
        "x": typed(norms[0]),
        "y": typed(norms[1]),
        "customdata": np.arange(norms.shape[1]),
        "text": list(names),
        "marker": {"color": DOT, "size": 6},
        "hovertemplate": "%{text}<br>plain %{x:.3g}, contractive %{y:.3g}<extra></extra>",
    }
    equal = {
        "type": "scatter",
        "mode": "lines",
        "x": [0, top],
        "y": [0, top],
        "line": {"color": GREY, "width": 1, "dash": "dot"},
        "hoverinfo": "skip",
    }
    data = [dots, ring(float(norms[0, selected]), float(norms[1, selected]))]
    layout: dict[str, Any] = {
        "xaxis": axis("‖J‖ plain", (0, top)),
        "yaxis": axis("‖J‖ contractive", (0, top)),
        "showlegend": False,
        "dragmode": "zoom",
    }
    if close:
        # All norms lie close together: the dots in one corner, where they lie as a whole in the other.
        middle = (low + high) / 2
        layout["xaxis"] = axis("‖J‖ plain", (middle[0] - reach / 2, middle[0] + reach / 2), nticks=5)
        layout["yaxis"] = axis("‖J‖ contractive", (middle[1] - reach / 2, middle[1] + 1.3 * reach), nticks=6)
        small: dict[str, Any] = {"showticklabels": False, "showgrid": False, "showline": True, "mirror": True}
        layout["xaxis2"] = axis("", (0, top), domain=[0.04, 0.4], anchor="y2", **small)
        layout["yaxis2"] = axis("", (0, top), domain=[0.56, 0.97], anchor="x2", **small)
        there = {"xaxis": "x2", "yaxis": "y2", "hoverinfo": "skip"}
        data.append({**equal, **there})
        data.append(
            {
                **dots,
                **there,
                "marker": {"color": PICKED, "size": 3},
                "customdata": None,
                "hovertemplate": None,
            }
        )
    else:
        data.insert(0, equal)
    return Chart(
        title="Norm against norm",
        spec={"data": data, "layout": layout},
        yardstick="enlarged" if close else "dotted: equal",
        caption="One dot a sample: below the dotted line the contractive code is flatter. Click to select.",
        alt=f"Contractive against plain Jacobian norm of {norms.shape[1]} test samples: {below:.0%} lie below the "
        f"line of equal norms. Selected: {names[selected]}, plain {number(norms[0, selected])}, contractive "
        f"{number(norms[1, selected])}.",
        table={
            "sample": np.arange(norms.shape[1]),
            "name": list(names),
            "plain": norms[0],
            "contractive": norms[1],
        },
    )


def extremes(norms: Floats, count: int) -> NDArray[np.int64]:
    """Positions of the samples with the smallest and the largest norm of each model.

    Args:
        norms: (2, n).
        count: how many of each; fewer where there are fewer samples.

    Returns:
        (4, count): plain smallest first, plain largest first, contractive smallest, contractive largest.
    """
    order = np.argsort(norms, axis=1, kind="stable")
    count = min(count, norms.shape[1])
    return np.concatenate([np.stack([row[:count], row[::-1][:count]]) for row in order]).astype(np.int64)


def extreme_samples(
    x: Floats,
    norms: Floats,
    names: Sequence[str],
    selected: int,
    *,
    kind: str,
    image_shape: tuple[int, int] | None,
    feature_names: Sequence[str],
    low: float = 0.0,
    high: float = 1.0,
) -> Chart:
    """The samples with the smallest and the largest norm of each model; for points the norm at every point.

    Args:
        x: display sample, (n, d).
        norms: ``||J_f(x)||_F``, (2, n).
        names: what to call each sample, (n,).
        selected: position of the selected sample.
        kind: of the dataset.
        image_shape: (rows, columns) of an image.
        feature_names: names of the d inputs.
        low: value of paper, for images.
        high: value of ink, for images.

    Returns:
        The chart; what is clicked carries its sample's position.
    """
    picture = kind == "image" and image_shape is not None
    ids = extremes(norms, 10 if picture else 4)
    model = np.repeat([0, 1], 2)
    shown = norms[model[:, None], ids]
    if picture and image_shape is not None:
        spec = _tiles(x, shown, ids, names, selected, image_shape, (low, high))
        caption = "Where each code is flattest and steepest, with the norm. Click to select."
    elif kind == "points":
        spec = _map(x, norms, names, selected, feature_names)
        caption = "Every test point, larger and darker where the code is steeper. Click to select."
    else:
        labels = [
            f"{look} {end} {number(value)}"
            for look, end, row in zip(
                ("plain", "plain", "contr.", "contr."), ("low", "high") * 2, shown, strict=True
            )
            for value in row
        ]
        limit = float(np.quantile(np.abs(x), 0.98)) or 1.0
        spec = strips(
            x[ids.ravel()], row_names=labels, feature_names=feature_names, limit=limit, ids=ids.ravel()
        )
        caption = "Features of the samples where each code is flattest and steepest. Click to select."
    spans = [f"{number(row[0])} ({names[i[0]]})" for row, i in zip(shown, ids, strict=True)]
    return Chart(
        title="Norm over the data" if kind == "points" else "Flattest and steepest",
        spec=spec,
        yardstick="plain left, contractive right" if kind == "points" else "norm of each model",
        caption=caption,
        alt=f"Smallest and largest norm: plain {spans[0]} and {spans[1]}; contractive {spans[2]} and {spans[3]}.",
        table={
            "model": [LOOKS[k].name.lower() for k in model for _ in range(ids.shape[1])],
            "end": [end for end in ("smallest", "largest") * 2 for _ in range(ids.shape[1])],
            "sample": ids.ravel(),
            "norm": shown.ravel(),
        },
    )


def _tiles(
    x: Floats,
    shown: Floats,
    ids: NDArray[np.int64],
    names: Sequence[str],
    selected: int,
    shape: tuple[int, int],
    limits: tuple[float, float],
) -> dict[str, Any]:
    """Four rows of tiles with the norm under each and the row's name before it."""
    height, width = shape
    rows, columns = ids.shape
    left, step = round(2.4 * width), (height + round(0.55 * height), width + round(0.2 * width) + 1)
    corners = np.array([(r * step[0], left + c * step[1]) for r in range(rows) for c in range(columns)])
    middles = corners[:, 1] + (width - 1) / 2
    texts = [number(value) for value in shown.ravel().tolist()]
    ahead = [f"{'plain' if r < 2 else 'contr.'}<br>{'largest' if r % 2 else 'smallest'}" for r in range(rows)]
    beside = words([left - width // 3] * rows, [r * step[0] for r in range(rows)], ahead, 11)
    beside["textposition"] = "bottom left"
    at = [f"{names[i]}: {text}" for i, text in zip(ids.ravel().tolist(), texts, strict=True)]
    data = [
        sheet(x[ids.ravel()].reshape(-1, height, width), corners, *limits),
        words(middles, corners[:, 0] + 1.07 * height - 0.5, texts),
        beside,
        pickable(ids, at, first=(float(middles[0]), step[0] / 2 - 0.5), step=(step[1], step[0])),
    ]
    marks = [
        outline(c[1] - 1, c[0] - 1, c[1] + width, c[0] + height)
        for c, i in zip(corners, ids.ravel().tolist(), strict=True)
        if i == selected
    ]
    return {
        "data": data,
        "layout": page_layout(left + columns * step[1], rows * step[0], shapes=marks),
    }


def _map(
    x: Floats, norms: Floats, names: Sequence[str], selected: int, feature_names: Sequence[str]
) -> dict[str, Any]:
    """The points of the plane twice, as large and dark as the norm of each model is."""
    i, j = plane(x.shape[1])
    reach = 1.15 * float(np.abs(x[:, [i, j]]).max())
    top = float(norms.max()) or 1.0
    data: list[dict[str, Any]] = []
    for k, look in enumerate(LOOKS):
        share = norms[k] / top
        axes = {"xaxis": "x" if k == 0 else "x2", "yaxis": "y" if k == 0 else "y2"}
        data.append(
            {
                "type": "scatter",
                "mode": "markers",
                "x": typed(x[:, i]),
                "y": typed(x[:, j]),
                "customdata": np.arange(len(x)),
                "text": [f"{name}: {number(value)}" for name, value in zip(names, norms[k], strict=True)],
                "marker": {
                    "color": look.colour,
                    "symbol": look.symbol,
                    "size": typed(2.5 + 6 * share),
                    "opacity": typed(0.2 + 0.7 * share),
                    "line": {"width": 0},
                },
                "hovertemplate": "%{text}<extra></extra>",
                **axes,
            }
        )
        data.append(ring(float(x[selected, i]), float(x[selected, j]), **axes))
    limits = (-reach, reach)
    layout = {
        "xaxis": axis(feature_names[i], limits, domain=[0, 0.47], constrain="domain"),
        "xaxis2": axis(feature_names[i], limits, domain=[0.53, 1], constrain="domain", matches="x"),
        "yaxis": axis(feature_names[j], limits, scaleanchor="x", constrain="domain"),
        "yaxis2": axis("", limits, scaleanchor="x2", constrain="domain", anchor="x2", showticklabels=False),
        "showlegend": False,
        "dragmode": "zoom",
    }
    return {"data": data, "layout": layout}
