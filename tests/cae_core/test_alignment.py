"""Pictures turned onto their neighbours."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy.spatial.distance import pdist

from cae_core.alignment import aligned, movement, turned

CLOUD = np.random.default_rng(0).normal(size=(40, 2)) * [3.0, 1.0]
CLOUD -= CLOUD.mean(axis=0)


def rotation(angle: float, mirrored: bool = False) -> np.ndarray:
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    turn[:, 1] *= -1 if mirrored else 1
    return turn


@given(st.floats(0, 2 * np.pi), st.booleans(), st.floats(0.01, 100))
def test_turned_undoes_a_rotation_and_keeps_the_scale(angle: float, mirrored: bool, scale: float) -> None:
    moving = scale * (CLOUD @ rotation(angle, mirrored)) + np.array([3.0, -2.0])
    fixed = CLOUD + 5
    np.testing.assert_allclose(turned(moving, fixed), scale * CLOUD + 5, atol=1e-8 * (1 + scale))


@given(
    arrays.arrays(np.float64, (9, 2), elements=st.floats(-10, 10)),
    arrays.arrays(np.float64, (9, 2), elements=st.floats(-10, 10)),
    st.floats(0, 2 * np.pi),
)
def test_no_other_turn_comes_nearer(moving: np.ndarray, fixed: np.ndarray, angle: float) -> None:
    found = turned(moving, fixed)
    np.testing.assert_allclose(pdist(found), pdist(moving), atol=1e-9)

    def apart(points: np.ndarray) -> float:
        return float(np.square((points - points.mean(axis=0)) - (fixed - fixed.mean(axis=0))).sum())

    for mirrored in (False, True):
        assert apart(found) <= apart(moving @ rotation(angle, mirrored)) + 1e-6


def test_members_that_only_turned_stand_still() -> None:
    pictures = np.stack([CLOUD @ rotation(angle, angle > 2) for angle in (0.0, 1.0, 2.0, 3.0)])
    found = aligned(pictures, 4)
    np.testing.assert_allclose(found, np.broadcast_to(CLOUD, found.shape), atol=1e-9)
    assert movement(found) == pytest.approx(0, abs=1e-9)
    assert movement(pictures) > 0.5


def test_frames_that_only_turned_stand_still() -> None:
    before = aligned(np.stack([CLOUD, 0.5 * CLOUD]), 2)
    turned_by_time = np.stack([CLOUD @ rotation(2.0), 0.5 * CLOUD @ rotation(4.0, True)])
    np.testing.assert_allclose(aligned(turned_by_time, 2, before), before, atol=1e-9)


def test_nothing_is_scaled_or_bent() -> None:
    pictures = np.random.default_rng(1).normal(size=(5, 30, 2))
    for picture, found in zip(pictures, aligned(pictures, 3, aligned(pictures[::-1], 3)), strict=True):
        np.testing.assert_allclose(pdist(found), pdist(picture))
        np.testing.assert_allclose(found.mean(axis=0), 0, atol=1e-12)


def test_many_pictures_of_one_point_stay_at_0() -> None:
    rng, before = np.random.default_rng(2), None
    for _ in range(20):
        pictures = (1e-3 * rng.normal(size=(20, 50, 2))).astype(np.float32)
        pictures[0] += CLOUD[:30].mean() + 2
        before = aligned(pictures, 20, before)
        np.testing.assert_allclose(before.mean(axis=1), 0, atol=1e-9)


def test_marks_are_turned_onto_the_first() -> None:
    pictures = np.stack([CLOUD, CLOUD[:, ::-1] * [1.0, 7.0], CLOUD @ rotation(1.0)])
    np.testing.assert_allclose(aligned(pictures, 2)[2], CLOUD, atol=1e-9)


def test_movement_is_in_units_of_the_spread() -> None:
    step = np.array([1.0, 0.0])
    square = np.array([[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]])
    assert movement(np.stack([square, square + step])) == pytest.approx(1 / np.sqrt(2))
    assert np.isnan(movement(np.zeros((2, 4, 2))))
