"""What runs inside worker processes: chunks of training, analyses, and the warming of both.

Importing this module loads neither torch nor umap, so that the process which hands out the work does not hold them;
the functions import what they need when they run.
"""

from __future__ import annotations

import importlib
import os
import signal
import threading
import time
from dataclasses import dataclass
from multiprocessing import parent_process
from typing import Any

from cae_core.config import Config
from cae_core.errors import ConfigError
from cae_core.frame import Frame, State

BUDGET = 0.25
"""Seconds that a chunk of training may take: half of what a control may take to have its effect."""

GROUP = 0.03
"""Seconds of training between two looks at the clock."""

RECORDED = 4
"""Members up to which each epoch is measured for the curves of a history; a lambda path draws none."""

NICENESS = {"train": 10, "analysis": 0, "umap": 5, "path": 10}
"""How far each kind of worker stands back behind the process that serves pages."""


THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
"""What torch, NumPy and SciPy read when they are loaded."""


@dataclass(frozen=True)
class Chunk:
    """A stretch of training that was done.

    Attributes:
        state: where it ended.
        frames: one frame for each epoch that ended in it.
        steps_per_epoch: number of steps of an epoch.
    """

    state: State
    frames: tuple[Frame, ...]
    steps_per_epoch: int


_frame_seconds: dict[str, float] = {}
"""How long the last frame of a run took in this process."""


def train_chunk(
    config: Config,
    state: State | None,
    until: int,
    budget: float = BUDGET,
    known: frozenset[int] = frozenset(),
) -> Chunk:
    """Train until an epoch is done or the time is up, whichever comes first; at least one step or frame.

    A frame that would overrun the budget is left to the next chunk, which begins with it.

    Args:
        config: what to train.
        state: where to go on, or None for the start.
        until: number of epochs after which to stop, >= 0.
        budget: seconds.
        known: epochs of which no frame is needed.

    Returns:
        The chunk. Its numbers do not depend on where the budget cut it.
    """
    from cae_core.datasets import load
    from cae_core.training import advance, init_state, make_frame, steps_per_epoch

    dataset = load(config)
    record = config.n_members <= RECORDED
    per_epoch = steps_per_epoch(config, dataset)
    end = time.monotonic() + budget
    begin = state
    state = init_state(config, dataset, record=record) if state is None else state
    frames: list[Frame] = []
    group = 1
    while True:
        epoch, position = divmod(state.step, per_epoch)
        began = time.monotonic()
        if position == 0 and epoch not in known:
            if state is not begin and began + _frame_seconds.get(config.key, 0.0) > end:
                break
            frames.append(make_frame(config, dataset, state))
            _remember(config, time.monotonic() - began)
        if epoch >= until or (state is not begin and time.monotonic() >= end):
            break
        began = time.monotonic()
        steps = min(group, per_epoch - position)
        state = advance(config, dataset, state, steps, record=record)
        group = _next_group(group, steps, time.monotonic() - began)
    return Chunk(state, tuple(frames), per_epoch)


def _remember(config: Config, seconds: float) -> None:
    if len(_frame_seconds) > 100:
        _frame_seconds.clear()
    _frame_seconds[config.key] = seconds


def _next_group(group: int, steps: int, seconds: float) -> int:
    """Steps that fit between two looks at the clock, at most twice as many as before."""
    fitting = int(GROUP * steps / max(seconds, 1e-9))
    return max(1, min(2 * group, fitting))


def call(path: str, *args: Any, **kwargs: Any) -> Any:
    """Call a function of this package by name.

    Args:
        path: ``module:function``, the module inside ``cae_core``.
        *args: its arguments.
        **kwargs: its named arguments.

    Returns:
        What the function returns.
    """
    return find(path)(*args, **kwargs)


def find(path: str) -> Any:
    """The function of this package that a path names.

    Args:
        path: ``module:function``, the module inside ``cae_core``.

    Returns:
        The function.

    Raises:
        ConfigError: the path leads outside the package or nowhere.
    """
    module, _, name = path.partition(":")
    function = None
    if module.startswith("cae_core.") and not name.startswith("_"):
        function = getattr(importlib.import_module(module), name, None)
    if not callable(function):
        raise ConfigError(
            f"Work must be a public function of cae_core, named module:function. Got {path!r}. Correct the name."
        )
    return function


def set_up(kind: str) -> None:
    """Make a fresh process a worker: quiet, polite, one thread, and gone when its parent is.

    A worker that trains loads torch at once. The others load what a job needs when it comes: reading a visitor's file
    needs no torch, and shall not wait for it.

    Args:
        kind: ``train``, ``analysis``, ``umap`` or ``path``.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(os, "nice"):
        os.nice(NICENESS.get(kind, 0))
    threading.Thread(target=_end_with_parent, daemon=True).start()
    os.environ.update(dict.fromkeys(THREADS, "1"))  # for libraries that are loaded later
    from threadpoolctl import threadpool_limits

    threadpool_limits(1)  # for those that are there
    if kind == "train":
        _warm_training()


def _end_with_parent() -> None:
    """Leave no orphan behind a server that was killed."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _warm_training() -> None:
    """Load what the first step of training would load: the first optimiser alone imports 800 modules."""
    config = Config.for_dataset("digits", samples=64, hidden=(4,))
    train_chunk(config, None, until=1)


def warm_analysis() -> None:
    """Load what the first analysis would load."""
    for name in ("projection", "sensitivity", "spectrum"):
        importlib.import_module(f"cae_core.analysis.{name}")


def warm_path() -> None:
    """Load what the first piece of a path would load, by making the smallest path there is."""
    from cae_core.analysis.path import make_path
    from cae_core.path import PathSpec

    make_path(
        PathSpec.of(Config.for_dataset("digits", samples=64, hidden=(4,), epochs=1), members=1, frames=1)
    )


def warm_umap() -> None:
    """Have UMAP compile, on as few samples as will do: 8 to 17 s once in each process."""
    import numpy as np

    from cae_core.analysis.projection import umap_layout

    umap_layout(np.random.default_rng(0).normal(size=(32, 4)), n_neighbors=5)


def ready() -> int:
    """Answer with the process id: the worker is up."""
    return os.getpid()
