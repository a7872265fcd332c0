"""Lambda paths that are being made: trained in the training lanes, put into parts frame by frame, shared by visitors.

`Paths.poll` is called again and again by those who look: each call asks the engine for what is missing and takes what
has come. Where nobody calls, nothing more is asked for. What a call does here takes about a tenth of a second at most.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from cae_core.alignment import aligned
from cae_core.engine import Engine, JobLane
from cae_core.errors import ContractionLabError
from cae_core.frame import Frame
from cae_core.path import PathSpec, check_size, neighbour
from cae_core.path_parts import Part, Piece, base_part, frame_part, umap_part, unpack

Floats = NDArray[np.floating]

UmapState = Literal["none", "running", "ready", "failed"]

KEEP = 12
"""Paths that are kept beyond those that somebody looks at; one takes up to 5 MB."""

IDLE = 60.0
"""Seconds after which a path that nobody asked for is not looked at any more."""

AHEAD = 6
"""Frames of a path that wait for their numbers at once."""

AT_ONCE = 0.1
"""Seconds after which a call puts no further frame into parts: one takes 20 ms, 140 ms for the largest."""

TIMEOUT = 300.0
"""Seconds that the numbers of one frame may take: a large one of MNIST takes some."""


@dataclass(frozen=True)
class Progress:
    """How far a path is.

    Attributes:
        parts: the first part and the frames that are there, in order, then UMAP's where it is wanted and there.
        ready: number of frames that are there.
        frames: number of frames in all.
        status: what is being done, in words; empty where all is there.
        share: how much of it is done, 0 to 1; None where that is not known.
        umap: state of the maps of UMAP.
        umap_text: what is being done for them, or why there are none.
        error: one sentence where the path cannot go on.
    """

    parts: tuple[bytes, ...]
    ready: int
    frames: int
    status: str = ""
    share: float | None = None
    umap: UmapState = "none"
    umap_text: str = ""
    error: str | None = None

    @property
    def complete(self) -> bool:
        """Whether nothing more will come."""
        return self.error is not None or (self.ready == self.frames and self.umap != "running")


@dataclass
class _Making:
    """A path on its way."""

    spec: PathSpec
    yardsticks: Future[Any] | None = None
    base: Part | None = None
    parts: list[bytes] = field(default_factory=list)
    frames: dict[int, Frame] = field(default_factory=dict)
    pieces: dict[int, Future[Piece]] = field(default_factory=dict)
    before: Floats | None = None
    maps: list[Floats] = field(default_factory=list)
    fit: Future[Floats] | None = None
    umap: bytes | None = None
    error: str | None = None
    umap_error: str = ""
    asked: float = 0.0

    @property
    def ready(self) -> int:
        """Frames whose parts are there."""
        return max(0, len(self.parts) - 1)

    @property
    def complete(self) -> bool:
        return self.ready == len(self.spec.epochs)


class Paths:
    """The paths of a server.

    Args:
        engine: trains and computes.
        shipped: gives the parts of a path that came with the package, or None.
        keep: number of paths to keep.
    """

    def __init__(
        self,
        engine: Engine,
        shipped: Callable[[PathSpec], list[bytes] | None] = lambda _: None,
        *,
        keep: int = KEEP,
    ) -> None:
        self._engine = engine
        self._shipped = shipped
        self._keep = keep
        self._lock = threading.Lock()
        self._making: OrderedDict[str, _Making] = OrderedDict()

    def poll(self, spec: PathSpec, visitor: Hashable, *, umap: bool = False) -> Progress:
        """Ask for a path and see how far it is; a visitor has one cursor, here and in `Engine.request`.

        Args:
            spec: the path.
            visitor: who asks.
            umap: whether maps of UMAP are wanted, too.

        Returns:
            How far it is.

        Raises:
            ConfigError: the path is too large for a page.
            DataError: a path that came with the package cannot be read.
        """
        with self._lock:
            making = self._find(spec)
            making.asked = time.monotonic()
            try:
                if making.error is None and not making.complete:
                    self._take(making, visitor)
                if umap and making.error is None and making.complete:
                    self._fit(making, visitor)
            except ContractionLabError as error:
                making.error = str(error)
            return self._progress(making, umap)

    def retry(self, spec: PathSpec) -> None:
        """Try again what failed."""
        with self._lock:
            making = self._making.get(spec.key)
            if making is not None:
                making.error, making.umap_error, making.fit = None, "", None
                making.yardsticks = None
                making.pieces = {index: piece for index, piece in making.pieces.items() if not _failed(piece)}
        self._engine.retry(spec.config)

    def _find(self, spec: PathSpec) -> _Making:
        making = self._making.get(spec.key)
        if making is None:
            check_size(spec)
            making = _Making(spec)
            if (parts := self._shipped(spec)) is not None:
                count = 1 + len(spec.epochs)
                making.parts, making.base = parts[:count], unpack(parts[0])
                making.umap = parts[count] if len(parts) > count else None
            self._making[spec.key] = making
        self._making.move_to_end(spec.key)
        seen = time.monotonic() - IDLE
        for key in [key for key, other in self._making.items() if other.asked < seen]:
            if len(self._making) > self._keep and key != spec.key:
                del self._making[key]
        return making

    # ---- frames

    def _take(self, making: _Making, visitor: Hashable) -> None:
        """Ask for what is missing, and put what has come into parts."""
        spec = making.spec
        self._ask(making, visitor)
        if making.base is None:
            if making.yardsticks is None:
                making.yardsticks = self._submit(
                    "yardsticks", spec.config, key=("yardsticks", spec.config.key)
                )
            if (found := _result(making.yardsticks)) is None:
                making.yardsticks = _unless_lost(making.yardsticks)
                return
            making.parts = [base_part(spec, found)]
            making.base = unpack(making.parts[0])
        until = time.monotonic() + AT_ONCE
        while time.monotonic() < until:
            index = making.ready
            if making.complete or index not in making.pieces:
                return
            piece = _result(making.pieces[index])
            if piece is None:
                if _unless_lost(making.pieces[index]) is None:
                    del making.pieces[index]
                return
            making.before = aligned(piece.points, len(spec.lams), making.before)
            frame = making.frames.pop(index)
            making.parts.append(frame_part(spec, index, frame, piece, making.before, making.base))
            del making.pieces[index]

    def _ask(self, making: _Making, visitor: Hashable) -> None:
        """Have the engine train on, and what it has trained analysed."""
        spec, engine = making.spec, self._engine
        missing = [
            (index, epoch)
            for index, epoch in enumerate(spec.epochs)
            if index >= making.ready and index not in making.pieces
        ]
        there = set(engine.epochs(spec.config))
        for index, epoch in missing[: AHEAD - len(making.pieces)]:
            if epoch in there and (frame := engine.frame(spec.config, epoch)) is not None:
                making.frames[index] = frame
                making.pieces[index] = self._submit("piece", frame, key=("piece", spec.config.key, epoch))
        wanted = [epoch for index, epoch in missing if index not in making.pieces]
        if not wanted:
            return
        # A frame that was dropped before it was taken is asked for by itself: the run has passed it.
        passed = [epoch for epoch in wanted if epoch not in there and epoch < max(there, default=0)]
        engine.request(spec.config, passed[0] if passed else wanted[-1], visitor, only=spec.epochs)
        making.error = engine.progress(spec.config).error

    def _submit(self, name: str, *args: Any, key: Hashable = None, lane: JobLane = "path") -> Future[Any]:
        return self._engine.submit(lane, f"cae_core.analysis.path:{name}", *args, key=key, timeout=TIMEOUT)

    # ---- UMAP

    def _fit(self, making: _Making, visitor: Hashable) -> None:
        """Fit one member after the other, each from its neighbour's layout."""
        spec = making.spec
        if making.umap is not None or making.umap_error:
            return
        try:
            if making.fit is not None and (layout := _result(making.fit)) is not None:
                making.maps.append(layout)
                making.fit = None
            elif making.fit is not None:
                making.fit = _unless_lost(making.fit)
        except ContractionLabError as error:
            making.fit, making.umap_error = None, str(error)
            return
        done = len(making.maps)
        if done == spec.config.n_members:
            making.umap = umap_part(spec, np.stack(making.maps))
            making.maps = []
        elif making.fit is None:
            frame = self._engine.frame(spec.config, spec.epochs[-1])
            if frame is None:
                self._engine.request(spec.config, spec.epochs[-1], visitor, only=spec.epochs)
                making.error = self._engine.progress(spec.config).error
                return
            start = making.maps[neighbour(spec, done)] if done else None
            making.fit = self._submit("umap_beside", frame.member(done), start, lane="umap")

    # ---- words

    def _progress(self, making: _Making, umap: bool) -> Progress:
        spec, frames = making.spec, len(making.spec.epochs)
        parts, status, share = tuple(making.parts), "", None
        if making.error is None and not making.complete:
            training = self._engine.progress(spec.config)
            total, done = spec.epochs[-1], min(training.epoch, spec.epochs[-1])
            part = training.step / max(1, training.steps_per_epoch)
            share = min(1.0, (0.9 * (done + part) / total + 0.1 * making.ready / frames))
            count = spec.config.n_members
            models = "one model" if count == 1 else f"{count} models together"
            status = f"Training {models}: epoch {done} of {total}"
            if done >= total:
                status = f"Measuring: moment {making.ready + 1} of {frames}"
        state: UmapState = "none"
        text = ""
        if umap and making.umap is not None:
            state, parts = "ready", (*parts, making.umap)
        elif umap and making.umap_error:
            state, text = "failed", making.umap_error
        elif umap:
            state = "running"
            text = f"UMAP is fitting map {len(making.maps) + 1} of {spec.config.n_members}."
            if not making.complete:
                text = "UMAP begins when the last moment of training is there."
        return Progress(parts, making.ready, frames, status, share, state, text, making.error)


def _result(future: Future[Any]) -> Any:
    """A future's result, or None while it is not there or where it was given up.

    Args:
        future: of a job.

    Returns:
        The result or None.

    Raises:
        ContractionLabError: what the job raised.
    """
    if not future.done() or future.cancelled():
        return None
    error = future.exception()
    if isinstance(error, ContractionLabError) or error is None:
        return future.result()
    raise ContractionLabError(
        f"The numbers of a path must come without an error. Got {type(error).__name__}. Try other settings."
    ) from error


def _failed(future: Future[Any]) -> bool:
    """Whether a job ended with an error or was given up."""
    return future.done() and (future.cancelled() or future.exception() is not None)


def _unless_lost(future: Future[Any]) -> Future[Any] | None:
    """The future, or None where its job was given up, to be asked for again."""
    return None if future.cancelled() else future
