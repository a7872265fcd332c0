"""Bins and quantiles against counts made one sample at a time."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cae_core.figures import histogram
from cae_core.figures.parts import number
from tests.cae_core.figures.test_images import assert_whole, decoded


@given(seed=st.integers(0, 1000), n=st.integers(1, 200), size=st.floats(1e-6, 1e6))
def test_every_sample_is_in_its_bin(seed: int, n: int, size: float) -> None:
    norms = size * np.random.default_rng(seed).gamma(3.0, size=(2, n))
    chart = histogram.norm_histogram(norms)
    left, right = np.array(chart.table["bin from"]), np.array(chart.table["bin to"])
    for k, name in enumerate(("plain", "contractive")):
        counts = np.array(chart.table[name])
        assert counts.sum() == n
        for i in np.flatnonzero(counts):
            inside = ((norms[k] >= left[i]) & (norms[k] <= right[i])).sum()
            assert inside >= counts[i]


def test_norms_beyond_a_fixed_top_are_in_the_last_bin() -> None:
    chart = histogram.norm_histogram(np.array([[1.0, 5.0], [0.5, 9.0]]), top=3.0)
    assert chart.spec["layout"]["xaxis"]["range"] == [0.0, 3.0]
    assert chart.table["plain"][-1] == chart.table["contractive"][-1] == 1


def test_histogram_says_its_numbers() -> None:
    norms = np.random.default_rng(1).gamma(3.0, size=(2, 50))
    chart = histogram.norm_histogram(norms, ghost=norms * 1.5, selected=7)
    assert_whole(chart)
    for row in norms:
        assert all(number(value) in chart.alt for value in (row.sum() / 50, min(row), max(row)))
    assert [line["x0"] for line in chart.spec["layout"]["shapes"]] == [norms[0, 7], norms[1, 7]]
    assert "before" in chart.caption


def test_a_collapsed_model_is_drawn() -> None:
    chart = histogram.norm_histogram(np.zeros((2, 5)))
    assert_whole(chart)
    assert chart.table["plain"][0] == 5


def test_norms_by_class() -> None:
    rng = np.random.default_rng(2)
    labels = rng.choice([0, 2, 3], size=90)
    norms = rng.gamma(3.0, size=(2, 90))
    chart = histogram.norms_by_class(norms, labels, ("a", "b", "c", "d"))
    assert_whole(chart)
    assert chart.table["class"] == ["a", "c", "d"]  # nobody is in b
    for k, look in enumerate(("plain", "contractive")):
        for i, label in enumerate((0, 2, 3)):
            mine = sorted(norms[k][labels == label])
            middle = (mine[(len(mine) - 1) // 2] + mine[len(mine) // 2]) / 2
            assert chart.table[f"{look} 50 %"][i] == pytest.approx(middle)
            assert decoded(chart.spec["data"][k]["median"])[i] == pytest.approx(middle)
            assert number(middle) in chart.alt
            below = np.mean(np.array(mine) <= chart.table[f"{look} 90 %"][i])
            assert below == pytest.approx(0.9, abs=1 / len(mine))
