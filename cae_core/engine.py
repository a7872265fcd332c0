"""The engine: who wants which epoch of which run, and which worker does what next.

A visitor owns a *cursor*, (config, epoch). `Engine.request` sets it and returns at once; the engine trains in chunks of
at most a quarter of a second until that epoch's frame is there, and keeps frames by (config key, epoch) for everyone.
So Play moves the cursor on, Pause asks for the epoch that is already there, Reset asks for epoch 0, and a visitor who
goes away is forgotten after `idle_seconds`.

One thread a lane takes the next chunk or job, hands it to the lane's worker and waits; all that threads share is
guarded by one condition. Among the runs that somebody waits for, the one that was served longest ago is next. A run
has at most one chunk under way, and a chunk is a pure function of a state: lost, it is run again, to the same bits.
A frame that was dropped is trained again from the start, or from the last state before it that is still kept.

Neither torch nor umap is loaded here: they live in the workers.
"""

from __future__ import annotations

import atexit
import logging
import os
import threading
import time
from collections.abc import Callable, Hashable, Iterable
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Literal, get_args

from cae_core import work
from cae_core.cache import FrameCache
from cae_core.config import Config
from cae_core.errors import ContractionLabError, EngineError
from cae_core.frame import Frame, State
from cae_core.jobs import Job, Jobs
from cae_core.lanes import ExecutorFactory, Lane, LocalWorker
from cae_core.work import BUDGET, Chunk

log = logging.getLogger(__name__)

JobLane = Literal["analysis", "umap", "path"]

EFFECT = 0.5
"""Seconds within which each run that somebody waits for gets its turn, as long as chunks of `SHORTEST` allow it."""

SHORTEST = 0.05
"""Seconds of the shortest chunk."""

FIRST = 0.1
"""Seconds of a run's first chunk: the first picture is soon there."""

MAX_RUNS = 256
"""Runs that are remembered beyond those somebody asks for."""

MAX_TRAIN_LANES = 8
"""Training workers by default, at most: each takes a third of a gigabyte."""


@dataclass(frozen=True)
class Progress:
    """How far a run is.

    Attributes:
        epoch: epochs done on the way to the target.
        target: the last epoch that somebody asks for.
        step: steps done in the current epoch.
        steps_per_epoch: steps of an epoch; 0 before the first chunk.
        running: whether somebody waits for a frame that is not there.
        error: one sentence where training cannot go on.
    """

    epoch: int
    target: int
    step: int = 0
    steps_per_epoch: int = 0
    running: bool = False
    error: str | None = None


@dataclass(frozen=True)
class _Cursor:
    key: str
    epoch: int
    time: float


@dataclass
class _Run:
    """One config's training: the states to go on from, the last one used at the end, and the frames of use."""

    config: Config
    states: list[State] = field(default_factory=list)
    steps_per_epoch: int = 0
    busy: bool = False
    served: int = 0
    asked: float = 0.0
    error: str | None = None
    wanted: set[int] | None = field(default_factory=set)

    def want(self, epoch: int, only: Iterable[int] | None) -> None:
        """Note which frames are of use: those named by anybody, or all."""
        if only is None:
            self.wanted = None
        elif self.wanted is not None:
            self.wanted.update(only, (epoch,))

    def useless(self, epoch: int) -> Iterable[int]:
        """Epochs up to one whose frames nobody asked for."""
        return () if self.wanted is None else (e for e in range(epoch + 1) if e not in self.wanted)

    def base(self, epoch: int) -> State | None:
        """The state nearest before an epoch's end, or None for the start."""
        fitting = [s for s in self.states if s.step <= epoch * self.steps_per_epoch]
        return max(fitting, key=lambda s: s.step, default=None)

    def distance(self, epoch: int) -> int:
        """Steps to train for an epoch's frame; the number of epochs before the first chunk."""
        base = self.base(epoch)
        return epoch * max(1, self.steps_per_epoch) - (base.step if base else 0)

    def move(self, base: State | None, chunk: Chunk) -> None:
        """Put a chunk's end in the place of its start; the furthest state and this one are kept."""
        self.steps_per_epoch = chunk.steps_per_epoch
        others = [s for s in self.states if s is not base and s.step != chunk.state.step]
        furthest = max(others, key=lambda s: s.step, default=None)
        self.states = [*([furthest] if furthest else []), chunk.state]


class Engine:
    """Trains what visitors ask for and answers their questions, in worker processes.

    Args:
        train_lanes: training workers; one a core by default, at most `MAX_TRAIN_LANES`.
        executor_factory: makes the worker of a lane kind; any `concurrent.futures.Executor` will do.
        frame_bytes: memory for frames, beyond those somebody looks at.
        state_bytes: memory for states to go on from.
        result_bytes: memory for results of jobs.
        idle_seconds: how long a request stands that is not repeated.
        chunk_timeout: seconds after which the worker of a chunk counts as hung.
        start_timeout: seconds within which a new worker must be up.
        train_chunk: what a training worker runs; a function of a module.
    """

    def __init__(
        self,
        train_lanes: int | None = None,
        executor_factory: ExecutorFactory = LocalWorker,
        *,
        frame_bytes: int = 128 << 20,
        state_bytes: int = 128 << 20,
        result_bytes: int = 64 << 20,
        idle_seconds: float = 60.0,
        chunk_timeout: float = 60.0,
        start_timeout: float = 120.0,
        train_chunk: Callable[..., Chunk] = work.train_chunk,
    ) -> None:
        lane = partial(Lane, factory=executor_factory, start_timeout=start_timeout)
        self._train = [lane("train") for _ in range(train_lanes or min(MAX_TRAIN_LANES, _cores()))]
        self._jobs = {kind: Jobs(lane(kind), result_bytes) for kind in get_args(JobLane)}
        self._frames = FrameCache(frame_bytes)
        self._state_bytes = state_bytes
        self._idle_seconds = idle_seconds
        self._chunk_timeout = chunk_timeout
        self._train_chunk = train_chunk
        self._changed = threading.Condition()
        self._cursors: dict[Hashable, _Cursor] = {}
        self._runs: dict[str, _Run] = {}
        self._idle: set[Lane] = set()
        self._to_warm = 0
        self._turns = 0
        self._threads: list[threading.Thread] = []
        self._closed = False
        atexit.register(self.close)

    # ---- cursors -----------------------------------------------------------------------------------------------

    def request(
        self,
        config: Config,
        epoch: int,
        visitor: Hashable | None = None,
        *,
        only: Iterable[int] | None = None,
    ) -> None:
        """Set a visitor's cursor: from now on the engine works towards this epoch of this config.

        A visitor has one cursor: the last request replaces the one before, and stands for `idle_seconds`.

        Args:
            config: what to train.
            epoch: number of epochs, >= 0.
            visitor: whose cursor; without one, requests for the same config replace each other.
            only: epochs whose frames are of use, as of a path; by default all up to the one asked for.

        Raises:
            EngineError: the engine is closed.
        """
        with self._changed:
            self._check_open()
            now = time.monotonic()
            run = self._runs.setdefault(config.key, _Run(config))
            if run.error and now - run.asked > self._idle_seconds:
                run.error = None
            run.asked = now
            run.want(epoch, only)
            cursor = _Cursor(config.key, max(0, epoch), now)
            self._cursors[config.key if visitor is None else visitor] = cursor
            if (
                len(self._cursors) > 2 * MAX_RUNS
            ):  # who only looks at frames that are there has no chunk to trim after
                self._trim()
            if (cursor.key, cursor.epoch) not in self._frames:
                self._start_threads()
                self._changed.notify_all()

    def release(self, visitor: Hashable) -> None:
        """Take a visitor's cursor away: nothing is computed for them any more."""
        with self._changed:
            self._cursors.pop(visitor, None)

    def retry(self, config: Config) -> None:
        """Try again to train a run that stopped with an error."""
        with self._changed:
            if config.key in self._runs:
                self._runs[config.key].error = None
                self._changed.notify_all()

    def frame(self, config: Config, epoch: int) -> Frame | None:
        """The frame of an epoch, or None while it is not there."""
        with self._changed:
            return _named(self._frames.get((config.key, epoch)), config)

    def latest(self, config: Config, up_to: int | None = None) -> Frame | None:
        """The last frame of a run that is there, not after `up_to`; None where there is none."""
        with self._changed:
            key = self._frames.newest(config.key, up_to)
            return _named(self._frames.get(key), config) if key else None

    def epochs(self, config: Config) -> list[int]:
        """The epochs of a run whose frames are there, in order."""
        with self._changed:
            return self._frames.epochs(config.key)

    def progress(self, config: Config) -> Progress:
        """How far a run is on its way to the last epoch that somebody asks for."""
        with self._changed:
            newest = self._frames.newest(config.key)
            reached = newest[1] if newest else 0
            run = self._runs.get(config.key)
            if run is None:
                return Progress(reached, reached)
            cursors = [c for c in self._fresh_cursors() if c.key == config.key]
            target = max((c.epoch for c in cursors), default=reached)
            running = run.error is None and any((c.key, c.epoch) not in self._frames for c in cursors)
            per_epoch, step = run.steps_per_epoch, 0
            if run.states:
                epoch, step = divmod(run.states[-1].step, per_epoch)
                reached = epoch if running else max(epoch, reached)
            return Progress(reached, target, step, per_epoch, running, run.error)

    def wait(self, config: Config, epoch: int, timeout: float = 600.0) -> Frame:
        """Ask for a frame and wait for it; for scripts and tests, never for a page.

        Args:
            config: what to train.
            epoch: number of epochs, >= 0.
            timeout: seconds.

        Returns:
            The frame.

        Raises:
            EngineError: training failed or took too long.
        """
        end = time.monotonic() + timeout
        visitor = (config.key, epoch, threading.get_ident())
        with self._changed:
            self.retry(config)
            while True:
                self.request(config, epoch, visitor)
                if (frame := self.frame(config, epoch)) is not None:
                    self.release(visitor)
                    return frame
                error = self._runs[config.key].error
                left = end - time.monotonic()
                if error or left <= 0:
                    raise EngineError(
                        error or f"A frame must come within {timeout:g} s. It did not. Wait longer."
                    )
                self._changed.wait(min(left, self._idle_seconds / 2))

    def adopt(self, frames: Iterable[Frame]) -> None:
        """Keep frames that were made elsewhere, as those of the run that is shipped, for good."""
        with self._changed:
            for frame in frames:
                self._frames.put(frame, pin=True)
            self._changed.notify_all()

    # ---- jobs --------------------------------------------------------------------------------------------------

    def submit(
        self,
        lane: JobLane,
        path: str,
        *args: Any,
        key: Hashable | None = None,
        slot: Hashable | None = None,
        timeout: float | None = None,
        **kwargs: Any,
    ) -> Future[Any]:
        """Have a function called in a worker.

        Args:
            lane: ``analysis`` for what answers a slider, ``umap`` for UMAP, ``path`` for a path's many frames.
            path: ``module:function`` inside ``cae_core``.
            *args: its arguments.
            key: names the result: asked again, the same future comes back while the result is kept. Do not cancel it.
            slot: names who waits, and what for. A newer job of the slot takes the place of an older one
                that has not begun and that no other slot waits for; that one is cancelled.
            timeout: seconds after which the worker counts as hung; 60, and 300 for UMAP, by default.
            **kwargs: its named arguments.

        Returns:
            The future result; failed, it is not kept under its key.

        Raises:
            EngineError: the engine is closed.
        """
        seconds = timeout or (300.0 if lane == "umap" else 60.0)
        return self._jobs[lane].submit(Job(path, args, kwargs, key, seconds), slot)

    # ---- life --------------------------------------------------------------------------------------------------

    def warm(self, *, lanes: int = 2, umap: bool = False) -> threading.Thread:
        """Start workers before they are needed, one after the other, in the background.

        Args:
            lanes: training workers to start.
            umap: whether to start the workers of paths and of UMAP, too, and let UMAP compile.

        Returns:
            The thread that does it.
        """
        thread = threading.Thread(target=self._warm, args=(lanes, umap), name="warm-up", daemon=True)
        thread.start()
        return thread

    def pids(self) -> dict[str, list[int]]:
        """Process ids of the local workers that run, by kind of lane."""
        found: dict[str, list[int]] = {}
        for lane in self._lanes():
            found.setdefault(lane.kind, []).extend(lane.pids())
        return found

    def close(self) -> None:
        """End all workers and threads; jobs that wait are cancelled."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        for jobs in self._jobs.values():
            jobs.close()
        for lane in self._train:
            lane.close()
        for thread in self._threads:
            if thread is not threading.current_thread():
                thread.join(timeout=5.0)
        atexit.unregister(self.close)

    def _lanes(self) -> list[Lane]:
        return [*self._train, *(jobs.lane for jobs in self._jobs.values())]

    def _check_open(self) -> None:
        if self._closed:
            raise EngineError(
                "The engine must be open. Got a request after it was closed. Start the server again."
            )

    def _start_threads(self) -> None:
        if self._threads:
            return
        self._threads = [
            threading.Thread(target=self._train_loop, args=(lane,), name=f"train-{number}", daemon=True)
            for number, lane in enumerate(self._train)
        ]
        for thread in self._threads:
            thread.start()

    def _warm(self, lanes: int, umap: bool) -> None:
        try:
            for count in range(1, min(lanes, len(self._train)) + 1):
                with self._changed:
                    self._to_warm = max(self._to_warm, count)
                    self._start_threads()
                    self._changed.notify_all()
                    self._changed.wait_for(lambda: self._closed or self._warm_lanes() >= self._to_warm, 120.0)
                if count == 1:
                    self.submit("analysis", "cae_core.work:warm_analysis").exception()
            if umap:
                self.submit("path", "cae_core.work:warm_path").exception()
                self.submit("umap", "cae_core.work:warm_umap").exception()
        except (EngineError, CancelledError):
            log.debug("The engine was closed before its workers were warm.")

    def _warm_lanes(self) -> int:
        return sum(lane.started for lane in self._idle)

    # ---- training threads --------------------------------------------------------------------------------------

    def _train_loop(self, lane: Lane) -> None:
        while True:
            with self._changed:
                self._idle.add(lane)
                self._changed.notify_all()
                task: Callable[[], None] | None = None
                while not self._closed and (task := self._next_task(lane)) is None:
                    self._changed.wait()
                self._idle.discard(lane)
                self._changed.notify_all()
            if task is None:
                return
            task()

    def _next_task(self, lane: Lane) -> Callable[[], None] | None:
        """What a training lane does next; a worker that is up goes before one that is not."""
        if not lane.started and any(other.started for other in self._idle):
            return self._start(lane) if self._train.index(lane) < self._to_warm else None
        waiting = self._waiting()
        if not waiting:
            return self._start(lane) if self._train.index(lane) < self._to_warm and not lane.started else None
        run = min((self._runs[cursor.key] for cursor in waiting), key=lambda run: run.served)
        epoch = min((c.epoch for c in waiting if c.key == run.config.key), key=run.distance)
        base = run.base(epoch) if run.steps_per_epoch else None
        active = len({cursor.key for cursor in waiting}) + sum(r.busy for r in self._runs.values())
        self._turns += 1
        run.busy, run.served = True, self._turns
        known = frozenset((*self._frames.epochs(run.config.key), *run.useless(epoch)))
        budget = max(SHORTEST, min(BUDGET, EFFECT * len(self._train) / active))
        if base is None:
            budget = min(FIRST, budget)
        return partial(self._run_chunk, lane, run, base, epoch, budget, known)

    def _start(self, lane: Lane) -> Callable[[], None]:
        def start() -> None:
            try:
                lane.run(work.ready, timeout=self._chunk_timeout)
            except EngineError:
                log.debug("A training worker did not start in the warm-up.", exc_info=True)
                with self._changed:
                    self._to_warm = 0

        return start

    def _run_chunk(
        self, lane: Lane, run: _Run, base: State | None, epoch: int, budget: float, known: frozenset[int]
    ) -> None:
        error, chunk = None, None
        try:
            chunk = lane.run(
                self._train_chunk, run.config, base, epoch, budget, known, timeout=self._chunk_timeout
            )
        except ContractionLabError as reason:
            error = str(reason)
        except Exception as reason:  # whatever a worker raises belongs to its run, not to this thread
            log.error("A chunk of training raised an error.", exc_info=reason)
            error = f"Training must run without an error. Got {type(reason).__name__}: {reason}. Try other settings."
        with self._changed:
            run.busy, run.error = False, error
            if chunk is not None:
                run.move(base, chunk)
                for frame in chunk.frames:
                    self._frames.put(frame)
            self._trim()
            self._changed.notify_all()

    def _fresh_cursors(self) -> list[_Cursor]:
        oldest = time.monotonic() - self._idle_seconds
        return [cursor for cursor in self._cursors.values() if cursor.time >= oldest]

    def _waiting(self) -> list[_Cursor]:
        """Cursors whose frame is not there and whose run can be worked at."""
        return [
            cursor
            for cursor in self._fresh_cursors()
            if (cursor.key, cursor.epoch) not in self._frames
            and not (run := self._runs[cursor.key]).busy
            and run.error is None
        ]

    def _trim(self) -> None:
        """Forget what is too old or too much: cursors, frames, states, runs."""
        fresh = self._fresh_cursors()
        oldest = time.monotonic() - self._idle_seconds
        self._cursors = {visitor: c for visitor, c in self._cursors.items() if c.time >= oldest}
        looked_at = {key for c in fresh if (key := self._frames.newest(c.key, c.epoch)) is not None}
        self._frames.shrink(looked_at)
        wanted = {cursor.key for cursor in fresh}
        size = sum(state.nbytes for run in self._runs.values() for state in run.states)
        for run in sorted(self._runs.values(), key=lambda run: run.asked):
            if run.busy or run.config.key in wanted:
                continue
            if size > self._state_bytes or len(self._runs) > MAX_RUNS:
                size -= sum(state.nbytes for state in run.states)
                del self._runs[run.config.key]


def _named(frame: Frame | None, config: Config) -> Frame | None:
    """The frame under the config that was asked for, which may differ in its number of epochs."""
    return frame if frame is None or frame.config == config else frame.for_config(config)


def _cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
