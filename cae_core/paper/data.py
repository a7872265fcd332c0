"""The images of the experiment in three parts: training, validation, test.

MNIST as in the paper: the first 50,000 training images in the files' own order, the last 10,000 for validation, and the
10,000 test images. Digits: the bundled training split, its last 300 for validation, and its test split.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from cae_core.catalog import card
from cae_core.config import Config
from cae_core.datasets import Dataset, load
from cae_core.datasets.mnist import read

MNIST_TRAIN = 50_000
"""Training images of MNIST that are trained on; the rest validates."""

DIGITS_VALIDATION = 300
"""Training images of digits that validate."""

Images = NDArray[np.float32]
Labels = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Parts:
    """Images, (n, d) in 0-1, and their classes, (n,), in three parts.

    Attributes:
        train: trained on.
        validation: what choices are made by.
        test: looked at for the table alone.
        classes: number of classes.
        pretraining: training and validation images as the `Dataset` that an autoencoder is trained and measured on:
            its test split is the validation part.
    """

    train: tuple[Images, Labels]
    validation: tuple[Images, Labels]
    test: tuple[Images, Labels]
    classes: int
    pretraining: Dataset

    def with_validation(self) -> Parts:
        """The same with the validation images among those for training, too."""
        (x, y), (more_x, more_y) = self.train, self.validation
        return replace(self, train=(np.concatenate([x, more_x]), np.concatenate([y, more_y])))


@lru_cache(maxsize=1)
def parts(dataset: str) -> Parts:
    """The three parts of a dataset.

    Args:
        dataset: ``mnist`` or ``digits``.

    Returns:
        The parts, read-only.

    Raises:
        DatasetUnavailable: the files of MNIST are missing, damaged or cannot be downloaded.
    """
    if dataset == "mnist":
        images, labels, test_images, test_labels = read(dataset)
        x, y = _scaled(images), labels.astype(np.int64)
        x_test, y_test = _scaled(test_images), test_labels.astype(np.int64)
        cut = MNIST_TRAIN
    else:
        known = load(Config.for_dataset(dataset))
        assert known.y_train is not None
        assert known.y_test is not None
        x, y = known.x_train.astype(np.float32), known.y_train
        x_test, y_test = known.x_test.astype(np.float32), known.y_test
        cut = len(x) - DIGITS_VALIDATION
    train, validation = (x[:cut].copy(), y[:cut]), (x[cut:].copy(), y[cut:])
    for_training = Dataset(card(dataset), train[0], validation[0], train[1], validation[1])
    return Parts(train, validation, (x_test, y_test), int(y.max()) + 1, pretraining=for_training)


def _scaled(images: NDArray[np.uint8]) -> Images:
    flat: Images = images.reshape(len(images), -1).astype(np.float32)
    flat /= np.float32(255)
    return flat
