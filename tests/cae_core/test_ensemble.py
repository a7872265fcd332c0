"""K autoencoders at once are K autoencoders one by one."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from cae_core.config import Objective
from cae_core.ensemble import Ensemble, Layout, initial_parameters
from tests.cae_core.strategies import (
    ARCHITECTURES,
    architectures,
    config_of,
    members_of,
    name_of,
    random_parameters,
    samples,
)

D = 5


@pytest.mark.parametrize("architecture", ARCHITECTURES, ids=name_of)
def test_codes_and_reconstructions_of_every_architecture(architecture: dict) -> None:
    config = config_of(architecture)
    flat, x = random_parameters(config, D), samples(7, D)
    ensemble = Ensemble.of(config, Layout.of(config, D).split(flat))
    for k, member in enumerate(members_of(config, flat, D)):
        codes = torch.stack([member.code(row) for row in x])
        reconstructions = torch.stack([member.reconstruction(row) for row in x])
        torch.testing.assert_close(ensemble.encode(x)[k], codes, rtol=1e-8, atol=1e-12)
        torch.testing.assert_close(ensemble.reconstruct(x)[k], reconstructions, rtol=1e-8, atol=1e-12)


@given(architecture=architectures(), d=st.integers(1, 8))
def test_shared_inputs_and_inputs_of_each_member_agree(architecture: dict, d: int) -> None:
    config = config_of(architecture)
    ensemble = Ensemble.of(config, Layout.of(config, d).split(random_parameters(config, d)))
    x = samples(4, d)
    torch.testing.assert_close(ensemble.reconstruct(x), ensemble.reconstruct(x.repeat(3, 1, 1)))
    assert ensemble.sizes == (d, *config.hidden)


@given(architecture=architectures(), d=st.integers(1, 8))
def test_the_flat_buffer_is_used_up_and_not_shared(architecture: dict, d: int) -> None:
    config = config_of(architecture)
    layout = Layout.of(config, d)
    flat = torch.zeros(layout.size)
    for number, part in enumerate(layout.split(flat)):
        assert bool((part == 0).all())
        part += number + 1
    assert bool((flat > 0).all())


@pytest.mark.parametrize(("init", "factor"), [("glorot", 1.0), ("paper", 4.0)])
@pytest.mark.parametrize("tied", [True, False])
def test_initial_weights_fill_their_range(init: str, factor: float, tied: bool) -> None:
    config = config_of({"hidden": (60, 30), "tied": tied}, init=init, init_scale=0.5)
    parts = Layout.of(config, 40).split(initial_parameters(config, 40))
    for part in parts:
        if part.ndim == 2:
            assert not part.any()
            continue
        limit = factor * 0.5 * math.sqrt(6 / (part.shape[1] + part.shape[2]))
        assert 0.97 * limit < float(part.abs().max()) <= limit
        assert abs(float(part.mean())) < 0.05 * limit


@pytest.mark.parametrize("tied", [True, False])
def test_members_share_their_initial_weights(tied: bool) -> None:
    config = config_of({"hidden": (4, 3), "tied": tied})
    parts = Layout.of(config, D).split(initial_parameters(config, D))
    assert all(bool((part == part[0]).all()) for part in parts)
    alone = config.but(objectives=(Objective(lam=3.0),))
    for part, one in zip(parts, Layout.of(alone, D).split(initial_parameters(alone, D)), strict=True):
        assert torch.equal(part[0], one[0])


def test_the_seed_decides_the_initial_weights() -> None:
    config = config_of({"hidden": (4,)})
    assert torch.equal(initial_parameters(config, D), initial_parameters(config, D))
    assert not torch.equal(initial_parameters(config, D), initial_parameters(config.but(seed=1), D))
