"""What a path shows of a frame, against sums that are written out."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
import torch
from sklearn.decomposition import PCA
from sklearn.manifold import trustworthiness

from cae_core.alignment import movement
from cae_core.analysis import path
from cae_core.analysis.models import codes, display_tensor, ensemble_of
from cae_core.analysis.projection import umap_layout
from cae_core.config import Config
from cae_core.datasets import load
from cae_core.frame import Frame
from cae_core.jacobian import jacobian
from cae_core.path import PathSpec
from cae_core.training import init_state, make_frame, train

SPEC = PathSpec.of(Config.for_dataset("digits", epochs=4, hidden=(20,)), members=3)


@pytest.fixture(scope="module")
def frame() -> Frame:
    dataset = load(SPEC.config)
    return make_frame(SPEC.config, dataset, train(SPEC.config, dataset))


def test_piece_against_dense_references(frame: Frame) -> None:
    found, values = path.piece(frame), codes(frame).astype(np.float64)
    for k in range(3):
        reference = PCA(2).fit(values[k])
        assert found.explained[k] == pytest.approx(reference.explained_variance_ratio_.sum(), abs=1e-5)
        scores = reference.transform(values[k])
        np.testing.assert_allclose(np.abs(found.points[k]), np.abs(scores), atol=1e-4)
    ensemble = ensemble_of(frame)
    x = display_tensor(ensemble, load(SPEC.config))
    s = torch.linalg.svdvals(jacobian(ensemble, x[:100]).double()).mean(dim=1)
    np.testing.assert_allclose(found.spectrum, s, rtol=1e-5, atol=1e-6)
    assert found.ratio.shape == (3, path.RADII)
    assert (np.diff(found.ratio[:, 0]) < 0).all()  # more lambda, less movement near the data


def test_before_training_all_members_are_computed_once() -> None:
    dataset = load(SPEC.config)
    start = make_frame(SPEC.config, dataset, init_state(SPEC.config, dataset))
    found = path.piece(start)
    single = path.piece(start.member(0))
    trained_together = path.piece(replace(start, epoch=1))  # all three computed
    for name in ("points", "explained", "spectrum", "ratio"):
        for k in range(3):
            np.testing.assert_array_equal(getattr(found, name)[k], getattr(single, name)[0])
            np.testing.assert_allclose(
                getattr(trained_together, name)[k], getattr(single, name)[0], rtol=1e-4, atol=1e-5
            )


def test_yardsticks() -> None:
    found, x = path.yardsticks(SPEC.config), load(SPEC.config).x_display[:60].astype(np.float64)
    everything = load(SPEC.config).x_display.astype(np.float64)
    distances = [np.linalg.norm(a - b) for a, b in combinations(everything, 2)]
    assert found["median_distance"] == pytest.approx(np.median(distances))
    assert found["largest_distance"] == pytest.approx(max(distances))
    assert found["radii"][[0, -1]] == pytest.approx([0.01 * np.median(distances), 2 * max(distances)])
    np.testing.assert_allclose(found["x"][:60], x)
    assert found["spectrum_samples"] == 100
    assert path.yardsticks(Config.for_dataset("wine"))["spectrum_samples"] == 54
    assert (
        path.yardsticks(Config.for_dataset("patches", hidden=(196,)))["spectrum_samples"] == path.FEW_SAMPLES
    )


def test_maps_of_umap_begin_at_their_neighbour(frame: Frame) -> None:
    small = [frame.member(k) for k in range(3)]
    maps = [path.umap_beside(small[0])]
    maps += [path.umap_beside(one, maps[-1]) for one in small[1:2]]
    beside = np.stack(maps)
    separate = np.stack([umap_layout(codes(one)[0]) for one in small[:2]])
    assert movement(beside) < 0.7 * movement(separate)
    for k in range(2):
        whole = codes(small[k])[0]
        assert trustworthiness(whole, beside[k]) > trustworthiness(whole, separate[k]) - 0.01
