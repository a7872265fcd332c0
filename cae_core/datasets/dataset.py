"""`Dataset`: arrays of one dataset, split once and for all.

The split has its own fixed seed, apart from the seed of weights and batches, so that every config and
every view is about the same samples. The first (at most) 1,000 test samples are the display sample.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from cae_core.catalog import DISPLAY_LIMIT, DatasetCard
from cae_core.errors import DataError

SPLIT_SEED = 20110628
"""Seed of every split: the paper's conference."""

SPREAD_LIMIT = 10_000
"""Largest number of training samples over which a spread is taken: the first ones, which are in random order."""

GALLERY_SIZE = 12
"""Number of fixed samples whose reconstructions are shown while training."""


@dataclass(frozen=True, eq=False)
class Dataset:
    """Arrays of one dataset.

    Attributes:
        card: what is known of the dataset before it is loaded.
        x_train: training inputs, (n, d); float32, or float64 where the caller's arrays are.
        x_test: test inputs, (m, d), in the same precision.
        y_train: labels of the training inputs, (n,), int64; None without labels.
        y_test: labels of the test inputs, (m,), int64; None without labels.
        feature_names: names of the d inputs.
    """

    card: DatasetCard
    x_train: NDArray[np.floating]
    x_test: NDArray[np.floating]
    y_train: NDArray[np.int64] | None = None
    y_test: NDArray[np.int64] | None = None
    feature_names: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for x in (self.x_train, self.x_test):
            if x.ndim != 2 or len(x) < 2 or not np.isfinite(x).all():
                raise DataError(
                    "Inputs must be a finite table of at least two samples. "
                    f"Got an array of shape {x.shape} with {int((~np.isfinite(x)).sum())} non-finite values. "
                    "Remove or fill these."
                )
            x.setflags(write=False)

    @property
    def n_inputs(self) -> int:
        """d, the number of inputs."""
        return int(self.x_train.shape[1])

    @property
    def x_display(self) -> NDArray[np.floating]:
        """Inputs of the display sample, (at most 1,000, d)."""
        return self.x_test[:DISPLAY_LIMIT]

    @property
    def y_display(self) -> NDArray[np.int64] | None:
        """Labels of the display sample."""
        return None if self.y_test is None else self.y_test[:DISPLAY_LIMIT]

    @cached_property
    def gallery(self) -> NDArray[np.int64]:
        """Fixed samples of the display sample, by position: all points, or twelve with the classes in turn."""
        labels = self.y_display
        if self.card.kind == "points":
            return np.arange(len(self.x_display))
        if labels is None:
            return np.arange(min(GALLERY_SIZE, len(self.x_display)))
        turn = np.zeros(len(labels), dtype=np.int64)
        for label in np.unique(labels):
            members = labels == label
            turn[members] = np.arange(members.sum())
        return np.lexsort((labels, turn))[:GALLERY_SIZE]

    @cached_property
    def test_variance(self) -> float:
        """Total variance of the test split: the mean squared distance to its mean."""
        return total_variance(self.x_test)

    @cached_property
    def train_spread(self) -> float:
        """Root mean squared distance to the mean over the training split."""
        return float(np.sqrt(total_variance(self.x_train[:SPREAD_LIMIT])))


def total_variance(x: NDArray[np.floating]) -> float:
    """Mean squared distance of the rows to their mean.

    ``1/n sum_n ||x_n - mean(x)||^2``

    Args:
        x: samples, (n, d).

    Returns:
        The total variance, >= 0.
    """
    wide = np.asarray(x, dtype=np.float64)
    return float(np.square(wide - wide.mean(axis=0)).sum(axis=1).mean())


def split(
    card: DatasetCard,
    x: NDArray[np.floating],
    y: NDArray[np.integer] | None,
    samples: int | None,
    feature_names: tuple[str, ...] = (),
    standardise_to: float | None = None,
) -> Dataset:
    """Cut samples into test and training split by the fixed split seed.

    The first `card.n_test` of the shuffled samples are the test split, whatever `samples` is, so that every
    config is about the same test samples.

    Args:
        card: tells the sizes.
        x: all samples, (n, d).
        y: their labels, (n,), or None.
        samples: number of training samples, or None for the card's.
        feature_names: names of the d inputs.
        standardise_to: the standard deviation that each input shall have over all samples that are not test
            samples, or None to leave the inputs as they are.

    Returns:
        The dataset.
    """
    order = np.random.default_rng(SPLIT_SEED).permutation(len(x))
    test, rest = order[: card.n_test], order[card.n_test :]
    train = rest[: samples or card.n_train]
    wide: NDArray[np.floating] = np.asarray(x, dtype=np.float64)
    if standardise_to is not None:
        wide = standardise(wide, wide[rest]) * standardise_to
    inputs = wide.astype(np.float32)
    labels = None if y is None else np.asarray(y, dtype=np.int64)
    return Dataset(
        card=card,
        x_train=inputs[train],
        x_test=inputs[test],
        y_train=None if labels is None else labels[train],
        y_test=None if labels is None else labels[test],
        feature_names=feature_names or tuple(f"x{i + 1}" for i in range(inputs.shape[1])),
    )


def standardise(x: NDArray[np.floating], reference: NDArray[np.floating]) -> NDArray[np.floating]:
    """Shift and scale every input by the mean and standard deviation that it has over a reference.

    ``(x - mean(reference)) / std(reference)``; an input that is constant there is only shifted.

    Args:
        x: samples, (n, d).
        reference: samples that the mean and standard deviation are taken over, (m, d).

    Returns:
        The standardised samples, (n, d).
    """
    deviation = reference.std(axis=0)
    # A constant input would divide by zero and carries no information at any scale.
    standardised: NDArray[np.floating] = (x - reference.mean(axis=0)) / np.where(
        deviation > 0, deviation, 1.0
    )
    return standardised
