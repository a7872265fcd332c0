"""MNIST: 28x28 grey images of handwritten digits, by download or from a folder.

The files are the four original ones (60,000 training and 10,000 test images), with the checksums that their mirrors
publish. Source: LeCun, Cortes, Burges, "The MNIST database of handwritten digits", 1998.

Set `CAE_DATA_DIR` to a folder that holds them, gzipped or unpacked, and nothing is downloaded.
"""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cae_core.catalog import DatasetCard
from cae_core.config import Config
from cae_core.datasets.dataset import SPLIT_SEED, Dataset
from cae_core.datasets.download import (
    DATA_VARIABLE,
    Progress,
    RemoteFile,
    cache_folder,
    download,
    is_cached,
)
from cae_core.datasets.idx import read_idx
from cae_core.errors import DatasetUnavailable

MIRRORS = (
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
)

SIDE = 28
N_TRAIN, N_TEST = 60_000, 10_000

FILES = tuple(
    RemoteFile(name, size, sha256, tuple(mirror + name for mirror in MIRRORS))
    for name, size, sha256 in (
        (
            "train-images-idx3-ubyte.gz",
            9_912_422,
            "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
        ),
        (
            "train-labels-idx1-ubyte.gz",
            28_881,
            "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
        ),
        (
            "t10k-images-idx3-ubyte.gz",
            1_648_877,
            "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
        ),
        (
            "t10k-labels-idx1-ubyte.gz",
            4_542,
            "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
        ),
    )
)
"""Training images and labels, test images and labels."""


def mnist(card: DatasetCard, config: Config) -> Dataset:
    """MNIST scaled to 0-1, (n, 784).

    The training split is the first `config.samples` of the shuffled training images, the test split the first
    `card.n_test` of the shuffled test images; who asks for all training images gets all test images too.

    Args:
        card: tells the default sizes.
        config: `samples` of it is read.

    Returns:
        The dataset.

    Raises:
        DatasetUnavailable: the files are missing, damaged or cannot be downloaded.
    """
    samples = config.samples or card.n_train
    x_train, y_train, x_test, y_test = _read(fetch())
    train = _shuffled(N_TRAIN)[:samples]
    test = _shuffled(N_TEST)[: N_TEST if samples == N_TRAIN else card.n_test]
    return Dataset(
        card=card,
        x_train=_scaled(x_train, train),
        x_test=_scaled(x_test, test),
        y_train=y_train[train].astype(np.int64),
        y_test=y_test[test].astype(np.int64),
        feature_names=tuple(f"row {i // SIDE + 1}, column {i % SIDE + 1}" for i in range(SIDE * SIDE)),
    )


def ready() -> bool:
    """Whether MNIST can be loaded without the network."""
    if os.environ.get(DATA_VARIABLE):
        return True
    folder = cache_folder("mnist")
    return all(is_cached(file, folder) for file in FILES)


def fetch(progress: Progress | None = None) -> tuple[Path, ...]:
    """The four files: those in `CAE_DATA_DIR` where it is set, otherwise from the cache or by download.

    Args:
        progress: called now and then with the bytes done and the bytes in all, over the four files.

    Returns:
        Paths in the order of `FILES`.

    Raises:
        DatasetUnavailable: a file is missing or cannot be downloaded.
    """
    own = os.environ.get(DATA_VARIABLE)
    if own:
        return tuple(_find(Path(own), file.name) for file in FILES)
    folder = cache_folder("mnist")
    total = sum(file.size for file in FILES)
    paths: list[Path] = []
    before = 0
    for file in FILES:
        report = None if progress is None else _shifted(progress, before, total)
        paths.append(download(file, folder, report))
        before += file.size
    return tuple(paths)


def _shifted(progress: Progress, before: int, total: int) -> Progress:
    return lambda done, _total: progress(before + done, total)


def _find(folder: Path, name: str) -> Path:
    """A file in the user's folder, gzipped or unpacked, there or in its subfolder ``mnist``."""
    unpacked = name.removesuffix(".gz")
    for place in (folder, folder / "mnist"):
        for candidate in (place / name, place / unpacked):
            if candidate.is_file():
                return candidate
    raise DatasetUnavailable(
        f"The folder that {DATA_VARIABLE} names must hold {name} or {unpacked}. Got {folder} without either. "
        f"Put the four files of MNIST there, or unset {DATA_VARIABLE} to download them."
    )


def _read(paths: tuple[Path, ...]) -> tuple[NDArray[np.uint8], ...]:
    """Training images and labels, test images and labels: (60000, 28, 28), (60000,), (10000, 28, 28), (10000,)."""
    shapes = ((N_TRAIN, SIDE, SIDE), (N_TRAIN,), (N_TEST, SIDE, SIDE), (N_TEST,))
    arrays = tuple(read_idx(path, shape) for path, shape in zip(paths, shapes, strict=True))
    for path, labels in zip(paths[1::2], arrays[1::2], strict=True):
        if labels.max() > 9:
            raise DatasetUnavailable(
                f"{path.name} must hold labels 0 to 9. Got {int(labels.max())}. Put the file of MNIST there."
            )
    return arrays


def _shuffled(n: int) -> NDArray[np.integer]:
    return np.random.default_rng(SPLIT_SEED).permutation(n)


def _scaled(images: NDArray[np.uint8], rows: NDArray[np.integer]) -> NDArray[np.float32]:
    """Some of the images, as rows of numbers in 0-1."""
    scaled: NDArray[np.float32] = images[rows].reshape(len(rows), -1).astype(np.float32)
    scaled /= np.float32(255.0)
    return scaled
