"""Datasets that are downloaded: which files, how large, with which checksum, from where.

Set `CAE_DATA_DIR` to a folder that holds a dataset's files in a subfolder of the dataset's name, and nothing is
downloaded. MNIST's may also lie in the folder itself; Fashion-MNIST and KMNIST have files of the same names.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from cae_core.datasets import download as transfer
from cae_core.datasets.download import DATA_VARIABLE, Progress, RemoteFile, cache_folder, is_cached
from cae_core.errors import DatasetUnavailable


@dataclass(frozen=True, slots=True)
class Source:
    """Where a dataset's files come from.

    Attributes:
        title: what a sentence calls the dataset.
        page: web page of the source, for those who fetch the files by hand.
        files: the files.
        loose: whether they may lie in the user's folder itself, besides the subfolder.
    """

    title: str
    page: str
    files: tuple[RemoteFile, ...]
    loose: bool = False


def _idx(mirrors: tuple[str, ...], *files: tuple[str, int, str]) -> tuple[RemoteFile, ...]:
    return tuple(
        RemoteFile(name, size, sha256, tuple(mirror + name for mirror in mirrors))
        for name, size, sha256 in files
    )


SOURCES = {
    "mnist": Source(
        "MNIST",
        "https://storage.googleapis.com/cvdf-datasets/mnist/",
        _idx(
            (
                "https://storage.googleapis.com/cvdf-datasets/mnist/",
                "https://ossci-datasets.s3.amazonaws.com/mnist/",
            ),
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
        ),
        loose=True,
    ),
    "fashion_mnist": Source(
        "Fashion-MNIST",
        "https://github.com/zalandoresearch/fashion-mnist",
        _idx(
            ("http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",),
            (
                "train-images-idx3-ubyte.gz",
                26_421_880,
                "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
            ),
            (
                "train-labels-idx1-ubyte.gz",
                29_515,
                "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
            ),
            (
                "t10k-images-idx3-ubyte.gz",
                4_422_102,
                "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
            ),
            (
                "t10k-labels-idx1-ubyte.gz",
                5_148,
                "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
            ),
        ),
    ),
    "kmnist": Source(
        "KMNIST",
        "http://codh.rois.ac.jp/kmnist/",
        _idx(
            (
                "https://codh.rois.ac.jp/kmnist/dataset/kmnist/",
                "http://codh.rois.ac.jp/kmnist/dataset/kmnist/",
            ),
            (
                "train-images-idx3-ubyte.gz",
                18_165_135,
                "51467d22d8cc72929e2a028a0428f2086b092bb31cfb79c69cc0a90ce135fde4",
            ),
            (
                "train-labels-idx1-ubyte.gz",
                29_497,
                "e38f9ebcd0f3ebcdec7fc8eabdcdaef93bb0df8ea12bee65224341c8183d8e17",
            ),
            (
                "t10k-images-idx3-ubyte.gz",
                3_041_136,
                "edd7a857845ad6bb1d0ba43fe7e794d164fe2dce499a1694695a792adfac43c5",
            ),
            (
                "t10k-labels-idx1-ubyte.gz",
                5_120,
                "20bb9a0ef54c7db3efc55a92eef5582c109615df22683c380526788f98e42a1c",
            ),
        ),
    ),
    "olivetti": Source(
        "the Olivetti faces",
        "https://scikit-learn.org/stable/datasets/real_world.html#olivetti-faces-dataset",
        (
            # The distributor publishes the checksum alone, so the size is a limit: 4,096 x 400 bytes even at two
            # bytes a pixel are less.
            RemoteFile(
                "olivettifaces.mat",
                5_000_000,
                "b612fb967f2dc77c9c62d3e1266e0c73d5fca46a4b8906c18e454d41af987794",
                ("https://ndownloader.figshare.com/files/5976027",),
                exact=False,
            ),
        ),
    ),
    "cifar10": Source(
        "CIFAR-10",
        "https://www.cs.toronto.edu/~kriz/cifar.html",
        (
            RemoteFile(
                "cifar-10-binary.tar.gz",
                170_052_171,
                "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
                ("https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",),
            ),
        ),
    ),
}
"""Sources by the name of their dataset."""


def ready(name: str) -> bool:
    """Whether all files of a source are at hand.

    Args:
        name: a key of `SOURCES`.

    Returns:
        True where `fetch` needs no network and finds every file.
    """
    source = SOURCES[name]
    own = os.environ.get(DATA_VARIABLE)
    if own:
        return all(_find(Path(own), name, file) for file in source.files)
    return all(is_cached(file, cache_folder(name)) for file in source.files)


def fetch(name: str, progress: Progress | None = None) -> tuple[Path, ...]:
    """The files of a source: those in `CAE_DATA_DIR` where it is set, otherwise from the cache or by download.

    Args:
        name: a key of `SOURCES`.
        progress: called now and then with the bytes done and the bytes in all, over all files.

    Returns:
        Paths in the order of the source's files.

    Raises:
        DatasetUnavailable: a file is missing or cannot be downloaded.
    """
    files = SOURCES[name].files
    own = os.environ.get(DATA_VARIABLE)
    if own:
        return tuple(_find(Path(own), name, file) or _missing(Path(own), name, file) for file in files)
    total = sum(file.size for file in files)
    paths: list[Path] = []
    before = 0
    for file in files:
        report = None if progress is None else _shifted(progress, before, total)
        paths.append(transfer.download(file, cache_folder(name), report))
        before += file.size
    return tuple(paths)


def _shifted(progress: Progress, before: int, total: int) -> Progress:
    return lambda done, _total: progress(before + done, total)


def _find(folder: Path, name: str, file: RemoteFile) -> Path | None:
    """A file in the user's folder, as it comes or with ``.gz`` unpacked."""
    places = (folder, folder / name) if SOURCES[name].loose else (folder / name,)
    for place in places:
        for candidate in (place / file.name, place / _unpacked(file)):
            if candidate.is_file():
                return candidate
    return None


def _missing(folder: Path, name: str, file: RemoteFile) -> Path:
    source = SOURCES[name]
    either = file.name if _unpacked(file) == file.name else f"{file.name} or {_unpacked(file)}"
    place = folder if source.loose else folder / name
    raise DatasetUnavailable(
        f"The folder that {DATA_VARIABLE} names must hold {either} for {source.title}. Got {folder} without. "
        f"Put {', '.join(file.name for file in source.files)} from {source.page} into {place}, or unset "
        f"{DATA_VARIABLE} to download them."
    )


def _unpacked(file: RemoteFile) -> str:
    return file.name if file.name.endswith(".tar.gz") else file.name.removesuffix(".gz")
