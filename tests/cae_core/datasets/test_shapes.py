"""Known factors: the images' exact derivatives against finite differences, and the factors behind the labels."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cae_core.config import Config
from cae_core.datasets import load, shapes


@given(unit=st.tuples(*[st.floats(0, 1)] * 4))
def test_derivatives_are_those_of_finite_differences(unit: tuple[float, ...]) -> None:
    low, high = np.array(shapes.LOW), np.array(shapes.HIGH)
    factors = (low + np.array(unit) * (high - low))[None]
    found = shapes.derivatives(factors)[0]
    step = 1e-5
    for k in range(4):
        moved = np.zeros((1, 4))
        moved[0, k] = step
        slope = (shapes.images(factors + moved) - shapes.images(factors - moved))[0] / (2 * step)
        np.testing.assert_allclose(found[k], slope, atol=1e-8)


def test_tangents_are_those_of_the_display_sample() -> None:
    dataset = load(Config.for_dataset("shapes"))
    factors, tangents = shapes.factors(5), shapes.tangents(5)
    step = 0.01
    for i in range(5):
        for k in range(4):
            moved = factors[i : i + 1].copy()
            moved[0, k] += step
            there = shapes.images(moved)[0]
            error = np.abs(there - (dataset.x_display[i] + step * tangents[i, k])).max()
            assert error < 0.002  # second order in the step


def test_the_factors_are_in_the_pictures() -> None:
    dataset = load(Config.for_dataset("shapes"))
    x = dataset.x_display.astype(float).reshape(-1, 16, 16)
    factors = shapes.factors(len(x))
    mass = x.sum(axis=(1, 2))
    rows, columns = np.mgrid[:16, :16]
    column, row = (x * columns).sum(axis=(1, 2)) / mass, (x * rows).sum(axis=(1, 2)) / mass
    assert np.abs(column - factors[:, 0]).max() < 0.25
    assert np.abs(row - factors[:, 1]).max() < 0.25
    right, down = columns - column[:, None, None], rows - row[:, None, None]
    long_way = 0.5 * np.arctan2(
        2 * (x * right * down).sum(axis=(1, 2)), (x * (right**2 - down**2)).sum(axis=(1, 2))
    )
    turned = np.angle(np.exp(2j * (long_way - factors[:, 2]))) / 2  # equal up to half a turn
    assert np.abs(turned).max() < 0.1
    assert np.corrcoef(mass, factors[:, 3])[0, 1] > 0.95
    np.testing.assert_array_equal(dataset.y_display, np.floor(factors[:, 2] / (np.pi / 4)))


def test_no_factor_is_without_effect() -> None:
    singular = np.linalg.svd(shapes.tangents(200), compute_uv=False)
    assert singular.shape == (200, 4)
    assert singular.min() > 0.2


@pytest.mark.parametrize("turns", [1, 2])
def test_half_a_turn_changes_nothing(turns: int) -> None:
    factors = shapes.factors(20)
    turned = factors + np.array([0, 0, turns * np.pi, 0])
    np.testing.assert_allclose(shapes.images(turned), shapes.images(factors), atol=1e-12)
