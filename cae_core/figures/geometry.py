"""Geometry of both codes: contraction over radius, tangent and normal directions, locality, saturation, quality."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cae_core.figures.chart import Chart, typed
from cae_core.figures.parts import GREY, LOOKS, axis, ceiling, number
from cae_core.figures.spectrum import effective_rank

Floats = NDArray[np.floating]
Found = Mapping[str, Floats]
"""What `cae_core.analysis.geometry.geometry` or `quality` gives, of two members."""

PLACES = ("test data", "half-way between", "uniform noise")


def contraction(found: Found) -> Chart:
    """Contraction ratio over radius in all directions, with the median and the largest distance of two samples."""
    curves = [(look.name, found["ratio"][k], look.colour, look.dash) for k, look in enumerate(LOOKS)]
    return _over_radius(
        found,
        curves,
        "Contraction ratio",
        "How far codes move on average, for a step of this length in a random direction, per unit of step.",
    )


def contraction_along(found: Found) -> Chart:
    """The same along tangent directions (solid) and normal ones (dotted)."""
    curves = [
        (f"{look.name} {sign}", found[f"ratio_{name}"][k], look.colour, dash)
        for k, look in enumerate(LOOKS)
        for name, sign, dash in (("tangent", "∥", "solid"), ("normal", "⊥", "dot"))
    ]
    return _over_radius(
        found,
        curves,
        "Along and across the data",
        "Solid ∥: along the data; dotted ⊥: across. A code that knows the data moves less across.",
    )


def _over_radius(
    found: Found, curves: Sequence[tuple[str, Floats, str, str]], title: str, caption: str
) -> Chart:
    radii = found["radii"]
    top = ceiling(1.05 * float(np.nanmax([values for _, values, *_ in curves])))
    marks = [
        {
            "type": "line",
            "x0": float(found[name]),
            "x1": float(found[name]),
            "y0": 0,
            "y1": 1,
            "yref": "paper",
            "line": {"color": GREY, "width": 1.2, "dash": "dot"},
        }
        for name in ("median_distance", "largest_distance")
    ]
    return Chart(
        title=title,
        spec={
            "data": [
                {
                    "type": "scatter",
                    "mode": "lines",
                    "x": typed(radii),
                    "y": typed(values),
                    "name": name,
                    "line": {"color": colour, "dash": dash, "width": 2.2},
                    "hovertemplate": "%{y:.3g}",
                }
                for name, values, colour, dash in curves
            ],
            "layout": {
                "xaxis": axis("radius", (0, float(radii[-1]))),
                "yaxis": axis("‖f(x) − f(x′)‖ / radius", (0, top)),
                "showlegend": True,
                "shapes": marks,
            },
        },
        yardstick="dotted: median, largest distance",
        caption=caption,
        alt=f"{title} over radius {number(float(radii[0]))} to {number(float(radii[-1]))}: "
        + "; ".join(
            f"{name.lower()} {number(float(v[0]))} to {number(float(v[-1]))}" for name, v, *_ in curves
        )
        + ".",
        table={"radius": radii, **{name.lower(): values for name, values, *_ in curves}},
    )


def bars(
    names: Sequence[str],
    values: Floats,
    title: str,
    vertical: str,
    caption: str,
    *,
    low: Floats | None = None,
    high: Floats | None = None,
    yardstick: str = "",
    most: float | None = None,
) -> Chart:
    """Numbers of both models side by side.

    Args:
        names: of the groups.
        values: (2, number of groups).
        title: of the chart.
        vertical: what the axis shows.
        caption: one sentence.
        low: lower ends of whiskers, like the values.
        high: upper ends.
        yardstick: in grey beside the title.
        most: upper end of the axis; by default one that holds everything.

    Returns:
        The chart.
    """
    data: list[dict[str, Any]] = []
    for k, look in enumerate(LOOKS):
        trace: dict[str, Any] = {
            "type": "bar",
            "x": list(names),
            "y": typed(values[k]),
            "name": look.name,
            "marker": {
                "color": look.colour,
                "line": {"width": 0},
                "pattern": {"shape": look.pattern, "size": 5, "solidity": 0.3},
            },
            "hovertemplate": "%{y:.3g}",
        }
        if low is not None and high is not None:
            trace["error_y"] = {
                "type": "data",
                "symmetric": False,
                "array": typed(high[k] - values[k]),
                "arrayminus": typed(values[k] - low[k]),
                "color": GREY,
                "thickness": 1.5,
            }
        data.append(trace)
    reach = values if high is None else high
    top = most if most is not None else ceiling(1.05 * float(np.nanmax(np.append(reach, 0.0))))
    return Chart(
        title=title,
        spec={
            "data": data,
            "layout": {
                "xaxis": axis(),
                "yaxis": axis(vertical, (0, top)),
                "barmode": "group",
                "bargap": 0.3,
                "showlegend": True,
            },
        },
        yardstick=yardstick,
        caption=caption,
        alt=f"{title}: "
        + "; ".join(
            f"{name} plain {number(float(values[0, i]))}, contractive {number(float(values[1, i]))}"
            for i, name in enumerate(names)
        )
        + ".",
        table={"": list(names), **{look.name.lower(): values[k] for k, look in enumerate(LOOKS)}},
    )


def tangent_and_normal(found: Found) -> Chart:
    """Sensitivity along and across the data, both models."""
    each = np.stack([found["tangent"], found["normal"]], axis=1)
    return bars(
        ("along the data", "across"),
        each.mean(axis=2),
        "Tangent and normal",
        "gain",
        "Root mean square gain ‖Jv‖ over directions v along the data and across them; whiskers: 80 % of samples.",
        low=np.quantile(each, 0.1, axis=2),
        high=np.quantile(each, 0.9, axis=2),
        yardstick=f"along: {found['dimension']:.0f} of {found['width']:.0f} directions",
    )


def places(found: Found) -> Chart:
    """Norm on data, between them and on noise, both models."""
    each = found["places"]
    return bars(
        PLACES,
        each.mean(axis=2),
        "Is it local?",
        "‖J‖",
        "Norm on test samples, half-way between two, and on noise in their box; whiskers: 80 % of places.",
        low=np.quantile(each, 0.1, axis=2),
        high=np.quantile(each, 0.9, axis=2),
    )


def norms(found: Found) -> Chart:
    """Norm of the code's Jacobian and of the whole reconstruction's, both models."""
    each = np.stack([found["code"], found["reconstruction"]], axis=1)
    return bars(
        ("code ‖J_f‖", "reconstruction ‖J_r‖"),
        each.mean(axis=2),
        "Code and reconstruction",
        "norm",
        "The contractive penalty is on the code's Jacobian; denoising with small noise penalises that of the whole "
        "reconstruction.",
        low=np.quantile(each, 0.1, axis=2),
        high=np.quantile(each, 0.9, axis=2),
    )


def units(found: Found) -> Chart:
    """Share of samples in which each unit is saturated, sorted, both models."""
    return _ordered(
        found["units"],
        "Saturation by unit",
        ("unit", "samples"),
        "For how many samples each unit is near a flat end. Saturating is one way to contract.",
    )


def samples(found: Found) -> Chart:
    """Share of units that are saturated in each sample, sorted, both models."""
    return _ordered(
        found["samples"],
        "Saturation by sample",
        ("sample", "units"),
        "How many units are near a flat end in each sample. A high share in all samples leaves few units that answer.",
    )


def _ordered(shares: Floats, title: str, names: tuple[str, str], caption: str) -> Chart:
    """Shares (2, n) of each of one kind among another, largest first."""
    ordered = -np.sort(-shares, axis=1)
    order = np.arange(1, ordered.shape[1] + 1)
    each, among = names
    return Chart(
        title=title,
        spec={
            "data": [
                {
                    "type": "scatter",
                    "mode": "lines",
                    "x": typed(order),
                    "y": typed(ordered[k]),
                    "name": look.name,
                    "line": {"color": look.colour, "dash": look.dash, "width": 2.2},
                    "hovertemplate": "%{y:.1%}",
                }
                for k, look in enumerate(LOOKS)
            ],
            "layout": {
                "xaxis": axis(f"{each}s, most saturated first", (0.5, len(order) + 0.5)),
                "yaxis": axis(f"share of {among}", (0, 1), tickformat=".0%"),
                "showlegend": True,
            },
        },
        caption=caption,
        alt=f"{title}, share of {among}: "
        + ", ".join(
            f"{look.name.lower()} {ordered[k].mean():.1%} on average, at most {ordered[k, 0]:.1%}"
            for k, look in enumerate(LOOKS)
        )
        + ".",
        table={"rank": order, **{look.name.lower(): ordered[k] for k, look in enumerate(LOOKS)}},
    )


def quality(found: Found) -> Chart:
    """What both codes keep: neighbourhoods, and classes with and without noise."""
    columns = [found["trustworthiness"], *found["neighbours"].T, *found["probe"].T]
    names = ["neighbourhoods", "5-NN", "5-NN, noise", "linear", "linear, noise"]
    there = [i for i, column in enumerate(columns) if np.isfinite(column).any()]
    return bars(
        [names[i] for i in there],
        np.stack([columns[i] for i in there], axis=1),
        "What the codes keep",
        "share",
        "Trustworthiness of neighbourhoods; accuracy of 5 nearest neighbours and of a linear classifier, without "
        "and with Gaussian noise of 0.3.",
        most=1.0,
    )


def sentence(found: Found, mean: Floats) -> str:
    """What the geometry is, in words with its numbers.

    Args:
        found: of `geometry`.
        mean: mean singular values, (2, rank).

    Returns:
        Plain text.
    """
    ranks = effective_rank(mean)
    data, between, noise = found["places"].mean(axis=2)[1]
    plain, contractive = (number(float(rank)) for rank in ranks)
    text = f"Effective rank (Σs²)² / Σs⁴ of the mean spectrum: {plain} plain, {contractive} contractive. "
    if np.isfinite(found["tangent"]).all():
        ratios = found["tangent"].mean(axis=1) / found["normal"].mean(axis=1)
        text += (
            f"For a small step along the data the plain code moves {number(float(ratios[0]))} times as far as for one "
            f"across, the contractive one {number(float(ratios[1]))} times. "
        )
    local = min(between, noise) > 1.05 * data
    text += (
        f"The contractive norm is {number(float(data))} on test data, {number(float(between))} half-way between and "
        f"{number(float(noise))} on noise: "
        + ("of these, flattest on the data." if local else "not clearly flattest on the data.")
    )
    return text


CLAIMS = ("along / across", "half-way / data", "noise / data")
"""What a page calls the ratios of `cae_core.analysis.geometry.over_seeds`."""


def claims(found: Found, seeds: int) -> Chart:
    """The ratios of the claims over seeds, with their standard errors.

    Args:
        found: of `cae_core.analysis.geometry.over_seeds`.
        seeds: how many there were.

    Returns:
        The chart: bars, whiskers of one standard error each way, and a line at 1.
    """
    there = [i for i in range(len(CLAIMS)) if np.isfinite(found["mean"][:, i]).all()]
    mean, error = found["mean"][:, there], found["error"][:, there]
    chart = bars(
        [CLAIMS[i] for i in there],
        mean,
        "Over seeds",
        "ratio",
        "Sensitivity along the data to that across; norm half-way between samples, and on noise, to that on data. "
        "Above the line at 1: weaker contraction there.",
        low=mean - error,
        high=mean + error,
        yardstick=f"{seeds} seeds; whiskers: standard error",
    )
    line = {"color": GREY, "width": 1.2, "dash": "dot"}
    chart.spec["layout"]["shapes"] = [
        {"type": "line", "x0": 0, "x1": 1, "xref": "paper", "y0": 1, "y1": 1, "line": line}
    ]
    return chart


def repeated(found: Found, seeds: int) -> str:
    """The ratios of the claims over seeds, mean and standard error, in words.

    Args:
        found: of `cae_core.analysis.geometry.over_seeds`.
        seeds: how many there were.

    Returns:
        Plain text.
    """
    names = ("along to across", "norm half-way to norm on data", "norm on noise to norm on data")
    told = [
        f"{name} {' → '.join(f'{number(float(m))} ± {number(float(e))}' for m, e in zip(means, errors, strict=True))}"
        for name, means, errors in zip(names, found["mean"].T, found["error"].T, strict=True)
        if np.isfinite(means).all()
    ]
    return f"Over {seeds} seeds, plain → contractive, ± standard error: {'; '.join(told)}."
