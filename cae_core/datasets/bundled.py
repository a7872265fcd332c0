"""Datasets that come with scikit-learn: no network needed.

The tables are standardised, ``(x - mean) / std``, with the mean and the standard deviation of the
training split only, so that nothing of the test split leaks into training.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cae_core.catalog import DatasetCard
from cae_core.config import Config
from cae_core.datasets.dataset import Dataset, split


def digits(card: DatasetCard, config: Config) -> Dataset:
    """UCI handwritten digits, 8x8, scaled to 0-1."""
    from sklearn.datasets import load_digits

    x, y = load_digits(return_X_y=True)
    names = tuple(f"row {i // 8 + 1}, column {i % 8 + 1}" for i in range(64))
    return split(card, x / 16.0, y, config.samples, names)


def breast_cancer(card: DatasetCard, config: Config) -> Dataset:
    """UCI breast cancer Wisconsin (diagnostic): 30 measurements of cell nuclei, standardised."""
    from sklearn.datasets import load_breast_cancer

    return _table(card, config, load_breast_cancer())


def wine(card: DatasetCard, config: Config) -> Dataset:
    """UCI wine recognition: 13 chemical measurements, standardised."""
    from sklearn.datasets import load_wine

    return _table(card, config, load_wine())


def _table(card: DatasetCard, config: Config, bunch: object) -> Dataset:
    x: NDArray[np.floating] = bunch.data  # type: ignore[attr-defined]
    names = tuple(str(name).replace("_", " ") for name in bunch.feature_names)  # type: ignore[attr-defined]
    labels: NDArray[np.integer] = bunch.target  # type: ignore[attr-defined]
    return split(card, x, labels, config.samples, names, standardise_to=1.0)
