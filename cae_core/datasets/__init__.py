"""Loading datasets: `load(config)` gives the arrays that a config names."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from cae_core.catalog import DatasetCard, card
from cae_core.config import Config
from cae_core.datasets import bundled
from cae_core.datasets.dataset import DISPLAY_LIMIT, SPLIT_SEED, Dataset, total_variance

__all__ = ["DISPLAY_LIMIT", "SPLIT_SEED", "Dataset", "load", "total_variance"]

_LOADERS: dict[str, Callable[[DatasetCard, Config], Dataset]] = {
    "digits": bundled.digits,
}


def load(config: Config) -> Dataset:
    """Load the dataset that a config names; the last few are kept.

    Args:
        config: `dataset`, `samples` and `dimensions` of it are read.

    Returns:
        The dataset.

    Raises:
        ConfigError: there is no such dataset.
        DatasetUnavailable: its files are missing or cannot be downloaded.
    """
    return _load(config.dataset, config.samples, config.dimensions)


@lru_cache(maxsize=4)
def _load(name: str, samples: int | None, dimensions: int | None) -> Dataset:
    config = Config.for_dataset(name, samples=samples, dimensions=dimensions)
    return _LOADERS[name](card(name), config)
