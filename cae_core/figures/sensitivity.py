"""How far codes and reconstructions move under perturbations: curves over the strength, and one sample in detail."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cae_core.figures.chart import Chart, typed
from cae_core.figures.images import mosaic, plane, strips
from cae_core.figures.parts import GREY, LOOKS, PICKED, axis, ceiling, number, rgba
from cae_core.figures.tiles import outline

Floats = NDArray[np.floating]

COLLAPSED = "collapsed"
"""What stands in words where a code has no spread to measure by."""

TILES = (4, 6)
"""Rows and columns of a gallery of images."""

TABLE_ROWS = 12
"""Rows of a gallery of table rows."""


def code_moves(strength: Floats, values: Floats, unit: str, at: float) -> Chart:
    """How far codes move, over the strength, both models.

    Args:
        strength: (S,).
        values: ``||f(x') - f(x)||``: mean, 10 % and 90 % quantile over the samples, (3, 2, S).
        unit: of the strength.
        at: the strength that is marked.

    Returns:
        The chart.
    """
    return _moves(
        strength,
        values,
        unit,
        at,
        title="Code moves",
        measure="‖f(x′) − f(x)‖",
        caption="How far codes move. A code can win here by shrinking alone.",
    )


def relative_moves(strength: Floats, values: Floats, unit: str, at: float) -> Chart:
    """How far codes move in units of their spread, which a shrunken code cannot improve (arguments as above)."""
    return _moves(
        strength,
        values,
        unit,
        at,
        title="Relative to spread",
        measure="move / spread of codes",
        caption="The same in units of the codes' spread: shrinking does not count.",
    )


def reconstruction_moves(strength: Floats, values: Floats, unit: str, at: float) -> Chart:
    """How far reconstructions move, over the strength, both models (arguments as above)."""
    return _moves(
        strength,
        values,
        unit,
        at,
        title="Reconstruction",
        measure="‖r(x′) − r(x)‖",
        caption="How much of what was done to the input comes out again.",
    )


def neighbours(strength: Floats, accuracy: Floats, unit: str, at: float) -> Chart:
    """Accuracy of nearest neighbours among clean training samples, over the strength.

    Args:
        strength: (S,).
        accuracy: of raw inputs and of each model's codes, (3, S).
        unit: of the strength.
        at: the strength that is marked.

    Returns:
        The chart.
    """
    raw = {
        "type": "scatter",
        "mode": "lines",
        "x": typed(strength),
        "y": typed(accuracy[0]),
        "name": "Raw inputs",
        "line": {"color": GREY, "dash": "dot", "width": 2.2},
        "hovertemplate": "%{y:.1%}",
    }
    data = [raw] + [
        trace | {"hovertemplate": "%{y:.1%}", "showlegend": False}
        for k, look in enumerate(LOOKS)
        for trace in _line(strength, accuracy[k + 1], k, at, look.name)
    ]
    there = [float(np.interp(at, strength, row)) for row in accuracy]
    return Chart(
        title="Nearest neighbours",
        spec=_over_strength(data, strength, at, axis("accuracy", (0, 1.02), tickformat=".0%")),
        yardstick="5 of up to 2,000 vote",
        caption="Perturbed samples put in their class by clean neighbours: 5 of up to 2,000 training samples vote.",
        alt=f"Nearest-neighbour accuracy at strength 0: raw inputs {accuracy[0, 0]:.1%}, plain {accuracy[1, 0]:.1%}, "
        f"contractive {accuracy[2, 0]:.1%}; at strength {number(at)} ({unit}) about: raw inputs {there[0]:.1%}, plain "
        f"{there[1]:.1%}, contractive {there[2]:.1%}.",
        table={
            f"strength ({unit})": strength,
            "raw inputs": accuracy[0],
            **{look.name.lower(): accuracy[k + 1] for k, look in enumerate(LOOKS)},
        },
    )


def _moves(
    strength: Floats, values: Floats, unit: str, at: float, *, title: str, measure: str, caption: str
) -> Chart:
    """Means with their bands."""
    data: list[dict[str, Any]] = []
    for k, look in enumerate(LOOKS):
        low, high = values[1, k], values[2, k]
        data.append(
            {
                "type": "scatter",
                "mode": "lines",
                "x": typed(np.concatenate([strength, strength[::-1]])),
                "y": typed(np.concatenate([high, low[::-1]])),
                "fill": "toself",
                "fillcolor": rgba(look.colour, 0.15),
                "line": {"width": 0},
                "hoverinfo": "skip",
                "showlegend": False,
            }
        )
    for k, look in enumerate(LOOKS):
        data += _line(strength, values[0, k], k, at, look.name)
    finite = values[np.isfinite(values)]
    top = ceiling(1.02 * float(finite.max())) if finite.size else 1.0
    words = [moved(strength, values, k, at) for k in (0, 1)]
    return Chart(
        title=title,
        spec=_over_strength(data, strength, at, axis(measure, (0, top))),
        yardstick="band: 10–90 %",
        caption=caption,
        alt=f"{title}, {measure}, at strength {number(at)} ({unit}): on average about {words[0]} for the plain and "
        f"{words[1]} for the contractive model; at the largest strength {number(float(strength[-1]))}: "
        f"{_number(values[0, 0, -1])} and {_number(values[0, 1, -1])}.",
        table={
            f"strength ({unit})": strength,
            **{
                f"{look.name.lower()} {name}": values[row, k]
                for k, look in enumerate(LOOKS)
                for row, name in enumerate(("mean", "10 %", "90 %"))
            },
        },
    )


def moved(strength: Floats, values: Floats, model: int, at: float) -> str:
    """A model's mean move at a strength in words, between two computed strengths by interpolation."""
    return _number(float(np.interp(at, strength, values[0, model])))


def _number(value: float) -> str:
    return number(float(value)) if np.isfinite(value) else COLLAPSED


def _line(strength: Floats, y: Floats, model: int, at: float, name: str) -> list[dict[str, Any]]:
    """A model's line, and its symbol where the strength is marked."""
    look = LOOKS[model]
    return [
        {
            "type": "scatter",
            "mode": "lines",
            "x": typed(strength),
            "y": typed(y),
            "name": name,
            "line": {"color": look.colour, "dash": look.dash, "width": 2.2},
            "hovertemplate": "%{y:.3g}",
        },
        {
            "type": "scatter",
            "mode": "markers",
            "x": [at],
            "y": typed(np.array([np.interp(at, strength, y)])),
            "marker": {"color": look.colour, "symbol": look.symbol, "size": 8},
            "hoverinfo": "skip",
            "showlegend": False,
        },
    ]


def _over_strength(
    data: list[dict[str, Any]], strength: Floats, at: float, yaxis: dict[str, Any]
) -> dict[str, Any]:
    """A figure over the strength, with a vertical line where it is marked."""
    mark = {"type": "line", "x0": at, "x1": at, "yref": "paper", "y0": 0, "y1": 1, "layer": "below"}
    return {
        "data": data,
        "layout": {
            "xaxis": axis("strength", (0, float(strength[-1]))),
            "yaxis": yaxis,
            "showlegend": True,
            "shapes": [mark | {"line": {"color": GREY, "width": 1.5, "dash": "dot"}}],
        },
    }


def relative_errors(predicted: Floats, true: Floats) -> tuple[float, ...]:
    """``||J delta - move|| / ||move||`` of each model; NaN where nothing moves."""
    size = np.linalg.norm(true, axis=1)
    errors = np.linalg.norm(predicted - true, axis=1)
    return tuple(float(e / s) if s > 0 else float("nan") for e, s in zip(errors, size, strict=True))


def prediction(predicted: Floats, true: Floats) -> Chart:
    """The linear prediction of the code's move against the true one, a dot a unit, both models.

    Args:
        predicted: ``J delta``, (2, units).
        true: ``f(x + delta) - f(x)``, (2, units).

    Returns:
        The chart.
    """
    reach = ceiling(max(float(np.abs(predicted).max()), float(np.abs(true).max())))
    data: list[dict[str, Any]] = [
        {
            "type": "scatter",
            "mode": "lines",
            "x": [-reach, reach],
            "y": [-reach, reach],
            "line": {"color": GREY, "width": 1.2, "dash": "dot"},
            "hoverinfo": "skip",
            "showlegend": False,
        }
    ]
    for k, look in enumerate(LOOKS):
        data.append(
            {
                "type": "scatter",
                "mode": "markers",
                "x": typed(predicted[k]),
                "y": typed(true[k]),
                "name": look.name,
                "marker": {"color": look.colour, "symbol": look.symbol, "size": 5, "opacity": 0.7},
                "hovertemplate": "predicted %{x:.3g}, true %{y:.3g}",
            }
        )
    errors = relative_errors(predicted, true)
    words = (
        f"off by {errors[0]:.0%} (plain) and {errors[1]:.0%} (contractive)"
        if np.isfinite(errors).all()
        else "nothing to predict where nothing moves"
    )
    units = np.arange(1, predicted.shape[1] + 1)
    return Chart(
        title="Linear prediction",
        spec={
            "data": data,
            "layout": {
                "xaxis": axis("predicted: J δ", (-reach, reach)),
                "yaxis": axis("true move of the unit", (-reach, reach)),
                "showlegend": True,
            },
        },
        yardstick="a dot a code unit",
        caption=f"On the diagonal J predicts the move exactly; here it is {words}.",
        alt=f"Predicted against true move of {len(units)} code units at the selected sample. Relative error of the "
        f"prediction: plain {_share(errors[0])}, contractive {_share(errors[1])}. Length of the true move: plain "
        f"{number(float(np.linalg.norm(true[0])))}, contractive {number(float(np.linalg.norm(true[1])))}.",
        table={
            "unit": units,
            **{
                f"{look.name.lower()} {name}": values[k]
                for k, look in enumerate(LOOKS)
                for name, values in (("predicted", predicted), ("true", true))
            },
        },
    )


def _share(value: float) -> str:
    return f"{value:.1%}" if np.isfinite(value) else "–"


def perturbed_sample(
    clean: Floats,
    perturbed: Floats,
    clean_reconstruction: Floats,
    reconstruction: Floats,
    name: str,
    *,
    kind: str,
    image_shape: tuple[int, int] | None,
    feature_names: Sequence[str],
    display: Floats,
    low: float = 0.0,
    high: float = 1.0,
) -> Chart:
    """One sample, clean and perturbed, and what both models make of each.

    Args:
        clean: x, (d,).
        perturbed: x', (d,).
        clean_reconstruction: r(x), (2, d).
        reconstruction: r(x'), (2, d).
        name: what to call the sample.
        kind: of the dataset.
        image_shape: (rows, columns) of an image.
        feature_names: names of the d inputs.
        display: display sample, (n, d), drawn behind points and picked from there.
        low: value of paper, for images.
        high: value of ink, for images.

    Returns:
        The chart.
    """
    rows = np.stack([np.stack([clean, *clean_reconstruction]), np.stack([perturbed, *reconstruction])])
    away = np.linalg.norm(rows[1] - clean, axis=1)
    distances = f"input {number(away[0])}, plain {number(away[1])}, contractive {number(away[2])}"
    if kind == "image" and image_shape is not None:
        names = [
            f"{label}<br>{number(d)}" for label, d in zip(("input", "plain", "contr."), away, strict=True)
        ]
        spec = mosaic(
            rows.reshape(2, 3, *image_shape),
            row_names=("clean", "perturbed"),
            column_names=names,
            low=low,
            high=high,
        )
        caption = "What each model gives back. Numbers: distance of the lower row to the clean input."
    elif kind == "points":
        spec = _paths(rows, display, feature_names)
        caption = (
            "Perturbed from ring to cross; lines lead to where each model puts it. "
            f"Distance to the clean input: {distances}."
        )
    else:
        clean_away = np.linalg.norm(rows[0] - clean, axis=1)
        numbers = [number(d) for d in (*clean_away, *away)]
        labels = [
            f"{label} {text}"
            for label, text in zip(
                ("clean", "→ plain", "→ contr.", "perturbed", "→ plain", "→ contr."), numbers, strict=True
            )
        ]
        limit = float(np.quantile(np.abs(display), 0.98)) or 1.0
        spec = strips(rows.reshape(6, -1), row_names=labels, feature_names=list(feature_names), limit=limit)
        caption = "Features, clean above and perturbed below. Numbers: distance to the clean input."
    return Chart(
        title="Selected sample",
        spec=spec,
        yardstick=name,
        caption=caption,
        alt=f"The selected sample, {name}, clean and perturbed. Distance to the clean input after the perturbation: "
        f"{distances}.",
        table={
            "input": list(feature_names),
            **{
                f"{state} {column}": rows[r, c]
                for r, state in enumerate(("clean", "perturbed"))
                for c, column in enumerate(("input", *(look.name.lower() for look in LOOKS)))
            },
        },
    )


def _paths(rows: Floats, display: Floats, feature_names: Sequence[str]) -> dict[str, Any]:
    """A point, its perturbed copy, and where both models put that, over the display sample."""
    i, j = plane(display.shape[1])
    reach = 1.25 * float(np.abs(display[:, [i, j]]).max())
    data: list[dict[str, Any]] = [
        {
            "type": "scatter",
            "mode": "markers",
            "x": typed(display[:, i]),
            "y": typed(display[:, j]),
            "name": "test points",
            "customdata": np.arange(len(display)),
            "marker": {"color": GREY, "size": 4},
            "hovertemplate": "sample %{customdata}<extra></extra>",
            "showlegend": False,
        },
        {
            "type": "scatter",
            "mode": "lines+markers",
            "x": typed(rows[:, 0, i]),
            "y": typed(rows[:, 0, j]),
            "name": "Input",
            "line": {"color": PICKED, "width": 1.5},
            "marker": {
                "color": PICKED,
                "symbol": ["circle-open", "x"],
                "size": [12, 8],
                "line": {"width": 2, "color": PICKED},
            },
            "hovertemplate": "(%{x:.3g}, %{y:.3g})",
        },
    ]
    for k, look in enumerate(LOOKS):
        data.append(
            {
                "type": "scatter",
                "mode": "lines+markers",
                "x": typed(rows[1, [0, k + 1], i]),
                "y": typed(rows[1, [0, k + 1], j]),
                "name": look.name,
                "line": {"color": look.colour, "width": 1.5, "dash": look.dash},
                "marker": {"color": look.colour, "symbol": look.symbol, "size": [0, 9]},
                "hovertemplate": "(%{x:.3g}, %{y:.3g})",
            }
        )
    return {
        "data": data,
        "layout": {
            "xaxis": axis(feature_names[i], (-reach, reach), constrain="domain"),
            "yaxis": axis(feature_names[j], (-reach, reach), scaleanchor="x", constrain="domain"),
            "showlegend": True,
            "dragmode": "zoom",
        },
    }


def gallery(
    display: Floats,
    names: list[str],
    selected: int,
    *,
    image_shape: tuple[int, int] | None,
    feature_names: Sequence[str],
    low: float = 0.0,
    high: float = 1.0,
) -> Chart:
    """Samples around the selected one, to pick from: tiles, or rows of features.

    Args:
        display: display sample, (n, d).
        names: what to call each sample, (n,).
        selected: position of the selected sample.
        image_shape: (rows, columns) of an image; without, rows of features.
        feature_names: names of the d inputs.
        low: value of paper, for images.
        high: value of ink, for images.

    Returns:
        The chart; what is clicked carries its sample's position.
    """
    size = TILES[0] * TILES[1] if image_shape is not None else TABLE_ROWS
    first = selected // size * size
    ids = np.arange(first, min(first + size, len(display)))
    place = selected - first
    if image_shape is not None:
        height, width = image_shape
        rows = ceil(len(ids) / TILES[1])
        cells = np.full(rows * TILES[1], -1)
        cells[: len(ids)] = ids
        tiles = np.where((cells >= 0)[:, None], display[cells], 0.0)
        spec = mosaic(
            tiles.reshape(rows, TILES[1], height, width),
            low=low,
            high=high,
            ids=cells.reshape(rows, TILES[1]),
        )
        top, left = place // TILES[1] * (height + 1) - 1, place % TILES[1] * (width + 1) - 1
        spec["layout"]["shapes"] = [outline(left, top, left + width + 1, top + height + 1)]
    else:
        limit = float(np.quantile(np.abs(display), 0.98)) or 1.0
        labels = [f"▸ {names[i]}" if i == selected else names[i] for i in ids]
        spec = strips(display[ids], row_names=labels, feature_names=list(feature_names), limit=limit, ids=ids)
        spec["layout"]["shapes"] = [outline(-0.5, place - 0.5, display.shape[1] - 0.5, place + 0.5)]
    return Chart(
        title="Samples",
        spec=spec,
        yardstick=f"{first} to {ids[-1]} of {len(display)}",
        caption="Click a sample to select it.",
        alt=f"Samples {first} to {ids[-1]} of {len(display)}. Selected: {names[selected]}.",
        table={
            "sample": ids,
            "name": [names[i] for i in ids],
            **({} if image_shape else {f: display[ids, i] for i, f in enumerate(feature_names)}),
        },
    )


def sentence(title: str, strength: Floats, at: float, curves: dict[str, Floats], *, labels: bool) -> str:
    """What the curves show at a strength, in words.

    Args:
        title: of the perturbation.
        strength: (S,).
        at: the strength looked at.
        curves: ``code``, ``relative`` and ``reconstruction``, (3, 2, S).
        labels: whether the dataset has labels.

    Returns:
        Plain text.
    """
    if at == 0:
        text = "At strength 0 nothing is perturbed and nothing moves: move the slider."
    else:
        code, relative, rebuilt = (
            [moved(strength, curves[name], k, at) for k in (0, 1)]
            for name in ("code", "relative", "reconstruction")
        )
        text = (
            f"{title} at strength {number(at)} moves a code by {code[0]} (plain) → {code[1]} (contractive) on average, "
            f"in units of the codes' spread {relative[0]} → {relative[1]}, and a reconstruction by {rebuilt[0]} → "
            f"{rebuilt[1]}."
        )
    return text if labels else f"{text} This dataset has no labels, so no neighbours are counted."
