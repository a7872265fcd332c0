"""`Dataset`: arrays of one dataset, split once and for all.

The split has its own fixed seed, apart from the seed of weights and batches, so that every config and
every view is about the same samples. The first (at most) 1,000 test samples are the display sample.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from cae_core.catalog import DatasetCard
from cae_core.errors import DataError

SPLIT_SEED = 20110628
"""Seed of every split: the paper's conference."""

DISPLAY_LIMIT = 1000
"""Largest number of test samples that views show."""


@dataclass(frozen=True)
class Dataset:
    """Arrays of one dataset.

    Attributes:
        card: what is known of the dataset before it is loaded.
        x_train: training inputs, (n, d), float32.
        x_test: test inputs, (m, d), float32.
        y_train: labels of the training inputs, (n,), int64; None without labels.
        y_test: labels of the test inputs, (m,), int64; None without labels.
        feature_names: names of the d inputs.
    """

    card: DatasetCard
    x_train: NDArray[np.float32]
    x_test: NDArray[np.float32]
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
    def x_display(self) -> NDArray[np.float32]:
        """Inputs of the display sample, (at most 1,000, d)."""
        return self.x_test[:DISPLAY_LIMIT]

    @property
    def y_display(self) -> NDArray[np.int64] | None:
        """Labels of the display sample."""
        return None if self.y_test is None else self.y_test[:DISPLAY_LIMIT]

    @cached_property
    def test_variance(self) -> float:
        """Total variance of the test split: the mean squared distance to its mean."""
        return total_variance(self.x_test)

    @cached_property
    def train_spread(self) -> float:
        """Root mean squared distance to the mean over the training split."""
        return float(np.sqrt(total_variance(self.x_train)))


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
