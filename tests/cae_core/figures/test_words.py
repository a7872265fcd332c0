"""Measures in words."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from cae_core.figures import words
from cae_core.figures.parts import number
from cae_core.shipped import default_run


def test_measures_are_the_frame_s() -> None:
    frame = default_run()
    rows = {row.name: row for row in words.measures(frame)}
    assert rows["Mean norm ‖J‖"].plain == number(sum(frame.view["norm"][0]) / len(frame.view["norm"][0]))
    assert rows["Relative contraction"].contractive == number(float(frame.view["relative_contraction"][1]))
    assert rows["Variance lost"].contractive == f"{100 * frame.view['variance_lost'][1]:.1f}%"


def test_collapsed_and_unbounded() -> None:
    frame = default_run()
    view = {**frame.view, "relative_contraction": np.array([0.8, np.nan]), "saturation": np.full(2, np.nan)}
    config = frame.config.but(activation="relu")
    rows = {row.name: row for row in words.measures(replace(frame, view=view, config=config))}
    assert rows["Relative contraction"].contractive == "collapsed"
    assert rows["Saturated units"].plain == "–"
    assert "relu has no bounds" in rows["Saturated units"].explanation


@pytest.mark.parametrize(
    ("lost", "said", "unsaid"),
    [
        ((0.1, 0.2), "variance lost", "nearly all"),
        ((0.1, 0.9), "The contractive code has collapsed", "Both models"),
        ((0.95, 0.96), "Both models still lose nearly all of the variance.", "collapsed"),
    ],
)
def test_collapse_is_said_of_a_contractive_model_whose_plain_one_learns(
    lost: tuple[float, float], said: str, unsaid: str
) -> None:
    frame = default_run()
    sentence = words.comparison(replace(frame, view={**frame.view, "variance_lost": np.array(lost)}))
    assert said in sentence
    assert unsaid not in sentence


@pytest.mark.parametrize("sample", [0, 11])
def test_of_sample(sample: int) -> None:
    frame = default_run()
    n = frame.view["norm"].shape[1]
    rebuilt = np.random.default_rng(0).random((2, n, 64)).astype(np.float32)
    rows = words.of_sample(frame, rebuilt, np.full((2, n), 0.25), sample, "sample")
    assert rows[0].contractive == number(float(frame.view["error"][1, sample]))
    apart = sum((float(a) - float(b)) ** 2 for a, b in zip(*rebuilt[:, sample], strict=True))
    assert number(apart) in rows[0].explanation
    assert rows[2].plain == "25.0%"
