"""Perturbations of inputs: noise, loss of inputs, small changes of an image, a step along a singular direction.

Every perturbation has one strength, with 0 the clean input. The same seed perturbs the same way at every strength: noise
is one draw scaled, masks grow. Images are perturbed as images: shifts and rotations interpolate bilinearly and bring in the
blank value from outside.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from cae_core.errors import ConfigError

Floats = NDArray[np.floating]


@dataclass(frozen=True, slots=True)
class Perturbation:
    """A kind of perturbation.

    Attributes:
        title: what a page calls it.
        unit: what its strength is.
        top: largest strength.
        images: whether it is for images only.
        help: one sentence.
    """

    title: str
    unit: str
    top: float
    images: bool
    help: str


PERTURBATIONS: Mapping[str, Perturbation] = MappingProxyType(
    {
        "gaussian": Perturbation(
            "Gaussian noise",
            "standard deviation",
            1.0,
            False,
            "Adds independent normal noise to every input.",
        ),
        "masking": Perturbation(
            "Masking", "share of inputs set to 0", 0.9, False, "Sets a share of the inputs to 0."
        ),
        "salt_pepper": Perturbation(
            "Salt and pepper",
            "share of inputs replaced",
            0.9,
            False,
            "Sets a share of the inputs to the smallest or the largest value of the display sample.",
        ),
        "singular": Perturbation(
            "Singular direction",
            "length of the step",
            3.0,
            False,
            "A step along the first right singular vector of the plain model's Jacobian at the sample: the direction that its "
            "code notices most.",
        ),
        "shift": Perturbation("Shift", "pixels to the right", 3.0, True, "Moves the image to the right."),
        "rotation": Perturbation("Rotation", "degrees", 45.0, True, "Turns the image about its centre."),
        "occlusion": Perturbation(
            "Occlusion",
            "side of the square, share of the image",
            0.8,
            True,
            "Blanks a square somewhere in the image.",
        ),
    }
)


def perturb(
    x: Floats,
    kind: str,
    strength: float,
    *,
    seed: int = 0,
    image_shape: tuple[int, int] | None = None,
    limits: tuple[float, float] | None = None,
    directions: Floats | None = None,
) -> Floats:
    """Perturbed copies of samples.

    Args:
        x: (n, d).
        kind: a key of `PERTURBATIONS`.
        strength: between 0 and the kind's top.
        seed: of the noise.
        image_shape: (rows, columns), for the kinds that need images.
        limits: values of pepper and salt; by default the smallest and largest of x.
        directions: unit vectors of the steps, (n, d), for `singular`.

    Returns:
        The perturbed samples, (n, d), float32.

    Raises:
        ConfigError: the kind is unknown, the strength out of its range, or something that the kind needs is missing.
    """
    if kind not in PERTURBATIONS:
        raise ConfigError(
            f"The perturbation must be one of {', '.join(PERTURBATIONS)}. Got {kind!r}. Choose one of these."
        )
    described = PERTURBATIONS[kind]
    if not 0 <= strength <= described.top:
        raise ConfigError(
            f"The strength must be between 0 and {described.top:g} ({described.unit}). Got {strength:g}. Choose another."
        )
    if (described.images and image_shape is None) or (kind == "singular" and directions is None):
        raise ConfigError(
            f"{described.title} must have {'images' if described.images else 'directions'}. Got none. Choose another kind."
        )
    rng = np.random.default_rng([seed, 11])
    if kind == "gaussian":
        moved = x + strength * rng.standard_normal(x.shape)
    elif kind == "masking":
        moved = np.where(rng.random(x.shape) < strength, 0.0, x)
    elif kind == "salt_pepper":
        low, high = limits or (float(x.min()), float(x.max()))
        hit, salt = rng.random(x.shape) < strength, rng.random(x.shape) < 0.5
        moved = np.where(hit, np.where(salt, high, low), x)
    elif kind == "singular":
        moved = x + strength * np.asarray(directions)
    elif kind == "occlusion":
        moved = _occluded(x, strength, rng, image_shape or (1, 1))
    else:
        angle = np.deg2rad(strength) if kind == "rotation" else 0.0
        moved = _moved(x, image_shape or (1, 1), angle, strength if kind == "shift" else 0.0)
    return np.asarray(moved, dtype=np.float32)


def _occluded(x: Floats, share: float, rng: np.random.Generator, shape: tuple[int, int]) -> Floats:
    """A square of `share` of the shorter side blanked, its centre somewhere in the image, the same at every strength."""
    side = share * min(shape)
    centre = rng.random((len(x), 2)) * np.array(shape)
    rows, columns = np.arange(shape[0]) + 0.5, np.arange(shape[1]) + 0.5
    down = np.abs(rows[None] - centre[:, :1]) <= side / 2
    across = np.abs(columns[None] - centre[:, 1:]) <= side / 2
    hidden = (down[:, :, None] & across[:, None, :]).reshape(len(x), -1) & (side > 0)
    return np.where(hidden, 0.0, x)


def _moved(x: Floats, shape: tuple[int, int], angle: float, shift: float) -> Floats:
    """Images turned by an angle about their centre and shifted to the right, bilinear, blank (0) from outside."""
    from scipy.ndimage import affine_transform

    cos, sin = np.cos(angle), np.sin(angle)
    turn = np.array([[cos, -sin], [sin, cos]])
    centre = (np.array(shape) - 1) / 2
    offset = centre - turn @ (centre + np.array([0.0, shift]))
    images = np.asarray(x, dtype=np.float64).reshape(-1, *shape)
    moved = [
        affine_transform(image, turn, offset=offset, order=1, mode="constant", cval=0.0) for image in images
    ]
    return np.stack(moved).reshape(len(x), -1)
