"""One cell of the table, in a process of its own, so that its memory and its compilation are its own.

``python -m benchmarks.peers.cell PEER TASK SAMPLES.npy LAMBDAS BEGUN`` prints the cell as JSON; LAMBDAS a list, BEGUN
the wall clock at which the process was asked for.
"""

from __future__ import annotations

import importlib
import json
import os
import statistics
import sys
import time
import warnings
from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

import numpy as np

from benchmarks.peers.machine import memory
from benchmarks.peers.tasks import BOUNDED, PACKAGES, TASKS, Array, Lap, Trained, steps_per_epoch

CHECKED = 16
"""Samples at which norms are checked."""


def measure(peer: str, task_name: str, lams: Sequence[float], x: Array, begun: float) -> dict[str, Any]:
    """Train and check.

    Args:
        peer: a key of `tasks.PEERS`.
        task_name: a key of `tasks.TASKS`.
        lams: one lambda a model.
        x: samples, (n, d), single precision.
        begun: wall clock at the process's beginning.

    Returns:
        The numbers of the cell.
    """
    task, bound = TASKS[task_name], BOUNDED.get(peer)
    imported = time.perf_counter()
    module = _load(peer)
    import_s, resident = time.perf_counter() - imported, memory("VmRSS")
    started = time.perf_counter()
    trained: Trained = module.train(x.copy(), task, lams, bound)
    last = trained.weights()  # waits for what a backend still has to do
    whole_s = time.perf_counter() - started
    process_s, peak = time.time() - begun, memory("VmHWM")
    times = summary(
        trained.laps, whole_s, len(lams), steps_per_epoch(len(x)), task.epochs, bounded=bound is not None
    )
    return {
        **times,
        "process_s": None if bound else process_s,
        "import_s": import_s,
        "peak_mb": peak,
        "imported_mb": resident,
        "norm_error": norm_error(trained, x[:CHECKED]),
        **outcome(last, x),
    }


def summary(
    laps: Sequence[Sequence[Lap]], whole_s: float, models: int, steps: int, epochs: int, *, bounded: bool
) -> dict[str, Any]:
    """Seconds per model and epoch, compilation out and in.

    Args:
        laps: by model, or of all models together.
        whole_s: seconds of the whole run, from the first call on.
        models: number of models.
        steps: steps of an epoch.
        epochs: epochs of a run.
        bounded: whether the laps are single steps, of a run that was cut short.

    Returns:
        ``steady_s``: median of all laps but each list's first, per model and epoch; ``first_s``: the first lap;
        ``run_s``: the whole run, where it was cut short scaled to what it would have been; ``epoch_s``: that per model
        and epoch.
    """
    steady = (
        sum(statistics.median(lap.seconds / lap.steps for lap in one[1:]) * steps for one in laps) / models
    )
    if bounded:
        excess = whole_s - sum(len(one) for one in laps) * steady / steps
        run_s = steady * models * epochs + max(0.0, excess)
    else:
        run_s = whole_s
    return {
        "steady_s": steady,
        "first_s": laps[0][0].seconds,
        "run_s": run_s,
        "epoch_s": run_s / models / epochs,
        "measured_s": whole_s,
        "scaled": bounded,
    }


def norm_error(trained: Trained, x: Array, step: float = 1e-5) -> float:
    """Largest relative error of the peer's squared norms against central differences of its own encoder in float64.

    Args:
        trained: the peer's model.
        x: few samples, (n, d).
        step: distance of the differences.

    Returns:
        The largest of the samples.
    """
    own = np.asarray(trained.squared_norms(x.copy()), dtype=np.float64)
    n, d = x.shape
    shifts = step * np.eye(d)
    exact = np.zeros(n)
    for k, sample in enumerate(x.astype(np.float64)):
        ahead, behind = trained.encode64(sample + shifts), trained.encode64(sample - shifts)
        exact[k] = np.square((ahead - behind) / (2 * step)).sum()
    return float(np.abs(own / exact - 1).max())


def outcome(weights: tuple[Array, Array, Array], x: Array) -> dict[str, float]:
    """Reconstruction error and mean norm of the last model over the samples, by NumPy: did all train the same thing?"""
    W, b, c = (np.asarray(p, dtype=np.float64) for p in weights)
    h = 1 / (1 + np.exp(-(x @ W + b)))
    error = np.square(h @ W.T + c - x).sum(axis=1).mean()
    norms = np.sqrt(np.square(h * (1 - h)) @ np.square(W).sum(axis=0))
    return {"error": float(error), "norm": float(norms.mean())}


def _load(peer: str) -> Any:
    """The peer's module, with its framework in it."""
    if peer.startswith("keras-"):
        os.environ["KERAS_BACKEND"] = peer.split("-")[1]
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
        keras_cae = importlib.import_module("benchmarks.peers.keras_cae")
        return keras_cae.Defaults if peer.endswith("-defaults") else keras_cae
    if peer.startswith("ours"):
        import torch

        torch.set_num_threads(2 if peer == "ours-2" else 1)
        return importlib.import_module("benchmarks.peers.ours")
    return importlib.import_module(f"benchmarks.peers.{peer.replace('-', '_')}")


def main(peer: str, task: str, samples: str, lams: str, begun: str) -> None:
    """Measure a cell and print it as JSON on the last line."""
    warnings.simplefilter("ignore")
    chosen = json.loads(lams)
    found = measure(peer, task, chosen, np.load(samples), float(begun))
    versions = {name: version(name) for name in PACKAGES[peer]}
    print(json.dumps({"peer": peer, "task": task, "count": len(chosen), **found, "versions": versions}))


if __name__ == "__main__":
    main(*sys.argv[1:])
