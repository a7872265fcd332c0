"""Toy datasets: points in the plane and in space, and pure noise, drawn from fixed seeds.

Points are standardised and multiplied by 3: a tanh encoder is then driven into its bends, where it can
contract across the data and stay sensitive along them. At unit scale it stays a linear copy.

Labels are the class where there is one (the moon or circle), otherwise the quarter of the way along the
curve or the roll, so that a colour tells where on it a sample lies. Noise has none.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from cae_core.catalog import POINT_NAMES, DatasetCard
from cae_core.config import Config
from cae_core.datasets.dataset import SPLIT_SEED, Dataset, split

SCALE = 3.0
"""Standard deviation of every input of a point set."""

QUARTERS = 4
"""Number of labels of a dataset whose samples lie along one curve."""

Points = tuple[NDArray[np.floating], NDArray[np.integer]]


def points(card: DatasetCard, config: Config) -> Dataset:
    """A point set of the plane or of space, by the card's name.

    Args:
        card: its name says which.
        config: `samples` of it is read.

    Returns:
        The dataset: standardised, then multiplied by 3.
    """
    x, y = _DRAWS[card.name](card.max_train + card.n_test)
    return split(card, x, y, config.samples, POINT_NAMES[: x.shape[1]], standardise_to=SCALE)


def noise(card: DatasetCard, config: Config) -> Dataset:
    """Independent standard normal inputs, as many as `config.dimensions` says: nothing to learn."""
    d = config.dimensions or card.n_inputs
    x = np.random.default_rng(SPLIT_SEED).standard_normal((card.max_train + card.n_test, d))
    return split(card, x, None, config.samples)


def _moons(n: int) -> Points:
    from sklearn.datasets import make_moons

    x, y = make_moons(n, noise=0.06, random_state=SPLIT_SEED)
    return x, y


def _circles(n: int) -> Points:
    from sklearn.datasets import make_circles

    x, y = make_circles(n, noise=0.04, factor=0.45, random_state=SPLIT_SEED)
    return x, 1 - y  # scikit-learn calls the outer circle 0; our names go from the inside out


def _spiral(n: int) -> Points:
    """Archimedes' spiral, ``radius = angle / (3 pi)``: one and a half turns, evenly filled along the arm."""
    generator = np.random.default_rng(SPLIT_SEED)
    radius = np.sqrt(generator.uniform(0.02, 1.0, n))
    angle = 3.0 * np.pi * radius
    x = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
    return x + generator.normal(scale=0.015, size=x.shape), _quarters(radius)


def _line(n: int) -> Points:
    """``y = x`` with x uniform in -1 to 1, plus noise."""
    generator = np.random.default_rng(SPLIT_SEED)
    along = generator.uniform(-1.0, 1.0, n)
    x = np.stack([along, along], axis=1)
    return x + generator.normal(scale=0.06, size=x.shape), _quarters(along)


def _sine(n: int) -> Points:
    """``y = sin x`` with x uniform over one and a half periods, plus noise."""
    generator = np.random.default_rng(SPLIT_SEED)
    along = generator.uniform(-1.5 * np.pi, 1.5 * np.pi, n)
    x = np.stack([along, 1.5 * np.sin(along)], axis=1)
    return x + generator.normal(scale=0.1, size=x.shape), _quarters(along)


def _swiss_roll(n: int) -> Points:
    from sklearn.datasets import make_swiss_roll

    x, along = make_swiss_roll(n, noise=0.3, random_state=SPLIT_SEED)
    return x, _quarters(along)


def _s_curve(n: int) -> Points:
    from sklearn.datasets import make_s_curve

    x, along = make_s_curve(n, noise=0.05, random_state=SPLIT_SEED)
    return x, _quarters(along)


def _quarters(along: NDArray[np.floating]) -> NDArray[np.integer]:
    """The quarter, 0 to 3, that each position falls into; each holds a quarter of the samples."""
    edges = np.quantile(along, np.arange(1, QUARTERS) / QUARTERS)
    return np.searchsorted(edges, along)


_DRAWS: dict[str, Callable[[int], Points]] = {
    "moons": _moons,
    "circles": _circles,
    "spiral": _spiral,
    "line": _line,
    "sine": _sine,
    "swiss_roll": _swiss_roll,
    "s_curve": _s_curve,
}
