"""What the pictures show, in words made from the numbers."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite

import numpy as np
from numpy.typing import NDArray

from cae_core.figures.parts import number
from cae_core.frame import Frame

Floats = NDArray[np.floating]

COLLAPSED = 0.8
"""Share of variance lost from which a model is called collapsed."""


def comparison(frame: Frame) -> str:
    """One sentence that compares the contractive model with the plain one.

    Args:
        frame: a plain and a contractive member.

    Returns:
        The sentence, plain text.
    """
    norms, view = frame.history["norm_mean"][-1], frame.view
    plain, contractive = float(norms[0]), float(norms[1])
    lam = frame.config.objectives[1].lam_at(max(0, frame.epoch - 1))
    if frame.epoch == 0:
        return f"Before training both models are the same: mean norm {number(plain)}. Press Play."
    change = (
        f"{abs(1 - contractive / plain):.0%} {'below' if contractive <= plain else 'above'}"
        if plain > 0
        else "beside"
    )
    rho, error, lost = view["relative_contraction"], view["reconstruction_error"], view["variance_lost"]
    sentence = (
        f"Lambda {number(lam)} at epoch {frame.epoch}: mean norm {number(contractive)}, {change} the plain "
        f"autoencoder's {number(plain)}; relative contraction {number(float(rho[0]))} → {number(float(rho[1]))}; "
        f"reconstruction error {number(float(error[0]))} → {number(float(error[1]))}; "
        f"variance lost {lost[0]:.1%} → {lost[1]:.1%}."
    )
    if lost[1] >= COLLAPSED:
        sentence += (
            " The contractive code has collapsed: it has let go of nearly all that tells samples apart."
            if lost[0] < COLLAPSED
            else " Both models still lose nearly all of the variance."
        )
    return sentence


@dataclass(frozen=True, slots=True)
class Measure:
    """A number of both models, in words.

    Attributes:
        name: what it is.
        plain: of the plain autoencoder.
        contractive: of the contractive one.
        explanation: one line.
    """

    name: str
    plain: str
    contractive: str
    explanation: str


def measures(frame: Frame) -> tuple[Measure, ...]:
    """What stands beside every norm: norm, relative contraction, share of variance lost and saturation.

    Args:
        frame: a plain and a contractive member.

    Returns:
        One row a measure.
    """
    view = frame.view

    def share(name: str) -> tuple[str, str]:
        plain, contractive = (f"{v:.1%}" if isfinite(v) else "–" for v in view[name].tolist())
        return plain, contractive

    rho = [number(v) if isfinite(v) else "collapsed" for v in view["relative_contraction"].tolist()]
    mean = [number(float(v)) for v in view["norm"].mean(axis=1)]
    return (
        Measure(
            "Mean norm ‖J‖",
            mean[0],
            mean[1],
            "How far the code moves with the input. Lower is flatter, not better.",
        ),
        Measure(
            "Relative contraction",
            rho[0],
            rho[1],
            "The norm against the code's own spread: below 1, a random direction moves it less than the data's own do.",
        ),
        Measure(
            "Variance lost", *share("variance_lost"), "What reconstructions let go of. Near 100 %: collapsed."
        ),
        Measure("Saturated units", *share("saturation"), _saturated(frame.config.activation)),
    )


def of_sample(
    frame: Frame, reconstructions: Floats, saturated: Floats, sample: int, name: str
) -> tuple[Measure, ...]:
    """Error, norm and saturation of one sample, and how far the models are apart.

    Args:
        frame: a plain and a contractive member.
        reconstructions: of the display sample, (2, n, d).
        saturated: share of saturated units of each sample, (2, n).
        sample: position in the display sample.
        name: what to call it.

    Returns:
        One row a measure.
    """
    error, norm = frame.view["error"][:, sample], frame.view["norm"][:, sample]
    first, second = reconstructions[:, sample].astype(np.float64)
    apart = float(np.square(first - second).sum())
    shares = [f"{v:.1%}" if isfinite(v) else "–" for v in saturated[:, sample].tolist()]
    return (
        Measure(
            "Error",
            number(error[0]),
            number(error[1]),
            f"{name}: squared distance, summed over the inputs. The two reconstructions are {number(apart)} apart.",
        ),
        Measure(
            "Norm ‖J‖",
            number(norm[0]),
            number(norm[1]),
            "How far the code moves when this sample moves a little.",
        ),
        Measure("Saturated units", shares[0], shares[1], _saturated(frame.config.activation)),
    )


def _saturated(activation: str) -> str:
    where = {"sigmoid": "below 0.05 or above 0.95", "tanh": "beyond 0.95 in size"}.get(activation)
    if where is None:
        return f"{activation} has no bounds, so no unit saturates."
    return f"Code units {where}, where the slope is nearly 0."
