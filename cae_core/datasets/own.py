"""A visitor's own data, as `cae_core.own.store` keeps them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from cae_core.catalog import DatasetCard, OwnCard, own_card_file
from cae_core.config import Config
from cae_core.datasets.dataset import Dataset, split
from cae_core.errors import DatasetUnavailable


def own_arrays_file(name: str) -> Path:
    """The file that holds own data's arrays ``x``, ``feature_names`` (JSON) and, with labels, ``y``."""
    return own_card_file(name).with_suffix(".npz")


def own(card: DatasetCard, config: Config) -> Dataset:
    """Load a dataset that is kept.

    Args:
        card: its card, an `OwnCard`.
        config: `samples` of it is read.

    Returns:
        The dataset.

    Raises:
        DatasetUnavailable: it is not kept any more.
    """
    assert isinstance(card, OwnCard)
    try:
        with np.load(own_arrays_file(card.name), allow_pickle=False) as arrays:
            x, y = arrays["x"], arrays.get("y")
            names = tuple(json.loads(arrays["feature_names"].tobytes()))
    except OSError as error:
        raise DatasetUnavailable(
            f"Own data must still be kept. Got {card.title!r}, which was removed. Bring the file again."
        ) from error
    return split(card, x, y, config.samples, names, card.standardise_to)
