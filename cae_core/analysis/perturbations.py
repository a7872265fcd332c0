"""Perturbations of inputs: noise, loss of inputs, small changes of an image, a step along a singular direction.

Every perturbation has one strength, with 0 the clean input. The same seed perturbs the same way at every strength:
noise is one draw scaled, masks grow. Images are perturbed as images: shifts and rotations interpolate bilinearly and
bring in the blank value, 0, from outside.

Data differ in size, grey values between 0 and 1 or points three standard deviations apart, so lengths are measured by
the data's own spread, the root mean squared distance to the mean. At strength s

    Gaussian noise:      x + s * spread / sqrt(d) * e,  e ~ N(0, 1)      with E||step||^2 = (s * spread)^2
    singular direction:  x + s * spread * v,  ||v|| = 1                  with   ||step||   =  s * spread

and both can be compared at the same strength. What is set to 0 is set to the mean where data are standardised.
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
        usual: strength to begin with.
        step: between two strengths of a slider.
        images: whether it is for images only.
        help: one sentence.
    """

    title: str
    unit: str
    top: float
    usual: float
    step: float
    images: bool
    help: str


PERTURBATIONS: Mapping[str, Perturbation] = MappingProxyType(
    {
        "gaussian": Perturbation(
            "Gaussian noise",
            "length of the step / spread of the data",
            2.0,
            0.5,
            0.05,
            False,
            "Adds independent normal noise to every input: at strength 1 the step is as long as a sample's usual "
            "distance to the mean.",
        ),
        "masking": Perturbation(
            "Masking", "share of inputs set to 0", 0.9, 0.25, 0.05, False, "Sets a share of the inputs to 0."
        ),
        "salt_pepper": Perturbation(
            "Salt and pepper",
            "share of inputs replaced",
            0.9,
            0.1,
            0.05,
            False,
            "Sets a share of the inputs to the smallest or the largest value: of all inputs for images, of each input "
            "by itself for others.",
        ),
        "singular": Perturbation(
            "Singular direction",
            "length of the step / spread of the data",
            2.0,
            0.5,
            0.05,
            False,
            "A step along the first right singular vector of the plain model's Jacobian at the sample: the direction "
            "that its code notices most.",
        ),
        "shift": Perturbation(
            "Shift", "pixels to the right", 4.0, 1.0, 0.5, True, "Moves the image to the right."
        ),
        "rotation": Perturbation(
            "Rotation", "degrees", 45.0, 15.0, 1.0, True, "Turns the image clockwise about its centre."
        ),
        "occlusion": Perturbation(
            "Occlusion",
            "side of the square / side of the image",
            0.8,
            0.4,
            0.05,
            True,
            "Blanks a square somewhere in the image.",
        ),
    }
)


def kinds(image_shape: tuple[int, int] | None) -> tuple[str, ...]:
    """The kinds that a dataset can be perturbed with."""
    return tuple(name for name, kind in PERTURBATIONS.items() if image_shape is not None or not kind.images)


def perturb(
    x: Floats,
    kind: str,
    strength: float,
    *,
    seed: int = 0,
    image_shape: tuple[int, int] | None = None,
    spread: float | None = None,
    directions: Floats | None = None,
    only: int | None = None,
) -> Floats:
    """Perturbed copies of samples.

    Args:
        x: (n, d).
        kind: a key of `PERTURBATIONS`.
        strength: between 0 and the kind's top.
        seed: of the noise.
        image_shape: (rows, columns), for the kinds that need images.
        spread: root mean squared distance to the mean, the unit of lengths; by default that of x.
        directions: unit vectors of the steps, (n, d), or (1, d) with `only`, for `singular`.
        only: position of the one sample wanted: its row is the same as among all.

    Returns:
        The perturbed samples, (n, d) or (1, d), float32.

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
            f"The strength must be between 0 and {described.top:g} ({described.unit}). Got {strength:g}. "
            "Choose another."
        )
    if (described.images and image_shape is None) or (kind == "singular" and directions is None):
        raise ConfigError(
            f"{described.title} must have {'images' if described.images else 'directions'}. Got none. "
            "Choose another kind."
        )
    rng = np.random.default_rng([seed, 11])
    rows = slice(None) if only is None else slice(only, only + 1)
    length = strength * (_spread(x) if spread is None else spread)
    if kind == "gaussian":
        moved = x[rows] + length / np.sqrt(x.shape[1]) * rng.standard_normal(x.shape)[rows]
    elif kind == "masking":
        moved = np.where(rng.random(x.shape)[rows] < strength, 0.0, x[rows])
    elif kind == "salt_pepper":
        over = None if image_shape is not None else 0
        hit, salt = rng.random(x.shape)[rows] < strength, rng.random(x.shape)[rows] < 0.5
        moved = np.where(hit, np.where(salt, x.max(axis=over), x.min(axis=over)), x[rows])
    elif kind == "singular":
        moved = x[rows] + length * np.asarray(directions)
    elif kind == "occlusion":
        places = rng.random((len(x), 2))[rows]
        moved = _occluded(x[rows], strength, places, image_shape or (1, 1))
    else:
        angle = np.deg2rad(strength) if kind == "rotation" else 0.0
        moved = _moved(x[rows], image_shape or (1, 1), angle, strength if kind == "shift" else 0.0)
    return np.asarray(moved, dtype=np.float32)


def _spread(x: Floats) -> float:
    """Root mean squared distance of the rows to their mean."""
    return float(np.sqrt(np.square(x - x.mean(axis=0)).sum(axis=1).mean()))


def _occluded(x: Floats, share: float, places: Floats, shape: tuple[int, int]) -> Floats:
    """A square of `share` of the shorter side blanked, all of it inside; places are shares of the room that it has."""
    side = share * min(shape)
    corner = places * (np.array(shape) - side)
    rows, columns = np.arange(shape[0]) + 0.5, np.arange(shape[1]) + 0.5
    down = (rows >= corner[:, :1]) & (rows < corner[:, :1] + side)
    across = (columns >= corner[:, 1:]) & (columns < corner[:, 1:] + side)
    hidden = (down[:, :, None] & across[:, None, :]).reshape(len(x), -1)
    return np.where(hidden, 0.0, x)


def _moved(x: Floats, shape: tuple[int, int], angle: float, shift: float) -> Floats:
    """Images turned clockwise about their centre and shifted to the right, bilinear, blank (0) from outside."""
    from scipy.ndimage import affine_transform

    cos, sin = np.cos(angle), np.sin(angle)
    turn = np.array([[cos, -sin], [sin, cos]])
    centre = (np.array(shape) - 1) / 2
    offset = centre - turn @ (centre + np.array([0.0, shift]))
    images = np.asarray(x, dtype=np.float64).reshape(-1, *shape)
    moved = [
        affine_transform(image, turn, offset=offset, order=1, mode="grid-constant", cval=0.0)
        for image in images
    ]
    return np.stack(moved).reshape(len(x), -1)
