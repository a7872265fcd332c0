"""Losses and their gradients against a naive autoencoder, autograd, `torch.func` and finite differences."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor
from torch.func import grad

from cae_core.config import Config, Objective
from cae_core.ensemble import Layout
from cae_core.objectives import Losses, losses, losses_and_gradient
from tests.cae_core.reference import Autoencoder, relative_error
from tests.cae_core.strategies import (
    ARCHITECTURES,
    architectures,
    config_of,
    members_of,
    name_of,
    random_parameters,
    samples,
)

D, N = 5, 4
LAM = torch.tensor([0.0, 0.3, 2.0], dtype=torch.float64)
DECAY = torch.tensor([0.2, 0.0, 0.05], dtype=torch.float64)
NONE = torch.zeros(3, dtype=torch.float64)


def ours(config: Config, flat: Tensor, inputs: Tensor, lam: Tensor, decay: Tensor) -> tuple[Losses, Tensor]:
    gradient = torch.full_like(flat, torch.nan)  # whatever was in the buffer must be overwritten
    x = samples(N, D)
    return losses_and_gradient(config, Layout.of(config, D), flat, x, inputs, lam, decay, gradient), gradient


def per_member(config: Config, buffer: Tensor) -> list[Tensor]:
    parts = Layout.of(config, D).split(buffer)
    return [torch.cat([part[k].ravel() for part in parts]) for k in range(config.n_members)]


def rebuilt(config: Config, vector: Tensor) -> Autoencoder:
    """An autoencoder of its own from one member's numbers."""
    shapes = [shape[1:] for shape in Layout.of(config, D).shapes]
    parts = vector.split([shape.numel() for shape in map(torch.Size, shapes)])
    parameters = [part.reshape(shape) for part, shape in zip(parts, shapes, strict=True)]
    return Autoencoder(parameters, len(config.hidden), config.activation, config.tied, config.loss)


def noisy_inputs() -> Tensor:
    return torch.stack([samples(N, D), samples(N, D, 7), samples(N, D, 8)])


@pytest.mark.parametrize("architecture", ARCHITECTURES, ids=name_of)
def test_losses_and_gradient_of_every_architecture(architecture: dict) -> None:
    config = config_of(architecture)
    flat, x, inputs = random_parameters(config, D), samples(N, D), noisy_inputs()
    terms, gradient = ours(config, flat, inputs, LAM, DECAY)
    vectors, gradients = per_member(config, flat), per_member(config, gradient)
    for k, member in enumerate(members_of(config, flat, D)):
        lam, decay = float(LAM[k]), float(DECAY[k])
        error = torch.stack([member.error(a, b) for a, b in zip(x, inputs[k], strict=True)]).mean()
        assert relative_error(terms.reconstruction[k], error) < 1e-9
        assert relative_error(terms.penalty[k], member.penalty(inputs[k])) < 1e-9

        def total(vector: Tensor, k: int = k, lam: float = lam, decay: float = decay) -> Tensor:
            return rebuilt(config, vector).total(x, inputs[k], lam, decay, tied=config.tied)

        assert relative_error(terms.total[k], total(vectors[k])) < 1e-9
        assert relative_error(gradients[k], grad(total)(vectors[k])) < 1e-6


@pytest.mark.parametrize("architecture", ARCHITECTURES, ids=name_of)
def test_the_penaltys_gradient_of_every_architecture(architecture: dict) -> None:
    config = config_of(architecture)
    flat, x = random_parameters(config, D), samples(N, D)
    one = torch.ones_like(LAM)
    with_penalty, without = ours(config, flat, x, one, NONE)[1], ours(config, flat, x, NONE, NONE)[1]
    directions = torch.randn(3, len(flat) // 3, generator=torch.Generator().manual_seed(0), dtype=flat.dtype)
    for vector, found, direction in zip(
        per_member(config, flat), per_member(config, with_penalty - without), directions, strict=True
    ):

        def penalty(v: Tensor) -> Tensor:
            return rebuilt(config, v).penalty(x)

        assert relative_error(found, grad(penalty)(vector)) < 1e-6
        step = 1e-5
        difference = (penalty(vector + step * direction) - penalty(vector - step * direction)) / (2 * step)
        assert float((found @ direction - difference).abs()) < 1e-6 * float(found.norm() * direction.norm())


@given(architecture=architectures(), d=st.integers(1, 6), n=st.integers(1, 5), shared=st.booleans())
def test_the_written_gradient_is_autograds(architecture: dict, d: int, n: int, shared: bool) -> None:
    config = config_of(architecture)
    layout, flat, x = Layout.of(config, d), random_parameters(config, d), samples(n, d)
    inputs = x if shared else torch.stack([samples(n, d, seed) for seed in range(3)])
    leaf, gradient = flat.clone().requires_grad_(), torch.empty_like(flat)
    expected = losses(config, layout.split(leaf), x, inputs, LAM, DECAY)
    expected.total.sum().backward()
    found = losses_and_gradient(config, layout, flat, x, inputs, LAM, DECAY, gradient)
    torch.testing.assert_close(gradient, leaf.grad, rtol=1e-9, atol=1e-11)
    for name in ("reconstruction", "penalty", "total"):
        torch.testing.assert_close(getattr(found, name), getattr(expected, name).detach())


@given(architecture=architectures())
def test_the_parameters_are_not_written_to(architecture: dict) -> None:
    config = config_of(architecture)
    flat = random_parameters(config, D)
    before = flat.clone()
    ours(config, flat, samples(N, D), LAM, DECAY)
    assert torch.equal(flat, before)
    assert flat.grad is None


@pytest.mark.parametrize("hidden", [(4,), (4, 3)])
def test_without_lambda_there_is_no_penalty(hidden: tuple[int, ...]) -> None:
    config = config_of({"hidden": hidden})
    terms, _ = ours(config, random_parameters(config, D), samples(N, D), NONE, NONE)
    assert terms.penalty.tolist() == [0, 0, 0]
    assert torch.equal(terms.total, terms.reconstruction)


class TestWrongGradients:
    """Penalties through which no gradient reaches the weights: right in value, wrong in what they train."""

    config = config_of({"hidden": (6,)}, objectives=(Objective(lam=1.0),))

    def gradient_of(self, detach_weights: bool, detach_codes: bool) -> tuple[Tensor, Tensor]:
        flat, x = random_parameters(self.config, D), samples(N, D)
        one, none = torch.ones(1, dtype=flat.dtype), torch.zeros(1, dtype=flat.dtype)
        right = ours(self.config, flat, x, one, none)[1] - ours(self.config, flat, x, none, none)[1]
        leaf = flat.clone().requires_grad_()
        W, b = (part[0] for part in Layout.of(self.config, D).split(leaf)[:2])
        h = torch.sigmoid(x @ W + b)
        h, W = (h.detach() if detach_codes else h), (W.detach() if detach_weights else W)
        ((h * (1 - h)).square() @ W.square().sum(dim=0)).mean().backward()
        assert leaf.grad is not None
        return leaf.grad, right

    def test_nothing_detached_is_right(self) -> None:
        found, right = self.gradient_of(False, False)
        assert relative_error(found, right) < 1e-9

    def test_weights_copied_or_detached(self) -> None:
        found, right = self.gradient_of(True, False)
        assert relative_error(found, right) > 0.1

    def test_codes_detached(self) -> None:
        found, right = self.gradient_of(False, True)
        assert relative_error(found, right) > 0.1

    def test_half_the_gradient(self) -> None:
        found, right = self.gradient_of(False, False)
        assert relative_error(found / 2, right) == pytest.approx(0.5)
