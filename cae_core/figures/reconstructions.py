"""Samples and what both models make of them: a grid of many, and one of them in detail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cae_core.figures.chart import Chart, typed
from cae_core.figures.images import plane, strips
from cae_core.figures.norms import ring
from cae_core.figures.parts import GREY, LOOKS, PICKED, axis, number, rgba
from cae_core.figures.tiles import outline, page_layout, pickable, sheet, words

Floats = NDArray[np.floating]
Ids = NDArray[np.integer]

COLUMNS = 3
"""Samples beside each other in a grid of images."""


@dataclass(frozen=True, slots=True)
class Samples:
    """The display sample and what is known of it.

    Attributes:
        x: (n, d).
        reconstructions: (2, n, d).
        errors: squared error summed over the inputs, (2, n).
        norms: ``||J_f(x)||_F``, (2, n).
        names: what to call each sample, (n,).
        feature_names: names of the d inputs.
        kind: of the dataset.
        image_shape: (rows, columns) of an image.
        low: value of paper, for images.
        high: value of ink, for images.
    """

    x: Floats
    reconstructions: Floats
    errors: Floats
    norms: Floats
    names: Sequence[str]
    feature_names: Sequence[str]
    kind: str
    image_shape: tuple[int, int] | None = None
    low: float = 0.0
    high: float = 1.0


def grid(samples: Samples, ids: Ids, selected: int) -> Chart:
    """Some samples as input, plain and contractive reconstruction, with error and norm.

    Args:
        samples: the display sample.
        ids: positions of the samples to show, in order, (m,).
        selected: position of the selected sample.

    Returns:
        The chart: tiles for images, lines from x to r(x) for points, strips of features for tables.
    """
    if samples.kind == "image" and samples.image_shape is not None:
        spec = _tiles(samples, ids, selected, samples.image_shape)
        caption = "Input, plain, contractive; error and Jacobian norm below. Click one to see it in detail."
    elif samples.kind == "points":
        spec = _moves(samples, ids, selected)
        caption = (
            "Lines from each point to where the model puts it: they show which directions it lets go of."
        )
    else:
        spec = _rows(samples, ids, selected)
        caption = "Three rows a sample over its features: input, plain, contractive, with their errors."
    errors, norms = samples.errors[:, ids], samples.norms[:, ids]
    mean = errors.mean(axis=1) if len(ids) else np.full(2, np.nan)
    return Chart(
        title="Where points go" if samples.kind == "points" else "Reconstructions",
        spec=spec,
        yardstick="plain left, contractive right" if samples.kind == "points" else "the same scale for all",
        caption=caption,
        alt=f"Reconstructions of {len(ids)} test samples: mean error {number(mean[0])} plain, {number(mean[1])} "
        f"contractive. Selected: {samples.names[selected]}, errors {number(samples.errors[0, selected])} and "
        f"{number(samples.errors[1, selected])}.",
        table={
            "sample": np.asarray(ids, dtype=np.int64),
            "name": [samples.names[i] for i in ids],
            **{f"{look.name.lower()} error": errors[k] for k, look in enumerate(LOOKS)},
            **{f"{look.name.lower()} norm": norms[k] for k, look in enumerate(LOOKS)},
        },
    )


def detail(samples: Samples, selected: int) -> Chart:
    """One sample: input, both reconstructions and both residuals on one scale.

    Args:
        samples: the display sample.
        selected: position of the sample.

    Returns:
        The chart: enlarged tiles for images, a close-up for points, a dot a feature for tables.
    """
    x, r = samples.x[selected], samples.reconstructions[:, selected]
    residuals = r - x
    limit = max(float(np.abs(residuals).max()), 1e-12)
    if samples.kind == "image" and samples.image_shape is not None:
        spec = _enlarged(samples, selected, residuals, limit, samples.image_shape)
        caption = (
            "Right: reconstruction minus input, teal above and plum below it, on one scale for both models."
        )
    elif samples.kind == "points":
        spec = _close_up(samples, selected)
        caption = "Close-up: where each model moves the selected point among its neighbours."
    else:
        spec = _dots(samples, selected)
        caption = (
            "Each feature of the sample: the gap between a model's mark and the input's is its residual."
        )
    e, j = samples.errors[:, selected], samples.norms[:, selected]
    words_of = "; ".join(
        f"{look.name.lower()} error {number(e[k])}, norm {number(j[k])}, largest residual "
        f"{number(np.abs(residuals[k]).max())}"
        for k, look in enumerate(LOOKS)
    )
    return Chart(
        title="Selected sample",
        spec=spec,
        yardstick=samples.names[selected],
        caption=caption,
        alt=f"{samples.names[selected]}: {words_of}.",
        table={
            "input": list(samples.feature_names),
            "value": x,
            **{look.name.lower(): r[k] for k, look in enumerate(LOOKS)},
            **{f"{look.name.lower()} residual": residuals[k] for k, look in enumerate(LOOKS)},
        },
    )


def short(value: float) -> str:
    """A number that fits under a small tile."""
    if not np.isfinite(value):
        return "–"
    if value < 0.1:
        return f"{value:.2g}" if value == 0 or value >= 1e-3 else "<.001"
    return f"{value:.2f}" if value < 10 else f"{value:.1f}" if value < 100 else f"{value:.0f}"


# ---------------------------------------------------------------- images


def _tiles(samples: Samples, ids: Ids, selected: int, shape: tuple[int, int]) -> dict[str, Any]:
    """A grid of triples of tiles."""
    height, width = shape
    gap, between, below = max(1, round(0.12 * width)), round(0.5 * width), round(0.95 * height)
    step = (height + below, 3 * width + 2 * gap + between)
    rows = max(1, ceil(len(ids) / COLUMNS))
    places = [divmod(slot, COLUMNS) for slot in range(len(ids))]
    corners = np.array(
        [(r * step[0], c * step[1] + m * (width + gap)) for r, c in places for m in range(3)], dtype=int
    ).reshape(-1, 2)
    groups = np.stack([samples.x[ids], *samples.reconstructions[:, ids]], axis=1)
    texts = [
        text
        for i in ids
        for text in (
            "error<br>‖J‖",
            *(f"{short(samples.errors[k, i])}<br>{short(samples.norms[k, i])}" for k in range(2)),
        )
    ]
    slots = np.full(rows * COLUMNS, -1)
    slots[: len(ids)] = ids
    names = [
        f"{samples.names[i]}<br>error {number(samples.errors[0, i])} plain, {number(samples.errors[1, i])} contractive"
        if i >= 0
        else ""
        for i in slots
    ]
    middle = ((3 * width + 2 * gap - 1) / 2, step[0] / 2 - 0.5)
    data = [
        words(corners[:, 1] + (width - 1) / 2, corners[:, 0] + 1.05 * height - 0.5, texts),
        pickable(slots.reshape(rows, COLUMNS), names, first=middle, step=(step[1], step[0])),
    ]
    if len(ids):
        data.insert(0, sheet(groups.reshape(-1, height, width), corners, samples.low, samples.high))
    edge = 0.25 * width
    marks = [
        outline(
            c * step[1] - edge,
            r * step[0] - 0.15 * height,
            c * step[1] + step[1] - between + edge - 1,
            (r + 1) * step[0] - 0.2 * height,
        )
        for (r, c), i in zip(places, ids, strict=True)
        if i == selected
    ]
    layout = page_layout(COLUMNS * step[1] - between, rows * step[0], shapes=marks)
    layout["xaxis"]["range"] = [-0.5 - edge, COLUMNS * step[1] - between - 0.5 + edge]
    layout["yaxis"]["range"] = [rows * step[0] - 0.5 - 0.15 * height, -0.5 - 0.17 * height]
    return {"data": data, "layout": layout}


def _enlarged(
    samples: Samples, selected: int, residuals: Floats, limit: float, shape: tuple[int, int]
) -> dict[str, Any]:
    """Three rows: the input; each reconstruction with its residual at its right."""
    height, width = shape
    step = (height + max(1, round(0.2 * height)), width + max(1, round(0.25 * width)))
    middle = (width - 1) / 2
    shown = np.stack([samples.x[selected], *samples.reconstructions[:, selected]])
    rows = np.arange(3) * step[0]
    data = [
        sheet(
            shown.reshape(-1, height, width), np.stack([rows, rows * 0], axis=1), samples.low, samples.high
        ),
        sheet(
            residuals.reshape(-1, height, width),
            np.stack([rows[1:], rows[1:] * 0 + step[1]], axis=1),
            -limit,
            limit,
        ),
        words(
            [middle] * 3,
            rows + 1.02 * height - 0.5,
            ["input", *(f"{look.name.lower()} reconstruction" for look in LOOKS)],
            11,
        ),
        words(
            [step[1] + middle] * 2,
            rows[1:] + 1.02 * height - 0.5,
            [f"{look.name.lower()} residual" for look in LOOKS],
            11,
        ),
    ]
    e, j = samples.errors[:, selected], samples.norms[:, selected]
    table = "<br>".join(
        [
            f"<b>{samples.names[selected]}</b>",
            "",
            *(
                f"{look.name.lower()}<br>error {short(e[k])} · ‖J‖ {short(j[k])}"
                for k, look in enumerate(LOOKS)
            ),
            "",
            f"residuals ±{short(limit)}",
        ]
    )
    about = words([step[1] + middle], [0.04 * height], [table], 12)
    return {"data": [*data, about], "layout": page_layout(step[1] + width, 3 * step[0])}


# ---------------------------------------------------------------- points


def _moves(samples: Samples, ids: Ids, selected: int) -> dict[str, Any]:
    """The plane twice: lines from each point to its reconstruction."""
    i, j = plane(samples.x.shape[1])
    reach = 1.15 * float(np.abs(samples.x[:, [i, j]]).max())
    x = samples.x[ids]
    data: list[dict[str, Any]] = []
    for k, look in enumerate(LOOKS):
        axes = {"xaxis": "x" if k == 0 else "x2", "yaxis": "y" if k == 0 else "y2", "showlegend": False}
        r = samples.reconstructions[k, ids]
        data += [
            {
                "type": "scatter",
                "mode": "lines",
                "x": typed(_segments(x[:, i], r[:, i])),
                "y": typed(_segments(x[:, j], r[:, j])),
                "line": {"color": rgba(look.colour, 0.5), "width": 1},
                "hoverinfo": "skip",
                **axes,
            },
            {
                "type": "scatter",
                "mode": "markers",
                "x": typed(x[:, i]),
                "y": typed(x[:, j]),
                "customdata": np.asarray(ids, dtype=np.int32),
                "text": [f"{samples.names[n]}: error {number(samples.errors[k, n])}" for n in ids],
                "marker": {"color": GREY, "size": 4},
                "hovertemplate": "%{text}<extra></extra>",
                **axes,
            },
            {
                "type": "scatter",
                "mode": "markers",
                "x": typed(r[:, i]),
                "y": typed(r[:, j]),
                "marker": {"color": look.colour, "symbol": look.symbol, "size": 4, "opacity": 0.85},
                "hoverinfo": "skip",
                **axes,
            },
            ring(float(samples.x[selected, i]), float(samples.x[selected, j]), **axes),
        ]
    limits, names = (-reach, reach), samples.feature_names
    layout = {
        "xaxis": axis(names[i], limits, domain=[0, 0.48], constrain="domain"),
        "xaxis2": axis(names[i], limits, domain=[0.52, 1], constrain="domain", matches="x"),
        "yaxis": axis(names[j], limits, scaleanchor="x", constrain="domain"),
        "yaxis2": axis("", limits, scaleanchor="x2", constrain="domain", anchor="x2", showticklabels=False),
        "showlegend": False,
        "dragmode": "zoom",
    }
    return {"data": data, "layout": layout}


def _segments(start: Floats, end: Floats) -> Floats:
    """Coordinates of separate lines, with a gap after each."""
    return np.stack([start, end, np.full_like(start, np.nan)], axis=1).ravel()


def _close_up(samples: Samples, selected: int) -> dict[str, Any]:
    """The selected point, its neighbours, and where each model puts it."""
    i, j = plane(samples.x.shape[1])
    here = samples.x[selected, [i, j]]
    there = samples.reconstructions[:, selected][:, [i, j]]
    whole = float(np.abs(samples.x[:, [i, j]]).max())
    reach = 1.35 * max(float(np.abs(there - here).max()), 0.04 * whole)
    data: list[dict[str, Any]] = [
        {
            "type": "scatter",
            "mode": "markers",
            "x": typed(samples.x[:, i]),
            "y": typed(samples.x[:, j]),
            "name": "test points",
            "marker": {"color": GREY, "size": 5},
            "showlegend": False,
            "hoverinfo": "skip",
        }
    ]
    data += [
        {
            "type": "scatter",
            "mode": "lines+markers",
            "x": [float(here[0]), float(there[k, 0])],
            "y": [float(here[1]), float(there[k, 1])],
            "name": look.name,
            "line": {"color": look.colour, "dash": look.dash, "width": 2.5},
            "marker": {"color": look.colour, "symbol": look.symbol, "size": [1, 10]},
            "hovertemplate": f"{look.name}: error {number(samples.errors[k, selected])}<extra></extra>",
        }
        for k, look in enumerate(LOOKS)
    ]
    data.append(ring(float(here[0]), float(here[1])))
    names = samples.feature_names
    layout = {
        "xaxis": axis(names[i], (here[0] - reach, here[0] + reach), constrain="domain"),
        "yaxis": axis(names[j], (here[1] - reach, here[1] + reach), scaleanchor="x", constrain="domain"),
        "showlegend": True,
    }
    return {"data": data, "layout": layout}


# ---------------------------------------------------------------- tables


def _rows(samples: Samples, ids: Ids, selected: int) -> dict[str, Any]:
    """Strips: three rows a sample."""
    groups = np.stack([samples.x[ids], *samples.reconstructions[:, ids]], axis=1)
    labels = [
        text
        for i in ids
        for text in (
            samples.names[i],
            f"plain {short(samples.errors[0, i])}",
            f"contractive {short(samples.errors[1, i])}",
        )
    ]
    limit = float(np.quantile(np.abs(samples.x), 0.98)) or 1.0
    spec = strips(
        groups.reshape(-1, samples.x.shape[1]),
        row_names=labels,
        feature_names=samples.feature_names,
        limit=limit,
        ids=np.repeat(ids, 3),
    )
    last = samples.x.shape[1] - 0.5
    spec["layout"]["shapes"] = [
        outline(-0.5, 3 * slot - 0.5, last, 3 * slot + 2.5) for slot, i in enumerate(ids) if i == selected
    ] + [
        {
            "type": "line",
            "x0": -0.5,
            "x1": last,
            "y0": 3 * slot - 0.5,
            "y1": 3 * slot - 0.5,
            "line": {"color": GREY, "width": 2},
        }
        for slot in range(1, len(ids))
    ]
    return spec


def _dots(samples: Samples, selected: int) -> dict[str, Any]:
    """A row a feature: the input's mark and both models'."""
    values = np.stack([samples.x[selected], *samples.reconstructions[:, selected]])
    reach = 1.08 * float(np.abs(values).max()) or 1.0
    features = list(samples.feature_names)
    marks = (
        ("input", {"color": PICKED, "symbol": "line-ns-open", "size": 12, "line": {"width": 2.5}}),
        *(
            (look.name, {"color": look.colour, "symbol": look.symbol, "size": 7, "opacity": 0.85})
            for look in LOOKS
        ),
    )
    data = [
        {
            "type": "scatter",
            "mode": "markers",
            "x": typed(row),
            "y": features,
            "name": name,
            "marker": marker,
            "hovertemplate": "%{y}: %{x:.3g}",
        }
        for row, (name, marker) in zip(values, marks, strict=True)
    ]
    layout = {
        "xaxis": axis("standardised value", (-reach, reach)),
        "yaxis": {"type": "category", "autorange": "reversed", "dtick": 1, "tickfont": {"size": 10}},
        "showlegend": True,
    }
    return {"data": data, "layout": layout}
