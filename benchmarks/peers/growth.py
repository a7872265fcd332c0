"""How our cost grows with members, samples, inputs and units, beside the arithmetic floor of its matrix products.

An epoch of training needs five products a step, each of ``2 n d units`` operations a member: encode, decode, the
gradient by the code, and the weights' gradient from both sides. The floor is their number over the rate that this
machine reaches on products of 1024 x 1024 single-precision matrices with the same number of threads.
``python -m benchmarks.peers.growth AXIS THREADS`` prints a line of the plot as JSON.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from importlib.metadata import version
from typing import Any

import numpy as np
import torch

from benchmarks.peers.tasks import steps_per_epoch
from cae_core.catalog import card
from cae_core.config import Config, Objective
from cae_core.datasets import Dataset
from cae_core.training import advance, init_state

BASE = {"members": 16, "samples": 1000, "inputs": 64, "units": 128}
"""What does not grow."""

AXES = {
    "members": (1, 2, 4, 8, 16, 32, 64),
    "samples": (1000, 3000, 10_000, 30_000, 60_000),
    "inputs": (64, 128, 256, 512, 1024, 3072),
    "units": (32, 64, 128, 256, 512, 1024, 2000),
}
"""What grows, and over which values."""

EPOCHS = 5
"""Epochs whose median is taken, at most; one or two where an epoch takes seconds."""

PATIENCE = 4.0
"""Seconds of measured epochs after which a point is done."""


def operations(members: int, samples: int, inputs: int, units: int) -> int:
    """Floating-point operations of the matrix products of an epoch."""
    return 5 * 2 * members * samples * inputs * units


def rate(size: int = 1024, rounds: int = 12) -> float:
    """Floating-point operations a second of a large matrix product, the best of some rounds."""
    a, b = torch.rand(size, size), torch.rand(size, size)
    taken = []
    for _ in range(rounds):
        begun = time.perf_counter()
        torch.mm(a, b)
        taken.append(time.perf_counter() - begun)
    return 2 * size**3 / min(taken)


def epoch_seconds(members: int, samples: int, inputs: int, units: int) -> float:
    """Median seconds of an epoch of training on random inputs, the first one left out."""
    x = np.random.default_rng(0).random((samples, inputs), dtype=np.float32)
    objectives = tuple(Objective(lam=0.01 * (k + 1)) for k in range(members))
    config = Config(hidden=(units,), objectives=objectives)
    dataset = Dataset(card=card("digits"), x_train=x, x_test=x[:100])
    steps = steps_per_epoch(samples)
    state = init_state(config, dataset, record=False)
    state = advance(config, dataset, state, min(steps, 16), record=False)
    taken: list[float] = []
    while len(taken) < EPOCHS and sum(taken) < PATIENCE:
        begun = time.perf_counter()
        state = advance(config, dataset, state, steps, record=False)
        taken.append(time.perf_counter() - begun)
    return statistics.median(taken)


def line(axis: str, threads: int) -> dict[str, Any]:
    """A line of the plot.

    Args:
        axis: a key of `AXES`.
        threads: number of threads.

    Returns:
        Its values, seconds an epoch of all members, and the floor.
    """
    torch.set_num_threads(threads)
    speed = rate()
    points = [{**BASE, axis: value} for value in AXES[axis]]
    return {
        "axis": axis,
        "threads": threads,
        "base": {name: value for name, value in BASE.items() if name != axis},
        "values": list(AXES[axis]),
        "seconds": [epoch_seconds(**point) for point in points],
        "floor": [operations(**point) / speed for point in points],
        "rate": speed,
        "versions": {"torch": version("torch")},
    }


if __name__ == "__main__":
    print(json.dumps(line(sys.argv[1], int(sys.argv[2]))))
