"""Outlines of rectangles, tall or wide, white on black, 28x28.

Source: Larochelle et al., "An empirical evaluation of deep architectures on problems with many factors of variation",
ICML 2007, section 4.2; drawn anew here.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cae_core.catalog import DatasetCard
from cae_core.config import Config
from cae_core.datasets.dataset import SPLIT_SEED, Dataset, split
from cae_core.datasets.mnist import SIDE, pixel_names

SHORTEST, DIFFERENCE = 4, 3
"""Shortest side and smallest difference between width and height, in pixels."""


def rectangles(card: DatasetCard, config: Config) -> Dataset:
    """Rectangles, (n, 784), of 0 and 1; label 0 where the height is larger, 1 where the width is.

    Args:
        card: tells the sizes.
        config: `samples` of it is read.

    Returns:
        The dataset: no rectangle is in both splits.
    """
    corners = _corners()
    chosen = np.random.default_rng(SPLIT_SEED).choice(
        len(corners), card.n_test + card.max_train, replace=False
    )
    top, left, height, width = corners[chosen].T[:, :, None, None]
    rows, columns = np.arange(SIDE)[:, None], np.arange(SIDE)
    down, right = rows - top, columns - left
    inside = (down >= 0) & (down < height) & (right >= 0) & (right < width)
    edge = (down == 0) | (down == height - 1) | (right == 0) | (right == width - 1)
    x = (inside & edge).reshape(len(chosen), -1)
    y = (width > height).ravel()
    return split(card, x.astype(np.float32), y.astype(np.int64), config.samples, pixel_names(SIDE, SIDE))


def _corners() -> NDArray[np.int64]:
    """All rectangles there are: top, left, height, width, (n, 4)."""
    sides = np.arange(SHORTEST, SIDE + 1)
    height, width = (side.ravel() for side in np.meshgrid(sides, sides))
    fit = np.abs(height - width) >= DIFFERENCE
    found = [
        np.stack(np.meshgrid(np.arange(SIDE - h + 1), np.arange(SIDE - w + 1), h, w), axis=-1).reshape(-1, 4)
        for h, w in zip(height[fit], width[fit], strict=True)
    ]
    return np.concatenate(found)
