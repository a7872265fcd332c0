"""From a visitor's cursor to numbers: the frame, analyses of it, and what to show while they are on their way."""

from __future__ import annotations

import time
from concurrent.futures import CancelledError, Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from concurrent.futures import wait as wait_for
from dataclasses import dataclass
from math import ceil
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from cae_core.catalog import POINT_NAMES
from cae_core.config import Config
from cae_core.engine import JobLane
from cae_core.errors import ContractionLabError, EngineError
from cae_core.figures.parts import literal
from cae_core.frame import Frame
from ui.plain import plain
from ui.runs import end_here
from ui.server import engine
from ui.session import Lab

TICK = 0.2
"""Seconds between two pictures while something moves."""

BLINK = 0.6
"""Seconds that a page waits without a word."""

PATIENCE = 20.0
"""Seconds that a page waits for an analysis."""

LOOK_UP = 0.1
"""Seconds after which a page that waits looks up whether its visitor did something."""

LARGEST, MOST_STEPS = 3e9, 10_000
"""Samples x inputs x units x epochs of a model, and its steps, up to which a page waits for a study of about ten."""

STUDY = 300.0
"""Seconds that a study may take that a page does not wait for."""

GIVEN_UP = "Too many questions wait; choose again."
"""What to say of an analysis that was cancelled before it began."""


@dataclass(frozen=True, slots=True)
class Display:
    """The display sample (see `cae_core.analysis.models.display_sample`)."""

    x: NDArray[np.float32]
    y: NDArray[np.int64] | None
    feature_names: tuple[str, ...]
    test_variance: float
    train_spread: float


def frame_or_wait(state: Lab) -> Frame:
    """The frame at the cursor; until it is there, the page shows how far training is and stops here.

    Args:
        state: the visitor's; it does not play on a page that calls this.

    Returns:
        The frame.
    """
    state.playing = False
    state.ask()
    frame = engine().frame(state.config, state.epoch)
    if frame is None:
        _waiting(state)
        end_here()
    return frame


@st.fragment(run_every=TICK)
def _waiting(state: Lab) -> None:
    state.ask()
    progress = engine().progress(state.config)
    if progress.error:
        show_failure(state, progress.error)
        return
    if engine().frame(state.config, state.epoch) is not None:
        st.rerun()
    target = max(1, state.epoch)
    done = min(1.0, (progress.epoch + progress.step / max(1, progress.steps_per_epoch)) / target)
    st.progress(done, f"Training both models: epoch {min(progress.epoch, target)} of {target}")


def show_failure(state: Lab, sentence: str) -> None:
    """Say why training stopped, with a way to try again."""
    st.error(plain(sentence))
    st.button("Try again", on_click=lambda: engine().retry(state.config), icon=":material/refresh:")


def analysis(state: Lab, path: str, frame: Frame, *args: Any, slot: str = "") -> Any:
    """The result of an analysis of a frame, kept under config, epoch and arguments.

    Args:
        state: the visitor's.
        path: ``module:function`` in `cae_core.analysis`.
        frame: what to analyse.
        *args: further arguments, plain values.
        slot: names a quick series, as of a slider: a newer request takes the place of an older one.

    Returns:
        What the function returns.

    Raises:
        EngineError: it took too long.
    """
    return wait(start(state, path, frame, *args, slot=slot))


def start(
    state: Lab, path: str, of: Frame | Config, *args: Any, slot: str = "", lane: JobLane = "analysis"
) -> Future[Any]:
    """Begin an analysis of a frame, or a study that trains a config (arguments as in `analysis`)."""
    where = (state.visitor, slot) if slot else None
    return engine().submit(
        lane,
        f"cae_core.analysis.{path}",
        of,
        *args,
        key=_key(path, of, *args),
        slot=where,
        timeout=STUDY if lane == "path" else None,
    )


def _key(path: str, of: Frame | Config, *args: Any) -> tuple[Any, ...]:
    """What an analysis is kept under."""
    config, epoch = (of, of.epochs) if isinstance(of, Config) else (of.config, of.epoch)
    return path, config.key, epoch, *args


def wait(future: Future[Any]) -> Any:
    """A future's result, or one clear sentence; what the visitor does meanwhile ends this run of the page."""
    end = time.monotonic() + PATIENCE
    while wait_for([future], timeout=LOOK_UP).not_done and time.monotonic() < end:
        st.session_state.get("lab")  # Streamlit ends a run only where the script calls on it
    try:
        return future.result(timeout=0)
    except CancelledError:
        raise EngineError(GIVEN_UP) from None
    except FutureTimeoutError:
        raise EngineError(
            f"An analysis must answer within {PATIENCE:g} s. It did not. Wait a little and choose again."
        ) from None


def _failure(future: Future[Any]) -> str:
    """One sentence where a future failed or was cancelled, else nothing."""
    if not future.done():
        return ""
    if future.cancelled():
        return GIVEN_UP
    error = future.exception()
    if error is None:
        return ""
    return str(error) if isinstance(error, ContractionLabError) else "This could not be computed."


@dataclass(frozen=True, slots=True)
class Later:
    """A slow analysis that a page does not wait for.

    Attributes:
        key: path, config, epoch and arguments.
        future: the result to come.
        began: when it was asked for, by the monotonic clock.
    """

    key: tuple[Any, ...]
    future: Future[Any]
    began: float

    @property
    def error(self) -> str:
        """One sentence where it failed, else nothing."""
        return _failure(self.future)

    @property
    def result(self) -> Any:
        """The result, or None while it is not there."""
        return self.future.result() if self.future.done() and not self.error else None

    @property
    def seconds(self) -> float:
        """Seconds since it was asked for."""
        return time.monotonic() - self.began


def later(state: Lab, path: str, of: Frame | Config, *args: Any, lane: JobLane = "umap") -> Later:
    """Begin a slow analysis, or find it as it stands; a visitor waits for one of each function.

    Args:
        state: the visitor's.
        path: ``module:function`` in `cae_core.analysis`.
        of: the frame to analyse, or the config that a study trains.
        *args: further arguments, plain values.
        lane: where it is done.

    Returns:
        The analysis; one that failed is not begun again until `forget` is called.
    """
    key = _key(path, of, *args)
    held: Later | None = st.session_state.get(f"later-{path}")
    if held is None or held.key != key or held.future.cancelled():
        future = start(state, path, of, *args, slot=path, lane=lane)
        held = st.session_state[f"later-{path}"] = Later(key, future, time.monotonic())
    return held


def too_large(state: Lab, models: int) -> bool:
    """Whether training so many models of the visitor's settings takes longer than a page should wait; it then says so.

    Args:
        state: the visitor's.
        models: how many are trained together, about ten.

    Returns:
        Whether it is too large. The page shows what to do instead.
    """
    config = state.config
    n = config.samples or state.card.n_train
    steps = config.epochs * ceil(n / config.batch_size)
    if n * state.n_inputs * config.hidden[-1] * config.epochs <= LARGEST and steps <= MOST_STEPS:
        return False
    st.info(
        f"This page trains {models} models at once; with {plain(state.card.title)} and these settings that takes "
        "minutes. Choose fewer samples or epochs or larger batches under More, or a dataset with its own settings:",
        icon=":material/timer:",
    )
    name, label = ("moons", "Two moons") if state.n_inputs == 2 else ("digits", "Digits")
    st.button(f"Use {label}", on_click=state.choose_dataset, args=(name,))
    return True


@st.fragment(run_every=TICK)
def study(held: Later, what: str) -> None:
    """How long a study takes, until the page is run again with its result.

    Args:
        held: the study.
        what: the models that it trains, as in "Training ...".
    """
    if held.error:
        st.error(plain(held.error))
        st.button("Try again", icon=":material/refresh:", on_click=forget, args=(held.key[0],))
        return
    if held.future.done():
        st.rerun()
    doing = "Training" if held.future.running() else "Waiting to train"
    st.info(
        f"{doing} {what}: {held.seconds:.0f} s. With a dataset's own settings and nothing else to do this takes "
        "5 to 20 s.",
        icon=":material/hourglass_top:",
    )


def forget(path: str) -> None:
    """Let the next `later` of a function begin again."""
    st.session_state.pop(f"later-{path}", None)


def display(state: Lab) -> Display:
    """The display sample of the visitor's dataset."""
    return _display(wait(_start_display(state)))


def gather(state: Lab, of: Frame | Config, *asked: str | tuple[Any, ...]) -> tuple[Any, ...]:
    """The display sample and analyses of a frame or a config, computed one after the other while this page waits once.

    Where they are not there at once, as on a server whose worker has yet to start, the page says so and ends here; it
    is run again when all have come.

    Args:
        state: the visitor's.
        of: the frame to analyse, or the config that an analysis needs.
        *asked: ``module:function`` in `cae_core.analysis`, alone or with further arguments in a tuple.

    Returns:
        The display sample, then the results in order.
    """
    calls = [(one,) if isinstance(one, str) else one for one in asked]
    futures = [_start_display(state), *(start(state, path, of, *more) for path, *more in calls)]
    if wait_for(futures, timeout=BLINK).not_done:
        st.fragment(_on_their_way, run_every=TICK)(futures, time.monotonic())
        end_here()
    first, *others = (wait(future) for future in futures)
    return _display(first), *others


def _on_their_way(futures: list[Future[Any]], began: float) -> None:
    if all(future.done() for future in futures):
        failures = [failure for future in futures if (failure := _failure(future))]
        if not failures:
            st.rerun()
        st.error(plain(failures[0]))
        if st.button("Try again", icon=":material/refresh:"):
            st.rerun()
        return
    seconds = time.monotonic() - began
    st.info(
        f"The numbers are on their way: {seconds:.0f} s. The first page of a server waits until its worker is up.",
        icon=":material/hourglass_top:",
    )


def _start_display(state: Lab) -> Future[Any]:
    config = state.config
    key = ("display", config.dataset, config.samples, config.dimensions)
    return engine().submit("analysis", "cae_core.analysis.models:display_sample", config, key=key)


def _display(arrays: dict[str, NDArray[Any]]) -> Display:
    labels = arrays["y"]
    return Display(
        x=arrays["x"],
        y=None if (labels < 0).all() else labels,
        feature_names=tuple(literal(name) for name in arrays["feature_names"].tolist()),
        test_variance=float(arrays["test_variance"]),
        train_spread=float(arrays["train_spread"]),
    )


def feature_names(state: Lab) -> tuple[str, ...]:
    """Names of the inputs; only tables have names that must be looked up."""
    if state.card.kind == "image" and state.card.image_shape is not None:
        rows, columns = state.card.image_shape
        return tuple(f"row {r + 1}, column {c + 1}" for r in range(rows) for c in range(columns))
    if state.card.kind == "points":
        return POINT_NAMES[: state.n_inputs]
    return display(state).feature_names
