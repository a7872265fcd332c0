"""The walk page under `AppTest`, and gamma (CAE+H) from a link to the models and through the bar."""

from __future__ import annotations

import pytest

from tests.pages.conftest import opened_at
from ui import url
from ui.session import Lab


@pytest.mark.parametrize("dataset", ["digits", "moons", "swiss_roll", "breast_cancer"])
def test_opens(dataset: str) -> None:
    test = opened_at("walk", dataset=dataset, epoch="2", sample="3", gamma="4")
    assert not test.exception
    assert not test.error
    assert test.title[0].value == "Walk"
    assert [o.curvature for o in test.session_state["lab"].config.objectives] == [0.0, 4.0]
    assert "gamma 4.00 (CAE+H)" in test.caption[0].value
    assert "Curvature gamma" in [field.label for field in test.number_input]


def test_gamma_in_a_link() -> None:
    cursor = url.read({"gamma": "2.5", "lam": "0.3"})
    assert url.write(cursor)["gamma"] == "2.5"
    assert cursor.notices == []
    assert "gamma" not in url.write(url.read({}))
    assert url.read({"gamma": "-3"}).config.objectives[1].curvature == 0
    assert "makes no sense" in url.read({"gamma": "much"}).notices[0]


def test_gamma_stays_when_something_else_is_chosen() -> None:
    state = Lab(url.read({"gamma": "2.5"}).config, 10)
    state.choose_lambda(0.7)
    state.choose(seed=3)
    mine = state.config.objectives[1]
    assert (mine.lam, mine.curvature) == (0.7, 2.5)
    state.choose(curvature=0.0)
    assert (state.config.objectives[1].lam, state.config.objectives[1].curvature) == (0.7, 0.0)
    assert state.config.seed == 3


def test_pages_with_members_of_their_own_do_not_speak_of_gamma() -> None:
    test = opened_at("path", epoch="2", gamma="4", members="4", frames="2")
    assert not test.exception
    assert "gamma" not in test.caption[0].value
    assert "Curvature gamma" not in [field.label for field in test.number_input]
