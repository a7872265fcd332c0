"""Ellipses with known position, rotation and size, and the exact derivatives of each image by these factors.

With the pixel (X, Y), the factors column c, row r, angle t and size s (the long half axis, the short one is s / 2),

    a = (X - c) cos t + (Y - r) sin t        q = (a^2 + 4 b^2) / s^2
    b = (Y - r) cos t - (X - c) sin t        x = 1 / (1 + exp(-s (1 - q) / SOFTNESS))

so that x is smooth in all four, and dx/dfactor spans the true tangent space of the data at x.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cae_core.catalog import DatasetCard, card
from cae_core.config import Config
from cae_core.datasets.dataset import SPLIT_SEED, Dataset
from cae_core.datasets.mnist import pixel_names

SIDE = 16
SOFTNESS = 1.5
"""Width of the edge, in pixels."""

FACTORS = ("column", "row", "rotation", "size")
LOW = (5.0, 5.0, 0.0, 3.0)
HIGH = (10.0, 10.0, np.pi, 5.0)
"""Ranges that the factors are drawn from uniformly; after half a turn an ellipse is itself again."""

CLASSES = 4
"""Labels are the quarter of the half turn that the rotation falls into."""

Floats = NDArray[np.float64]


def shapes(card: DatasetCard, config: Config) -> Dataset:
    """Images of ellipses, (n, 256), in 0-1.

    Args:
        card: tells the sizes.
        config: `samples` of it is read.

    Returns:
        The dataset.
    """
    drawn = factors(card.n_test + (config.samples or card.n_train))
    x = images(drawn).astype(np.float32)
    y = (drawn[:, 2] / np.pi * CLASSES).astype(np.int64)
    n = card.n_test
    return Dataset(
        card=card,
        x_train=x[n:],
        x_test=x[:n],
        y_train=y[n:],
        y_test=y[:n],
        feature_names=pixel_names(SIDE, SIDE),
    )


def factors(count: int) -> Floats:
    """The factors of the first samples, test split first, (count, 4)."""
    return np.random.default_rng(SPLIT_SEED).uniform(LOW, HIGH, (count, len(FACTORS)))


def images(factors: Floats) -> Floats:
    """Images of given factors.

    Args:
        factors: column, row, rotation and size, (n, 4).

    Returns:
        The images, (n, 256), in 0-1.
    """
    _, _, q = _coordinates(factors)
    return _logistic(factors[:, 3:] * (1 - q) / SOFTNESS)


def derivatives(factors: Floats) -> Floats:
    """``dx/dfactor`` of each image, by the formula.

    Args:
        factors: column, row, rotation and size, (n, 4).

    Returns:
        The derivatives, (n, 4, 256).
    """
    a, b, q = _coordinates(factors)
    angle, size = factors[:, 2:3], factors[:, 3:]
    cos, sin = np.cos(angle), np.sin(angle)
    scale = 2 / (size * SOFTNESS)
    slope = np.stack(
        [
            scale * (a * cos - 4 * b * sin),
            scale * (a * sin + 4 * b * cos),
            scale * 3 * a * b,
            (1 + q) / SOFTNESS,
        ],
        axis=1,
    )
    x = _logistic(size * (1 - q) / SOFTNESS)[:, None]
    found: Floats = x * (1 - x) * slope
    return found


def tangents(count: int) -> Floats:
    """True tangent directions at the first display samples: ``dx/dfactor``, (count, 4, 256).

    Args:
        count: number of samples, at most that of the display sample.

    Returns:
        The directions, neither of unit length nor orthogonal.
    """
    return derivatives(factors(card("shapes").n_test)[:count])


def _coordinates(factors: Floats) -> tuple[Floats, Floats, Floats]:
    """a, b and q of every pixel, each (n, 256)."""
    rows, columns = np.divmod(np.arange(SIDE * SIDE), SIDE)
    column, row, angle, size = (factors[:, i : i + 1] for i in range(len(FACTORS)))
    right, down = columns - column, rows - row
    a = right * np.cos(angle) + down * np.sin(angle)
    b = down * np.cos(angle) - right * np.sin(angle)
    return a, b, (a**2 + 4 * b**2) / size**2


def _logistic(z: Floats) -> Floats:
    from scipy.special import expit

    values: Floats = expit(z)
    return values
