"""What the pictures show, in words made from the numbers."""

from __future__ import annotations

from cae_core.figures.parts import number
from cae_core.frame import Frame

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
        f"Lambda {number(lam)} at epoch {frame.epoch}: mean norm {number(contractive)}, {change} the plain autoencoder's "
        f"{number(plain)}; relative contraction {number(float(rho[0]))} → {number(float(rho[1]))}; reconstruction error "
        f"{number(float(error[0]))} → {number(float(error[1]))}; variance lost {lost[0]:.1%} → {lost[1]:.1%}."
    )
    if lost[1] >= COLLAPSED:
        sentence += (
            " The contractive code has collapsed: it has let go of nearly all that tells samples apart."
        )
    return sentence
