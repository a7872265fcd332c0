"""The Draw page under `AppTest`: a pad where there can be one, two ways out where there cannot."""

from __future__ import annotations

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from cae_core.config import Config
from cae_core.datasets import load
from tests.pages.conftest import opened_at


def opened(**parameters: str) -> AppTest:
    """The page at a link, when its numbers are there."""
    test = opened_at("draw", **parameters)
    dataset = test.session_state["lab"].config.dataset
    for _ in range(60):
        if f"pad-{dataset}" in test.session_state or test.exception or test.error:
            break
        test.run()
    return test


@pytest.mark.parametrize("dataset", ["digits", "patches", "moons"])
def test_begins_with_the_selected_sample(dataset: str) -> None:
    test = opened(dataset=dataset, epoch="1", sample="3")
    assert not test.exception
    assert test.title[0].value == "Draw"
    mine = test.session_state[f"pad-{dataset}"]
    sample = load(Config.for_dataset(dataset)).x_display[3]
    assert mine.sentence == ""
    np.testing.assert_allclose(mine.drawn.values or mine.drawn.probe, sample)
    frame_error = test.session_state["lab"].newest().view["error"][:, 3]
    assert mine.result["error"] == pytest.approx(frame_error, rel=1e-3, abs=1e-5)
    assert [len(five) for five in mine.result["near"]] == [5, 5]


@pytest.mark.parametrize("dataset", ["swiss_roll", "wine"])
def test_elsewhere_it_says_what_it_needs(dataset: str) -> None:
    test = opened_at("draw", dataset=dataset, epoch="1")
    assert not test.exception
    assert "needs images or points of the plane" in test.info[0].value
    test.button(key="draw-moons").click().run()
    assert test.session_state["lab"].config.dataset == "moons"
