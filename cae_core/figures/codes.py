"""Maps of the codes, both models alike, and the samples picked in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cae_core.figures.chart import Chart, Column, typed
from cae_core.figures.images import mosaic, plane, strips
from cae_core.figures.parts import (
    CLASS_COLOURS,
    GREY,
    LOOKS,
    PICKED,
    axis,
    ceiling,
    hidden_axis,
    literal,
    log_limits,
    number,
)

Floats = NDArray[np.floating]

VIRIDIS = ("#46327e", "#365c8d", "#277f8e", "#1fa187", "#4ac16d", "#a0da39", "#d8e219")
"""The perceptually even scale without its darkest and lightest ends, which vanish on dark and on light."""

PAPER = "#fbfaf6"
"""The outer stroke of a ring, which parts it from the points below."""

ALSO = 8
"""Samples beside the selected one that are shown when many are picked."""

PROFILE = 40
"""Features of a table's row that have room in one chart."""


@dataclass(frozen=True, slots=True)
class Colouring:
    """What the points of both maps are coloured by, on one scale for both.

    Attributes:
        name: of the quantity, in a table and on hover.
        shown: what a table and a hover show of each point, a row a model.
        colours: of each point, a row a model: numbers on the scale, or colours.
        marker: the rest of the markers' description.
        legend: classes by name with their colour.
    """

    name: str
    shown: tuple[Column, Column]
    colours: tuple[Any, Any]
    marker: dict[str, Any]
    legend: tuple[tuple[str, str], ...] = ()


def by_class(labels: NDArray[np.integer], names: Sequence[str]) -> Colouring:
    """Points coloured by class.

    Args:
        labels: (n,), from 0.
        names: of the classes, in order of label.

    Returns:
        The colouring.
    """
    palette = [CLASS_COLOURS[i % len(CLASS_COLOURS)] for i in range(len(names))]
    names = [literal(name) for name in names]
    colours = [palette[label] for label in labels]
    shown = [names[label] for label in labels]
    return Colouring("class", (shown, shown), (colours, colours), {}, tuple(zip(names, palette, strict=True)))


def by_norm(norms: Floats) -> Colouring:
    """Points coloured by ``||J_f(x)||_F``, (2, n), from 0 to a round number above the largest."""
    return _graded("norm", "‖J‖", norms, norms, (0.0, ceiling(float(norms.max()))))


def by_error(errors: Floats) -> Colouring:
    """Points coloured by reconstruction error, (2, n), on a log scale: two models may differ a hundred times."""
    limits = log_limits(np.quantile(errors, [0.02, 1.0])) or (-1.0, 0.0)
    powers = np.log10(np.maximum(errors, 10.0 ** limits[0]))
    ticks = np.arange(np.ceil(limits[0]), np.floor(limits[1]) + 1)
    named = {"tickmode": "array", "tickvals": ticks.tolist(), "ticktext": [f"{10.0**t:g}" for t in ticks]}
    return _graded("error", "error", errors, powers, limits, **named)


def _graded(
    name: str, title: str, shown: Floats, graded: Floats, limits: tuple[float, float], **ticks: Any
) -> Colouring:
    marker = {
        "colorscale": [[i / (len(VIRIDIS) - 1), colour] for i, colour in enumerate(VIRIDIS)],
        "cmin": limits[0],
        "cmax": limits[1],
        "colorbar": {
            "title": {"text": title, "font": {"size": 11}},
            "thickness": 9,
            "len": 1,
            "outlinewidth": 0,
            "tickfont": {"size": 10},
            "nticks": 5,
            "x": 1.01,
            "xpad": 4,
            "ypad": 2,
            **ticks,
        },
    }
    return Colouring(name, (shown[0], shown[1]), (typed(graded[0]), typed(graded[1])), marker)


def code_maps(
    points: Floats,
    colouring: Colouring,
    *,
    picture: str = "PCA",
    explained: Sequence[float] | None = None,
    chosen: Sequence[int] = (),
    waiting: bool = False,
) -> tuple[Chart, Chart]:
    """The codes of both models in the plane, on the same axes.

    Args:
        points: (2, n, 2).
        colouring: what colours them.
        picture: ``"PCA"``, true to scale, or ``"UMAP"``, which is not.
        explained: for PCA, share of each model's variance that the two axes hold.
        chosen: samples that are marked, the selected one first.
        waiting: whether this picture stands in for one that is on its way.

    Returns:
        Two charts.
    """
    layout = _map_layout(points, picture, colouring, chosen)
    plain, contractive = (
        Chart(
            title=f"{look.name} · {picture}",
            spec={"data": _map_data(points[k], k, colouring, chosen), "layout": layout},
            yardstick=_yardstick(picture, None if explained is None else float(explained[k]), waiting),
            caption=_CAPTIONS[picture][k],
            alt=_map_alt(points[k], k, colouring, picture, explained, chosen),
            table={
                "sample": np.arange(points.shape[1]),
                "x": points[k, :, 0],
                "y": points[k, :, 1],
                colouring.name: colouring.shown[k],
            },
            model=look.key,
        )
        for k, look in enumerate(LOOKS)
    )
    return plain, contractive


def awaited_maps() -> tuple[Chart, Chart]:
    """What stands in the place of UMAP's maps until they are there."""
    plain, contractive = (
        Chart(
            title=f"{look.name} · UMAP",
            spec={"data": [], "layout": {}},
            yardstick="no scale",
            caption=_CAPTIONS["UMAP"][k],
            alt=f"UMAP of the {_MODELS[k]} codes is on its way.",
            model=look.key,
        )
        for k, look in enumerate(LOOKS)
    )
    return plain, contractive


_CAPTIONS = {
    "PCA": (
        "True to scale on two axes: a smaller cloud is a code that spreads less, which alone is not contraction.",
        "On its own two axes, turned onto the plain codes but never scaled.",
    ),
    "UMAP": (
        "Neighbours in code space lie together; sizes and distances mean nothing.",
        "Started from the plain map and turned onto it, so that the two compare.",
    ),
}


def _yardstick(picture: str, explained: float | None, waiting: bool) -> str:
    if waiting:
        return "PCA until UMAP is fitted"
    if picture == "UMAP":
        return "no scale"
    share = f" · {explained:.0%} of variance" if explained is not None and np.isfinite(explained) else ""
    return f"same axes{share}"


def _map_data(points: Floats, k: int, colouring: Colouring, chosen: Sequence[int]) -> list[dict[str, Any]]:
    n, look = len(points), LOOKS[k]
    # Keys step through the first trace with ids: all points are one trace.
    cloud: dict[str, Any] = {
        "type": "scatter",
        "mode": "markers",
        "x": typed(points[:, 0]),
        "y": typed(points[:, 1]),
        "customdata": np.arange(n).tolist(),
        "text": [v if isinstance(v, str) else number(float(v)) for v in colouring.shown[k]],
        "hovertemplate": f"sample %{{customdata}}<br>{colouring.name} %{{text}}<extra></extra>",
        "marker": {
            "symbol": look.symbol,
            "size": (5.5 if n <= 600 else 4.5) - 0.5 * k,  # a square looks larger than a circle
            "opacity": 0.85,
            "color": colouring.colours[k],
            **colouring.marker,
        },
        "selected": {"marker": {"opacity": 1}},
        "unselected": {"marker": {"opacity": 0.2}},
        "showlegend": False,
    }
    if len(chosen) > 1:
        cloud["selectedpoints"] = sorted(chosen)
    one, others = points[list(chosen[:1])], points[list(chosen[1:])]
    data = [  # always as many traces: Plotly keeps what was selected by a trace's number
        cloud,
        _rings(others, look.symbol, 8.0, PICKED, 1.2),
        _rings(one, look.symbol, 15.0, PAPER, 1.5),
        _rings(one, look.symbol, 12.0, PICKED, 2.5),
    ]
    data += [
        {
            "type": "scatter",
            "mode": "markers",
            "x": [None],
            "y": [None],
            "name": name,
            "marker": {"color": colour, "symbol": look.symbol, "size": 7},
            "hoverinfo": "skip",
        }
        for name, colour in colouring.legend
    ]
    return data


def _rings(points: Floats, symbol: str, size: float, colour: str, width: float) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "markers",
        "x": typed(points[:, 0]),
        "y": typed(points[:, 1]),
        "marker": {
            "symbol": symbol,
            "size": size,
            "color": "rgba(0,0,0,0)",
            "line": {"color": colour, "width": width},
        },
        "unselected": {"marker": {"opacity": 1}},
        "hoverinfo": "skip",
        "showlegend": False,
    }


def _map_layout(points: Floats, picture: str, colouring: Colouring, chosen: Sequence[int]) -> dict[str, Any]:
    flat = points.reshape(-1, 2).astype(np.float64)
    if picture == "PCA":
        reach = 1.08 * np.abs(flat).max(axis=0)
        low, high = -reach, reach
    else:
        middle = (flat.max(axis=0) + flat.min(axis=0)) / 2
        reach = 0.54 * (flat.max(axis=0) - flat.min(axis=0))
        low, high = middle - reach, middle + reach
    if float(reach.max()) == 0:
        low, high, reach = low - 1, high + 1, reach + 1
    ticks = {"dtick": ceiling(float(reach.max()) / 3)}
    scale: dict[str, Any] = {"scaleanchor": "x", "constrain": "range"}
    if picture == "PCA":
        x = axis("", (low[0], high[0]), constrain="range", **ticks)
        y = axis("", (low[1], high[1]), **scale, **ticks)
    else:
        x = hidden_axis(range=[float(low[0]), float(high[0])], autorange=False, constrain="range")
        y = hidden_axis(range=[float(low[1]), float(high[1])], autorange=False, **scale)
    return {
        "xaxis": x,
        "yaxis": y,
        "showlegend": bool(colouring.legend),
        "legend": {"itemclick": False, "itemdoubleclick": False, "itemwidth": 30},
        # The outline of a lasso goes when what it picked is marked; another map starts without the zoom of this one.
        "selectionrevision": " ".join(map(str, chosen)),
        "uirevision": picture,
    }


def _map_alt(
    points: Floats,
    k: int,
    colouring: Colouring,
    picture: str,
    explained: Sequence[float] | None,
    chosen: Sequence[int],
) -> str:
    words = f"Codes of {len(points)} test samples by the {_MODELS[k]} autoencoder in the plane of {picture}"
    if picture == "PCA":
        words += f": root mean squared distance to the middle {number(_spread(points))}"
        if explained is not None and np.isfinite(explained[k]):
            words += f", the two axes hold {explained[k]:.0%} of their variance"
    words += f". Coloured by {colouring.name}."
    if chosen:
        x, y = points[chosen[0]]
        words += f" Selected: sample {chosen[0]} at {number(float(x))}, {number(float(y))}"
        words += f" and {len(chosen) - 1} more." if len(chosen) > 1 else "."
    return words


_MODELS = ("plain", "contractive")


def _spread(points: Floats) -> float:
    centred = points - points.mean(axis=0)
    return float(np.sqrt(np.square(centred).sum(axis=1).mean()))


@dataclass(frozen=True, slots=True)
class Picked:
    """The samples picked in a map: what a reader sees of them.

    Attributes:
        ids: of the samples, the selected one first.
        inputs: (m, d).
        reconstructions: (2, m, d).
        norms: ``||J_f(x)||_F``, (2, m).
        errors: squared error summed over the inputs, (2, m).
        names: class of each, empty without labels.
        kind: of the dataset.
        image_shape: (rows, columns) of an image.
        feature_names: names of the d inputs.
        limits: value of the picture's scale at both ends.
        cloud: all display samples, as the ground of points, (n, d).
    """

    ids: Sequence[int]
    inputs: Floats
    reconstructions: Floats
    norms: Floats
    errors: Floats
    names: Sequence[str]
    kind: str
    image_shape: tuple[int, int] | None
    feature_names: Sequence[str]
    limits: tuple[float, float]
    cloud: Floats

    def head(self, i: int) -> str:
        """Number and class of a sample."""
        return f"sample {self.ids[i]}" + (f" · class {self.names[i]}" if self.names else "")

    def measures(self, k: int, i: int) -> str:
        """Norm and error of a sample in a model."""
        return f"‖J‖ {number(float(self.norms[k, i]))} · error {number(float(self.errors[k, i]))}"

    def alt(self, i: int) -> str:
        """A sample in words."""
        models = "; ".join(f"{_MODELS[k]} {self.measures(k, i)}" for k in range(2))
        return f"{self.head(i).capitalize()}: {models}."

    def table(self, i: int) -> dict[str, Column]:
        """A sample's numbers, a row an input."""
        rows = {"input": list(self.feature_names), "value": self.inputs[i]}
        return {**rows, **{_MODELS[k]: self.reconstructions[k, i] for k in range(2)}}


def selected_sample(picked: Picked) -> Chart:
    """The selected sample as input and as both models give it back, with norm and error.

    Args:
        picked: the selected sample first; points show all of them.

    Returns:
        The chart: pictures for images, places for points, features for tables.
    """
    caption = "What went in, and what each model gives back."
    if picked.kind == "image" and picked.image_shape is not None:
        spec = _as_images(picked)
    elif picked.kind == "points":
        spec = _as_points(picked)
        caption = "Where the picked points lie, and where each model puts them."
    else:
        spec = _as_features(picked)
        caption = "Its features, and what each model makes of them."
    return Chart(
        title="Selected sample",
        spec=spec,
        yardstick=("" if len(picked.ids) == 1 else f"1 of {len(picked.ids)} · ") + picked.head(0),
        caption=caption,
        alt=picked.alt(0),
        table=picked.table(0),
    )


def _as_images(picked: Picked) -> dict[str, Any]:
    assert picked.image_shape is not None
    height, width = picked.image_shape
    tiles = np.concatenate([picked.inputs[None, 0], picked.reconstructions[:, 0]])
    low, high = picked.limits
    spec = mosaic(tiles.reshape(3, 1, height, width), low=low, high=high, gap=max(1, height // 12))
    layout = spec["layout"]
    layout["xaxis"] |= {"domain": [0.0, 0.42], "constraintoward": "left"}
    layout["yaxis"] |= {"constraintoward": "top"}
    layout["margin"] = {"l": 4, "r": 4, "t": 4, "b": 4}
    step = height + max(1, height // 12)
    first = f"<b>input</b><br>{'class ' + picked.names[0] if picked.names else picked.head(0)}"
    words = [first] + [
        f'<b><span style="color:{look.colour}">{"●" if k == 0 else "■"}</span> {_MODELS[k]}</b><br>'
        f"‖J‖ {number(float(picked.norms[k, 0]))}<br>error {number(float(picked.errors[k, 0]))}"
        for k, look in enumerate(LOOKS)
    ]
    layout["annotations"] = [
        {
            "text": text,
            "xref": "paper",
            "yref": "y",
            "x": 0.43,
            "y": row * step + (height - 1) / 2,
            "xanchor": "left",
            "yanchor": "middle",
            "align": "left",
            "showarrow": False,
            "font": {"size": 13},
        }
        for row, text in enumerate(words)
    ]
    return spec


def _as_points(picked: Picked) -> dict[str, Any]:
    i, j = plane(picked.inputs.shape[1])
    reach = 1.15 * float(np.abs(picked.cloud[:, [i, j]]).max())

    def dots(name: str, at: Floats, marker: dict[str, Any]) -> dict[str, Any]:
        where = {"x": typed(at[:, i]), "y": typed(at[:, j])}
        return {
            "type": "scatter",
            "mode": "markers",
            "name": name,
            "marker": marker,
            "hoverinfo": "skip",
        } | where

    data = [dots("all", picked.cloud, {"color": GREY, "size": 2.5}) | {"showlegend": False}]
    for k, look in enumerate(LOOKS):
        moved = picked.reconstructions[k]
        ends = np.stack([picked.inputs, moved, np.full_like(moved, np.nan)], axis=1).reshape(
            -1, moved.shape[1]
        )
        data.append(
            dots(look.name, ends, {})
            | {
                "mode": "lines",
                "showlegend": False,
                "line": {"color": look.colour, "dash": look.dash, "width": 1.5},
            }
        )
        name = f"{_MODELS[k]} {picked.measures(k, 0)}"
        data.append(dots(name, moved, {"color": look.colour, "symbol": look.symbol, "size": 8}))
    ring = {"color": "rgba(0,0,0,0)", "size": 9, "symbol": "circle", "line": {"color": GREY, "width": 2}}
    data.append(dots("input", picked.inputs, ring))
    names = picked.feature_names
    return {
        "data": data,
        "layout": {
            "xaxis": axis(names[i], (-reach, reach), constrain="range"),
            "yaxis": axis(names[j], (-reach, reach), scaleanchor="x", constrain="range"),
            "showlegend": True,
            "legend": {"orientation": "v", "itemclick": False, "itemdoubleclick": False},
            "dragmode": False,
        },
    }


def _as_features(picked: Picked) -> dict[str, Any]:
    count = min(PROFILE, picked.inputs.shape[1])
    at = np.arange(count)
    reach = ceiling(float(np.quantile(np.abs(picked.cloud), 0.995)))
    rows = [("input", picked.inputs[0], {"color": GREY, "symbol": "diamond", "size": 8})]
    for k, look in enumerate(LOOKS):
        name = f"{_MODELS[k]} {picked.measures(k, 0)}"
        marker = {"color": look.colour, "symbol": f"{look.symbol}-open", "size": 6, "line": {"width": 1.5}}
        rows.append((name, picked.reconstructions[k, 0], marker))
    ticks = {"tickmode": "array", "tickvals": at.tolist(), "ticktext": list(picked.feature_names[:count])}
    return {
        "data": [
            {
                "type": "scatter",
                "mode": "markers",
                "name": name,
                "x": typed(values[:count]),
                "y": typed(at),
                "text": list(picked.feature_names[:count]),
                "hovertemplate": "%{text}: %{x:.3g}<extra></extra>",
                "marker": marker,
            }
            for name, values, marker in rows
        ],
        "layout": {
            "xaxis": axis("", (-reach, reach)),
            "yaxis": axis("", (count - 0.5, -0.5), tickfont={"size": 9 if count > 16 else 11}, **ticks),
            "showlegend": True,
            "legend": {"orientation": "v", "itemclick": False, "itemdoubleclick": False},
            "dragmode": False,
        },
    }


def also_selected(picked: Picked) -> list[Chart]:
    """One small chart for each further sample that was picked; points are all in `selected_sample`.

    Args:
        picked: the selected sample first.

    Returns:
        At most `ALSO` charts.
    """
    if picked.kind == "points":
        return []
    return [_small(picked, i) for i in range(1, min(len(picked.ids), ALSO + 1))]


def _small(picked: Picked, i: int) -> Chart:
    rows = np.stack([picked.inputs[i], *picked.reconstructions[:, i]])
    low, high = picked.limits
    if picked.kind == "image" and picked.image_shape is not None:
        tiles = rows.reshape(1, 3, *picked.image_shape)
        names = ["input"] + [
            f"‖J‖ {number(float(picked.norms[k, i]))}<br>error {number(float(picked.errors[k, i]))}"
            for k in range(2)
        ]
        spec = mosaic(tiles, column_names=names, low=low, high=high)
        spec["layout"]["xaxis"] |= {"tickangle": 0, "tickfont": {"size": 10.5}}
        caption = "Input, plain, contractive."
    else:
        names = ["input"] + [f"‖J‖ {number(float(picked.norms[k, i]))}" for k in range(2)]
        reach = max(abs(low), abs(high))
        spec = strips(rows, row_names=names, feature_names=picked.feature_names, limit=reach)
        errors = " and ".join(number(float(e)) for e in picked.errors[:, i])
        caption = f"Input, plain, contractive; error {errors}."
    return Chart(
        title=f"Sample {picked.ids[i]}",
        spec=spec,
        yardstick=f"class {picked.names[i]}" if picked.names else "",
        caption=caption,
        alt=picked.alt(i),
        table=picked.table(i),
    )


BLIND = (
    "UMAP cannot show contraction: it looks at neighbours only, and codes shrunk a thousand times give the same "
    "picture."
)


def spread_in_words(spread: Sequence[float], explained: Sequence[float]) -> str:
    """How far the codes of both models spread, and how much of that their maps hold.

    Args:
        spread: root mean squared distance of the training codes to their mean, of both models.
        explained: share of each model's variance on its two axes; NaN where there is none.

    Returns:
        The sentence, plain text.
    """
    plain, contractive = float(spread[0]), float(spread[1])
    if plain == contractive:
        words = f"The codes of both models spread {number(plain)} about their mean"
    elif contractive < 1e-3 * plain:
        words = (
            f"The plain codes spread {number(plain)} about their mean; the contractive ones {number(contractive)}: "
            "they have collapsed to a point"
        )
    else:
        share = f", {contractive / plain:.0%} of that" if plain > 0 else ""
        words = (
            f"The plain codes spread {number(plain)} about their mean, the contractive ones "
            f"{number(contractive)}{share}"
        )
    if all(np.isfinite(explained)):
        words += f"; two axes show {explained[0]:.0%} and {explained[1]:.0%} of their variance"
    return words + "."
