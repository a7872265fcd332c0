"""Orders of samples against Python's own sorting."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cae_core.analysis import order


@given(values=st.lists(st.integers(-3, 3), min_size=1, max_size=30), largest=st.booleans())
def test_ranked(values: list[int], largest: bool) -> None:
    positions = np.arange(len(values))[::2]
    found = order.ranked(positions, np.array(values, dtype=float), largest=largest)
    sign = -1 if largest else 1
    assert found.tolist() == sorted(positions.tolist(), key=lambda i: sign * values[i])


def test_not_a_number_comes_last() -> None:
    values = np.array([1.0, np.nan, 3.0])
    assert order.ranked(np.arange(3), values).tolist() == [2, 0, 1]
    assert order.ranked(np.arange(3), values, largest=False).tolist() == [0, 2, 1]
    assert order.ranked(np.array([2, 0]), None).tolist() == [2, 0]


def test_within() -> None:
    labels = np.array([0, 2, 1, 2])
    assert order.within(labels, [2, 0], 4).tolist() == [0, 1, 3]
    assert order.within(labels, [], 4).tolist() == [0, 1, 2, 3]
    assert order.within(None, [1], 3).tolist() == [0, 1, 2]


def test_differences() -> None:
    pair = np.random.default_rng(0).normal(size=(2, 5, 3)).astype(np.float32)
    expected = [
        sum((float(a) - float(b)) ** 2 for a, b in zip(x, y, strict=True)) for x, y in zip(*pair, strict=True)
    ]
    np.testing.assert_allclose(order.differences(pair), expected)
