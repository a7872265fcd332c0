"""Slopes and curvatures are the derivatives of the values."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from cae_core.activations import ACTIVATION
from cae_core.config import ACTIVATIONS
from tests.cae_core import reference

NUMBERS = st.lists(
    st.floats(-15, 15).filter(lambda z: abs(z) > 1e-3), min_size=1, max_size=20
)  # off the kink of ReLU


def test_every_activation_of_the_config_is_there() -> None:
    assert tuple(ACTIVATION) == ACTIVATIONS


@pytest.mark.parametrize("name", ACTIVATIONS)
@given(numbers=NUMBERS)
def test_values_and_derivatives(name: str, numbers: list[float]) -> None:
    activation, naive = ACTIVATION[name], reference.ACTIVATION[name]
    z = torch.tensor(numbers, dtype=torch.float64, requires_grad=True)
    first = torch.autograd.grad(naive(z).sum(), z, create_graph=True)[0]
    second = torch.autograd.grad(first.sum() + 0 * z.sum(), z)[0]
    h = activation.value(z.detach())
    D = activation.slope(z.detach(), h)
    torch.testing.assert_close(h, naive(z.detach()), rtol=1e-9, atol=1e-12)
    torch.testing.assert_close(D, first.detach(), rtol=1e-7, atol=1e-12)
    curvature = torch.zeros_like(h) if activation.curvature is None else activation.curvature(h, D)
    torch.testing.assert_close(curvature, second, rtol=1e-6, atol=1e-11)


@pytest.mark.parametrize(
    ("name", "codes", "expected"),
    [
        ("sigmoid", [0.0, 0.049, 0.051, 0.5, 0.949, 0.951, 1.0], [1, 1, 0, 0, 0, 1, 1]),
        ("tanh", [-1.0, -0.951, -0.949, 0.0, 0.949, 0.951, 1.0], [1, 1, 0, 0, 0, 1, 1]),
    ],
)
def test_saturated_units(name: str, codes: list[float], expected: list[int]) -> None:
    saturated = ACTIVATION[name].saturated
    assert saturated is not None
    assert saturated(torch.tensor(codes)).int().tolist() == expected


@pytest.mark.parametrize("name", ["softplus", "relu", "identity"])
def test_unbounded_activations_do_not_saturate(name: str) -> None:
    assert ACTIVATION[name].saturated is None
