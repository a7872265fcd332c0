"""Which cells are still to be computed, in which order, and by whom.

A **job** is a few cells that are computed together: models of one ensemble, or classifiers of one stack. Jobs are cut
from the whole experiment, not from what is missing, so that every process on the same folder sees the same jobs and
claims them by name. The other seeds' jobs, and those of the checks, exist once validation has picked from the whole
grid of the first seed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TypeVar

from cae_core.paper.cells import Cells
from cae_core.paper.settings import Check, Classifier, Experiment, Model, classifiers, models
from cae_core.paper.table import checked, picks

T = TypeVar("T")

TOGETHER = {"pretraining": 4, "fine-tuning": 6}
"""Cells of a job, at most: a job of MNIST takes some minutes."""

TUNING_COST, TUNING_SHARE = 0.55, 0.9
"""An epoch of fine-tuning costs about that much of one of pretraining, and early stopping leaves that share of them."""


@dataclass(frozen=True, slots=True)
class Job:
    """Cells that are computed together.

    Attributes:
        stage: ``pretraining`` or ``fine-tuning``.
        cells: models or classifiers.
    """

    stage: str
    cells: tuple[Model, ...] | tuple[Classifier, ...]

    @property
    def name(self) -> str:
        """The same in every process."""
        return f"{self.stage}-{self.cells[0].key}"

    def missing(self, cells: Cells) -> tuple[Model, ...] | tuple[Classifier, ...]:
        """The cells that are not finished."""
        return tuple(one for one in self.cells if cells.get(one.key) is None)  # type: ignore[return-value]

    def ready(self, cells: Cells) -> bool:
        """Whether all that it starts from is finished."""
        return all(isinstance(one, Model) or cells.get(one.model.key) is not None for one in self.cells)


def jobs(experiment: Experiment, cells: Cells) -> list[Job]:
    """All jobs that are known so far, finished or not, in the order in which they are best done."""
    found = _jobs(models(experiment, 0))
    if all(not job.missing(cells) for job in found):
        chosen = picks(experiment, cells)
        for seed in range(1, experiment.seeds):
            rows = [row.at(seed) for row in chosen.values()]
            found += _jobs([row.model for row in rows], rows)
        for (_, some), seed in product(checked(experiment, cells), range(experiment.seeds)):
            known = {one.key for job in found for one in job.cells}
            rows = [row.at(seed) for row in some if row.at(seed).key not in known]
            found += _jobs([row.model for row in rows if row.model.key not in known], rows)
    return found


def _jobs(of: Sequence[Model], tuned: Sequence[Classifier] | None = None) -> list[Job]:
    """Jobs for models and their classifiers; denoising models, whose inputs differ, keep to themselves."""
    found = []
    for part in _grouped(of, lambda m: (m.rate, m.method in {"gaussian", "masking"})):
        found += [Job("pretraining", tuple(one)) for one in _cut(part, TOGETHER["pretraining"])]
    rows = [row for model in of for row in classifiers(model)] if tuned is None else tuned
    found += [Job("fine-tuning", tuple(one)) for one in _cut(rows, TOGETHER["fine-tuning"])]
    return found


def _grouped(of: Iterable[Model], key: Callable[[Model], object]) -> Iterator[list[Model]]:
    groups: dict[object, list[Model]] = {}
    for model in of:
        groups.setdefault(key(model), []).append(model)
    yield from groups.values()


def _cut(rows: Sequence[T], most: int) -> Iterator[Sequence[T]]:
    """Pieces of about equal length, none longer than `most`."""
    count = -(-len(rows) // most)
    for i in range(count):
        yield rows[i * len(rows) // count : (i + 1) * len(rows) // count]


def cost(job: Job, cells: Cells) -> float:
    """What is left of a job, in epochs of pretraining of one model."""
    experiment = (job.cells[0] if isinstance(job.cells[0], Model) else job.cells[0].model).experiment
    each = experiment.epochs if job.stage == "pretraining" else experiment.tuning_epochs * TUNING_COST
    return len(job.missing(cells)) * each * (1.0 if job.stage == "pretraining" else TUNING_SHARE)


def unknown(experiment: Experiment, cells: Cells) -> float:
    """Cost of the jobs that exist once validation has picked."""
    if any(job.missing(cells) for job in _jobs(models(experiment, 0))):
        others = (experiment.seeds - 1) * len(experiment.grid) * _whole(experiment)
        return others + 2 * experiment.seeds * sum(_cost(check, experiment) for check in experiment.checks)
    return 0.0


def _cost(check: Check, experiment: Experiment) -> float:
    """Cost of a check on one model, that of its pretraining where it changes that."""
    one = Classifier(models(experiment, 0)[0], experiment.tuning_rates[0])
    other = check.of(one)
    whole = _whole(other.model.experiment)
    return whole - (other.model.experiment.epochs if other.model.key == one.model.key else 0)


def _whole(experiment: Experiment) -> float:
    """Cost of one model and its classifier."""
    return experiment.epochs + experiment.tuning_epochs * TUNING_COST * TUNING_SHARE
