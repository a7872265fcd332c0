"""What every peer trains, and what is taken down of it.

One sigmoid layer of `units`, tied weights, linear output, squared error summed over the inputs, mean over a batch of
64, Adam at 3e-3: the default config of the app. Sixteen lambdas are those of the dataset's path.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

BATCH, RATE = 64, 3e-3
"""Batch size and learning rate of Adam."""

LAMBDA = 0.1
"""Lambda where one model is trained alone."""

Array = NDArray[np.floating]


@dataclass(frozen=True)
class Task:
    """One dataset and size of network.

    Attributes:
        name: how it is called on the command line and in files.
        dataset: a key of the catalog.
        samples: number of training samples; None is all.
        units: hidden units.
        epochs: length of a run: the app's default for the dataset.
    """

    name: str
    dataset: str
    samples: int | None
    units: int
    epochs: int


TASKS = {
    task.name: task
    for task in (
        Task("digits-64-32", "digits", None, 32, 60),
        Task("digits-64-128", "digits", None, 128, 60),
        Task("mnist-784-64", "mnist", 10_000, 64, 8),
        Task("mnist-784-144", "mnist", 10_000, 144, 8),
    )
}
COUNTS = (1, 16)
"""How many lambdas are trained."""

PEERS = {
    "ours": "this project, one thread",
    "ours-2": "this project, two threads",
    "keras-jax": "Keras 3, JAX, an epoch a call",
    "keras-jax-defaults": "Keras 3, JAX, as compiled by default",
    "keras-tensorflow": "Keras 3, TensorFlow, an epoch a call",
    "keras-tensorflow-defaults": "Keras 3, TensorFlow, as compiled by default",
    "keras-torch": "Keras 3, PyTorch",
    "torch-closed-form": "PyTorch, closed form",
    "torch-jacrev": "PyTorch, vmap(jacrev)",
    "torch-loop": "PyTorch, a loop of autograd.grad",
}
"""Names, and what a reader calls them."""

PACKAGES = {
    peer: ("keras", peer.split("-")[1]) if peer.startswith("keras-") else ("torch",) for peer in PEERS
}
"""What each peer is made of: a cell names the versions."""

BOUNDED = {"torch-jacrev": 24, "torch-loop": 24}
"""Steps a model that slow peers run, in place of whole epochs."""


@dataclass(frozen=True)
class Lap:
    """A stretch of training that was timed: an epoch, or one step of a slow peer.

    Attributes:
        steps: number of steps.
        seconds: wall time.
    """

    steps: int
    seconds: float


def steps_per_epoch(samples: int) -> int:
    """Steps of an epoch; the last batch may be smaller."""
    return ceil(samples / BATCH)


class Trained(Protocol):
    """What a peer gives back: its laps, and the last model that it trained."""

    laps: list[list[Lap]]
    """Laps by model; one list where the models are trained together."""

    def weights(self) -> tuple[Array, Array, Array]:
        """W (d, units), the code's bias (units,), the reconstruction's bias (d,)."""

    def squared_norms(self, x: Array) -> Array:
        """``||J||_F^2`` of samples (n, d) as its penalty computes it, in single precision, (n,)."""

    def encode64(self, x: Array) -> Array:
        """Codes (n, units) of samples (n, d) by its own encoder in double precision."""


class Peer(Protocol):
    """A module of this folder that trains the model."""

    def train(self, x: Array, task: Task, lams: Sequence[float], bound: int | None) -> Trained:
        """Train one model a lambda on x (n, d), from fresh weights, for the task's epochs, or for `bound` steps."""
