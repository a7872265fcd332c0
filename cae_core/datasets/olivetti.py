"""The Olivetti faces: ten grey photographs each of 40 people, 64x64, shrunk to 32x32 by the mean of 2x2 pixels.

Source: AT&T Laboratories Cambridge, 1992 to 1994, in Sam Roweis's version, which scikit-learn distributes.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cae_core.catalog import DatasetCard
from cae_core.config import Config
from cae_core.datasets.dataset import SPLIT_SEED, Dataset
from cae_core.datasets.mnist import pixel_names
from cae_core.datasets.sources import fetch
from cae_core.errors import DatasetUnavailable

PEOPLE, EACH = 40, 10
SIDE = 64
TEST_EACH = 2
"""Photographs of each person that are in the test split."""


def olivetti(card: DatasetCard, config: Config) -> Dataset:
    """The faces scaled to 0-1, (n, 1024); two photographs of each person are the test split.

    Args:
        card: tells the default sizes.
        config: `samples` of it is read.

    Returns:
        The dataset.

    Raises:
        DatasetUnavailable: the file is missing, damaged or cannot be downloaded.
    """
    faces = read_faces(fetch(card.name)[0])
    labels = np.repeat(np.arange(PEOPLE), EACH)
    generator = np.random.default_rng(SPLIT_SEED)
    order = generator.permuted(np.arange(PEOPLE * EACH).reshape(PEOPLE, EACH), axis=1)
    test = generator.permutation(order[:, :TEST_EACH].ravel())
    train = generator.permutation(order[:, TEST_EACH:].ravel())[: config.samples or card.n_train]
    return Dataset(
        card=card,
        x_train=faces[train],
        x_test=faces[test],
        y_train=labels[train],
        y_test=labels[test],
        feature_names=pixel_names(SIDE // 2, SIDE // 2),
    )


def read_faces(path: Path) -> NDArray[np.float32]:
    """The faces of a file, 32x32 in 0-1, upright.

    Args:
        path: a MATLAB file with the variable ``faces``, (4096, 400), each column an image column by column.

    Returns:
        The images as rows, (400, 1024).

    Raises:
        DatasetUnavailable: the file cannot be read or holds something else.
    """
    from scipy.io import loadmat, whosmat

    shape = (SIDE * SIDE, PEOPLE * EACH)
    try:
        # The headers first: a file that announces more is not unpacked.
        found, kind = {name: (size, kind) for name, size, kind in whosmat(path)}.get("faces", (None, ""))
        readable = found == shape and kind not in {"cell", "struct", "object", "opaque", "function", "sparse"}
        faces = loadmat(path, variable_names=["faces"])["faces"] if readable else None
    except Exception as error:  # the reader raises whatever its damaged input leads it to
        raise DatasetUnavailable(_damaged(path, f"a file that cannot be read ({error})")) from error
    if faces is None or not np.issubdtype(faces.dtype, np.number) or np.iscomplexobj(faces):
        raise DatasetUnavailable(
            _damaged(path, f"faces of the shape {found}" if found else "a file without them")
        )
    images = faces.T.reshape(-1, SIDE, SIDE).transpose(0, 2, 1).astype(np.float64)
    low, high = images.min(), images.max()
    if not np.isfinite(images).all() or low == high:
        raise DatasetUnavailable(_damaged(path, "faces without finite contrast"))
    halves = images.reshape(-1, SIDE // 2, 2, SIDE // 2, 2).mean(axis=(2, 4))
    scaled: NDArray[np.float32] = ((halves - low) / (high - low)).reshape(len(images), -1).astype(np.float32)
    return scaled


def _damaged(path: Path, came: str) -> str:
    return (
        f"{path.name} must hold the variable faces of shape {(SIDE * SIDE, PEOPLE * EACH)}. Got {came}. "
        f"Delete {path} so that it can be fetched again, or put a good copy there."
    )
