"""A wrong penalty beside the right one over lambda."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cae_core.figures.chart import Chart, typed
from cae_core.figures.parts import LOOKS, axis, ceiling, number

Study = Mapping[str, NDArray[np.floating]]
"""What `cae_core.analysis.mistakes.study` gives."""

WRONG = "#8a5cf0"
"""Colour of the wrong penalty; its marker is a cross."""

PANELS = {
    "norm": (
        "True norm",
        "mean ‖J‖",
        "How far the codes really move: every model measured by the exact Jacobian.",
    ),
    "believed": (
        "What the wrong code believes",
        "its “norm”",
        "Its own read-out, beside the true norm of the same model.",
    ),
    "weights": (
        "Size of the weights",
        "‖W‖ of the first layer",
        "Contracting by smaller weights, or by saturating with larger ones.",
    ),
    "saturated": ("Saturation", "share of saturated units", "Units near a flat end of their activation."),
    "error": ("Reconstruction error", "‖r(x) − x‖²", "What the flatness costs."),
}


def over_lambda(study: Study, lams: Sequence[float], what: str) -> Chart:
    """One measure of the right and the wrong penalty over lambda, the plain autoencoder as a level line.

    Args:
        study: each entry (2, 1 + L), right first, lambda 0 first.
        lams: the L positive lambdas.
        what: a key of `PANELS`.

    Returns:
        The chart.
    """
    title, label, caption = PANELS[what]
    plain, right, wrong = study[what][0, 0], study[what][0, 1:], study[what][1, 1:]
    lines = [
        ("Plain", np.full(len(lams), plain), LOOKS[0].colour, "solid", "circle"),
        ("Right penalty", right, LOOKS[1].colour, LOOKS[1].dash, LOOKS[1].symbol),
        ("Wrong penalty", wrong, WRONG, "dot", "x"),
    ]
    if what == "believed":
        lines = [
            ("True norm of the wrong model", study["norm"][1, 1:], WRONG, "solid", "x"),
            ("What its code believes", wrong, WRONG, "dot", "x-open"),
        ]
    values = np.concatenate([values for _, values, *_ in lines])
    top = ceiling(1.05 * float(np.nanmax(values))) if np.isfinite(values).any() else 1.0
    return Chart(
        title=title,
        spec={
            "data": [_line(lams, *line) for line in lines],
            "layout": {
                "xaxis": axis("lambda", type="log", dtick=1, exponentformat="power"),
                "yaxis": axis(label, (0, 1 if what == "saturated" else top)),
                "showlegend": True,
            },
        },
        caption=caption,
        alt=f"{title} over lambda {number(lams[0])} to {number(lams[-1])}: "
        + "; ".join(
            f"{name.lower()} {number(float(v[0]))} to {number(float(v[-1]))}" for name, v, *_ in lines
        )
        + ".",
        table={"lambda": list(lams), **{name.lower(): values for name, values, *_ in lines}},
    )


def _line(
    lams: Sequence[float], name: str, values: NDArray[np.floating], colour: str, dash: str, symbol: str
) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "x": typed(np.asarray(lams, dtype=np.float64)),
        "y": typed(values),
        "name": name,
        "line": {"color": colour, "dash": dash, "width": 2.2},
        "marker": {"color": colour, "symbol": symbol, "size": 7},
        "hovertemplate": "%{y:.3g}",
    }


def sentence(study: Study, lams: Sequence[float]) -> str:
    """What the wrong code believes, what is true, and what the right penalty does, where that halves the norm or so.

    Args:
        study: as above.
        lams: the L positive lambdas.

    Returns:
        The sentence, plain text.
    """
    i = int(np.abs(study["norm"][0, 1:] - study["norm"][0, 0] / 2).argmin())
    at = {name: study[name][:, 1 + i] for name in PANELS}
    return (
        f"At lambda {lams[i]:g} the wrong code reads {number(at['believed'][1])} where its model's true mean norm is "
        f"{number(at['norm'][1])}; before training it read {number(study['before'][0])} for "
        f"{number(study['before'][1])}. The right penalty has brought the norm to {number(at['norm'][0])}, from "
        f"{number(study['norm'][0, 0])} of the plain autoencoder. Weights {number(at['weights'][1])} against "
        f"{number(at['weights'][0])}, reconstruction error {number(at['error'][1])} against {number(at['error'][0])}, "
        "wrong against right."
    )
