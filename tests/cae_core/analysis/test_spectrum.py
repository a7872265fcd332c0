"""Spectra of single samples against the decomposition of a Jacobian made by autograd."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from cae_core.analysis import spectrum
from cae_core.config import Config, Objective
from cae_core.datasets import load
from cae_core.errors import DataError
from cae_core.frame import Frame
from cae_core.training import init_state, make_frame
from tests.cae_core.reference import Autoencoder

SAMPLES = 120


def frame_of(dataset: str, **changes: object) -> Frame:
    """Untrained members, the second with weights twice as large."""
    config = Config.for_dataset(dataset).but(objectives=(Objective(), Objective(lam=0.1)), **changes)
    frame = make_frame(config, load(config), init_state(config, load(config)))
    weights = tuple(np.stack([w[0], (1 + (w.ndim == 3)) * w[1]]) for w in frame.weights)
    return Frame(config, 0, weights, frame.history, frame.view, frame.failed_epoch)


def jacobians(frame: Frame, count: int) -> np.ndarray:
    """J of the first display samples, (2, count, units, d), in float64."""
    config = frame.config
    x = torch.from_numpy(np.array(load(config).x_display[:count], dtype=np.float64))
    found = []
    for k in range(2):
        parameters = [torch.from_numpy(np.array(w[k], dtype=np.float64)) for w in frame.weights]
        parameters = [
            p.reshape(-1) if i % 2 and i < 2 * len(config.hidden) else p for i, p in enumerate(parameters)
        ]
        naive = Autoencoder(parameters, len(config.hidden), config.activation, config.tied, config.loss)
        found.append(naive.jacobians(x).numpy())
    return np.stack(found)


CASES = [
    ("digits", {}),
    ("digits", {"hidden": (16, 5), "activation": "tanh", "tied": False}),
    ("moons", {"hidden": (8,)}),
    ("breast_cancer", {"hidden": (12,), "activation": "softplus"}),
]


@pytest.mark.parametrize(("dataset", "changes"), CASES)
def test_sample_spectrum(dataset: str, changes: dict[str, object]) -> None:
    frame = frame_of(dataset, **changes)
    found = spectrum.sample_spectrum(frame, 3)
    J = jacobians(frame, 4)[:, 3]
    for k in range(2):
        values, vectors = found["values"][k], found["vectors"][k]
        np.testing.assert_allclose(values, np.linalg.svd(J[k], compute_uv=False), rtol=1e-4, atol=1e-6)
        assert vectors.shape == (min(8, *J[k].shape), J[k].shape[1])
        np.testing.assert_allclose(vectors @ vectors.T, np.eye(len(vectors)), atol=1e-6)
        # The defining property: J v_r has length s_r.
        np.testing.assert_allclose(
            np.linalg.norm(J[k] @ vectors.T, axis=0), values[: len(vectors)], rtol=1e-4, atol=1e-6
        )
        assert (vectors[np.arange(len(vectors)), np.abs(vectors).argmax(axis=1)] > 0).all()


def test_mean_spectrum_is_over_the_first_hundred() -> None:
    frame = frame_of("digits", hidden=(20,))
    every = np.stack([np.linalg.svd(J, compute_uv=False) for J in jacobians(frame, 100)])
    np.testing.assert_allclose(spectrum.mean_spectrum(frame), every.mean(axis=1), rtol=1e-4)


def test_the_squared_norm_is_the_sum_of_squared_values() -> None:
    frame = frame_of("digits")
    values = spectrum.sample_spectrum(frame, 9)["values"]
    expected = np.square(jacobians(frame, 10)[:, 9]).sum(axis=(1, 2))
    np.testing.assert_allclose(np.square(values).sum(axis=1), expected, rtol=1e-5)


@pytest.mark.parametrize("sample", [-1, 500])
def test_there_must_be_such_a_sample(sample: int) -> None:
    with pytest.raises(DataError, match=f"between 0 and 499. Got {sample}"):
        spectrum.sample_spectrum(frame_of("digits"), sample)
