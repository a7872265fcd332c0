"""Curves over training time: reconstruction error, penalty, and the mean norm with its band."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cae_core.figures.chart import Chart, typed
from cae_core.figures.parts import LOOKS, axis, ceiling, log_limits, number, rgba

History = Mapping[str, NDArray[np.float64]]


def reconstruction_curves(history: History, epochs: int, *, loss: str) -> Chart:
    """Reconstruction error over epochs, training and test, both models.

    Args:
        history: of a frame; columns (epochs done + 1, 2).
        epochs: length of the whole run, the axis's fixed end.
        loss: name of the loss, for the axis.

    Returns:
        The chart.
    """
    return _over_epochs(
        history,
        epochs,
        ("train_reconstruction", "test_reconstruction"),
        title="Reconstruction error",
        axis_title=loss,
        caption="What reconstructions miss of the inputs: lower is better. Flatness is paid here.",
    )


def penalty_curves(history: History, epochs: int) -> Chart:
    """Mean squared Jacobian norm over epochs, training and test, both models (arguments as above)."""
    return _over_epochs(
        history,
        epochs,
        ("train_penalty", "test_penalty"),
        title="Penalty",
        axis_title="mean ‖J‖²",
        caption="Mean squared Jacobian norm: what lambda multiplies; in the plain model only measured.",
    )


def norm_curves(history: History, epochs: int, *, ghost: History | None = None) -> Chart:
    """Mean Jacobian norm over epochs with its 10-90 % band over the display sample, both models.

    Args:
        history: of a frame; columns (epochs done + 1, 2).
        epochs: length of the whole run, the axis's fixed end.
        ghost: history of the picture before, drawn as thin lines.

    Returns:
        The chart.
    """
    t = np.arange(len(history["norm_mean"]))
    data: list[dict[str, Any]] = []
    for k, look in enumerate(LOOKS if ghost is not None else ()):
        before = (ghost or history)["norm_mean"][: epochs + 1, k]
        line = _line(
            np.arange(len(before)), before, f"{look.name}, before", rgba(look.colour, 0.45), "dot", 1
        )
        data.append(line | {"showlegend": False})
    for k, look in enumerate(LOOKS):
        low, high = history["norm_p10"][:, k], history["norm_p90"][:, k]
        data.append(
            {
                "type": "scatter",
                "x": typed(np.concatenate([t, t[::-1]])),
                "y": typed(np.concatenate([high, low[::-1]])),
                "fill": "toself",
                "fillcolor": rgba(look.colour, 0.16),
                "line": {"width": 0},
                "hoverinfo": "skip",
                "showlegend": False,
                "mode": "lines",
            }
        )
        data.append(_line(t, history["norm_mean"][:, k], look.name, look.colour, look.dash))
    highest = max(float(np.nanmax(h["norm_p90"])) for h in (history, ghost) if h is not None)
    top = ceiling(1.05 * highest)
    last = history["norm_mean"][-1]
    return Chart(
        title="Mean norm",
        spec={
            "data": data,
            "layout": {
                "xaxis": axis("epoch", (0, epochs)),
                "yaxis": axis("‖J‖", (0, top)),
                "showlegend": True,
            },
        },
        yardstick="band: 10–90 %",
        caption="How much the code moves when the input moves a little. Lower is flatter, not better."
        + ("" if ghost is None else " Dotted: before."),
        alt=f"Mean Jacobian norm over {len(t) - 1} epochs: plain {number(history['norm_mean'][0, 0])} to "
        f"{number(last[0])}, contractive {number(history['norm_mean'][0, 1])} to {number(last[1])}.",
        table={
            "epoch": t,
            **{
                f"{look.name.lower()} {label}": history[column][:, k]
                for k, look in enumerate(LOOKS)
                for label, column in (("mean", "norm_mean"), ("10 %", "norm_p10"), ("90 %", "norm_p90"))
            },
        },
    )


def _over_epochs(
    history: History,
    epochs: int,
    columns: tuple[str, str],
    *,
    title: str,
    axis_title: str,
    caption: str,
) -> Chart:
    """Training and test columns of both models on a log axis."""
    train, test = (history[name] for name in columns)
    t = np.arange(len(test))
    data = []
    for k, look in enumerate(LOOKS):
        if np.isfinite(train[:, k]).any():
            data.append(
                _line(t[1:], train[1:, k], f"{look.name}, training", rgba(look.colour, 0.5), look.dash, 1)
            )
        data.append(_line(t, test[:, k], f"{look.name}, test", look.colour, look.dash))
    for trace in data:
        trace["showlegend"] = "test" in trace["name"]
        trace["name"] = trace["name"].removesuffix(", test")
    limits = log_limits(np.concatenate([test.ravel(), train.ravel()]))
    yaxis = axis(axis_title, limits, type="log", dtick=1 if limits and limits[1] - limits[0] > 1.5 else "D2")
    words = ", ".join(f"{look.name.lower()} {number(test[-1, k])}" for k, look in enumerate(LOOKS))
    return Chart(
        title=title,
        spec={
            "data": data,
            "layout": {"xaxis": axis("epoch", (0, epochs)), "yaxis": yaxis, "showlegend": True},
        },
        yardstick="thin: training",
        caption=caption,
        alt=f"{title} after {len(t) - 1} of {epochs} epochs on test samples: {words}.",
        table={
            "epoch": t,
            **{f"{look.name.lower()} training": train[:, k] for k, look in enumerate(LOOKS)},
            **{f"{look.name.lower()} test": test[:, k] for k, look in enumerate(LOOKS)},
        },
    )


def _line(
    x: NDArray[Any], y: NDArray[Any], name: str, colour: str, dash: str, width: float = 2.2
) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "x": typed(x),
        "y": typed(y),
        "name": name,
        "line": {"color": colour, "dash": dash, "width": width},
        "hovertemplate": "%{y:.3g}",
    }
