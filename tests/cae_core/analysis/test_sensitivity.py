"""Moves of codes and reconstructions against one autoencoder, one sample at a time."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from sklearn.neighbors import KNeighborsClassifier

from cae_core.analysis import sensitivity
from cae_core.analysis.models import ensemble_of
from cae_core.analysis.perturbations import PERTURBATIONS, kinds, perturb
from cae_core.config import Config
from cae_core.datasets import Dataset, load
from cae_core.errors import DataError
from cae_core.frame import Frame
from cae_core.jacobian import norm, singular_vectors
from cae_core.training import init_state, make_frame
from tests.cae_core.strategies import members_of


def frame_of(dataset: str = "digits", scale: float = 1.0, **changes: object) -> Frame:
    """A frame with random weights, other ones for the second member."""
    config = Config.for_dataset(dataset, **{"hidden": (12,), "activation": "tanh", **changes})
    frame = make_frame(config, load(config), init_state(config, load(config)))
    rng = np.random.default_rng(2)
    weights = []
    for array in frame.weights:
        other = np.array(array)
        other[1] += 0.1 * rng.normal(size=array.shape[1:]).astype(other.dtype)
        weights.append(scale * other)
    return replace(frame, weights=tuple(weights))


def members(frame: Frame) -> list:
    flat = torch.from_numpy(np.concatenate([w.ravel() for w in frame.weights])).double()
    return members_of(frame.config, flat, load(frame.config).n_inputs)


def expected_copies(
    dataset: Dataset, kind: str, strength: float, directions: np.ndarray | None
) -> np.ndarray:
    return perturb(
        dataset.x_display,
        kind,
        strength,
        image_shape=dataset.card.image_shape,
        spread=dataset.train_spread,
        directions=directions,
    )


@pytest.mark.parametrize(
    ("dataset", "kind"),
    [("digits", "gaussian"), ("digits", "rotation"), ("digits", "singular"), ("moons", "masking")],
)
def test_movement_against_a_loop_over_samples(dataset: str, kind: str) -> None:
    frame = frame_of(dataset)
    data = load(frame.config)
    found = sensitivity.movement(frame, kind)
    directions = None
    if kind == "singular":
        x = torch.from_numpy(np.array(data.x_display))
        directions = sensitivity.first_directions(ensemble_of(frame), x)
    assert found["strength"].tolist() == np.linspace(0, PERTURBATIONS[kind].top, 9).tolist()
    for s in (0, 3, 8):
        copies = expected_copies(data, kind, float(found["strength"][s]), directions)
        for k, member in enumerate(members(frame)):
            codes = [
                [member.code(torch.from_numpy(v).double()) for v in pair]
                for pair in zip(data.x_display.copy(), copies, strict=True)
            ]
            code = np.array([float((b - a).norm()) for a, b in codes])
            back = np.array([float((member.logits(b) - member.logits(a)).norm()) for a, b in codes])
            train = torch.stack([member.code(v) for v in torch.from_numpy(np.array(data.x_train)).double()])
            spread = float((train - train.mean(dim=0)).square().sum(dim=1).mean().sqrt())
            for name, values in (("code", code), ("relative", code / spread), ("reconstruction", back)):
                summary = [values.mean(), *np.quantile(values, [0.1, 0.9])]
                np.testing.assert_allclose(found[name][:, k, s], summary, rtol=1e-3, atol=2e-5)


@pytest.mark.parametrize("dataset", ["digits", "breast_cancer"])
def test_accuracy_is_that_of_scikit_learn(dataset: str) -> None:
    frame = frame_of(dataset)
    data, ensemble = load(frame.config), ensemble_of(frame)
    found = sensitivity.movement(frame, "gaussian")
    for s in (0, 4, 8):
        copies = expected_copies(data, "gaussian", float(found["strength"][s]), None)
        spaces = [(data.x_train, copies)] + [
            (
                ensemble.encode(torch.from_numpy(np.array(data.x_train)))[k].numpy(),
                ensemble.encode(torch.from_numpy(copies))[k].numpy(),
            )
            for k in (0, 1)
        ]
        for row, (train, queries) in enumerate(spaces):
            voters = KNeighborsClassifier(5).fit(train, data.y_train)
            assert found["accuracy"][row, s] == pytest.approx(
                voters.score(queries, data.y_display), abs=0.005
            )


def test_without_labels_there_is_no_accuracy() -> None:
    found = sensitivity.movement(frame_of("noise"), "gaussian")
    assert np.isnan(found["accuracy"]).all()
    assert np.isfinite(found["code"]).all()


def test_a_collapsed_code_has_no_relative_move() -> None:
    found = sensitivity.movement(frame_of(scale=0.0), "gaussian")
    assert (found["code"] == 0).all()
    assert np.isnan(found["relative"]).all()


def test_small_gaussian_noise_measures_the_norm() -> None:
    """The root mean square of ||f(x') - f(x)|| / ||x' - x|| over many draws tends to ||J||_F / sqrt(d)."""
    frame = frame_of()
    data, ensemble = load(frame.config), ensemble_of(frame)
    x = torch.from_numpy(np.array(data.x_display[:1])).expand(4000, -1)
    noise = 1e-2 * torch.from_numpy(np.random.default_rng(0).standard_normal(x.shape)).float()
    ratio = (ensemble.encode(x + noise) - ensemble.encode(x)).norm(dim=2) / noise.norm(dim=1)
    expected = norm(ensemble, x[:1])[:, 0] / data.n_inputs**0.5
    torch.testing.assert_close(ratio.square().mean(dim=1).sqrt(), expected, rtol=0.03, atol=0)


@pytest.mark.parametrize("kind", kinds((8, 8)))
def test_one_sample_is_the_same_as_among_all(kind: str) -> None:
    frame, sample, strength = frame_of(hidden=(9, 7)), 17, PERTURBATIONS[kind].usual
    data = load(frame.config)
    found = sensitivity.sample_movement(frame, sample, kind, strength)
    x = torch.from_numpy(np.array(data.x_display))
    directions = sensitivity.first_directions(ensemble_of(frame), x) if kind == "singular" else None
    copy = expected_copies(data, kind, strength, directions)[sample]
    np.testing.assert_allclose(found["perturbed"], copy, atol=1e-5)
    np.testing.assert_array_equal(found["clean"], data.x_display[sample])
    clean, moved = (
        torch.from_numpy(np.array(v)).double() for v in (data.x_display[sample], found["perturbed"])
    )
    for k, member in enumerate(members(frame)):
        true = member.code(moved) - member.code(clean)
        predicted = torch.func.jacrev(member.code)(clean) @ (moved - clean)
        np.testing.assert_allclose(found["true"][k], true, atol=1e-5)
        np.testing.assert_allclose(found["predicted"][k], predicted, atol=1e-5)
        np.testing.assert_allclose(found["reconstruction"][k], member.reconstruction(moved), atol=1e-5)
        np.testing.assert_allclose(found["clean_reconstruction"][k], member.reconstruction(clean), atol=1e-5)


@pytest.mark.parametrize("kind", kinds((8, 8)))
def test_the_linear_prediction_of_a_linear_encoder_is_exact(kind: str) -> None:
    frame = frame_of(activation="identity", dtype="float64")
    found = sensitivity.sample_movement(frame, 3, kind, PERTURBATIONS[kind].top)
    assert np.abs(found["true"]).max() > 1e-3
    np.testing.assert_allclose(found["predicted"], found["true"], rtol=1e-5, atol=1e-6)


def test_the_singular_direction_moves_the_plain_code_most() -> None:
    frame = frame_of()
    data = load(frame.config)
    found = sensitivity.sample_movement(frame, 5, "singular", 0.05)
    step = found["perturbed"] - found["clean"]
    assert np.linalg.norm(step) == pytest.approx(0.05 * data.train_spread, rel=1e-3)
    values, _ = singular_vectors(ensemble_of(frame), torch.from_numpy(np.array(data.x_display[5:6])), 1)
    gain = np.linalg.norm(found["predicted"][0]) / np.linalg.norm(step)
    assert gain >= 0.99 * float(values[0, 0, 0])


def test_there_is_no_such_sample() -> None:
    with pytest.raises(DataError, match="between 0 and 499"):
        sensitivity.sample_movement(frame_of(), 500, "gaussian", 0.1)
