"""MNIST, Fashion-MNIST and KMNIST: 28x28 grey images in four IDX files, by download or from a folder.

Each has 60,000 training and 10,000 test images of ten classes. Sources: LeCun, Cortes, Burges, "The MNIST database of
handwritten digits", 1998; Xiao, Rasul, Vollgraf, arXiv:1708.07747; Clanuwat et al., arXiv:1812.01718.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cae_core.catalog import DatasetCard
from cae_core.config import Config
from cae_core.datasets.dataset import SPLIT_SEED, Dataset
from cae_core.datasets.idx import read_idx
from cae_core.datasets.sources import fetch
from cae_core.errors import DatasetUnavailable

SIDE = 28
N_TRAIN, N_TEST = 60_000, 10_000


def mnist(card: DatasetCard, config: Config) -> Dataset:
    """One of the three scaled to 0-1, (n, 784).

    The training split is the first `config.samples` of the shuffled training images, the test split the first
    `card.n_test` of the shuffled test images; who asks for all training images gets all test images too.

    Args:
        card: tells which and the default sizes.
        config: `samples` of it is read.

    Returns:
        The dataset.

    Raises:
        DatasetUnavailable: the files are missing, damaged or cannot be downloaded.
    """
    return shuffled_split(card, config, read(card.name), N_TRAIN, N_TEST)


def read(name: str) -> tuple[NDArray[np.uint8], ...]:
    """Training images and labels, test images and labels: (60000, 28, 28), (60000,), (10000, 28, 28), (10000,).

    Args:
        name: ``mnist``, ``fashion_mnist`` or ``kmnist``.

    Returns:
        The four arrays.

    Raises:
        DatasetUnavailable: the files are missing, damaged or cannot be downloaded.
    """
    paths: tuple[Path, ...] = fetch(name)
    shapes = ((N_TRAIN, SIDE, SIDE), (N_TRAIN,), (N_TEST, SIDE, SIDE), (N_TEST,))
    arrays = tuple(read_idx(path, shape) for path, shape in zip(paths, shapes, strict=True))
    for path, labels in zip(paths[1::2], arrays[1::2], strict=True):
        if labels.max() > 9:
            raise DatasetUnavailable(
                f"{path.name} must hold labels 0 to 9. Got {int(labels.max())}. Put the right file there."
            )
    return arrays


def shuffled_split(
    card: DatasetCard, config: Config, arrays: tuple[NDArray[np.uint8], ...], n_train: int, n_test: int
) -> Dataset:
    """The part of a dataset with a test split of its own that a config asks for, scaled to 0-1.

    Args:
        card: tells the default sizes and the shape of an image.
        config: `samples` of it is read.
        arrays: training images and labels, test images and labels.
        n_train: number of training images.
        n_test: number of test images.

    Returns:
        The dataset.
    """
    samples = config.samples or card.n_train
    x_train, y_train, x_test, y_test = arrays
    train = _shuffled(n_train)[:samples]
    test = _shuffled(n_test)[: n_test if samples == n_train else card.n_test]
    rows, columns = card.image_shape or (1, card.n_inputs)
    return Dataset(
        card=card,
        x_train=_scaled(x_train, train),
        x_test=_scaled(x_test, test),
        y_train=y_train[train].astype(np.int64),
        y_test=y_test[test].astype(np.int64),
        feature_names=pixel_names(rows, columns),
    )


def pixel_names(rows: int, columns: int) -> tuple[str, ...]:
    """Names of an image's inputs, row by row."""
    return tuple(f"row {i // columns + 1}, column {i % columns + 1}" for i in range(rows * columns))


def _shuffled(n: int) -> NDArray[np.integer]:
    return np.random.default_rng(SPLIT_SEED).permutation(n)


def _scaled(images: NDArray[np.uint8], rows: NDArray[np.integer]) -> NDArray[np.float32]:
    """Some of the images, as rows of numbers in 0-1."""
    scaled: NDArray[np.float32] = images[rows].reshape(len(rows), -1).astype(np.float32)
    scaled /= np.float32(255.0)
    return scaled
