"""The figures: contraction curves, spectra, and errors and norms at the picks and along the paths."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cae_core.figures.chart import Chart, typed
from cae_core.figures.parts import GREY, axis, log_limits, number
from cae_core.figures.spectrum import DEPTH, effective_rank
from cae_core.paper.cells import Cell, Cells
from cae_core.paper.published import TABLE1
from cae_core.paper.settings import METHODS, Experiment, Method
from cae_core.paper.table import Row, Step, finished, path, picks, table1

Floats = NDArray[np.float64]


def charts(experiment: Experiment, cells: Cells) -> dict[str, Chart]:
    """Every figure that the finished cells can fill, by name.

    Args:
        experiment: what was trained.
        cells: what is finished.

    Returns:
        ``errors``, ``norms``, ``figure1``, ``figure2``, ``path-error``, ``path-saturation``; empty without a pick.
    """
    rows = table1(experiment, cells)
    if not rows:
        return {}
    chosen = picks(experiment, cells)
    found = {
        method: [pair[0] for pair in finished(chosen[method], experiment.seeds, cells).values()]
        for method in METHODS
        if method in chosen
    }
    steps = path(experiment, cells)
    return {
        "errors": errors(rows),
        "norms": norms(rows),
        "figure1": figure1(found),
        "figure2": figure2(found),
        "path-error": path_chart(steps, "error"),
        "path-saturation": path_chart(steps, "saturated"),
    }


def errors(rows: Sequence[Row]) -> Chart:
    """Test error of every method, ours with standard errors and the paper's."""
    return _dots(
        rows,
        "Test error",
        "test error, %",
        lambda row: (row.test.value, row.test.error),
        lambda method: TABLE1[method].error,
        caption="After fine-tuning, what validation picked; bars: standard error over seeds.",
    )


def norms(rows: Sequence[Row]) -> Chart:
    """Norm of every method before fine-tuning as a share of the AE's, ours and the paper's."""
    ours = {row.method: row.norm for row in rows}
    unit = ours["ae"].value if "ae" in ours else max(mean.value for mean in ours.values())
    return _dots(
        rows,
        "Norm before fine-tuning",
        "mean ‖J‖, AE = 1",
        lambda row: (row.norm.value / unit, row.norm.error / unit),
        lambda method: TABLE1[method].norm / TABLE1["ae"].norm,
        caption="The paper's unit is not stated, so only ratios can be compared. Log axis.",
        log=True,
    )


def _dots(
    rows: Sequence[Row],
    title: str,
    what: str,
    ours: Callable[[Row], tuple[float, float]],
    paper: Callable[[str], float],
    caption: str,
    *,
    log: bool = False,
) -> Chart:
    """One line a method: our mean with its standard error, and the paper's number."""
    shown = sorted(rows, key=lambda row: list(TABLE1).index(row.method))[::-1]
    names = [METHODS[row.method].name for row in shown]
    means, spreads = (np.array(values) for values in zip(*map(ours, shown), strict=True))
    published = np.array([paper(row.method) for row in shown])
    both = np.concatenate([means, published])
    low, high = (float(end) for end in (np.nanmin(both), np.nanmax(both)))
    edge = 0.08 * (high - low) or 0.5
    limits = (np.log10(low / 1.3), np.log10(high * 1.3)) if log else (low - edge, high + edge)
    words = "; ".join(
        f"{name} {number(m)} (paper {number(p)})"
        for name, m, p in zip(names[::-1], means[::-1], published[::-1], strict=True)
    )
    return Chart(
        title=title,
        spec={
            "data": [
                {
                    "type": "scatter",
                    "mode": "markers",
                    "x": typed(published),
                    "y": names,
                    "name": "paper",
                    "marker": {"symbol": "diamond-open", "size": 11, "color": GREY, "line": {"width": 2}},
                    "hovertemplate": "%{y}, paper: %{x:.3g}<extra></extra>",
                },
                {
                    "type": "scatter",
                    "mode": "markers",
                    "x": typed(means),
                    "y": names,
                    "name": "here",
                    "error_x": {
                        "type": "data",
                        "array": typed(np.nan_to_num(spreads)),
                        "thickness": 1.5,
                        "color": GREY,
                    },
                    "marker": {
                        "size": 11,
                        "color": [METHODS[row.method].colour for row in shown],
                        "symbol": "circle",
                    },
                    "hovertemplate": "%{y}, here: %{x:.3g}<extra></extra>",
                },
            ],
            "layout": {
                "xaxis": axis(what, limits, **({"type": "log"} | _ticks(limits) if log else {})),
                "yaxis": axis(automargin=True, showgrid=True),
                "showlegend": True,
            },
        },
        yardstick="open: the paper",
        caption=caption,
        alt=f"{title}, {what}: {words}.",
        table={
            "method": names,
            "here": means,
            "standard error": spreads,
            "paper": published,
        },
    )


def figure1(found: Mapping[str, Sequence[Cell]]) -> Chart:
    """Contraction ratio against radius (the paper's Figure 1), means over seeds.

    Args:
        found: method -> cells of its picked model, one a seed.

    Returns:
        The chart, with the median and the largest distance between two validation images marked.
    """
    first = next(iter(found.values()))[0]
    radii = np.array(first["radii"])
    curves = {method: _mean(cells, "ratio") for method, cells in found.items()}
    marks = [
        {
            "type": "line",
            "x0": first[name],
            "x1": first[name],
            "y0": 0,
            "y1": 1,
            "yref": "paper",
            "line": {"color": GREY, "width": 1.2, "dash": "dot"},
        }
        for name in ("median_distance", "largest_distance")
    ]
    limits = log_limits(np.concatenate(list(curves.values())))
    words = "; ".join(
        f"{METHODS[method].name} {number(curve[0])} at the smallest, {number(curve.max())} at "
        f"{number(float(radii[curve.argmax()]))}, {number(curve[-1])} at the largest"
        for method, curve in curves.items()
    )
    return Chart(
        title="Contraction ratio",
        spec={
            "data": [_curve(METHODS[method], radii, curve) for method, curve in curves.items()],
            "layout": {
                "xaxis": axis("radius", (0.0, float(radii[-1]))),
                "yaxis": axis("‖f(x) − f(x′)‖ / radius", limits, type="log", **_ticks(limits)),
                "showlegend": True,
                "shapes": marks,
            },
        },
        yardstick="dotted: median, largest distance",
        caption="The paper's Figure 1: how far codes move for a step of this length in a random direction, per unit "
        "of step. A curve that rises contracts most close to the data.",
        alt=f"Contraction ratio over radius {number(float(radii[0]))} to {number(float(radii[-1]))}; the median "
        f"distance between two images is {number(first['median_distance'])}: {words}.",
        table={"radius": radii, **{METHODS[method].name: curve for method, curve in curves.items()}},
    )


def figure2(found: Mapping[str, Sequence[Cell]]) -> Chart:
    """Mean singular values of the encoder's Jacobian (the paper's Figure 2), means over seeds.

    Args:
        found: method -> cells of its picked model, one a seed.

    Returns:
        The chart, on a log axis that reaches six decades down.
    """
    curves = {method: _mean(cells, "singular") for method, cells in found.items()}
    order = np.arange(1, len(next(iter(curves.values()))) + 1)
    floor = max(float(curve.max()) for curve in curves.values()) * 10.0**-DEPTH
    seen = {method: np.where(curve > floor, curve, np.nan) for method, curve in curves.items()}
    limits = log_limits(np.concatenate(list(seen.values())))
    words = "; ".join(
        f"{METHODS[method].name} largest {number(float(curve[0]))}, effective rank "
        f"{number(float(effective_rank(curve[None])[0]))}"
        for method, curve in curves.items()
    )
    return Chart(
        title="Singular values",
        spec={
            "data": [_curve(METHODS[method], order, curve) for method, curve in seen.items()],
            "layout": {
                "xaxis": axis("rank", (0.5, len(order) + 0.5)),
                "yaxis": axis("mean singular value", limits, type="log", exponentformat="power", dtick=1),
                "showlegend": True,
            },
        },
        yardstick="mean over images and seeds",
        caption="The paper's Figure 2: how far the code moves along each direction. A steep fall means that it "
        "notices few of them.",
        alt=f"Mean singular values of the Jacobian: {words}.",
        table={"rank": order, **{METHODS[method].name: curve for method, curve in curves.items()}},
    )


PATH_AXES = {
    "error": ("Error along the paths", "validation error, %", "After fine-tuning, first seed."),
    "saturated": ("Saturation along the paths", "saturated units, %", "Before fine-tuning, first seed."),
}
"""What a path shows: title, axis, when."""


def path_chart(steps: Mapping[str, Sequence[Step]], what: str) -> Chart:
    """Validation error or saturation against the norm, over all values of what each method may choose.

    Args:
        steps: of every method, in order of value.
        what: ``error`` or ``saturated``.

    Returns:
        The chart.
    """
    title, name, when = PATH_AXES[what]
    data, table = [], []
    for key, rows in steps.items():
        method = METHODS[key]
        points = [(step, _height(step, what)) for step in rows if _height(step, what) is not None]
        if not points:
            continue
        texts = [step.model.name for step, _ in points]
        x, y = np.array([step.cell["norm"] for step, _ in points]), np.array([high for _, high in points])
        line = _curve(method, x, y.astype(np.float64))
        data.append(
            line
            | {
                "mode": "lines+markers",
                "marker": {"color": method.colour, "symbol": method.symbol, "size": 9},
                "text": texts,
                "hovertemplate": "%{text}: norm %{x:.3g}, %{y:.3g} %<extra></extra>",
            }
        )
        table += list(zip(texts, x.tolist(), y.tolist(), strict=True))
    names, xs, ys = (list(column) for column in zip(*table, strict=True)) if table else ([], [], [])
    limits = log_limits(np.array(xs)) if xs else None
    words = "; ".join(f"{n}: norm {number(a)}, {number(b)} %" for n, a, b in zip(names, xs, ys, strict=True))
    return Chart(
        title=title,
        spec={
            "data": data,
            "layout": {
                "xaxis": axis("mean ‖J‖ before fine-tuning", limits, type="log", **_ticks(limits)),
                "yaxis": axis(name),
                "showlegend": True,
            },
        },
        yardstick=when.rstrip(".").lower(),
        caption=f"{when} Each line is a method, each point one lambda, noise or decay: point at it for the value.",
        alt=f"{title}: {words}.",
        table={"model": names, "norm": np.array(xs), name: np.array(ys)},
    )


def _height(step: Step, what: str) -> float | None:
    if what == "saturated":
        return 100.0 * float(step.cell["saturated"])
    return None if step.tuned is None else 100.0 * float(step.tuned["validation_error"])


def _ticks(limits: tuple[float, float] | None) -> dict[str, Any]:
    """Ticks of a log axis: 1, 2 and 5 times powers of ten, or the powers alone over many decades."""
    if limits is None:
        return {}
    steps = (1, 2, 5) if limits[1] - limits[0] <= 2 else (1,)
    powers = range(int(np.floor(limits[0])), int(np.ceil(limits[1])) + 1)
    values = [step * 10.0**power for power in powers for step in steps]
    return {"tickvals": values, "ticktext": [f"{value:g}" for value in values]}


def _mean(cells: Sequence[Cell], name: str) -> Floats:
    values: Floats = np.array([cell[name] for cell in cells], dtype=np.float64).mean(axis=0)
    return values


def _curve(method: Method, x: NDArray[Any], y: Floats) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "x": typed(x),
        "y": typed(y),
        "name": method.short,
        "line": {"color": method.colour, "dash": method.dash, "width": 2.2},
        "hovertemplate": "%{y:.3g}",
    }
