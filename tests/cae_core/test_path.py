"""Which lambdas and which epochs a path has."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cae_core.catalog import CATALOG
from cae_core.config import Config, Objective, count_parameters
from cae_core.errors import ConfigError
from cae_core.path import PathSpec, check_size, frame_epochs, lambda_values, neighbour


@given(st.floats(1e-6, 1.0), st.floats(1.5, 1e5), st.integers(3, 64))
def test_lambdas_begin_with_0_and_are_apart_by_one_ratio(low: float, span: float, count: int) -> None:
    found = lambda_values(low, low * span, count)
    assert len(found) == count == len(set(found))
    assert found[0] == 0
    assert list(found) == sorted(found)
    ratio = span ** (1 / (count - 2))
    exact = low * ratio ** np.arange(count - 1)
    np.testing.assert_allclose(found[1:], exact, rtol=min(0.051, (ratio - 1) / 2 + 0.005))


def test_the_ends_of_the_range_are_kept() -> None:
    assert lambda_values(0.125, 12.5, 4) == (0, 0.125, 1.3, 12.5)
    assert lambda_values(1.0, 1.001, 4) == (0, 1, 1.0005, 1.001)


def test_few_lambdas() -> None:
    assert lambda_values(1, 10, 1) == (0,)
    assert lambda_values(1, 10, 2) == (0, 10)
    assert lambda_values(1, 10, 3) == (0, 1, 10)
    assert lambda_values(1e-3, 10, 16)[8] == 0.1


@given(st.integers(1, 10_000), st.integers(2, 64))
def test_epochs_are_distinct_and_apart_by_about_one_ratio(total: int, count: int) -> None:
    found = frame_epochs(total, count)
    assert len(found) == min(count, total + 1)
    assert (found[0], found[-1]) == (0, total)
    gaps = np.diff(found)
    assert (gaps >= 1).all()
    assert (gaps[1:] >= gaps[:-1] - 1).all()  # but for rounding, they only grow


def test_default_epochs() -> None:
    assert frame_epochs(60, 16) == (0, 1, 2, 3, 4, 5, 7, 8, 11, 14, 18, 22, 29, 37, 47, 60)
    assert frame_epochs(60, 1) == (60,)
    assert frame_epochs(3, 16) == (0, 1, 2, 3)


@pytest.mark.parametrize("name", CATALOG)
def test_default_path_spans_the_range_of_its_dataset(name: str) -> None:
    spec = PathSpec.of(Config.for_dataset(name))
    assert len(spec.lams) == len(spec.config.objectives) == 16
    assert spec.lams[1] == CATALOG[name].lam_low
    assert spec.lams[-1] == CATALOG[name].lam_high
    assert spec.config.epochs == spec.epochs[-1]
    check_size(spec)


def test_marks_come_last_and_begin_beside_the_plain_autoencoder() -> None:
    spec = PathSpec.of(Config.for_dataset("digits"), members=4, denoising=0.2, weight_decay=1e-3)
    assert spec.marks == (Objective(gaussian=0.2), Objective(weight_decay=1e-3))
    assert [neighbour(spec, i) for i in range(6)] == [0, 0, 1, 2, 0, 0]


def test_key_tells_paths_apart() -> None:
    config = Config.for_dataset("digits")
    specs = [PathSpec.of(config), PathSpec.of(config, frames=8), PathSpec.of(config, members=8)]
    specs += [
        PathSpec.of(config, high=5.0),
        PathSpec.of(config.but(seed=1)),
        PathSpec.of(config.but(epochs=61)),
    ]
    assert len({spec.key for spec in specs}) == len(specs)
    assert PathSpec.of(config.but(objectives=(Objective(lam=3.0),))) == PathSpec.of(config)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"members": 0}, "Values of lambda must be between 1 and 64. Got 0."),
        ({"frames": 65}, "Moments of training must be between 1 and 64. Got 65."),
        ({"low": 5.0, "high": 2.0}, "The largest lambda must be above the smallest"),
        ({"low": 1.0, "high": 1.0000000000000002}, "The largest lambda must be above the smallest"),
        ({"low": 0.0}, "Smallest lambda above 0 must be between 1e-09 and 1e+06. Got 0."),
        ({"high": 0.0}, "Largest lambda must be between 1e-09 and 1e+06. Got 0."),
        ({"denoising": -1.0}, "Denoising autoencoder must be between 0 and 1000. Got -1."),
        ({"weight_decay": float("nan")}, "Weight decay must be between 0 and 1e"),
    ],
)
def test_what_is_not_possible_is_said(changes: dict, sentence: str) -> None:
    with pytest.raises(ConfigError) as error:
        PathSpec.of(Config.for_dataset("digits"), **changes)
    assert str(error.value).startswith(sentence)


def test_what_a_player_shows_the_numbers_of() -> None:
    spec = PathSpec.of(Config.for_dataset("digits"))
    lams = dict(enumerate(spec.lams))
    assert {lam: lams[spec.nearest(lam, 0)[0]] for lam in (0, 0.0004, 0.0006, 0.53, 1.02, 99.0)} == {
        0: 0,
        0.0004: 0,
        0.0006: 0.001,
        0.53: 0.72,
        1.02: 1.4,
        99.0: 10,
    }
    assert [spec.epochs[spec.nearest(0, epoch)[1]] for epoch in (0, 5, 6, 42, 41, 60, 99)] == [
        0,
        5,
        7,
        47,
        37,
        60,
        60,
    ]
    single = PathSpec.of(Config.for_dataset("digits"), members=1, frames=1)
    assert single.nearest(3.0, 2) == (0, 0)


def test_points_are_bounded() -> None:
    check_size(PathSpec.of(Config.for_dataset("swiss_roll"), denoising=0.3, weight_decay=1e-3))
    with pytest.raises(ConfigError, match="at most 400,000 points in its maps"):
        check_size(PathSpec.of(Config.for_dataset("swiss_roll"), members=32, frames=64))


def test_parameters_are_counted_and_bounded() -> None:
    config = Config.for_dataset("digits", hidden=(10, 3), tied=False)
    assert count_parameters(config) == 2 * (64 * 10 + 10 * 3) + 10 + 3 + 10 + 64
    with pytest.raises(ConfigError, match="at most 4,000,000 parameters together"):
        check_size(PathSpec.of(Config.for_dataset("mnist", hidden=(2000,))))
