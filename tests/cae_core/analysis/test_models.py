"""Codes and reconstructions of a frame against one sample through one autoencoder at a time."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
import torch

from cae_core.analysis import models
from cae_core.config import Config, Objective
from cae_core.datasets import load
from cae_core.frame import Frame
from cae_core.work import train_chunk
from tests.cae_core.reference import Autoencoder

KINDS = {
    "tied": {"hidden": (8,)},
    "deep, untied": {"hidden": (8, 3), "tied": False, "activation": "tanh"},
    "cross-entropy": {"hidden": (6,), "loss": "cross_entropy", "activation": "softplus"},
}


@cache
def frame_of(kind: str) -> Frame:
    """A few steps of training on 64 digits."""
    config = Config.for_dataset(
        "digits", samples=64, objectives=(Objective(), Objective(lam=0.5)), **KINDS[kind]
    )
    return train_chunk(config, None, until=1).frames[-1]


def naive(frame: Frame, k: int) -> Autoencoder:
    config = frame.config
    parameters = [torch.from_numpy(np.array(w[k], dtype=np.float64)) for w in frame.weights]
    return Autoencoder(parameters, len(config.hidden), config.activation, config.tied, config.loss)


@pytest.mark.parametrize("kind", KINDS)
def test_codes_and_reconstructions(kind: str) -> None:
    frame = frame_of(kind)
    found, back = models.codes(frame), models.reconstructions(frame)
    x = torch.from_numpy(np.array(load(frame.config).x_display, dtype=np.float64))
    assert found.shape == (2, len(x), frame.config.hidden[-1])
    assert back.shape == (2, *x.shape)
    assert found.dtype == back.dtype == np.float32
    for k in range(2):
        alone = naive(frame, k)
        for i in (0, 7, len(x) - 1):
            np.testing.assert_allclose(found[k, i], alone.code(x[i]).numpy(), rtol=1e-4, atol=1e-5)
            np.testing.assert_allclose(back[k, i], alone.reconstruction(x[i]).numpy(), rtol=1e-4, atol=1e-5)


def test_saturation_counts_units() -> None:
    frame = frame_of("tied")
    wide = Frame(
        frame.config, 1, tuple(20 * w for w in frame.weights), frame.history, frame.view, frame.failed_epoch
    )
    h = models.codes(wide)
    expected = ((h < 0.05) | (h > 0.95)).mean(axis=2)
    assert 0 < expected.mean() < 1
    np.testing.assert_allclose(models.saturation_by_sample(wide), expected, atol=1e-6)
    assert np.isnan(models.saturation_by_sample(frame_of("cross-entropy"))).all()


@pytest.mark.parametrize("name", ["digits", "breast_cancer", "noise"])
def test_display_sample(name: str) -> None:
    config = Config.for_dataset(name)
    dataset, found = load(config), models.display_sample(config)
    np.testing.assert_array_equal(found["x"], dataset.x_test[:1000])
    assert len(found["feature_names"]) == found["x"].shape[1]
    assert found["gallery"].max() < len(found["x"])
    if name == "noise":
        assert (found["y"] == -1).all()
    else:
        np.testing.assert_array_equal(found["y"], dataset.y_test[:1000])
    spread = np.sqrt(((dataset.x_train - dataset.x_train.mean(axis=0)) ** 2).sum(axis=1).mean())
    assert float(found["train_spread"]) == pytest.approx(float(spread), rel=1e-4)
    assert float(found["test_variance"]) == pytest.approx(float(dataset.x_test.var(axis=0).sum()), rel=1e-4)
