"""How much of what each code notices lies along the data, where the true tangents are known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cae_core.figures.chart import Chart, typed
from cae_core.figures.parts import GREY, LOOKS, axis

Shares = Mapping[str, NDArray[np.floating]]

SPREAD = (10, 90)
"""Percentiles over the samples between which a whisker runs."""


def tangent_space(shares: Shares) -> Chart:
    """Share of each code's leading singular directions in the true tangent space, beside that of random directions.

    Args:
        shares: ``share`` (2, n), ``mean`` (2,) and ``random``, as of `cae_core.analysis.tangents`.

    Returns:
        The chart: a bar a model, a whisker over the samples, a dotted line at the random baseline.
    """
    share, mean, random = shares["share"], shares["mean"], float(shares["random"])
    there = [one[np.isfinite(one)] for one in share]
    low, high = np.transpose([np.percentile(one, SPREAD) if len(one) else [np.nan, np.nan] for one in there])
    data: list[dict[str, Any]] = [
        {
            "type": "bar",
            "orientation": "h",
            "x": typed(mean[k : k + 1]),
            "y": [look.name],
            "name": look.name,
            "marker": {
                "color": look.colour,
                "line": {"width": 0},
                "pattern": {"shape": look.pattern, "size": 5, "solidity": 0.3},
            },
            "error_x": {
                "type": "data",
                "symmetric": False,
                "array": typed(high[k : k + 1] - mean[k : k + 1]),
                "arrayminus": typed(mean[k : k + 1] - low[k : k + 1]),
                "color": GREY,
                "thickness": 1.5,
            },
            "hovertemplate": "%{x:.1%} of the leading directions",
        }
        for k, look in enumerate(LOOKS)
    ]
    line = {"color": GREY, "width": 1.5, "dash": "dot"}
    baseline = {"type": "line", "x0": random, "x1": random, "y0": 0, "y1": 1, "yref": "paper", "line": line}
    return Chart(
        title="Leading directions in the true tangent space",
        spec={
            "data": data,
            "layout": {
                "xaxis": axis("share", (0.0, 1.0), tickformat=".0%"),
                "yaxis": {"autorange": "reversed"},
                "bargap": 0.35,
                "showlegend": False,
                "shapes": [baseline],
            },
        },
        yardstick=f"dotted: random directions, {random:.1%}",
        caption="100% where a code notices just what moves, turns or resizes the shape; whiskers: 80% of samples.",
        alt=f"Share of the leading singular directions in the true tangent space over {share.shape[1]} samples: plain "
        f"{_percent(mean[0])}, contractive {_percent(mean[1])}, random directions {random:.1%}.",
        table={"model": [look.name for look in LOOKS], "mean": mean, "10 %": low, "90 %": high},
    )


def sentence(shares: Shares) -> str:
    """What the shares say, in words.

    Args:
        shares: as for `tangent_space`.

    Returns:
        Plain text.
    """
    plain, contractive = shares["mean"]
    return (
        f"Of the four input directions that a code notices most, {_percent(plain)} (plain) → {_percent(contractive)} "
        "(contractive) lies in the true tangent space, which position, rotation and size span; of random directions "
        f"it would be {float(shares['random']):.1%}."
    )


def _percent(share: float) -> str:
    return f"{share:.0%}" if np.isfinite(share) else "nothing (it notices fewer than four)"
