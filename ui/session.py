"""One visitor's state: a cursor (config, epoch, sample), whether it plays, and the picture before.

The state lives in Streamlit's session and is written into the URL in each run. Pages read it and call its methods;
nothing else is remembered between runs.
"""

from __future__ import annotations

import math
import time
import weakref
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import uuid4

import streamlit as st

from cae_core.catalog import DatasetCard, card
from cae_core.config import SETTINGS, Config, check_size
from cae_core.frame import Frame
from cae_core.path import check_size as check_path_size
from ui import url
from ui.plain import plain
from ui.player import COLOURS, MAPS, View
from ui.server import engine
from ui.url import PathChoice, last_sample

SPEEDS = {"slow": 20.0, "normal": 8.0, "fast": 3.0, "fastest": 0.0}
"""Seconds that a whole run lasts on the screen; 0 is as fast as it trains."""

EASE = 2.0
"""The position in a run is (time / length) to this power: the first epochs pass slowly enough to see."""

LINK_SETTLES = 2.0
"""Seconds after a link was written in which the browser may still send the one before."""

AHEAD = 1.0
"""Seconds of training asked for ahead of the picture while playing."""


@dataclass
class Lab:
    """What one visitor looks at.

    Attributes:
        config: a plain and a contractive member.
        epoch: the epoch looked at; while playing, that of the picture on the screen.
        sample: position of the selected sample in the display sample.
        notices: sentences about the link, shown until the visitor changes something.
        playing: whether the cursor moves by itself.
        speed: a key of `SPEEDS`.
        from_here: whether a new lambda holds from the current epoch on, instead of from the start.
        ghost: the picture before lambda was moved.
        shown: the picture on the screen; it stays until there is a new one.
        version: counts changes that widgets must take over.
        visitor: the engine's name for this visitor.
        colour: what colours the player's maps.
        map: how the player draws codes.
        path: what the lambda path is made of.
        own: names of the visitor's own data, and what `ui.own` knows of each; they are removed when the visit ends.
    """

    config: Config
    epoch: int
    sample: int = 0
    notices: list[str] = field(default_factory=list)
    playing: bool = False
    speed: str = "normal"
    from_here: bool = False
    ghost: Frame | None = None
    shown: Frame | None = None
    version: int = 0
    visitor: str = field(default_factory=lambda: uuid4().hex)
    colour: str = COLOURS[0]
    map: str = MAPS[0]
    path: PathChoice = field(default_factory=PathChoice)
    own: dict[str, Any] = field(default_factory=dict)
    _anchor: tuple[float, float] = (0.0, 0.0)
    _player: tuple[int, View | None] = (0, None)

    @property
    def card(self) -> DatasetCard:
        """What is known of the dataset."""
        return card(self.config.dataset)

    @property
    def lam(self) -> float:
        """Lambda in force in the epoch after the cursor, or in the last: what a slider stands at."""
        return self.config.objectives[1].lam_at(min(self.epoch, self.config.epochs - 1))

    @property
    def n_inputs(self) -> int:
        """The number of inputs, d."""
        return self.config.dimensions or self.card.n_inputs

    @property
    def cursor(self) -> url.Cursor:
        """What a link says of it."""
        return url.Cursor(
            self.config, self.epoch, self.sample, colour=self.colour, map=self.map, path=self.path
        )

    # ---- what links and controls do

    def go(self, cursor: url.Cursor) -> None:
        """Another link."""
        if cursor.config.dataset != self.config.dataset or cursor.config.dimensions != self.config.dimensions:
            self.shown = None
        self._become(cursor.config)
        self.epoch, self.sample, self.notices = cursor.epoch, cursor.sample, list(cursor.notices)
        self.colour, self.map, self.path = cursor.colour, cursor.map, cursor.path
        self.playing, self.ghost = False, None

    def choose_dataset(self, name: str) -> None:
        """Another dataset, with its own defaults, at the end of its run."""
        self._become(Config.for_dataset(name))
        self.epoch, self.sample, self.playing = self.config.epochs, 0, False
        self.ghost = self.shown = None
        self.path = PathChoice(self.path.members, self.path.frames)

    def choose_lambda(self, lam: float) -> None:
        """Another lambda, from the start of training or from here on; the picture stays as a ghost."""
        self.ghost = self.newest() or self.shown
        mine = self.config.objectives[1]
        if self.from_here and self.epoch > 0:
            before = [pair for pair in mine.schedule if pair[0] < self.epoch]
            config = url.pair(self.config, mine.lam, (*before, (self.epoch, lam)))
            if self.epoch >= self.config.epochs:
                more = Config.for_dataset(config.dataset).epochs // 2
                config = config.but(epochs=min(int(SETTINGS["epochs"].high), self.config.epochs + more))
                self.playing = True
            self._become(config)
        else:
            self.config = url.pair(self.config, lam)
        self.notices.clear()
        self._hold()

    def choose(self, **changes: Any) -> None:
        """Other settings, `curvature` of the contractive member among them; lambda and its schedule as they were."""
        plain_member, mine = self.config.objectives
        at_end = self.epoch >= self.config.epochs
        mine = replace(mine, curvature=changes.pop("curvature", mine.curvature))
        config = self.config.but(objectives=(plain_member, mine), **changes)
        check_size(config)
        if config.dimensions != self.config.dimensions:
            self.shown = None  # its samples have another length
        self._become(config)
        self.ghost = None
        self.epoch = self.config.epochs if at_end else min(self.epoch, self.config.epochs)
        self._hold()

    def toggle(self) -> None:
        """Play, from the start where the run is over; or pause."""
        if self.playing:
            self.playing = False
            return
        if self.epoch >= self.config.epochs:
            self.epoch, self.ghost = 0, None
        self.notices.clear()
        self.playing = True
        self._hold()

    def step(self) -> None:
        """One epoch on."""
        self.playing, self.epoch = False, min(self.epoch + 1, self.config.epochs)

    def reset(self) -> None:
        """Back to the initial weights, same seed."""
        self.playing, self.epoch, self.ghost = False, 0, None
        if self.config.objectives[1].schedule:
            self._become(url.pair(self.config, self.config.objectives[1].lam))

    def new_seed(self) -> None:
        """The same with other initial weights, batches and noise."""
        self.choose(seed=(self.config.seed + 1) % 2**31)

    def choose_speed(self, speed: str) -> None:
        """Another speed, from where the picture is."""
        self.speed = speed
        self._hold()

    # ---- the player of the lambda path

    def choose_path(self, path: PathChoice) -> None:
        """Another path, of the same dataset and settings."""
        check_path_size(path.spec(self.config))
        self.path = path
        self.notices.clear()

    def start_on_path(self) -> None:
        """From a dataset's default lambda, which need not be one of the path's, to one within a factor of two."""
        lams = [lam for lam in self.path.spec(self.config).lams if lam > 0]
        default = Config.for_dataset(self.config.dataset).objectives[1].lam
        if self.config.objectives[1].schedule or self.lam != default or default in lams or not lams:
            return
        nearest = min(lams, key=lambda lam: abs(math.log(lam / default))) if default else 0.0
        if default / 2 <= nearest <= 2 * default:
            self.ghost = None
            self.config = url.pair(self.config, nearest)

    def take_view(self, view: View) -> None:
        """Stand where the player stands: lambda from the start of training on, within the range of dataset and path."""
        lam = self._as_lambda(view.lam)
        if lam != self.lam:
            self.ghost = None
        self.config = url.pair(self.config, lam)
        self.epoch = min(view.epoch, self.config.epochs)
        self.sample = min(view.sample, last_sample(self.config))
        self.colour, self.map = view.colour, view.map
        self.playing = False
        self.notices.clear()
        self._hold()
        self._player = (self._player[0], self._view)

    def for_player(self) -> tuple[int, View]:
        """Where the player should stand, after a number that has changed if it was not the player that moved."""
        version, told = self._player
        if told != self._view:
            self._player = (version + 1, self._view)
        return self._player[0], self._view

    @property
    def _view(self) -> View:
        return View(self.lam, self.epoch, self.sample, self.colour, self.map)

    def _as_lambda(self, lam: float) -> float:
        """The lambda of now or of the path that is meant; between those, three digits, within the range."""
        known = (self.lam, *self.path.spec(self.config).lams)
        nearest = min(known, key=lambda one: abs(one - lam))
        meant = nearest if math.isclose(nearest, lam, rel_tol=1e-6) else float(f"{lam:.3g}")
        return min(meant, url.largest_lambda(self.config.dataset, self.path))

    # ---- the clock

    def goal(self) -> int:
        """The epoch that the picture should show now."""
        if not self.playing:
            return self.epoch
        length, total = SPEEDS[self.speed], self.config.epochs
        if length == 0:
            return total
        start, share = self._anchor
        reached = int(total * min(1.0, share + (time.monotonic() - start) / length) ** EASE)
        return min(total, max(self.epoch, reached))  # rounding does not take a picture back

    def ask(self) -> None:
        """Tell the engine how far training should be, a little ahead of the picture while playing."""
        wanted = self.epoch
        if self.playing:
            length, total = SPEEDS[self.speed], self.config.epochs
            start, share = self._anchor
            ahead = 1.0 if length == 0 else min(1.0, share + (time.monotonic() - start + AHEAD) / length)
            wanted = min(total, int(total * ahead**EASE) + 1)
        engine().request(self.config, wanted, self.visitor)

    def seconds_left(self) -> float | None:
        """Seconds of the run still to play, or None where training sets the pace."""
        length = SPEEDS[self.speed]
        if not self.playing or length == 0:
            return None
        return length * (1.0 - (self.epoch / self.config.epochs) ** (1 / EASE))

    def newest(self) -> Frame | None:
        """The frame to show now: the newest not after the goal."""
        return engine().latest(self.config, self.goal())

    def advance(self) -> Frame | None:
        """One tick: ask, move the cursor to the newest frame while playing, stop at the end.

        Returns:
            The frame of the cursor's run to show, or None before its first; `shown` is then that of the run before.
        """
        self.ask()
        frame = self.newest()
        self.shown = frame or self.shown
        if self.playing:
            self.epoch = max(self.epoch, frame.epoch if frame else 0)
            if self.goal() - self.epoch > 1:
                self._hold()
            if frame is not None and self.epoch >= self.config.epochs:
                self.playing = False
        return frame

    @property
    def settled(self) -> bool:
        """Whether the picture at the cursor is there and nothing moves."""
        return not self.playing and engine().frame(self.config, self.epoch) is not None

    def _hold(self) -> None:
        """Let the clock go on from the cursor."""
        self._anchor = (
            time.monotonic(),
            (min(self.epoch, self.config.epochs) / self.config.epochs) ** (1 / EASE),
        )

    def _become(self, config: Config) -> None:
        self.config = config
        self.version += 1
        self.notices.clear()


def lab() -> Lab:
    """This visitor's state; the first time, from the URL."""
    if "lab" not in st.session_state:
        cursor = url.read({key: st.query_params[key] for key in st.query_params})
        made = st.session_state["lab"] = Lab(cursor.config, cursor.epoch)
        weakref.finalize(made, _end_visit, made.visitor)
        made.go(cursor)
    state: Lab = st.session_state["lab"]
    return state


def _end_visit(visitor: str) -> None:
    """Remove what a visitor brought; Streamlit lets go of a session two minutes after its browser has gone."""
    from cae_core.own import store

    store.end_visit(visitor)


def keep_link(state: Lab) -> None:
    """Write the cursor into the URL; a live picture is a fragment and does not come here.

    What this run knows of the URL is what the browser sent along, perhaps before it heard of the link written last.
    """
    last, wanted = st.session_state.get("link"), url.write(state.cursor)
    st.session_state["link"] = wanted
    if dict(st.query_params) != wanted or last not in (None, wanted):
        st.query_params.from_dict(wanted)
        st.session_state["link-written"] = time.monotonic()


def follow_link(state: Lab) -> None:
    """Go where the browser's Back and Forward lead: to a link that is not the one written last.

    A link without parameters is not followed, since Streamlit drops them when the page is changed. Where the visitor
    changed something before this run, the link may be older than the change, and the change counts; so it may be for
    `LINK_SETTLES` seconds after a link was written, until the browser sends the new one.
    """
    if time.monotonic() - st.session_state.get("link-written", -LINK_SETTLES) < LINK_SETTLES:
        return
    last, here = st.session_state.get("link"), dict(st.query_params)
    if last is None or not here or here == last:
        return
    now = url.write(state.cursor)
    moving = {"epoch"} if state.playing else set()
    if any(now.get(key) != last.get(key) for key in ({*now, *last} - moving)):
        return
    state.go(url.read(here, state.own))
    st.session_state["link"] = here


def show_notices(state: Lab) -> None:
    """Show what a link's values were changed to, until the visitor changes something."""
    for notice in state.notices:
        st.warning(plain(notice), icon=":material/info:")
