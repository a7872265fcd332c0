"""Chunks of training that go wrong on purpose, importable by worker processes."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from cae_core.config import Config
from cae_core.frame import State
from cae_core.work import Chunk, train_chunk


def troubled(
    config: Config, state: State | None, until: int, budget: float, known: frozenset[int], *, trap: Path
) -> Chunk:
    """Train; once, where the file `trap` exists, hang instead, with some steps of the chunk already done."""
    if trap.exists() and state is not None:
        trap.unlink()
        train_chunk(config, state, until, budget, known)
        trap.with_suffix(".pid").write_text(str(os.getpid()))
        time.sleep(600)
    return train_chunk(config, state, until, budget, known)


def hopeless(config: Config, state: State | None, until: int, budget: float, known: frozenset[int]) -> Chunk:
    """Die, always."""
    os._exit(3)


def faulty(config: Config, state: State | None, until: int, budget: float, known: frozenset[int]) -> Chunk:
    """Raise what nobody foresaw."""
    raise ZeroDivisionError("division by zero")


def loaded(module: str) -> bool:
    """Whether this process has loaded a module."""
    return module in sys.modules


def threads() -> set[int]:
    """Threads of each numerical library once torch and SciPy are loaded."""
    import scipy.linalg  # noqa: F401
    import torch
    from threadpoolctl import threadpool_info

    return {torch.get_num_threads(), *(pool["num_threads"] for pool in threadpool_info())}
