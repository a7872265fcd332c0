"""A drawn input against one autoencoder and loops of NumPy, one sample at a time."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from cae_core.analysis.probe import probe
from cae_core.config import Config
from cae_core.datasets import load
from cae_core.errors import DataError
from cae_core.frame import Frame
from cae_core.training import init_state, make_frame
from tests.cae_core.strategies import members_of


def frame_of(dataset: str = "digits", seed: int = 2, **changes: object) -> Frame:
    """A frame with random weights, other ones for the second member."""
    config = Config.for_dataset(dataset, **{"hidden": (12,), "activation": "tanh", **changes})
    frame = make_frame(config, load(config), init_state(config, load(config)))
    rng = np.random.default_rng(seed)
    weights = tuple(w + 0.2 * rng.normal(size=w.shape).astype(w.dtype) for w in frame.weights)
    return replace(frame, weights=weights)


def inputs(dataset: str, count: int = 3) -> np.ndarray:
    x = load(Config.for_dataset(dataset)).x_display
    return x[:count] + 0.05 * np.random.default_rng(5).normal(size=x[:count].shape)


@pytest.mark.parametrize(
    ("dataset", "changes"),
    [
        ("digits", {}),
        ("digits", {"hidden": (9, 7), "activation": "sigmoid", "tied": False, "dtype": "float64"}),
        ("digits", {"activation": "sigmoid", "loss": "cross_entropy"}),
        ("moons", {}),
        ("swiss_roll", {"activation": "relu"}),
    ],
)
def test_everything_against_loops(dataset: str, changes: dict) -> None:
    frame, x = frame_of(dataset, **changes), inputs(dataset)
    found, data = probe(frame, x), load(frame.config)
    flat = torch.from_numpy(np.concatenate([w.ravel() for w in frame.weights])).double()
    for k, member in enumerate(members_of(frame.config, flat, data.n_inputs)):
        train = np.array([member.code(torch.from_numpy(np.array(v)).double()).numpy() for v in data.x_train])
        assert found["code_low"][k] == pytest.approx(train.min(), abs=1e-5)
        assert found["code_high"][k] == pytest.approx(train.max(), abs=1e-5)
        for i, row in enumerate(x):
            one = torch.from_numpy(row)
            code, rebuilt = member.code(one).numpy(), member.reconstruction(one).numpy()
            J = torch.func.jacrev(member.code)(one).numpy()
            np.testing.assert_allclose(found["codes"][k, i], code, atol=1e-5)
            np.testing.assert_allclose(found["reconstructions"][k, i], rebuilt, atol=1e-5)
            assert found["norm"][k, i] == pytest.approx(np.sqrt(np.sum(J**2)), rel=1e-4)
            assert found["reconstruction_error"][k, i] == pytest.approx(
                np.sum((rebuilt - row) ** 2), rel=1e-4
            )
            apart = np.array([np.sqrt(np.sum((one_code - code) ** 2)) for one_code in train])
            np.testing.assert_allclose(found["distances"][k, i], np.sort(apart)[:5], rtol=1e-4, atol=1e-6)
            np.testing.assert_allclose(
                apart[found["neighbours"][k, i]], found["distances"][k, i], rtol=1e-4, atol=1e-6
            )
    np.testing.assert_array_equal(found["neighbour_x"], data.x_train[found["neighbours"]])
    np.testing.assert_array_equal(found["neighbour_y"], data.y_train[found["neighbours"]])
    assert all(len(set(five)) == 5 for five in found["neighbours"].reshape(-1, 5).tolist())


def test_one_input_is_a_row_and_tuples_are_arrays() -> None:
    frame, x = frame_of(), inputs("digits")
    several, alone = probe(frame, x), probe(frame, tuple(x[1].tolist()))
    for name in several:
        if name.startswith("code_"):
            np.testing.assert_array_equal(alone[name], several[name])
        else:
            np.testing.assert_allclose(alone[name][:, 0], several[name][:, 1], rtol=1e-4, atol=1e-6)


def test_a_training_sample_is_its_own_neighbour() -> None:
    frame = frame_of()
    found = probe(frame, load(frame.config).x_train[17])
    assert found["neighbours"][:, 0, 0].tolist() == [17, 17]
    assert found["distances"][:, 0, 0] == pytest.approx(0, abs=1e-6)


def test_kept_codes_are_those_of_the_frame() -> None:
    """The same config and epoch with other weights, and back."""
    first, second = frame_of(seed=2), frame_of(seed=3)
    x = inputs("digits", 1)
    before, other, again = probe(first, x), probe(second, x), probe(first, x)
    assert not np.allclose(before["distances"], other["distances"])
    for name in before:
        np.testing.assert_array_equal(before[name], again[name])


def test_without_labels() -> None:
    frame = frame_of("noise")
    assert (probe(frame, np.zeros(16))["neighbour_y"] == -1).all()


@pytest.mark.parametrize(
    ("x", "part"),
    [
        (np.zeros(63), "64 values"),
        (np.zeros((2, 65)), "64 values"),
        (np.zeros((0, 64)), "64 values"),
        (np.zeros((1, 1, 64)), "64 values"),
        (np.full(64, np.nan), "64 of 64"),
        (np.r_[np.zeros(63), np.inf], "1 of 64"),
    ],
)
def test_what_is_no_input(x: np.ndarray, part: str) -> None:
    with pytest.raises(DataError, match=part):
        probe(frame_of(), x)
