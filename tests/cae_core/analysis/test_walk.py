"""Walks along tangents: against a walk written the slow way, a linear encoder, and steps of one length."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch.func import jacrev

from cae_core.analysis.walk import tangent_walk
from cae_core.config import Config
from cae_core.datasets import load
from cae_core.ensemble import Layout, initial_parameters
from cae_core.errors import DataError
from cae_core.figures import walk as figures
from cae_core.frame import Frame
from cae_core.training import init_state, make_frame, train
from tests.cae_core.reference import Autoencoder

STEPS, SIZE = 6, 0.3


def frame_of(**changes: object) -> Frame:
    config = Config.for_dataset("wine", **{"hidden": (7, 4), "epochs": 1, **changes})
    dataset = load(config)
    return make_frame(config, dataset, train(config, dataset, record=False))


@pytest.fixture(scope="module")
def frame() -> Frame:
    return frame_of()


@pytest.mark.parametrize("hidden", [(9,), (7, 4)])
@pytest.mark.parametrize("tied", [True, False])
def test_a_walk_written_the_slow_way(hidden: tuple[int, ...], tied: bool) -> None:
    frame = frame_of(hidden=hidden, tied=tied)
    config = frame.config
    found = tangent_walk(frame, 3, STEPS, SIZE, 5)
    noise = np.random.default_rng(5).normal(size=(STEPS, hidden[-1]))
    train_split = load(config).x_train.astype(np.float64)
    for k in range(2):
        parameters = [torch.from_numpy(w[k].astype(np.float64)) for w in frame.weights]
        model = Autoencoder(parameters, len(hidden), config.activation, tied, config.loss)
        x = torch.from_numpy(load(config).x_display[3].astype(np.float64))
        for step in range(STEPS):
            J = jacrev(model.code)(x)
            U, s, Vt = torch.linalg.svd(J, full_matrices=False)
            along = Vt.T @ (s * (U.T @ torch.from_numpy(noise[step])))
            move = SIZE * along / along.norm()
            code = model.code(x) + J @ move
            x = model.logits(code)
            np.testing.assert_allclose(found["moves"][k, step], move, rtol=1e-8, atol=1e-10)
            np.testing.assert_allclose(found["path"][k, step + 1], x, rtol=1e-8, atol=1e-10)
            nearest = min(float(np.linalg.norm(x.numpy() - t)) for t in train_split)
            assert found["distance"][k, step + 1] == pytest.approx(nearest, rel=1e-5)


def test_it_begins_at_the_sample(frame: Frame) -> None:
    found = tangent_walk(frame, 3, STEPS, SIZE, 0)
    sample = load(frame.config).x_display[3]
    np.testing.assert_array_equal(found["path"][:, 0], np.stack([sample, sample]).astype(np.float64))


def test_every_step_has_the_length_asked_for(frame: Frame) -> None:
    for size in (0.01, 2.0):
        lengths = np.linalg.norm(tangent_walk(frame, 0, STEPS, size, 0)["moves"], axis=2)
        np.testing.assert_allclose(lengths, size, rtol=1e-9)


def test_it_is_deterministic_by_its_seed(frame: Frame) -> None:
    one, again, other = (tangent_walk(frame, 0, STEPS, SIZE, seed) for seed in (1, 1, 2))
    for name in one:
        np.testing.assert_array_equal(one[name], again[name])
    assert not np.allclose(one["path"][:, 1:], other["path"][:, 1:])
    longer = tangent_walk(frame, 0, STEPS + 3, SIZE, 1)
    np.testing.assert_array_equal(longer["path"][:, : STEPS + 1], one["path"])


def linear_frame(weights: np.ndarray) -> Frame:
    """Two members ``h = x W``, ``r = h W^T`` on wine's inputs."""
    config = Config.for_dataset(
        "wine", hidden=(weights.shape[1],), activation="identity", loss="squared_error"
    )
    flat = initial_parameters(config, 13)
    parts = [np.zeros_like(p.numpy()) for p in Layout.of(config, 13).split(flat)]
    parts[0][:] = weights
    dataset = load(config)
    return replace(make_frame(config, dataset, init_state(config, dataset)), weights=tuple(parts))


def test_a_linear_encoder_keeps_to_its_row_space() -> None:
    """J = W^T: every step, and everything decoded, lies in the three directions of W; r(x) adds the step to them."""
    W = np.linalg.qr(np.random.default_rng(0).normal(size=(13, 3)))[0].astype(np.float32)
    found = tangent_walk(linear_frame(W), 0, STEPS, SIZE, 0)
    inside = W.astype(np.float64) @ W.T.astype(np.float64)
    np.testing.assert_allclose(found["moves"] @ inside, found["moves"], atol=1e-6)
    np.testing.assert_allclose(found["path"][:, 1:] @ inside, found["path"][:, 1:], atol=1e-5)
    start = found["path"][:, :1] @ inside
    np.testing.assert_allclose(found["path"][:, 1:], start + found["moves"].cumsum(axis=1), atol=1e-5)


def test_the_leading_direction_weighs_most() -> None:
    """Singular values 10 and 1: of the mean square of a step, before it has its length, 100 parts of 101."""
    W = np.zeros((13, 2), dtype=np.float32)
    W[0, 0], W[1, 1] = 10.0, 1.0
    moves = tangent_walk(linear_frame(W), 0, 200, 1e-3, 0)["moves"][0]
    shares = np.square(moves / 1e-3).mean(axis=0)
    assert shares[0] > 0.85  # E a^2 / (a^2 + b^2) = s1 / (s1 + s2) = 10/11 for two independent normals
    assert shares[0] == pytest.approx(10 / 11, abs=0.05)
    assert shares[:2].sum() == pytest.approx(1)


def test_a_collapsed_code_does_not_move() -> None:
    found = tangent_walk(linear_frame(np.zeros((13, 2), dtype=np.float32)), 0, STEPS, SIZE, 0)
    assert (found["moves"] == 0).all()
    assert np.isfinite(found["path"]).all()


@pytest.mark.parametrize(
    ("sample", "steps", "size"), [(-1, 3, 1.0), (10**6, 3, 1.0), (0, 0, 1.0), (0, 3, 0.0)]
)
def test_what_is_refused(frame: Frame, sample: int, steps: int, size: float) -> None:
    with pytest.raises(DataError, match="must"):
        tangent_walk(frame, sample, steps, size, 0)


class TestFigures:
    rng = np.random.default_rng(0)

    @pytest.mark.parametrize(
        ("kind", "d", "shape"),
        [("image", 12, (3, 4)), ("points", 2, None), ("points", 3, None), ("table", 5, None)],
    )
    @pytest.mark.parametrize("at", [0, 1, 30])
    def test_what_is_later_is_not_drawn(
        self, kind: str, d: int, shape: tuple[int, int] | None, at: int
    ) -> None:
        path, x = self.rng.uniform(size=(2, 31, d)), self.rng.uniform(1, 2, (9, d))  # x sets the axes
        names = [f"f{i}" for i in range(d)]
        chart = figures.walk(path, x, at, "sample 0", kind=kind, image_shape=shape, feature_names=names)
        assert chart.figure.data
        assert len(chart.table["step"]) == 2 * (at + 1)
        changed = path.copy()
        changed[:, at + 1 :] = -0.5
        again = figures.walk(changed, x, at, "sample 0", kind=kind, image_shape=shape, feature_names=names)
        assert again.spec == chart.spec
        assert again.alt == chart.alt

    def test_the_sentence_has_the_numbers(self) -> None:
        path = np.zeros((2, 3, 2))
        path[0, 2], path[1, 2] = (3.0, 4.0), (0.0, 2.0)
        distance = np.array([[9.0, 1.0, 2.0], [9.0, 0.5, 0.25]])
        text = figures.sentence(path, distance, 0.75, 0.1, "sample 4")
        for part in (
            "2 steps with Δx of length 0.100",
            "end 5.00 (plain) and 2.00 (contractive) from sample 4",
            "is 1.50 from",
        ):
            assert part in text
        assert "contractive one 0.375; test samples are 0.750" in text
