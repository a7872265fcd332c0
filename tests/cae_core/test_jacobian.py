"""J, its norm and singular values against finite differences and `torch.func`; the field's wrong penalties."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor
from torch.func import jacrev, vmap

from cae_core import jacobian
from cae_core.ensemble import Ensemble, Layout
from tests.cae_core.reference import Autoencoder, relative_error
from tests.cae_core.strategies import (
    ARCHITECTURES,
    architectures,
    config_of,
    members_of,
    name_of,
    random_ensemble,
    random_parameters,
    samples,
)

WIDTHS = (2, 40)
"""Few inputs and many: J is multiplied out from either side."""


def finite_difference_jacobians(member: Autoencoder, x: Tensor, step: float = 1e-5) -> Tensor:
    """Central differences, (n, units, d)."""
    moves = step * torch.eye(x.shape[1], dtype=x.dtype)
    rows = [[(member.code(row + m) - member.code(row - m)) / (2 * step) for m in moves] for row in x]
    return torch.stack([torch.stack(row, dim=1) for row in rows])


@pytest.mark.parametrize("d", WIDTHS)
@pytest.mark.parametrize("architecture", ARCHITECTURES, ids=name_of)
def test_jacobian_and_norm_of_every_architecture(architecture: dict, d: int) -> None:
    config = config_of(architecture)
    flat, x = random_parameters(config, d), samples(2, d)
    ensemble = Ensemble.of(config, Layout.of(config, d).split(flat))
    found, norms, squares = (
        f(ensemble, x) for f in (jacobian.jacobian, jacobian.norm, jacobian.squared_norm)
    )
    for k, member in enumerate(members_of(config, flat, d)):
        for J in (member.jacobians(x), finite_difference_jacobians(member, x)):
            assert relative_error(found[k], J) < 1e-6
            assert relative_error(norms[k], J.flatten(1).norm(dim=1)) < 1e-6
            assert relative_error(squares[k], J.square().sum(dim=(1, 2))) < 1e-6


def test_both_orders_of_multiplication_are_tested() -> None:
    few, many = (random_ensemble(config_of({"hidden": (4, 3, 6)}), d).weights for d in WIDTHS)
    assert jacobian._short_from_input(few)
    assert not jacobian._short_from_input(many)


@given(architecture=architectures(), d=st.integers(1, 12), seed=st.integers(0, 1000))
def test_norm_jacobian_and_singular_values_agree(architecture: dict, d: int, seed: int) -> None:
    ensemble, x = random_ensemble(config_of(architecture), d, seed), samples(3, d, seed)
    J = jacobian.jacobian(ensemble, x)
    torch.testing.assert_close(jacobian.squared_norm(ensemble, x), J.square().sum(dim=(2, 3)))
    values = jacobian.singular_values(ensemble, x)
    torch.testing.assert_close(values.square().sum(dim=2), J.square().sum(dim=(2, 3)))
    assert bool((values[:, :, :-1] >= values[:, :, 1:]).all())


@given(architecture=architectures(), d=st.integers(1, 8))
def test_each_member_may_see_its_own_inputs(architecture: dict, d: int) -> None:
    ensemble = random_ensemble(config_of(architecture), d)
    own = torch.stack([samples(3, d, seed) for seed in range(3)])
    together = jacobian.squared_norm(ensemble, own)
    for k in range(3):
        torch.testing.assert_close(together[k], jacobian.squared_norm(ensemble, own[k])[k])


@given(d=st.integers(1, 10), hidden=st.lists(st.integers(1, 8), min_size=1, max_size=3))
def test_a_linear_encoder_has_one_jacobian(d: int, hidden: list[int]) -> None:
    ensemble = random_ensemble(config_of({"activation": "identity", "hidden": tuple(hidden)}), d)
    product = ensemble.weights[0]
    for W in ensemble.weights[1:]:
        product = product @ W
    J = jacobian.jacobian(ensemble, samples(4, d))
    torch.testing.assert_close(J, product.transpose(1, 2).unsqueeze(1).expand_as(J))


@pytest.mark.parametrize("block_elements", [1, 100, 8_000_000])
def test_blocks_change_nothing(monkeypatch: pytest.MonkeyPatch, block_elements: int) -> None:
    ensemble, x = random_ensemble(config_of({"hidden": (4, 3)}), 6), samples(11, 6)
    expected = [f(ensemble, x) for f in (jacobian.squared_norm, jacobian.singular_values)]
    vectors = jacobian.singular_vectors(ensemble, x, 2)[1]
    monkeypatch.setattr(jacobian, "BLOCK_ELEMENTS", block_elements)
    torch.testing.assert_close(jacobian.squared_norm(ensemble, x), expected[0])
    torch.testing.assert_close(jacobian.singular_values(ensemble, x), expected[1])
    torch.testing.assert_close(jacobian.singular_vectors(ensemble, x, 2)[1], vectors)


@pytest.mark.parametrize("hidden", [(4,), (9,), (9, 4), (4, 9), (9, 4, 9)])
def test_singular_values_and_vectors_are_those_of_the_naive_jacobian(hidden: tuple[int, ...]) -> None:
    config = config_of({"activation": "tanh", "hidden": hidden})
    d, count = 6, 3
    flat, x = random_parameters(config, d), samples(5, d)
    ensemble = Ensemble.of(config, Layout.of(config, d).split(flat))
    values = jacobian.singular_values(ensemble, x)
    full, vectors = jacobian.singular_vectors(ensemble, x, count)
    for k, member in enumerate(members_of(config, flat, d)):
        J = member.jacobians(x)
        _, s, vt = torch.linalg.svd(J, full_matrices=False)
        assert relative_error(values[k], s) < 1e-6
        assert relative_error(full[k], s) < 1e-9
        cosines = (vectors[k] * vt[:, :count]).sum(dim=2).abs()
        torch.testing.assert_close(cosines, torch.ones_like(cosines))
        stretched = torch.einsum("nji,nri->nrj", J, vectors[k]).norm(dim=2)
        torch.testing.assert_close(stretched, s[:, :count])


@pytest.mark.parametrize("hidden", [(4,), (9, 4), (9, 4, 9)])
def test_the_leading_direction_is_stretched_most(hidden: tuple[int, ...]) -> None:
    ensemble, x = random_ensemble(config_of({"activation": "tanh", "hidden": hidden}), 6), samples(5, 6)
    v = jacobian.leading_direction(ensemble, x)
    gain = torch.einsum("knji,kni->knj", jacobian.jacobian(ensemble, x), v).norm(dim=2)
    torch.testing.assert_close(gain, jacobian.singular_values(ensemble, x)[:, :, 0], rtol=1e-2, atol=0)
    torch.testing.assert_close(v.norm(dim=2), torch.ones_like(gain))
    assert bool((v.gather(2, v.abs().argmax(dim=2, keepdim=True)) > 0).all())


def test_the_largest_entry_of_a_singular_vector_is_positive() -> None:
    _, vectors = jacobian.singular_vectors(random_ensemble(config_of({"hidden": (9,)}), 6), samples(20, 6), 6)
    largest = vectors.gather(3, vectors.abs().argmax(dim=3, keepdim=True))
    assert bool((largest > 0).all())


def test_fewer_vectors_come_where_there_are_fewer() -> None:
    values, vectors = jacobian.singular_vectors(
        random_ensemble(config_of({"hidden": (2,)}), 6), samples(3, 6), 8
    )
    assert values.shape == (3, 3, 2)
    assert vectors.shape == (3, 3, 2, 6)


class TestWrongPenalties:
    """What widely copied code computes is not the norm of J: each formula here is wrong, on purpose."""

    d = 6

    def squared(self, activation: str, hidden: tuple[int, ...]) -> tuple[Autoencoder, Tensor, Tensor]:
        config = config_of({"activation": activation, "hidden": hidden})
        flat, x = random_parameters(config, self.d), samples(30, self.d)
        ensemble = Ensemble.of(config, Layout.of(config, self.d).split(flat))
        return members_of(config, flat, self.d)[0], x, jacobian.squared_norm(ensemble, x)[0]

    def test_gradient_of_the_sum_of_the_codes(self) -> None:
        member, x, right = self.squared("sigmoid", (5,))
        wrong = vmap(jacrev(lambda row: member.code(row).sum()))(x).square().sum(dim=1)
        assert relative_error(wrong, right) > 0.1

    @pytest.mark.parametrize("activation", ["tanh", "softplus", "relu", "identity"])
    def test_slope_of_a_sigmoid_on_another_activation(self, activation: str) -> None:
        member, x, right = self.squared(activation, (5,))
        h = torch.stack([member.code(row) for row in x])
        wrong = (h * (1 - h)).square() @ member.W[0].square().sum(dim=0)
        assert relative_error(wrong, right) > 0.1

    def test_slope_of_a_sigmoid_is_right_on_a_sigmoid(self) -> None:
        member, x, right = self.squared("sigmoid", (5,))
        h = torch.stack([member.code(row) for row in x])
        assert relative_error((h * (1 - h)).square() @ member.W[0].square().sum(dim=0), right) < 1e-9

    @pytest.mark.parametrize("hidden", [(5, 4), (5, 4, 7)])
    def test_last_layer_only(self, hidden: tuple[int, ...]) -> None:
        member, x, right = self.squared("sigmoid", hidden)
        h = torch.stack([member.code(row) for row in x])
        wrong = (h * (1 - h)).square() @ member.W[-1].square().sum(dim=0)
        assert relative_error(wrong, right) > 0.1

    def test_weights_without_data(self) -> None:
        member, _, right = self.squared("sigmoid", (5,))
        assert relative_error(member.W[0].square().sum().expand_as(right), right) > 0.1

    def test_norm_not_squared(self) -> None:
        member, x, right = self.squared("sigmoid", (5,))
        assert relative_error(member.jacobians(x).flatten(1).norm(dim=1), right) > 0.1
