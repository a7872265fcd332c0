"""Natural-image patches: 12x12 grey windows of scikit-learn's two photographs.

Patches overlap, so training and test patches come from separate vertical bands of the photographs and share
no pixel.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cae_core.catalog import DatasetCard
from cae_core.config import Config
from cae_core.datasets.dataset import SPLIT_SEED, Dataset

SIDE = 12
BANDS = 10
"""Vertical bands that each photograph is cut into."""
TEST_BANDS = (2, 7)
"""The bands that the test patches come from."""
LUMA = (0.299, 0.587, 0.114)
"""Weights of red, green and blue in grey (ITU-R BT.601)."""


def patches(card: DatasetCard, config: Config) -> Dataset:
    """Patches of the two photographs, (n, 144), in 0-1, without labels."""
    both = photographs()
    train_bands = tuple(band for band in range(BANDS) if band not in TEST_BANDS)
    generator = np.random.default_rng(SPLIT_SEED)
    test = _draw(both, TEST_BANDS, card.n_test, generator)
    train = _draw(both, train_bands, card.max_train, generator)
    return Dataset(
        card=card,
        x_train=train[: config.samples or card.n_train],
        x_test=test,
        feature_names=tuple(f"row {i // SIDE + 1}, column {i % SIDE + 1}" for i in range(SIDE * SIDE)),
    )


def positions(
    bands: tuple[int, ...],
    count: int,
    height: int,
    width: int,
    generator: np.random.Generator,
    side: int = SIDE,
) -> NDArray[np.integer]:
    """Random top left corners of patches that lie wholly inside a band.

    Args:
        bands: numbers of the bands to choose from.
        count: how many corners.
        height: rows of the photograph.
        width: columns of the photograph.
        generator: source of randomness.
        side: rows and columns of a patch.

    Returns:
        Rows and columns, (count, 2).
    """
    band_width = width // BANDS
    left = generator.choice(np.asarray(bands), count) * band_width
    columns = left + generator.integers(0, band_width - side + 1, count)
    rows = generator.integers(0, height - side + 1, count)
    return np.stack([rows, columns], axis=1)


def photographs() -> list[NDArray[np.floating]]:
    """The two photographs in grey, each (rows, columns), in 0-1."""
    from sklearn.datasets import load_sample_images

    return [image @ np.asarray(LUMA) / 255.0 for image in load_sample_images().images]


def _draw(
    photographs: list[NDArray[np.floating]],
    bands: tuple[int, ...],
    count: int,
    generator: np.random.Generator,
) -> NDArray[np.float32]:
    """Patches of given bands, (count, 144), the photographs in turn."""
    rows = np.empty((count, SIDE * SIDE), dtype=np.float32)
    for which, photograph in enumerate(photographs):
        mine = np.arange(which, count, len(photographs))
        windows = np.lib.stride_tricks.sliding_window_view(photograph, (SIDE, SIDE))
        corners = positions(bands, len(mine), photograph.shape[0], photograph.shape[1], generator)
        rows[mine] = windows[corners[:, 0], corners[:, 1]].reshape(len(mine), -1)
    return rows
