"""What a player believes of what comes back, and how it is mounted."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from ui import mount
from ui import player as module
from ui.player import COLOURS, MAPS, View, parse

GOOD: dict[str, Any] = {"lam": 0.37, "epoch": 12, "sample": 3, "colour": "norm", "map": "umap"}


def test_parse_keeps_what_is_valid() -> None:
    assert parse(GOOD) == View(0.37, 12, 3, "norm", "umap")
    assert parse({**GOOD, "more": [1]}) == parse(GOOD)


def test_an_epoch_between_frames_is_rounded() -> None:
    assert parse({**GOOD, "epoch": 11.6}) == parse(GOOD)


def test_whole_numbers_may_come_as_either_kind() -> None:
    view = parse({**GOOD, "lam": 0, "epoch": 12.0, "sample": 3.0})
    assert view == View(0.0, 12, 3, "norm", "umap")
    assert (type(view.lam), type(view.epoch), type(view.sample)) == (float, int, int)


def test_negative_zero_is_zero() -> None:
    view = parse({**GOOD, "lam": -0.0})
    assert view is not None
    assert math.copysign(1, view.lam) == 1


@pytest.mark.parametrize("name", list(GOOD))
@pytest.mark.parametrize(
    "value", [None, math.nan, math.inf, -1, 1e300, 10**400, True, "0.1", "", [], {}, [0.1], "pca\n"]
)
def test_parse_drops_garbage(name: str, value: Any) -> None:
    assert parse({**GOOD, name: value}) is None
    assert parse({key: kept for key, kept in GOOD.items() if key != name}) is None


@pytest.mark.parametrize("value", [None, [], "view", 3, {}, math.nan])
def test_parse_drops_what_is_no_position(value: Any) -> None:
    assert parse(value) is None


def test_parse_drops_half_a_sample() -> None:
    assert parse({**GOOD, "sample": 2.5}) is None


anything = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4) | st.lists(st.integers())
)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(value=st.fixed_dictionaries({name: anything | st.just(good) for name, good in GOOD.items()}))
def test_whatever_comes_is_a_valid_position_or_none(value: dict[str, Any]) -> None:
    view = parse(value)
    if view is not None:
        assert 0 <= view.lam <= 1e6
        assert 0 <= view.epoch < 2**31
        assert 0 <= view.sample < 2**31
        assert (view.colour in COLOURS, view.map in MAPS) == (True, True)


def script() -> None:
    from ui.player import player

    player([b"base", b"frame"], {"path": "x", "version": 1}, "path")


class Mounts:
    """Components that take down what they were given."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, dict[str, Any]]] = []

    def component(self, name: str, *_: Any, **__: Any) -> Any:
        return lambda **given: self.seen.append((name, given))


def test_each_part_has_a_mount_of_its_own_below_the_player(monkeypatch: pytest.MonkeyPatch) -> None:
    mounts = Mounts()
    monkeypatch.setattr(module, "mount", mounts)
    test = AppTest.from_function(script, default_timeout=30).run()
    assert not test.exception
    (_, player), *parts = mounts.seen
    assert [name for name, _ in mounts.seen] == ["player", "player-part", "player-part"]
    assert json.loads(player["data"]) == {"path": "x", "version": 1}
    assert [given["data"] for _, given in parts] == [b"base", b"frame"]
    assert len({given["key"] for _, given in mounts.seen}) == 3


def test_what_is_chosen_is_told_once_it_is_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[View] = []
    state = {"path": {"view": GOOD}}
    mounts = Mounts()
    monkeypatch.setattr(module, "mount", mounts)
    monkeypatch.setattr(module.st, "session_state", state)
    module.player([], {}, "path", told.append)
    moved = mounts.seen[0][1]["on_view_change"]
    moved()
    state["path"] = {"view": {**GOOD, "lam": "much"}}
    moved()
    assert told == [View(0.37, 12, 3, "norm", "umap")]


def test_a_header_without_a_number_is_an_error_here_and_not_in_the_browser(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "mount", Mounts())
    with pytest.raises(ValueError, match="JSON"):
        module.player([], {"progress": math.nan}, "path")


def test_a_component_is_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[dict[str, Any]] = []

    def make(name: str, **given: Any) -> object:
        made.append({"name": name, **given})
        return object()

    monkeypatch.setattr(mount, "_made", {})
    monkeypatch.setattr(mount.st.components.v2, "component", make)
    first = mount.component("board", "board.js", "board.css", ready="load(1)", failure='It "failed".')
    assert mount.component("board", "board.js", "board.css") is first
    (given,) = made
    script = given["js"]
    assert "module.load(1);" in script
    assert '/board.js"' in script
    assert '/look.js"' in script  # asked for beside it, not after it
    assert r'"It \"failed\"."' in script
    assert "%(" not in script
