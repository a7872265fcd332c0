"""PCA against scikit-learn, turning against a known rotation, UMAP against its own default."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy.spatial.distance import pdist
from sklearn.decomposition import PCA
from sklearn.manifold import trustworthiness

from cae_core import alignment
from cae_core.analysis import projection
from cae_core.analysis.models import codes
from cae_core.errors import DataError
from cae_core.shipped import default_run

RNG = np.random.default_rng(5)
SMALL = RNG.normal(size=(40, 6)) * np.arange(1, 7)


def tables(rows: int, columns: int) -> st.SearchStrategy[np.ndarray]:
    numbers = st.floats(-100, 100, allow_subnormal=False, width=32)
    return arrays.arrays(np.float64, (rows, columns), elements=numbers)


# ---- PCA


def test_pca_is_that_of_scikit_learn() -> None:
    scores, share = projection.pca(SMALL)
    reference = PCA(2).fit(SMALL)
    expected = reference.transform(SMALL)
    np.testing.assert_allclose(np.abs(scores), np.abs(expected), atol=1e-10)
    assert share == pytest.approx(reference.explained_variance_ratio_.sum())


def test_pca_does_not_depend_on_where_or_how_codes_lie_signed() -> None:
    scores, _ = projection.pca(SMALL)
    moved, _ = projection.pca(SMALL + 7.0)
    np.testing.assert_allclose(moved, scores, atol=1e-9)


@given(tables(12, 5))
def test_distances_lose_only_what_the_dropped_axes_hold(values: np.ndarray) -> None:
    scores, share = projection.pca(values)
    centred = values - values.mean(axis=0)
    axes = np.linalg.svd(centred, full_matrices=True)[2]
    dropped = pdist(centred @ axes[2:].T, "sqeuclidean")
    total = pdist(values, "sqeuclidean")
    np.testing.assert_allclose(pdist(scores, "sqeuclidean") + dropped, total, atol=1e-6 * (1 + total.max()))
    if total.max() > 1e-6:
        assert share == pytest.approx(1 - dropped.sum() / total.sum(), abs=1e-6)


def test_shrunk_codes_give_a_shrunk_picture() -> None:
    scores, share = projection.pca(SMALL)
    shrunk, same = projection.pca(SMALL / 1000)
    np.testing.assert_allclose(shrunk, scores / 1000)
    assert same == pytest.approx(share)


def test_one_unit_has_one_axis() -> None:
    scores, share = projection.pca(SMALL[:, :1])
    np.testing.assert_allclose(np.abs(scores[:, 0]), np.abs(SMALL[:, 0] - SMALL[:, 0].mean()))
    assert not scores[:, 1].any()
    assert share == pytest.approx(1)


@pytest.mark.parametrize("shape", [(5, 10), (10, 5), (2, 4), (30, 30)])
def test_codes_on_a_line_have_one_axis(shape: tuple[int, int]) -> None:
    rng = np.random.default_rng(4)
    values = np.outer(rng.normal(size=shape[0]), rng.normal(size=shape[1]))
    scores, share = projection.pca(values)
    assert share == pytest.approx(1)
    np.testing.assert_allclose(scores[:, 1], 0, atol=1e-6)
    np.testing.assert_allclose(pdist(scores), pdist(values), atol=1e-6)


def test_collapsed_codes_are_one_point() -> None:
    scores, share = projection.pca(np.full((12, 3), 0.7, dtype=np.float32))
    assert not scores.any()
    assert np.isnan(share)


def test_pca_maps_of_a_frame() -> None:
    frame = default_run()
    maps, values = projection.pca_maps(frame), codes(frame)
    assert maps["points"].shape == (2, values.shape[1], 2)
    for k in range(2):
        reference = PCA(2).fit(values[k].astype(np.float64))
        np.testing.assert_allclose(
            pdist(maps["points"][k]), pdist(reference.transform(values[k].astype(np.float64))), atol=1e-4
        )
        assert maps["explained"][k] == pytest.approx(reference.explained_variance_ratio_.sum(), abs=1e-5)


# ---- neighbours and UMAP


def test_exact_neighbours() -> None:
    index, near = projection.exact_neighbours(SMALL, 5)
    distances = np.linalg.norm(SMALL[:, None] - SMALL[None], axis=2)
    np.testing.assert_array_equal(index, np.argsort(distances, axis=1)[:, :5])
    np.testing.assert_allclose(near, np.sort(distances, axis=1)[:, :5], atol=1e-3)


def test_neighbours_of_equal_samples_begin_with_the_sample_itself() -> None:
    index, near = projection.exact_neighbours(np.zeros((12, 3)), 3)
    np.testing.assert_array_equal(index[:, 0], np.arange(12))
    assert not near.any()


@pytest.mark.parametrize("n", [0, 9, 2001])
def test_umap_wants_enough_and_not_too_many(n: int) -> None:
    with pytest.raises(DataError, match=rf"UMAP must have 10 to 2000 samples. Got {n}."):
        projection.umap_layout(np.zeros((n, 2)))


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_umap_wants_finite_codes(bad: float) -> None:
    values = SMALL.copy()
    values[3, 1] = bad
    with pytest.raises(DataError, match="finite codes"):
        projection.umap_layout(values)


def test_umap_repeats_itself_and_takes_any_number_of_neighbours() -> None:
    few = SMALL[:12]
    first = projection.umap_layout(few, n_neighbors=50, min_dist=0.3)
    again = projection.umap_layout(few, n_neighbors=11, min_dist=0.3)
    assert first.shape == (12, 2)
    assert np.isfinite(first).all()
    np.testing.assert_array_equal(first, again)


@pytest.mark.long
def test_umap_is_as_true_as_its_default_and_maps_are_aligned() -> None:
    from umap import UMAP

    frame = default_run()
    values = codes(frame)
    maps = projection.umap_maps(frame)["points"]
    default = UMAP(random_state=1, n_jobs=1).fit_transform(values[0])
    for k in range(2):
        assert trustworthiness(values[k], maps[k], n_neighbors=15) > 0.9
    ours = trustworthiness(values[0], maps[0], n_neighbors=15)
    assert ours > trustworthiness(values[0], default, n_neighbors=15) - 0.01

    def movement(second: np.ndarray) -> float:
        return float(np.linalg.norm(second - maps[0], axis=1).mean())

    separate = alignment.turned(UMAP(random_state=2, n_jobs=1).fit_transform(values[1]), maps[0])
    assert movement(maps[1]) < movement(separate)
    collapsed = projection.umap_layout(np.full((60, 4), 0.5, dtype=np.float32))
    assert np.isfinite(collapsed).all()
