"""The Reconstructions page under `AppTest`: every kind of dataset, sorting, classes and pages."""

from __future__ import annotations

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.conftest import opened_at
from ui import live


def opened(**parameters: str) -> AppTest:
    """The page at a link, when its frame is there."""
    return opened_at("reconstructions", **parameters)


@pytest.mark.parametrize("dataset", ["digits", "moons", "swiss_roll", "breast_cancer", "noise"])
def test_opens(dataset: str) -> None:
    test = opened(dataset=dataset, epoch="2", sample="3")
    assert not test.exception
    assert not test.error
    assert test.title[0].value == "Reconstructions"
    assert test.session_state["lab"].sample == 3


def test_sorting_classes_and_pages() -> None:
    test = opened(epoch="2")
    assert "page 1 of 34" in test.main.caption[-1].value
    test.button(key="page-next").click().run()
    assert "page 2 of 34" in test.main.caption[-1].value
    test.selectbox(key="sort").select("error, plain").run()
    assert "page 1 of 34" in test.main.caption[-1].value  # another order begins at its start
    test.selectbox(key="sort").select("difference of the models").run()
    test.multiselect(key="classes-0-1-2-3-4-5-6-7-8-9").select(3).run()
    assert not test.exception
    count = int((server_labels(test) == 3).sum())
    assert f"{count} samples" in test.main.caption[-1].value


def server_labels(test: AppTest) -> np.ndarray:
    """Classes of the display sample."""
    labels: np.ndarray = live.display(test.session_state["lab"]).y
    return labels
