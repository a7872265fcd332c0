"""Loading datasets: `load(config)` gives the arrays that a config names.

`ready(name)` tells whether that needs the network, and `fetch(name, progress)` gets what it needs beforehand,
with a progress report.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import lru_cache

from cae_core.catalog import DISPLAY_LIMIT, OWN_PREFIX, DatasetCard, card
from cae_core.config import Config
from cae_core.datasets import (
    bundled,
    cifar,
    mnist,
    olivetti,
    own,
    patches,
    rectangles,
    shapes,
    sources,
    toy,
    variations,
)
from cae_core.datasets.dataset import SPLIT_SEED, SPREAD_LIMIT, Dataset, split, total_variance
from cae_core.datasets.download import CACHE_VARIABLE, DATA_VARIABLE, Progress, RemoteFile
from cae_core.errors import ConfigError

__all__ = [
    "CACHE_VARIABLE",
    "DATA_VARIABLE",
    "DISPLAY_LIMIT",
    "SPLIT_SEED",
    "SPREAD_LIMIT",
    "Dataset",
    "Progress",
    "RemoteFile",
    "fetch",
    "files",
    "load",
    "ready",
    "split",
    "total_variance",
]

_LOADERS: dict[str, Callable[[DatasetCard, Config], Dataset]] = {
    "digits": bundled.digits,
    "moons": toy.points,
    "circles": toy.points,
    "spiral": toy.points,
    "line": toy.points,
    "sine": toy.points,
    "swiss_roll": toy.points,
    "s_curve": toy.points,
    "noise": toy.noise,
    "breast_cancer": bundled.breast_cancer,
    "wine": bundled.wine,
    "patches": patches.patches,
    "shapes": shapes.shapes,
    "mnist": mnist.mnist,
    "fashion_mnist": mnist.mnist,
    "kmnist": mnist.mnist,
    "olivetti": olivetti.olivetti,
    "cifar10": cifar.cifar10,
    "mnist_rot": variations.variation,
    "mnist_back_rand": variations.variation,
    "mnist_back_image": variations.variation,
    "mnist_rot_back_image": variations.variation,
    "rectangles": rectangles.rectangles,
}

_VARIATIONS = ("mnist_rot", "mnist_back_rand", "mnist_back_image", "mnist_rot_back_image")
"""Datasets that are made from MNIST."""

_SOURCES = {name: name for name in sources.SOURCES} | dict.fromkeys(_VARIATIONS, "mnist")
"""The source of each dataset that needs downloaded files."""

_LARGE = frozenset({"mnist", "fashion_mnist", "kmnist", "cifar10", *_VARIATIONS})
"""Datasets of up to 200 MB, of which only one version is kept in memory."""


def load(config: Config) -> Dataset:
    """Load the dataset that a config names; the last few are kept.

    Args:
        config: `dataset`, `samples` and `dimensions` of it are read.

    Returns:
        The dataset.

    Raises:
        ConfigError: there is no such dataset, or it has fewer samples than asked for.
        DatasetUnavailable: its files are missing or cannot be downloaded.
    """
    if config.dataset.startswith(OWN_PREFIX):
        card(config.dataset)  # says where it is not kept any more
    elif config.dataset not in _LOADERS:
        raise ConfigError(
            f"A dataset to load must be one of {', '.join(_LOADERS)}. Got {config.dataset!r}. Choose one of these."
        )
    known = card(config.dataset)
    if (config.samples or 0) > known.max_train:
        raise ConfigError(
            f"{known.title} has {known.max_train:,} training samples. Got {config.samples:,}. "
            "Ask for that many or fewer."
        )
    cached = _load_large if config.dataset in _LARGE or config.dataset.startswith(OWN_PREFIX) else _load_small
    dimensions = config.dimensions if config.dataset == "noise" else None
    return cached(config.dataset, config.samples, dimensions, os.environ.get(DATA_VARIABLE))


def ready(name: str) -> bool:
    """Whether a dataset can be loaded without the network.

    Args:
        name: a key of the catalog.

    Returns:
        True for all that are bundled or drawn, and for those that are downloaded when their files are at hand.
    """
    source = _SOURCES.get(card(name).name)
    return source is None or sources.ready(source)


def files(name: str) -> tuple[RemoteFile, ...]:
    """The files that a dataset needs from the network, at hand or not; empty where it needs none.

    Args:
        name: a key of the catalog.

    Returns:
        The files, with sizes and checksums.
    """
    source = _SOURCES.get(card(name).name)
    return () if source is None else sources.SOURCES[source].files


def fetch(name: str, progress: Progress | None = None) -> None:
    """Get the files of a dataset, so that `load` needs no network; does nothing where none are needed.

    Args:
        name: a key of the catalog.
        progress: called now and then with the bytes done and the bytes in all.

    Raises:
        DatasetUnavailable: files are missing or cannot be downloaded.
    """
    source = _SOURCES.get(card(name).name)
    if source is not None:
        sources.fetch(source, progress)


def _load(name: str, samples: int | None, dimensions: int | None, folder: str | None) -> Dataset:
    config = Config.for_dataset(name, samples=samples, dimensions=dimensions)
    loader = own.own if name.startswith(OWN_PREFIX) else _LOADERS[name]
    return loader(card(name), config)


_load_small = lru_cache(maxsize=16)(_load)
_load_large = lru_cache(maxsize=1)(_load)
