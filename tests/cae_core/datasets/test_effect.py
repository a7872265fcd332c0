"""Each dataset's default shows what the method does, over the range of lambda that its slider has."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pytest
import torch

from cae_core import jacobian
from cae_core.catalog import CATALOG, card
from cae_core.config import Config
from cae_core.datasets import files, load
from cae_core.ensemble import Ensemble, Layout
from cae_core.training import train
from tests.cae_core.datasets.files import REAL_MNIST, needs_mnist

MNIST = files("mnist")[0]


def _slow(name: str) -> bool:
    """Whether a dataset has thousands of images of 28 x 28."""
    return card(name).n_inputs == 784


NAMES = [
    pytest.param(name, marks=[needs_mnist] if MNIST in files(name) else [])
    for name in CATALOG
    if not files(name) or MNIST in files(name)  # the files of the other downloads are nowhere at hand
]


QUICK = [p for p in NAMES if p.values[0] in {"mnist", "mnist_back_rand"} or not _slow(p.values[0])]
"""Those of every run of the tests."""


class Measured(NamedTuple):
    norm: float
    lost: float


@torch.no_grad()
def measured(name: str, lams: tuple[float, ...], seed: int) -> list[Measured]:
    """Mean norm and share of variance lost on the test split, for the default config at some lambdas."""
    config = Config.for_dataset(name, lam=lams, seed=seed)
    dataset = load(config)
    parameters = torch.from_numpy(train(config, dataset, record=False).parameters)
    ensemble = Ensemble.of(config, Layout.of(config, dataset.n_inputs).split(parameters))
    x = torch.from_numpy(np.array(dataset.x_test)).to(ensemble.dtype)
    norms = jacobian.norm(ensemble, x).mean(dim=1).tolist()
    errors = (ensemble.reconstruct(x) - x).square().sum(dim=2).mean(dim=1) / dataset.test_variance
    return [Measured(*pair) for pair in zip(norms, errors.tolist(), strict=True)]


def check_effect(name: str, seed: int) -> None:
    known = card(name)
    default_lam = Config.for_dataset(name).objectives[1].lam
    lams = (0.0, default_lam, known.lam_middle, known.lam_high)
    plain, default, middle, top = measured(name, lams, seed)
    # Noise, photographs and thin outlines cannot be rebuilt from few units: there the loss counts from the plain one's.
    limit = 0.10 + (plain.lost if known.group == "Variations of MNIST" else 0)
    for contractive in (default, middle):
        assert contractive.norm < 0.95 * plain.norm
        assert plain.lost < contractive.lost < limit
    assert top.lost >= 0.80
    if known.kind == "points":
        assert default.norm < 0.5 * plain.norm
        assert default.lost < 0.02


@pytest.mark.parametrize("name", QUICK)
def test_the_default_shows_the_effect(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if files(name):
        monkeypatch.setenv("CAE_DATA_DIR", str(REAL_MNIST))
    check_effect(name, seed=0)


@pytest.mark.long
@pytest.mark.parametrize("seed", [0, 1, 2, 3])
@pytest.mark.parametrize("name", NAMES)
def test_the_effect_does_not_hang_on_the_seed(name: str, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    if files(name):
        monkeypatch.setenv("CAE_DATA_DIR", str(REAL_MNIST))
    check_effect(name, seed)
