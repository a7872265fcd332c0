"""Variations of MNIST: rotated, on noise, on photographs, and rotated on photographs.

A digit is turned about the centre by an angle uniform in 0 to 2 pi (bilinear), then laid over its background,
``max(digit, background)``: noise uniform in 0 to 1, or windows of the two photographs that hold some texture.
Source: Larochelle et al., "An empirical evaluation of deep architectures on problems with many factors of variation",
ICML 2007, section 4.1; made anew here from MNIST's own split, with two photographs only.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from cae_core.catalog import DatasetCard
from cae_core.config import Config
from cae_core.datasets import mnist, patches
from cae_core.datasets.dataset import SPLIT_SEED, Dataset

SIDE = mnist.SIDE
TEXTURE = 0.06
"""Smallest standard deviation of a window that serves as a background."""

ROTATED = frozenset({"mnist_rot", "mnist_rot_back_image"})
ON_NOISE = frozenset({"mnist_back_rand"})
ON_PHOTOGRAPHS = frozenset({"mnist_back_image", "mnist_rot_back_image"})

Images = NDArray[np.float32]


def variation(card: DatasetCard, config: Config) -> Dataset:
    """A variation of MNIST by the card's name, (n, 784), in 0-1.

    Args:
        card: its name says which.
        config: `samples` of it is read.

    Returns:
        The dataset, with MNIST's own training and test images in MNIST's order.

    Raises:
        DatasetUnavailable: MNIST's files are missing, damaged or cannot be downloaded.
    """
    digits = mnist.shuffled_split(card, config, mnist.read("mnist"), mnist.N_TRAIN, mnist.N_TEST)
    train_bands = tuple(band for band in range(patches.BANDS) if band not in patches.TEST_BANDS)
    return Dataset(
        card=card,
        x_train=_varied(card.name, digits.x_train, train_bands, 0),
        x_test=_varied(card.name, digits.x_test, patches.TEST_BANDS, 1),
        y_train=digits.y_train,
        y_test=digits.y_test,
        feature_names=digits.feature_names,
    )


def _varied(name: str, x: NDArray[np.floating], bands: tuple[int, ...], part: int) -> Images:
    """Digits of one split, each with its angle and background whatever the number of digits."""
    angles, noise, windows = (np.random.default_rng((SPLIT_SEED, part, use)) for use in range(3))
    varied = x.reshape(-1, SIDE, SIDE).astype(np.float32)
    if name in ROTATED:
        varied = rotated(varied, angles.uniform(0, 2 * np.pi, len(x)))
    if name in ON_NOISE:
        varied = np.maximum(varied, noise.random(varied.shape, dtype=np.float32))
    if name in ON_PHOTOGRAPHS:
        varied = np.maximum(varied, _backgrounds(len(x), bands, windows))
    return varied.reshape(len(x), -1)


def rotated(images: Images, angles: NDArray[np.floating]) -> Images:
    """Images turned about their centre, counter-clockwise, by linear interpolation with black around.

    Args:
        images: (n, rows, columns).
        angles: in radians, (n,).

    Returns:
        The images, of the same shape.
    """
    from scipy.ndimage import rotate

    return np.stack(
        [
            rotate(image, angle, reshape=False, order=1)
            for image, angle in zip(images, np.degrees(angles), strict=True)
        ]
    )


def _backgrounds(count: int, bands: tuple[int, ...], generator: np.random.Generator) -> Images:
    """Windows of the photographs with some texture, the photographs in turn, (count, 28, 28)."""
    found = np.empty((count, SIDE, SIDE), np.float32)
    photographs = patches.photographs()
    for which, photograph in enumerate(photographs):
        windows = np.lib.stride_tricks.sliding_window_view(photograph.astype(np.float32), (SIDE, SIDE))
        wanted = range(which, count, len(photographs))
        for i, (row, column) in zip(wanted, _corners(windows, bands, generator), strict=False):
            found[i] = windows[row, column]
    return found


def _corners(
    windows: Images, bands: tuple[int, ...], generator: np.random.Generator
) -> Iterator[tuple[int, int]]:
    """Top left corners of windows with some texture, without end."""
    height, width = windows.shape[0] + SIDE - 1, windows.shape[1] + SIDE - 1
    while True:
        for row, column in patches.positions(bands, 1000, height, width, generator, SIDE):
            if windows[row, column].std() >= TEXTURE:
                yield row, column
