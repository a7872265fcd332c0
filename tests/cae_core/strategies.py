"""What hypothesis draws, and small data to train on."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise, product

import numpy as np
import torch
from hypothesis import strategies as st
from torch import Tensor

from cae_core.catalog import OWN
from cae_core.config import ACTIVATIONS, LOSSES, Config, Objective
from cae_core.datasets import Dataset
from cae_core.ensemble import Ensemble, Layout
from tests.cae_core.reference import Autoencoder

SIZES = (4, 3, 6)
"""Units of the layers of the small encoders: narrower and wider than what is before."""

ARCHITECTURES = [
    {"activation": activation, "hidden": SIZES[:depth], "tied": tied, "loss": loss}
    for activation, depth, tied, loss in product(ACTIVATIONS, (1, 2, 3), (True, False), LOSSES)
]
"""Every activation x depth x tying x output."""


def name_of(architecture: dict) -> str:
    tied = "tied" if architecture["tied"] else "untied"
    return f"{architecture['activation']}-{len(architecture['hidden'])}-{tied}-{architecture['loss']}"


def config_of(architecture: dict, **changes: object) -> Config:
    values = {"dataset": "own", "dtype": "float64", "objectives": (Objective(),) * 3, **architecture}
    return Config(**{**values, **changes})


def random_parameters(config: Config, n_inputs: int, seed: int = 0) -> Tensor:
    """Other weights and biases for every member."""
    rng = np.random.default_rng(seed)
    size = Layout.of(config, n_inputs).size
    return torch.from_numpy(rng.normal(0, 0.7, size)).to(getattr(torch, config.dtype))


def random_ensemble(config: Config, n_inputs: int, seed: int = 0) -> Ensemble:
    flat = random_parameters(config, n_inputs, seed)
    return Ensemble.of(config, Layout.of(config, n_inputs).split(flat))


def members_of(config: Config, flat: Tensor, n_inputs: int) -> list[Autoencoder]:
    """The same weights as separate autoencoders."""
    parts = Layout.of(config, n_inputs).split(flat)
    depth = len(config.hidden)
    return [
        Autoencoder([p[k] for p in parts], depth, config.activation, config.tied, config.loss)
        for k in range(config.n_members)
    ]


def samples(n: int, n_inputs: int, seed: int = 1) -> Tensor:
    """Inputs between 0 and 1."""
    return torch.from_numpy(np.random.default_rng(seed).uniform(size=(n, n_inputs)))


@lru_cache
def small_dataset(n: int = 50, n_inputs: int = 6, dtype: str = "float64", seed: int = 3) -> Dataset:
    """A curve in n_inputs dimensions with some noise, between 0 and 1."""
    rng = np.random.default_rng(seed)
    t = rng.uniform(0, 2 * np.pi, (n + 20, 1))
    x = 0.5 + 0.4 * np.sin(t * np.linspace(0.5, 1.5, n_inputs)) + rng.uniform(-0.05, 0.05, (n + 20, n_inputs))
    x, y = x.clip(0, 1).astype(dtype), (t[:, 0] > np.pi).astype(np.int64)
    return Dataset(card=OWN, x_train=x[:n], x_test=x[n:], y_train=y[:n], y_test=y[n:])


def architectures() -> st.SearchStrategy[dict]:
    """An architecture with layers of one to eight units."""
    return st.fixed_dictionaries(
        {
            "activation": st.sampled_from(ACTIVATIONS),
            "hidden": st.lists(st.integers(1, 8), min_size=1, max_size=3).map(tuple),
            "tied": st.booleans(),
            "loss": st.sampled_from(LOSSES),
        }
    )


def schedules() -> st.SearchStrategy[tuple[tuple[int, float], ...]]:
    """(epoch, lambda) pairs in order."""
    pairs = st.dictionaries(st.integers(1, 30), st.floats(0, 100), max_size=4)
    return pairs.map(lambda found: tuple(sorted(found.items())))


def objectives() -> st.SearchStrategy[Objective]:
    """Any objective that can be trained for a while."""
    return st.builds(
        Objective,
        lam=st.just(0.0) | st.floats(0, 10),
        weight_decay=st.just(0.0) | st.floats(0, 1),
        gaussian=st.just(0.0) | st.floats(0, 1),
        masking=st.just(0.0) | st.floats(0, 0.9),
        schedule=schedules(),
    )


def cuts(total: int) -> st.SearchStrategy[list[int]]:
    """Chunk lengths that add up to a number of steps."""

    def lengths(points: set[int]) -> list[int]:
        edges = [0, *sorted(points), total]
        return [b - a for a, b in pairwise(edges)]

    return st.sets(st.integers(1, total - 1), max_size=total - 1).map(lengths)
