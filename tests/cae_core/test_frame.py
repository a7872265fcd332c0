"""Frames survive a file, and states can be asked for their size."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from cae_core.config import Objective
from cae_core.frame import HISTORY, Frame, State
from cae_core.training import advance, init_state, make_frame, train
from tests.cae_core.strategies import config_of, small_dataset

DATA = small_dataset()
MEMBERS = (
    Objective(),
    Objective(lam=0.5, schedule=((1, 2.0),)),
    Objective(gaussian=0.1, masking=0.2, weight_decay=0.1),
)


def frame_of(**architecture: object) -> Frame:
    config = config_of(architecture, objectives=MEMBERS, epochs=2, batch_size=16)
    return make_frame(config, DATA, train(config, DATA))


@pytest.mark.parametrize(
    "architecture", [{"hidden": (8,)}, {"hidden": (5, 4), "tied": False, "loss": "cross_entropy"}], ids=str
)
def test_a_frame_survives_a_file(tmp_path: Path, architecture: dict) -> None:
    frame = frame_of(**architecture)
    frame.save(tmp_path / "frame.npz")
    loaded = Frame.load(tmp_path / "frame.npz")
    assert loaded.config == frame.config
    assert loaded.config.key == frame.config.key
    assert loaded.epoch == frame.epoch == 2
    np.testing.assert_array_equal(loaded.failed_epoch, frame.failed_epoch)
    assert len(loaded.weights) == len(frame.weights)
    pairs = list(zip(loaded.weights, frame.weights, strict=True))
    for group in ("history", "view"):
        ours, theirs = getattr(frame, group), getattr(loaded, group)
        assert set(ours) == set(theirs)
        pairs += [(theirs[name], ours[name]) for name in ours]
    for a, b in pairs:
        assert a.dtype == b.dtype
        np.testing.assert_array_equal(a, b)


def test_a_file_needs_no_pickle(tmp_path: Path) -> None:
    frame_of(hidden=(8,)).save(tmp_path / "frame.npz")
    with np.load(tmp_path / "frame.npz", allow_pickle=False) as file:
        assert all(file[name].dtype != object for name in file.files)


def test_what_a_frame_holds() -> None:
    frame = frame_of(hidden=(8,))
    assert set(frame.history) == set(HISTORY)
    assert all(column.shape == (3, 3) for column in frame.history.values())
    n, d = DATA.x_test.shape
    shapes = {
        "norm": (3, n),
        "error": (3, n),
        "gallery": (3, 12, d),
        "gallery_input": (12, d),
        "gallery_ids": (12,),
    }
    for name, array in frame.view.items():
        assert array.shape == shapes.get(name, (3,)), name
    np.testing.assert_allclose(DATA.x_display[frame.view["gallery_ids"]], frame.view["gallery_input"])
    assert frame.notes == ()
    assert frame.nbytes > sum(w.nbytes for w in frame.weights)


def test_a_longer_run_has_the_same_frames() -> None:
    frame = frame_of(hidden=(8,))
    longer = frame.config.but(epochs=50)
    again = frame.for_config(longer)
    assert again.config is longer
    assert again.weights is frame.weights


def test_the_size_of_a_state() -> None:
    config = config_of({"hidden": (8,)}, epochs=2, batch_size=16)
    state = init_state(config, DATA)
    assert isinstance(state, State)
    numbers = len(state.parameters)
    assert state.nbytes >= 4 * 8 * numbers  # parameters, two moments, good parameters
    sgd = config.but(optimizer="sgd")
    assert init_state(sgd, DATA).nbytes == state.nbytes - 2 * 8 * numbers
    assert advance(config, DATA, state, 4).nbytes > state.nbytes  # by a row of the history
