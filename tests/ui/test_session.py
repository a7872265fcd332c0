"""What the controls do to a visitor's state, and the clock that plays a run; the engine is a shelf of frames."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from cae_core.config import Config
from cae_core.errors import ConfigError
from ui import session, url
from ui.player import View
from ui.session import AHEAD, EASE, SPEEDS, Lab
from ui.url import PathChoice


class Shelf:
    """An engine whose frames come when the test says so."""

    def __init__(self) -> None:
        self.frames: dict[tuple[str, int], SimpleNamespace] = {}
        self.asked: list[tuple[str, int]] = []

    def put(self, config: Config, *epochs: int) -> None:
        for epoch in epochs:
            self.frames[config.key, epoch] = SimpleNamespace(epoch=epoch, config=config)

    def request(self, config: Config, epoch: int, visitor: str) -> None:
        self.asked.append((config.key, epoch))

    def frame(self, config: Config, epoch: int) -> SimpleNamespace | None:
        return self.frames.get((config.key, epoch))

    def latest(self, config: Config, up_to: int) -> SimpleNamespace | None:
        there = [epoch for key, epoch in self.frames if key == config.key and epoch <= up_to]
        return self.frames[config.key, max(there)] if there else None


class Clock:
    """``time.monotonic`` by hand."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def shelf(monkeypatch: pytest.MonkeyPatch) -> Shelf:
    shelf = Shelf()
    monkeypatch.setattr(session, "engine", lambda: shelf)
    return shelf


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(session, "time", SimpleNamespace(monotonic=clock))
    return clock


def at(epoch: int, config: Config | None = None) -> Lab:
    return Lab(config or Config.for_dataset("digits"), epoch)


# ---- controls


def test_play_pause_and_play_again(shelf: Shelf, clock: Clock) -> None:
    state = at(20)
    state.toggle()
    assert (state.playing, state.epoch) == (True, 20)
    state.toggle()
    assert (state.playing, state.epoch) == (False, 20)


def test_play_at_the_end_begins_anew(shelf: Shelf, clock: Clock) -> None:
    state = at(60)
    state.ghost = SimpleNamespace()
    state.toggle()
    assert (state.playing, state.epoch, state.ghost) == (True, 0, None)
    assert state.goal() == 0


def test_step_goes_one_epoch_on_and_not_beyond_the_end(shelf: Shelf) -> None:
    state = at(58)
    state.playing = True
    state.step()
    assert (state.playing, state.epoch) == (False, 59)
    state.step()
    state.step()
    assert state.epoch == 60


def test_reset_keeps_the_seed_and_drops_the_schedule(shelf: Shelf) -> None:
    state = at(30, url.pair(Config.for_dataset("digits", seed=4), 0.2, ((10, 3.0),)))
    state.playing, state.ghost = True, SimpleNamespace()
    state.reset()
    assert (state.playing, state.epoch, state.ghost) == (False, 0, None)
    assert state.config == url.pair(Config.for_dataset("digits", seed=4), 0.2)
    assert state.version == 1  # the slider takes the old lambda back


def test_new_seed_keeps_all_else(shelf: Shelf) -> None:
    config = url.pair(Config.for_dataset("digits"), 0.2, ((10, 3.0),))
    state = at(30, config)
    state.new_seed()
    assert (state.config, state.epoch) == (config.but(seed=1), 30)
    state.config = config.but(seed=2**31 - 1)
    state.new_seed()
    assert state.config.seed == 0


def test_another_dataset_begins_with_its_defaults(shelf: Shelf) -> None:
    state = at(30)
    state.sample, state.playing, state.ghost, state.shown = 7, True, SimpleNamespace(), SimpleNamespace()
    state.choose_dataset("wine")
    assert state.config == Config.for_dataset("wine")
    assert (state.epoch, state.sample, state.playing) == (300, 0, False)
    assert state.ghost is state.shown is None
    assert state.card.title == "Wine"


def test_other_settings_stay_at_the_end_or_at_the_epoch(shelf: Shelf) -> None:
    state = at(60)
    state.choose(epochs=20)
    assert state.epoch == 20
    state.epoch = 15
    state.choose(epochs=10, hidden=(5,))
    assert (state.epoch, state.config.hidden) == (10, (5,))
    state.epoch = 4
    state.choose(epochs=30)
    assert state.epoch == 4


def test_a_model_too_large_changes_nothing(shelf: Shelf) -> None:
    state = at(60)
    with pytest.raises(ConfigError, match=r"at most 5,000,000 parameters\. Got 8,"):
        state.choose(hidden=(2048, 2048, 2048))
    assert (state.config, state.version) == (Config.for_dataset("digits"), 0)


def test_pictures_of_other_dimensions_do_not_stay(shelf: Shelf) -> None:
    state = at(3, Config.for_dataset("noise"))
    state.shown = SimpleNamespace()
    state.choose(batch_size=9)
    assert state.shown is not None
    state.choose(dimensions=8)
    assert state.shown is None
    assert state.n_inputs == 8


def test_notices_stay_until_something_is_changed(shelf: Shelf, clock: Clock) -> None:
    for act in (
        Lab.toggle,
        Lab.new_seed,
        lambda s: s.choose_lambda(1.0),
        lambda s: s.choose_dataset("wine"),
    ):
        state = at(60)
        state.notices = ["Lambda must be between 0 and 10."]
        assert state.notices
        act(state)
        assert state.notices == []


# ---- lambda


def test_lambda_from_the_start_keeps_the_epoch_and_the_picture(shelf: Shelf, clock: Clock) -> None:
    state = at(30, url.pair(Config.for_dataset("digits"), 0.1, ((10, 3.0),)))
    shelf.put(state.config, 30)
    before = shelf.frame(state.config, 30)
    state.choose_lambda(0.5)
    assert state.config == url.pair(Config.for_dataset("digits"), 0.5)
    assert (state.epoch, state.lam, state.ghost) == (30, 0.5, before)


def test_lambda_from_here_becomes_a_schedule(shelf: Shelf, clock: Clock) -> None:
    state = at(30)
    state.from_here = True
    state.choose_lambda(3.0)
    mine = state.config.objectives[1]
    assert (mine.lam, mine.schedule) == (0.1, ((30, 3.0),))
    assert (state.lam, state.epoch, state.playing) == (3.0, 30, False)  # the slider stands where it was put
    state.choose_lambda(4.0)
    assert state.config.objectives[1].schedule == ((30, 4.0),)
    state.epoch = 40
    state.choose_lambda(0.0)
    assert state.config.objectives[1].schedule == ((30, 4.0), (40, 0.0))
    assert state.version == 3
    # Back at an earlier epoch, what came later is forgotten.
    state.epoch = 35
    assert state.lam == 4.0
    state.choose_lambda(1.0)
    assert state.config.objectives[1].schedule == ((30, 4.0), (35, 1.0))
    assert state.config.epochs == 60


def test_lambda_from_here_at_the_end_goes_on(shelf: Shelf, clock: Clock) -> None:
    state = at(60)
    state.from_here = True
    state.choose_lambda(3.0)
    assert state.config.objectives[1].schedule == ((60, 3.0),)
    assert (state.config.epochs, state.epoch, state.playing, state.lam) == (90, 60, True, 3.0)
    assert state.goal() == 60


def test_lambda_from_here_before_training_is_from_the_start(shelf: Shelf, clock: Clock) -> None:
    state = at(0)
    state.from_here = True
    state.choose_lambda(3.0)
    assert state.config == url.pair(Config.for_dataset("digits"), 3.0)


def test_lambda_at_the_end_of_a_schedule() -> None:
    state = at(60, url.pair(Config.for_dataset("digits"), 0.1, ((10, 3.0), (80, 9.0))))
    assert state.lam == 3.0
    state.epoch = 9
    assert state.lam == 0.1


# ---- the player of the lambda path


def test_the_session_stands_where_the_player_stands(clock: Clock) -> None:
    state = at(30, url.pair(Config.for_dataset("digits"), 0.1, ((10, 3.0),)))
    state.playing, state.notices, state.ghost = True, ["Lambda."], SimpleNamespace()
    state.take_view(View(2.7, 12, 7, "error", "umap"))
    assert state.config == url.pair(Config.for_dataset("digits"), 2.7)  # from the start of training
    assert (state.epoch, state.sample, state.colour, state.map) == (12, 7, "error", "umap")
    assert (state.playing, state.notices, state.ghost) == (False, [], None)


def test_the_player_stands_where_it_was_put_until_something_else_moves(clock: Clock) -> None:
    state = at(30)
    first, where = state.for_player()
    assert where == View(0.1, 30, 0, "class", "pca")
    assert state.for_player() == (first, where)
    state.take_view(View(2.7, 12, 7, "norm", "pca"))
    assert state.for_player() == (first, View(2.7, 12, 7, "norm", "pca"))


@pytest.mark.parametrize(
    "change",
    [
        lambda s: s.choose_lambda(0.5),
        lambda s: setattr(s, "sample", 8),
        lambda s: s.choose(epochs=10),
        Lab.step,
        Lab.reset,
        lambda s: s.choose_dataset("wine"),
        lambda s: s.go(url.read({"colour": "norm"})),
        lambda s: s.go(url.read({"map": "umap"})),
    ],
)
def test_the_player_follows_what_something_else_moved(shelf: Shelf, clock: Clock, change: Any) -> None:
    state = at(30)
    before, old = state.for_player()
    change(state)
    after, new = state.for_player()
    assert after > before
    assert new != old
    assert state.for_player() == (after, new)


def test_a_position_beyond_the_dataset_is_brought_into_it(clock: Clock) -> None:
    state = at(30)
    number, _ = state.for_player()
    state.take_view(View(1e5, 10**9, 10**9, "class", "pca"))
    assert (state.lam, state.epoch, state.sample) == (10.0, 60, 499)
    assert state.for_player()[0] == number  # the player stays where it is


@pytest.mark.parametrize(
    ("came", "meant"),
    [
        (0.0, 0.0),
        (0.72 * (1 + 1e-9), 0.72),  # a lambda of the path
        (0.123456 * (1 - 1e-9), 0.123456),  # the one in force
        (0.4567891, 0.457),
        (1e-300, 1e-300),
    ],
)
def test_a_lambda_from_the_browser_is_the_one_that_is_meant(clock: Clock, came: float, meant: float) -> None:
    state = at(30, url.pair(Config.for_dataset("digits"), 0.123456))
    assert 0.72 in state.path.spec(state.config).lams
    state.take_view(View(came, 30, 0, "class", "pca"))
    assert state.lam == meant


def test_another_path_is_checked_first() -> None:
    state = at(30)
    state.notices = ["Lambda."]
    chosen = PathChoice(members=8, low=0.1, high=5.0)
    state.choose_path(chosen)
    assert (state.path, state.notices) == (chosen, [])
    for wrong in (PathChoice(low=11.0), PathChoice(members=65), PathChoice(denoising=-1.0)):
        with pytest.raises(ConfigError):
            state.choose_path(wrong)
    state.config = state.config.but(hidden=(2048, 512))
    with pytest.raises(ConfigError, match="fewer values of lambda"):
        state.choose_path(PathChoice(members=32))
    assert state.path == chosen


def test_another_dataset_has_its_own_range_of_lambda() -> None:
    state = at(30)
    state.choose_path(PathChoice(8, 4, 0.5, 5.0, 0.3, 0.01))
    state.choose_dataset("wine")
    assert state.path == PathChoice(8, 4)


# ---- the clock


@pytest.mark.parametrize("speed", ["slow", "normal", "fast"])
def test_a_run_lasts_as_long_as_the_speed_says(shelf: Shelf, clock: Clock, speed: str) -> None:
    state = at(60)
    state.choose_speed(speed)
    state.toggle()
    begin, length = clock.now, SPEEDS[speed]
    shown = []
    for tick in range(41):
        clock.now = begin + length * tick / 40
        shown.append(state.goal())
        assert shown[-1] == int(60 * (tick / 40) ** EASE + 1e-9)
    assert shown[0] == 0
    assert shown[-1] == 60
    assert shown == sorted(shown)
    # The first epochs pass slowly: less than a quarter of them in the first 40 % of the time.
    assert shown[16] < 15
    clock.now += 1000
    assert state.goal() == 60


def test_fastest_wants_the_end_at_once(shelf: Shelf, clock: Clock) -> None:
    state = at(60)
    state.choose_speed("fastest")
    state.toggle()
    assert state.goal() == 60
    assert state.seconds_left() is None
    state.ask()
    assert shelf.asked == [(state.config.key, 60)]


@settings(deadline=None, derandomize=True)
@given(epochs=st.integers(1, 10_000), share=st.floats(0, 1), speed=st.sampled_from(list(SPEEDS)))
def test_the_picture_never_goes_back(epochs: int, share: float, speed: str) -> None:
    state = Lab(Config(epochs=epochs), int(epochs * share), speed=speed)
    if state.epoch < epochs:
        state.toggle()
        assert state.epoch <= state.goal() <= epochs
        assert state.goal() <= state.epoch + 1 + epochs * (speed == "fastest") + epochs // 100


def test_paused_the_goal_is_the_cursor(shelf: Shelf, clock: Clock) -> None:
    state = at(17)
    clock.now += 50
    assert state.goal() == 17
    assert state.seconds_left() is None
    state.ask()
    assert shelf.asked == [(state.config.key, 17)]


def test_training_is_asked_for_a_second_ahead(shelf: Shelf, clock: Clock) -> None:
    state = at(60)
    state.toggle()
    clock.now += 4.0
    state.ask()
    assert state.goal() == int(60 * 0.5**2)
    assert shelf.asked[-1][1] == int(60 * ((4.0 + AHEAD) / 8.0) ** 2) + 1
    clock.now += 100
    state.ask()
    assert shelf.asked[-1][1] == 60


def test_another_speed_goes_on_from_the_picture(shelf: Shelf, clock: Clock) -> None:
    state = at(60)
    state.toggle()
    clock.now += 4.0
    shelf.put(state.config, *range(61))
    state.advance()
    assert state.epoch == 15
    assert state.seconds_left() == pytest.approx(4.0)
    state.choose_speed("slow")
    assert state.goal() == 15
    assert state.seconds_left() == pytest.approx(10.0)
    clock.now += 10.0
    assert state.goal() == 60


def test_the_clock_waits_for_a_slow_worker(shelf: Shelf, clock: Clock) -> None:
    state = at(60)
    state.toggle()
    shelf.put(state.config, 0, 1, 2)
    clock.now += 6.0
    assert state.advance().epoch == 2
    assert state.goal() == 2  # from here on, not a jump
    clock.now += 8.0
    shelf.put(state.config, *range(61))
    assert state.advance().epoch == 60
    assert (state.playing, state.epoch) == (False, 60)


def test_before_the_first_frame_the_picture_before_stays(shelf: Shelf, clock: Clock) -> None:
    state = at(60)
    shelf.put(state.config, 60)
    assert state.advance().epoch == 60
    state.choose_lambda(2.0)
    assert state.advance() is None
    assert state.shown.config != state.config
    assert state.ghost.epoch == 60


def test_settled(shelf: Shelf, clock: Clock) -> None:
    state = at(0)
    assert not state.settled
    shelf.put(state.config, 0)
    assert state.settled
    state.toggle()
    assert not state.settled
    state.toggle()
    state.step()
    assert not state.settled
    shelf.put(state.config, 1)
    assert state.settled


# ---- the link


def script() -> None:
    import streamlit as st

    from ui.session import follow_link, keep_link, lab, show_notices

    state = lab()
    follow_link(state)
    show_notices(state)
    st.button("next", on_click=lambda: setattr(state, "sample", state.sample + 1))
    st.button("play", on_click=state.toggle)
    keep_link(state)


def test_a_notice_shows_the_link_letter_by_letter() -> None:
    test = AppTest.from_function(script, default_timeout=30)
    test.query_params["dataset"] = "[x](y) **z**"
    test.run()
    assert r"dataset '\[x\](y) \*\*z\*\*';" in test.warning[0].value


def test_the_link_is_read_once_and_kept() -> None:
    test = AppTest.from_function(script, default_timeout=30)
    test.query_params["lam"] = "99"
    test.query_params["sample"] = "3"
    test.run()
    assert not test.exception
    state = test.session_state["lab"]
    assert (state.lam, state.sample) == (10.0, 3)
    assert "between 0 and 10" in test.warning[0].value
    assert dict(test.query_params) == {"lam": "10", "sample": "3"}
    test.button[0].click().run()
    assert test.session_state["lab"] is state
    assert dict(test.query_params) == {"lam": "10", "sample": "4"}
    assert len(test.warning) == 1  # still there: nothing of the model was changed
    test.button[1].click().run()
    assert len(test.warning) == 0
    assert dict(test.query_params)["epoch"] == "0"  # where Play began


def test_the_link_carries_what_the_player_shows() -> None:
    test = AppTest.from_function(script, default_timeout=30)
    link = {
        "lam": "2.7",
        "epoch": "12",
        "sample": "7",
        "colour": "error",
        "map": "umap",
        "members": "8",
        "to": "5",
    }
    for key, value in link.items():
        test.query_params[key] = value
    test.run()
    state = test.session_state["lab"]
    assert state.for_player()[1] == View(2.7, 12, 7, "error", "umap")
    assert state.path == PathChoice(members=8, high=5.0)
    assert dict(test.query_params) == link
    state.take_view(View(0.1, 60, 0, "class", "pca"))
    test.run()
    assert dict(test.query_params) == {"members": "8", "to": "5"}


class Address(dict[str, str]):
    """A URL's parameters as a run sees them, with all that was written into it."""

    def __init__(self) -> None:
        self.written: list[dict[str, str]] = []

    def from_dict(self, values: dict[str, str]) -> None:
        self.clear()
        self.update(values)
        self.written.append(values)


def test_the_link_is_written_again_where_the_browser_was_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    here, kept = Address(), {}
    monkeypatch.setattr(session.st, "query_params", here)
    monkeypatch.setattr(session.st, "session_state", kept)
    state = Lab(Config(), 22)
    session.keep_link(state)
    state.epoch = 47
    session.keep_link(state)
    state.epoch, here["epoch"] = 22, "22"  # sent before the browser heard of 47
    session.keep_link(state)
    session.keep_link(state)
    assert here.written == [{"epoch": "22"}, {"epoch": "47"}, {"epoch": "22"}]
    del kept["link-written"]
    here["epoch"] = "47"  # the browser went back
    session.follow_link(state)
    session.keep_link(state)
    assert state.epoch == 47
    assert len(here.written) == 3


def test_another_link_in_the_same_visit_is_followed() -> None:
    test = AppTest.from_function(script, default_timeout=30)
    test.query_params["lam"] = "1"
    test.run()
    state = test.session_state["lab"]
    test.query_params["lam"], test.query_params["dataset"], test.query_params["epoch"] = "2", "wine", "7"
    test.run()
    assert test.session_state["lab"] is state
    assert (state.config.dataset, state.lam, state.epoch) == ("wine", 2.0, 7)
    # A change that comes with an older link counts, not the link.
    test.query_params["lam"] = "3"
    test.button[0].click().run()
    assert (state.lam, state.sample) == (2.0, 1)
    assert dict(test.query_params) == {"dataset": "wine", "lam": "2", "epoch": "7", "sample": "1"}
    # Another page begins without parameters.
    test.query_params.clear()
    test.run()
    assert (state.config.dataset, state.lam) == ("wine", 2.0)
    assert dict(test.query_params) == {"dataset": "wine", "lam": "2", "epoch": "7", "sample": "1"}


@pytest.mark.parametrize(
    ("link", "stands"),
    [
        ({"dataset": "moons"}, 4.0),  # the default of 3 lies between two models of the path
        ({"dataset": "moons", "lam": "2.5"}, 2.5),  # what was asked for stays
        ({"dataset": "moons", "lam": "0"}, 0.0),
        ({"dataset": "digits"}, 0.1),
        ({"dataset": "moons", "members": "3"}, 3.0),  # 0.1 would be another picture
    ],
)
def test_a_path_begins_at_one_of_its_models(link: dict[str, str], stands: float) -> None:
    state = Lab(Config.for_dataset("digits"), 0)
    state.go(url.read(link))
    state.start_on_path()
    assert state.lam == stands
    state.start_on_path()
    assert state.lam == stands
