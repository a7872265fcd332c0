"""Singular values and directions as they are drawn."""

from __future__ import annotations

import numpy as np
import pytest

from cae_core.figures import spectrum
from cae_core.figures.parts import number
from tests.cae_core.figures.test_images import assert_whole, decoded

RNG = np.random.default_rng(5)


def decomposed(d: int, units: int = 9) -> tuple[np.ndarray, np.ndarray]:
    """Singular values (2, rank) and the first eight right vectors of two matrices."""
    parts = [np.linalg.svd(RNG.normal(size=(units, d)), full_matrices=False) for _ in range(2)]
    return np.stack([p[1] for p in parts]), np.stack([p[2][:8] for p in parts])


@pytest.mark.parametrize("d", [2, 6, 200])
def test_spectrum(d: int) -> None:
    values, _ = decomposed(d, 300)
    chart = spectrum.spectrum(values, values * 1.1, "sample 3")
    assert_whole(chart)
    np.testing.assert_array_equal(chart.table["plain"], values[0])
    for row in values:
        assert number(row[0]) in chart.alt
        assert number((row**2).sum() ** 2 / (row**4).sum()) in chart.alt
    assert chart.spec["layout"]["yaxis"]["type"] == "log"


def test_rounding_and_collapse_are_not_drawn() -> None:
    values = np.array([[2.0, 1.0, 1e-12], [0.0, 0.0, 0.0]])
    chart = spectrum.spectrum(values, values, "sample 0")
    assert_whole(chart)
    lines = [decoded(trace["y"]) for trace in chart.spec["data"] if trace.get("name")]
    np.testing.assert_array_equal(lines[0], np.array([2.0, 1.0, np.nan], dtype=np.float32))
    assert np.isnan(lines[1]).all()


def test_everything_collapsed() -> None:
    zeros = np.zeros((2, 3))
    assert_whole(spectrum.spectrum(zeros, zeros, "sample 0"))


def test_effective_rank() -> None:
    ranks = spectrum.effective_rank(np.array([[1.0, 1.0, 1.0, 0.0], [5.0, 0.0, 0.0, 0.0], [0.0] * 4]))
    np.testing.assert_allclose(ranks, [3.0, 1.0, np.nan])


@pytest.mark.parametrize(
    ("kind", "shape", "d"),
    [("image", (2, 3), 6), ("points", None, 2), ("points", None, 3), ("table", None, 6)],
)
def test_directions(kind: str, shape: tuple[int, int] | None, d: int) -> None:
    values, vectors = decomposed(d)
    x = RNG.random((20, d))
    features = tuple(f"f{i}" for i in range(d))
    chart = spectrum.directions(
        values, vectors, x, 4, "sample 4", kind=kind, image_shape=shape, feature_names=features
    )
    assert_whole(chart)
    count = vectors.shape[1]
    assert all(number(value) in chart.alt for value in values[:, :count].ravel())
    table = np.stack([chart.table[f] for f in features], axis=1)
    np.testing.assert_array_equal(table, vectors.reshape(-1, d))


def test_lines_through_the_sample_are_as_long_as_the_gains() -> None:
    values, vectors = decomposed(2)
    x = RNG.normal(size=(20, 2))
    chart = spectrum.directions(
        values, vectors, x, 4, "sample 4", kind="points", image_shape=None, feature_names=("x1", "x2")
    )
    lines = [t for t in chart.spec["data"] if t["mode"] == "lines+markers"]
    ends = np.array([[decoded(t["x"]), decoded(t["y"])] for t in lines])
    np.testing.assert_allclose(ends.mean(axis=2), np.tile(x[4], (4, 1)), rtol=1e-5, atol=1e-5)
    lengths = np.linalg.norm(ends[:, :, 1] - ends[:, :, 0], axis=1)
    np.testing.assert_allclose(lengths / lengths[0], values.ravel() / values[0, 0], rtol=1e-5)


def test_a_collapsed_direction_is_blank() -> None:
    values, vectors = np.zeros((2, 4)), np.zeros((2, 4, 4))
    chart = spectrum.directions(
        values,
        vectors,
        np.zeros((1, 4)),
        0,
        "sample 0",
        kind="image",
        image_shape=(2, 2),
        feature_names="abcd",
    )
    assert_whole(chart)
    assert not decoded(chart.spec["data"][0]["z"]).any()
