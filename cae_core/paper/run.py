"""Computing cells: jobs in worker processes, until all is done or the time is over."""

from __future__ import annotations

import os
import platform
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from cae_core.errors import EngineError
from cae_core.lanes import Spawning
from cae_core.paper.cells import Cells
from cae_core.paper.schedule import Job, cost, jobs, unknown
from cae_core.paper.settings import Classifier, Experiment, Model
from cae_core.work import THREADS

LOOK = 2.0
"""Seconds between two looks at who has done what."""

SILENCE = 10.0
"""Seconds between two lines of progress."""


@dataclass(frozen=True, slots=True)
class Folders:
    """Where things are.

    Attributes:
        cells: of finished cells; new ones go here.
        also: more of them, only read.
        weights: of first layers between pretraining and fine-tuning.
    """

    cells: Path
    also: tuple[Path, ...]
    weights: Path

    def open(self) -> Cells:
        """The cells."""
        return Cells(self.cells, self.also)


def run(
    experiment: Experiment,
    folders: Folders,
    *,
    workers: int,
    device: str = "cpu",
    minutes: float | None = None,
    say: Callable[[str], None] = lambda line: None,
) -> bool:
    """Compute what is missing.

    Args:
        experiment: what to train.
        folders: where cells and weights are.
        workers: processes; one works in this process.
        device: where the arithmetic is done.
        minutes: after these no job is begun, nor one that would probably not end before them.
        say: gets lines of progress.

    Returns:
        Whether all is finished.

    Raises:
        EngineError: a worker process was lost.
    """
    clock, cells = _Clock(minutes, say), folders.open()
    running: dict[Future[bool], Job] = {}
    held_elsewhere: dict[str, float] = {}
    with _executor(workers) as executor:
        while True:
            known = jobs(experiment, cells)
            missing = [job for job in known if job.missing(cells)]
            clock.look(cells, experiment, known, missing, folders.cells, len(running))
            free = [
                job
                for job in missing
                if job not in running.values()
                and job.ready(cells)
                and time.monotonic() > held_elsewhere.get(job.name, 0.0)
                and clock.allows(cost(job, cells), workers)
            ]
            for job in free[: workers - len(running)]:
                running[executor.submit(compute, job, folders, device)] = job
            if not running and (not missing or not any(clock.allows(cost(job, cells), 1) for job in missing)):
                return not missing
            done, _ = wait(running, timeout=LOOK, return_when=FIRST_COMPLETED)
            if not running:
                time.sleep(LOOK)  # what is missing is held by another process
            for future in done:
                job = running.pop(future)
                if not _result(future):
                    held_elsewhere[job.name] = time.monotonic() + 5 * LOOK


def compute(job: Job, folders: Folders, device: str) -> bool:
    """Compute the missing cells of a job.

    Args:
        job: what to compute.
        folders: where cells and weights are.
        device: where the arithmetic is done.

    Returns:
        False where another process is at it.
    """
    cells = folders.open()
    with cells.claim(job.name) as held:
        if held and job.missing(cells):
            _compute(job, cells, folders, device)
        return held


def _compute(job: Job, cells: Cells, folders: Folders, device: str) -> None:
    import torch

    torch.set_num_threads(1)  # two threads on two busy cores are many times slower than one
    missing = job.missing(cells)
    report = _Report(cells, job, len(missing))
    trained = [one for one in missing if isinstance(one, Model)]
    tuned = [one for one in missing if isinstance(one, Classifier)]
    if trained:
        _pretrain(trained, cells, folders, device, report)
    if tuned:
        _fine_tune(tuned, cells, folders, device, report)


def _pretrain(
    missing: Sequence[Model], cells: Cells, folders: Folders, device: str, report: Callable[[int], None]
) -> None:
    from cae_core.paper.data import parts
    from cae_core.paper.pretraining import pretrain, save

    begin = time.monotonic()
    trained = pretrain(missing, parts(missing[0].experiment.dataset), device, report)
    seconds = (time.monotonic() - begin) / len(missing)
    for k, model in enumerate(missing):
        save(folders.weights, model, trained.W[k], trained.b[k])
        cells.put(model.key, {**_of_model(model), **trained.measured[k], **_made(seconds, device)})


def _fine_tune(
    missing: Sequence[Classifier], cells: Cells, folders: Folders, device: str, report: Callable[[int], None]
) -> None:
    import torch

    from cae_core.paper.data import parts
    from cae_core.paper.finetuning import Tuning, fine_tune
    from cae_core.paper.pretraining import first_layer

    begin, first = time.monotonic(), missing[0].model
    experiment, data = first.experiment, parts(first.experiment.dataset)
    layers = [first_layer(folders.weights, row.model, data, device) for row in missing]
    everything = experiment.tuning_all
    tuning = Tuning(
        tuple(row.rate for row in missing),
        experiment.tuning_batch_size,
        experiment.tuning_epochs,
        experiment.tuning_epochs if everything else experiment.patience,
        first.seed,
    )
    W, b = (torch.stack(part) for part in zip(*layers, strict=True))
    found = fine_tune(data.with_validation() if everything else data, W, b, tuning, device, report)
    seconds = (time.monotonic() - begin) / len(missing)
    for row, tuned in zip(missing, found, strict=True):
        at = experiment.tuning_epochs - 1 if everything else tuned.best
        cell = {
            **_of_model(row.model),
            "stage": "fine-tuning",
            "model": row.model.key,
            "tuning_rate": row.rate,
            "best_epoch": at + 1,
            "validation_error": None if everything else tuned.validation[at],
            "validation_loss": None if everything else tuned.validation_loss[at],
            "test_error": tuned.test[at],
            "wrong": list(tuned.wrong[at]),
            "training_error": tuned.training,
            "validation": [] if everything else list(tuned.validation),
        }
        cells.put(row.key, {**cell, **_made(seconds, device)})


def _of_model(model: Model) -> dict[str, Any]:
    return {
        "stage": "pretraining",
        "dataset": model.experiment.dataset,
        "method": model.method,
        "value": model.value,
        "rate": model.rate,
        "seed": model.seed,
        "epochs": model.experiment.epochs,
    }


def _made(seconds: float, device: str) -> dict[str, Any]:
    """When, how long and with what a cell was computed."""
    return {
        "seconds": round(seconds, 1),
        "made": datetime.now(UTC).strftime("%Y-%m-%d"),
        "device": device,
        "versions": {
            "python": platform.python_version(),
            **{name: version(name) for name in ("torch", "numpy")},
        },
    }


class _Report:
    """Writes how much of a job is done into its lock file, for whoever looks on."""

    def __init__(self, cells: Cells, job: Job, count: int) -> None:
        experiment = (job.cells[0] if isinstance(job.cells[0], Model) else job.cells[0].model).experiment
        epochs = experiment.epochs if job.stage == "pretraining" else experiment.tuning_epochs
        self.file, self.total, self.done = cells.folder / "locks" / job.name, count * epochs, 0

    def __call__(self, members: int) -> None:
        """An epoch of some members is done."""
        self.done += members
        self.file.write_text(f"{self.done / self.total:.4f}")


class _Clock:
    """Progress, the time left, and whether there is time for another job."""

    def __init__(self, minutes: float | None, say: Callable[[str], None]) -> None:
        self.begin, self.say, self.last = time.monotonic(), say, -SILENCE
        self.end = None if minutes is None else self.begin + 60 * minutes
        self.left = self.at_begin = 0.0
        self.first = True

    @property
    def elapsed(self) -> float:
        """Seconds since the beginning."""
        return time.monotonic() - self.begin

    def allows(self, work: float, workers: int) -> bool:
        """Whether a job of that cost may begin: before the end, and likely done by then."""
        if self.end is None:
            return True
        left = self.end - time.monotonic()
        done = self.at_begin - self.left
        each = self.elapsed * workers / done if done > 0 else 0.0
        return left > 0 and work * each <= left + 60

    def look(
        self,
        cells: Cells,
        experiment: Experiment,
        known: list[Job],
        missing: list[Job],
        folder: Path,
        busy: int,
    ) -> None:
        """Count what is left, and say so now and then."""
        shares = {job.name: _share(folder / "locks" / job.name) for job in missing} if busy else {}
        self.left = sum(cost(job, cells) * (1 - shares.get(job.name, 0.0)) for job in missing)
        self.left += unknown(experiment, cells)
        if self.first:
            self.at_begin, self.first = self.left, False
        if not missing or self.elapsed - self.last < SILENCE:
            return
        self.last = self.elapsed
        cells_left = sum(len(job.missing(cells)) for job in missing)
        total = sum(len(job.cells) for job in known)
        words = f"{total - cells_left} of {total} cells"
        if unknown(experiment, cells):
            more = [f"{experiment.seeds - 1} more seeds"] * (experiment.seeds > 1)
            more += [f"{len(experiment.checks)} checks"] * bool(experiment.checks)
            words += f", then {' and '.join(more)} of what validation picks" if more else ""
        done = self.at_begin - self.left
        if done > 0:
            words += f", about {self.elapsed * self.left / done / 60:.0f} min left"
        self.say(f"{self.elapsed / 60:.1f} min: {words}")


def _share(file: Path) -> float:
    """How much of a job is done; of one that nobody works on, too, which a new look corrects."""
    try:
        return float(file.read_text() or 0)
    except (OSError, ValueError):
        return 0.0


class _Here(Executor):
    """Runs what is submitted at once, in this process."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 - it belongs to who asks for the result
            future.set_exception(error)
        return future


def _executor(workers: int) -> Executor:
    if workers == 1:
        return _Here()
    return ProcessPoolExecutor(workers, mp_context=Spawning(), initializer=_set_up)


def _set_up() -> None:
    """One thread a worker, set before NumPy and torch are loaded."""
    for name in THREADS:
        os.environ.setdefault(name, "1")


def _result(future: Future[bool]) -> bool:
    from concurrent.futures.process import BrokenProcessPool

    try:
        return future.result()
    except BrokenProcessPool as error:
        raise EngineError(
            "Workers must not be ended. Got one that was, perhaps for want of memory. "
            "Give the command again: it goes on from the finished cells."
        ) from error


def say(line: str) -> None:
    """Print a line of progress."""
    print(line, file=sys.stderr, flush=True)
