"""What the report says, block by block: results, what holds, what does not, the paths, and how it was made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np

from cae_core.paper.cells import Cell, Cells
from cae_core.paper.published import SOURCE, TABLE1
from cae_core.paper.settings import METHODS, Classifier, Experiment, classifiers, models
from cae_core.paper.table import (
    TEST_IMAGES,
    Mean,
    as_rows,
    checked,
    claims,
    finished,
    like_the_papers,
    pair,
    path,
    percent,
    picks,
    standard_error,
    table1,
)


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading.

    Attributes:
        text: its words.
        level: 1 is the title.
    """

    text: str
    level: int = 2


@dataclass(frozen=True, slots=True)
class Words:
    """A paragraph.

    Attributes:
        text: its sentences.
    """

    text: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table of text.

    Attributes:
        columns: headings.
        rows: cells, row by row.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


Block = Heading | Words | Table

FITTED = 0.02
"""Training error, %, below which a classifier is said to fit its images."""


def summary(experiment: Experiment, cells: Cells) -> str:
    """The result in two sentences; empty where CAE and AE are not both there."""
    rows = {row.method: row for row in table1(experiment, cells)}
    found = claims(experiment, cells)
    if not found:
        return ""
    cae, ae = rows["cae"], rows["ae"]
    data = {"mnist": "of the test images", "digits": "of the test digits"}[experiment.dataset]
    return (
        f"Here the CAE errs on {percent(cae.test)} {data}, the AE on {percent(ae.test)}; on MNIST the paper has "
        f"{TABLE1['cae'].error:.2f} and {TABLE1['ae'].error:.2f} %. Of {len(found)} statements of the paper, "
        f"{sum(bool(claim.holds) for claim in found)} hold here."
    )


def story(experiment: Experiment, cells: Cells, command: str) -> list[Block]:
    """The report but its figures.

    Args:
        experiment: what was trained.
        cells: what is finished.
        command: what makes it.

    Returns:
        The blocks, in reading order.
    """
    rows = as_rows(experiment, cells)
    found = claims(experiment, cells)
    hold = [claim for claim in found if claim.holds]
    fail = [claim for claim in found if not claim.holds]
    blocks: list[Block] = [
        Heading("The paper reproduced", 1),
        Words(f"{SOURCE}. {setting(experiment)}"),
        Words(progress(experiment, cells)),
        Words(summary(experiment, cells)),
        Heading("Table 1, here and in the paper"),
        Table(tuple(rows[0]), tuple(tuple(row.values()) for row in rows)),
        Words(NOTES),
    ]
    for title, some in (("What holds", hold), ("What does not reproduce", fail)):
        if some:
            table = Table(("the paper", "here"), tuple((claim.text, claim.found) for claim in some))
            blocks += [Heading(title), table]
    blocks += [*_checked(experiment, cells), *_where(experiment, cells), *_paths(experiment, cells)]
    return [*blocks, *made(experiment, cells, command)]


NOTES = (
    "Errors are of the epoch with the lowest validation error; ± is the standard error over seeds. Rates are learning "
    "rates of pretraining and of fine-tuning. Norm (mean of ‖J‖_F) and saturated units (outside 0.05 to 0.95) are of "
    "validation images before fine-tuning. The paper does not state the unit of its norms, so their ratios to the "
    "CAE's are compared. The RBM of its table is not trained here. An error e on n test images has a standard error of "
    "sqrt(e (1 − e) / n), 0.12 points for 1.4 % of 10,000: smaller differences say little. "
    "Statements on curves, spectra and paths are of the first seed; figures show means over seeds."
)


def setting(experiment: Experiment) -> str:
    """What all models share, in one paragraph."""
    data = {
        "mnist": "MNIST; the first 50,000 training images are trained on, the last 10,000 validate, 10,000 test",
        "digits": "digits of 8×8 pixels, not the paper's MNIST: this shows that the code runs, not what it found",
    }[experiment.dataset]
    return (
        f"Here: {data}. {experiment.hidden} tied sigmoid units, cross-entropy with a sigmoid output, initial weights "
        f"of the authors' code (four times Glorot's range); {experiment.epochs} epochs of {_optimizer(experiment)} "
        f"with batches of {experiment.batch_size} and learning rate {_rates(experiment.rates)}. Then each is the first "
        "layer of a classifier that is fine-tuned by gradient descent with batches of "
        f"{experiment.tuning_batch_size} and learning rate {_rates(experiment.tuning_rates)}, at most "
        f"{experiment.tuning_epochs} epochs, until its validation error has not fallen for {experiment.patience}. "
        "Lambda, noise, decay and learning rates are chosen by validation error alone, at the first seed."
    )


def _optimizer(experiment: Experiment) -> str:
    return {"adam": "Adam", "sgd": "gradient descent"}[experiment.optimizer]


def _rates(values: tuple[float, ...]) -> str:
    first, *others = (f"{value:g}" for value in values)
    return f"{first} (at the middle lambda, noise and decay also {' and '.join(others)})" if others else first


def progress(experiment: Experiment, cells: Cells) -> str:
    """How much of the experiment is finished, in one sentence."""
    grid = [row for model in models(experiment, 0) for row in classifiers(model)]
    done = sum(cells.get(row.key) is not None for row in grid)
    seeds = Counter(
        seed for pick in picks(experiment, cells).values() for seed in finished(pick, experiment.seeds, cells)
    )
    whole = sum(count == len(experiment.grid) for count in seeds.values())
    if done == len(grid) and whole == experiment.seeds:
        extra = [row.at(seed) for _, rows in checked(experiment, cells) for row in rows for seed in seeds]
        missing = sum(cells.get(row.key) is None for row in extra)
        return (
            f"The run is complete: {len(grid)} classifiers at the first seed, and the picks at {whole} seeds."
            if not missing
            else f"The run is complete but for its checks, of which {len(extra) - missing} of {len(extra)} classifiers "
            "are there."
        )
    return (
        f"The run is not complete: {done} of {len(grid)} classifiers at the first seed, and all picks at {whole} of "
        f"{experiment.seeds} seeds. What is missing is left out."
    )


@dataclass(frozen=True, slots=True)
class _Tried:
    """CAE and AE under one setting, at the seeds that both have."""

    words: str
    rows: tuple[Classifier, Classifier]
    cells: tuple[tuple[tuple[Cell, Cell], ...], tuple[tuple[Cell, Cell], ...]]

    def mean(self, which: int, stage: int, name: str, factor: float = 1.0) -> Mean | None:
        """Mean over seeds of a number of the CAE (0) or the AE (1), before (0) or after (1) fine-tuning."""
        values = [both[stage][name] for both in self.cells[which]]
        return None if None in values else Mean.of([factor * value for value in values])

    @property
    def errors(self) -> tuple[Mean, Mean]:
        """Test errors of CAE and AE, %."""
        cae, ae = self.mean(0, 1, "test_error", 100), self.mean(1, 1, "test_error", 100)
        assert cae is not None
        assert ae is not None
        return cae, ae

    @property
    def gap(self) -> float:
        """By how many points the AE errs more."""
        return self.errors[1].value - self.errors[0].value

    def ratio(self, which: int) -> float:
        """Norm over the CAE's."""
        norms = [self.mean(k, 0, "norm") for k in (0, which)]
        return norms[1].value / norms[0].value if norms[0] and norms[1] else float("nan")


def _tried(experiment: Experiment, cells: Cells) -> list[_Tried]:
    """CAE and AE as picked, and under the checks that are finished at one seed or more."""
    found = []
    both = pair(experiment, cells)
    for words, rows in [
        ("as picked", both),
        *((one.words, some) for one, some in checked(experiment, cells)),
    ]:
        if len(rows) == 2:
            cae, ae = (finished(row, experiment.seeds, cells) for row in rows)
            shared = [seed for seed in cae if seed in ae]
            if shared:
                pairs = tuple(cae[seed] for seed in shared), tuple(ae[seed] for seed in shared)
                found.append(_Tried(words, (rows[0], rows[1]), pairs))
    return found


def _checked(experiment: Experiment, cells: Cells) -> list[Block]:
    """CAE and AE as picked, what other settings make of them, and what follows."""
    tried = _tried(experiment, cells)
    if len(tried) < 2:
        return []
    rows = []
    for one in tried:
        for k, row in enumerate(one.rows):
            norm, saturated = one.mean(k, 0, "norm"), one.mean(k, 0, "saturated", 100)
            error, validation = one.mean(k, 0, "validation_error"), one.mean(k, 1, "validation_error", 100)
            rows.append(
                (
                    row.model.name,
                    one.words,
                    "–" if norm is None else f"{norm.value:.3g}",
                    f"{one.ratio(k):.1f}",
                    "–" if saturated is None else f"{saturated.value:.0f} %",
                    "–" if error is None else f"{error.value:.1f}",
                    "–" if validation is None else percent(validation),
                    percent(one.errors[k]),
                    str(one.errors[k].count),
                )
            )
    columns = (
        "model",
        "setting",
        "norm",
        "ratio",
        "saturated",
        "cross-entropy",
        "validation",
        "test error",
        "seeds",
    )
    known = {one.words for one in tried}
    details = [f"{one.words}: {one.detail}" for one in experiment.checks if one.detail and one.words in known]
    return [
        Heading("Do other settings decide it?"),
        Table(columns, tuple(rows)),
        Words(" ".join([*(f"{_capital(text)}." for text in details), *_lesson(experiment, tried)])),
    ]


def _lesson(experiment: Experiment, tried: Sequence[_Tried]) -> list[str]:
    """What the checks say of the errors and of the ratio of norms; only MNIST's can be held against the paper."""
    by_error, by_gap, by_ratio = (
        sorted(tried, key=key)
        for key in (lambda one: one.errors[0].value, lambda one: one.gap, lambda one: one.ratio(1))
    )
    low, high = by_error[0], by_error[-1]
    lesson = [
        f"The CAE errs on {low.errors[0].value:.2f} % ({low.words}) to {high.errors[0].value:.2f} % ({high.words}); "
        f"the AE errs by {by_gap[0].gap:.2f} ({by_gap[0].words}) to {by_gap[-1].gap:.2f} points ({by_gap[-1].words}) "
        f"more, and its norm is {by_ratio[0].ratio(1):.1f} ({by_ratio[0].words}) to {by_ratio[-1].ratio(1):.1f} times "
        f"({by_ratio[-1].words}) the CAE's."
    ]
    for k, name in enumerate(("CAE", "AE")):
        validation = {one.words: one.mean(k, 1, "validation_error", 100) for one in tried}
        known = {words: mean for words, mean in validation.items() if mean is not None}
        best, picked = min(known, key=lambda words: known[words].value), known[tried[0].words]
        spread = np.nan_to_num(np.hypot(known[best].error, picked.error))
        if picked.value - known[best].value > spread:
            lesson.append(
                f"The {name} validates better with {best} than as picked: {percent(known[best])} against "
                f"{percent(picked)}."
            )
    if experiment.dataset == "mnist":
        paper, spread = TABLE1["cae"].error, standard_error(TABLE1["cae"].error)
        if low.errors[0].value > paper + spread:
            lesson.append(
                f"None of these settings brings the CAE to the paper's {paper:.2f} ± {spread:.2f} %, so none of them "
                "alone is why it does not come there."
            )
        else:
            lesson.append(f"With {low.words} the CAE comes to the paper's {paper:.2f} ± {spread:.2f} %.")
        near = [one for one in tried[1:] if like_the_papers(one.ratio(1))]
        if near and not like_the_papers(tried[0].ratio(1)):
            ratios = ", ".join(f"{one.words} ({one.ratio(1):.1f} times)" for one in near)
            lesson.append(
                f"The ratio of norms depends on the setting: it comes near the paper's with {ratios}."
            )
    return lesson


@dataclass(frozen=True, slots=True)
class _Shared:
    """Test images that classifiers of the same setting get wrong, over seeds.

    Attributes:
        training: mean error on training images after the last epoch, %.
        one: wrong images at one seed, on average.
        half: images that are wrong at more than half of the seeds.
        every: those that are at every seed.
        any: those that are at one seed or more.
    """

    training: Mean
    one: float
    half: int
    every: int
    any: int

    @classmethod
    def of(cls, tuned: Sequence[Cell]) -> _Shared | None:
        """From the classifiers' cells; None for fewer than two."""
        if len(tuned) < 2:
            return None
        times = Counter(chain.from_iterable(cell["wrong"] for cell in tuned)).values()
        return cls(
            training=Mean.of([100 * cell["training_error"] for cell in tuned]),
            one=sum(times) / len(tuned),
            half=sum(count > len(tuned) / 2 for count in times),
            every=sum(count == len(tuned) for count in times),
            any=len(times),
        )


def _where(experiment: Experiment, cells: Cells) -> list[Block]:
    """How well the classifiers fit, and which errors their seeds share: is it training, or chance?"""
    found = [
        (row.model, one.words, shared, len(one.cells[k]))
        for one in _tried(experiment, cells)
        for k, row in enumerate(one.rows)
        if (shared := _Shared.of([tuned for _, tuned in one.cells[k]])) is not None
    ]
    if not found:
        return []
    rows = tuple(
        (
            model.name,
            words,
            percent(s.training),
            f"{s.one:.0f}",
            str(s.half),
            str(s.every),
            str(s.any),
            str(seeds),
        )
        for model, words, s, seeds in found
    )
    columns = (
        "model",
        "setting",
        "training error",
        "test images wrong at one seed",
        "at more than half",
        "at every seed",
        "at any seed",
        "seeds",
    )
    model, words, first, seeds = found[0]
    paper = (
        f" (the paper's {TABLE1['cae'].error:.2f} % are {TABLE1['cae'].error / 100 * TEST_IMAGES:.0f} images)"
    )
    lesson = [
        f"A classifier of {model.name}, {words}, gets {first.one:.0f} test images wrong. {first.every} are wrong "
        f"at every one of {seeds} seeds and {first.half} at more than half of them"
        f"{paper * (experiment.dataset == 'mnist')}: what chance decides from seed to seed is worth about "
        f"{max(0.0, first.one - first.half):.0f} images."
    ]
    method = METHODS[model.method].name
    most = max(s.training.value for other, _, s, _ in found if other.method == model.method)
    if most < FITTED:
        lesson.append(
            f"All classifiers of the {method} fit the training images (they err on at most {most:.2f} % of them): "
            "what is missing is not more training, but that what is learned from these images holds for others."
        )
    return [Heading("Where do the errors lie?"), Table(columns, rows), Words(" ".join(lesson))]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _paths(experiment: Experiment, cells: Cells) -> list[Block]:
    rows = [
        (
            step.model.name,
            f"{step.cell['norm']:.3g}",
            f"{100 * step.cell['saturated']:.0f} %",
            f"{step.cell['validation_error']:.1f}",
            _share(step.tuned, "validation_error"),
            _share(step.tuned, "test_error"),
        )
        for steps in path(experiment, cells).values()
        for step in steps
    ]
    columns = ("model", "norm", "saturated", "cross-entropy", "validation error", "test error")
    return [
        Heading("Along the paths (first seed)"),
        Table(columns, tuple(rows)),
        Words(
            "Each at the rates with the lowest validation error. Test errors are shown, and decided nothing."
        ),
    ]


def _share(cell: Cell | None, name: str) -> str:
    return "–" if cell is None or cell[name] is None else f"{100 * cell[name]:.2f} %"


def made(experiment: Experiment, cells: Cells, command: str) -> list[Block]:
    """When, with what and by which command the cells were made."""
    used = [cell for cell in _used(experiment, cells) if cell is not None]
    dates = sorted({cell["made"] for cell in used})
    versions = sorted({f"{name} {number}" for cell in used for name, number in cell["versions"].items()})
    stopped = sum(bool(cell.get("stopped")) for cell in used)
    hours = sum(cell["seconds"] for cell in used) / 3600
    words = (
        f"{len(used)} cells of {' to '.join(dict.fromkeys((dates[0], dates[-1])))}, "
        f"{', '.join(versions)}, on {', '.join(sorted({cell['device'] for cell in used}))}; "
        f"{hours:.1f} hours by the clock of single processes, added up: what is made beside "
        "other work takes longer."
    )
    if stopped:
        words += f" {stopped} models stopped being finite; their last good weights were used."
    return [Heading("How it was made"), Words(f"Command: {command}"), Words(words)]


def _used(experiment: Experiment, cells: Cells) -> list[Cell | None]:
    found: dict[str, Cell | None] = {}
    for model in models(experiment, 0):
        keys = [model.key, *(row.key for row in classifiers(model))]
        found |= {key: cells.get(key) for key in keys}
    for _, rows in checked(experiment, cells):
        for row in (row.at(seed) for row in rows for seed in range(experiment.seeds)):
            found |= {key: cells.get(key) for key in (row.model.key, row.key)}
    for pick in picks(experiment, cells).values():
        for seed, (trained, tuned) in finished(pick, experiment.seeds, cells).items():
            row = pick.at(seed)
            found |= {row.model.key: trained, row.key: tuned}
    return list(found.values())
