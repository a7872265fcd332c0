"""Shares of leading directions in the true tangent space, against dense decompositions in NumPy."""

from __future__ import annotations

import numpy as np
import pytest

from cae_core.analysis.tangents import tangent_share
from cae_core.config import Config, Objective
from cae_core.datasets import load, shapes
from cae_core.errors import DataError
from cae_core.frame import Frame
from cae_core.training import init_state, make_frame
from tests.cae_core.analysis.test_spectrum import frame_of, jacobians

SAMPLES = 100


@pytest.mark.parametrize(
    "changes", [{"hidden": (20,)}, {"hidden": (12, 6), "activation": "tanh", "tied": False}]
)
def test_share_by_dense_decompositions(changes: dict[str, object]) -> None:
    frame = frame_of("shapes", **changes)
    found = tangent_share(frame)
    assert found["share"].shape == (2, SAMPLES)
    assert found["random"] == pytest.approx(4 / 256)
    J, tangents = jacobians(frame, SAMPLES), shapes.tangents(SAMPLES)
    for k in range(2):
        for i in range(SAMPLES):
            vectors = np.linalg.svd(J[k, i])[2][:4]
            projector = tangents[i].T @ np.linalg.pinv(tangents[i].T)
            share = np.mean([v @ projector @ v for v in vectors])
            assert found["share"][k, i] == pytest.approx(share, abs=2e-4)
    assert (found["share"] >= 0).all()
    assert (found["share"] <= 1).all()
    np.testing.assert_allclose(found["mean"], found["share"].mean(axis=1))


def with_encoder(weights: np.ndarray) -> Frame:
    """Members whose encoder is ``x W`` with the given W, (256, units)."""
    config = Config.for_dataset("shapes", hidden=(weights.shape[1],), activation="identity").but(
        objectives=(Objective(), Objective(lam=0.1))
    )
    frame = make_frame(config, load(config), init_state(config, load(config)))
    first = np.broadcast_to(weights.astype(frame.weights[0].dtype), (2, *weights.shape))
    return Frame(config, 0, (first, *frame.weights[1:]), frame.history, frame.view, frame.failed_epoch)


def test_it_is_one_where_the_weights_span_the_tangents() -> None:
    found = tangent_share(with_encoder(shapes.tangents(8)[7].T))
    np.testing.assert_allclose(found["share"][:, 7], 1, atol=1e-5)
    assert (found["share"][:, :7] < 0.99).all()


def test_it_is_nothing_across_the_tangents() -> None:
    q = np.linalg.qr(shapes.tangents(4)[3].T, mode="complete")[0]
    found = tangent_share(with_encoder(q[:, 4:12]))
    np.testing.assert_allclose(found["share"][:, 3], 0, atol=1e-9)


def test_random_directions_have_the_expected_share() -> None:
    weights = np.random.default_rng(0).normal(size=(256, 4))
    shares = [tangent_share(with_encoder(np.roll(weights, 16 * i, axis=0)))["mean"][0] for i in range(4)]
    assert np.mean(shares) == pytest.approx(4 / 256, abs=0.012)


@pytest.mark.parametrize("units", [3, 5])
def test_a_code_that_notices_too_little_has_no_share(units: int) -> None:
    weights = np.zeros((256, units))
    weights[100, :3] = weights[120, 1] = weights[90, 2] = 1.0
    assert np.isnan(tangent_share(with_encoder(weights))["share"]).all()


def test_other_datasets_have_no_known_tangents() -> None:
    with pytest.raises(DataError, match="known tangents"):
        tangent_share(frame_of("digits"))
