"""Datasets that come with scikit-learn: no network needed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cae_core.catalog import DatasetCard
from cae_core.config import Config
from cae_core.datasets.dataset import SPLIT_SEED, Dataset


def split(
    card: DatasetCard,
    x: NDArray[np.floating],
    y: NDArray[np.integer] | None,
    samples: int | None,
    feature_names: tuple[str, ...] = (),
) -> Dataset:
    """Cut samples into test and training split by the fixed split seed.

    Args:
        card: tells the sizes.
        x: all samples, (n, d).
        y: their labels, or None.
        samples: number of training samples, or None for the card's.
        feature_names: names of the d inputs.

    Returns:
        The dataset: the first `card.n_test` of the shuffled samples are the test split.
    """
    order = np.random.default_rng(SPLIT_SEED).permutation(len(x))
    test = order[: card.n_test]
    train = order[card.n_test :][: samples or card.n_train]
    labels = None if y is None else np.asarray(y, dtype=np.int64)
    inputs = np.asarray(x, dtype=np.float32)
    return Dataset(
        card=card,
        x_train=inputs[train],
        x_test=inputs[test],
        y_train=None if labels is None else labels[train],
        y_test=None if labels is None else labels[test],
        feature_names=feature_names or tuple(f"x{i + 1}" for i in range(inputs.shape[1])),
    )


def digits(card: DatasetCard, config: Config) -> Dataset:
    """UCI handwritten digits, 8x8, scaled to 0-1."""
    from sklearn.datasets import load_digits

    x, y = load_digits(return_X_y=True)
    names = tuple(f"row {i // 8 + 1}, column {i % 8 + 1}" for i in range(64))
    return split(card, x / 16.0, y, config.samples, names)
