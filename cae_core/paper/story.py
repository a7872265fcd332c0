"""What the report says, block by block: results, what holds, what does not, the paths, and how it was made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from cae_core.paper.cells import Cell, Cells
from cae_core.paper.published import SOURCE, TABLE1
from cae_core.paper.settings import Classifier, Experiment, classifiers, models
from cae_core.paper.table import (
    as_rows,
    checked,
    claims,
    finished,
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
    blocks += [*_checked(experiment, cells), *_paths(experiment, cells)]
    return [*blocks, *made(experiment, cells, command)]


NOTES = (
    "Errors are of the epoch with the lowest validation error; ± is the standard error over seeds. Rates are learning "
    "rates of pretraining and of fine-tuning. Norm (mean of ‖J‖_F) and saturated units (outside 0.05 to 0.95) are of "
    "validation images before fine-tuning. The paper does not state the unit of its norms, so their ratios to the "
    "CAE's are compared. The RBM of its table is not trained here. An error e on n test images has a standard error of "
    "sqrt(e (1 − e) / n), 0.12 points for 1.4 % of 10,000: smaller differences say little."
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
        return (
            f"The run is complete: {len(grid)} classifiers at the first seed, and the picks at {whole} seeds."
        )
    return (
        f"The run is not complete: {done} of {len(grid)} classifiers at the first seed, and all picks at {whole} of "
        f"{experiment.seeds} seeds. What is missing is left out."
    )


def _checked(experiment: Experiment, cells: Cells) -> list[Block]:
    """CAE and AE as picked, what other settings make of them, and what follows."""
    chosen = picks(experiment, cells)
    picked = [chosen[method] for method in ("cae", "ae") if method in chosen]
    found: dict[str, list[tuple[Classifier, Cell, Cell]]] = {}
    for words, some in [
        ("as picked", picked),
        *((one.words, rows) for one, rows in checked(experiment, cells)),
    ]:
        pairs = [(row, cells.get(row.model.key), cells.get(row.key)) for row in some]
        whole = [
            (row, trained, tuned)
            for row, trained, tuned in pairs
            if trained is not None and tuned is not None
        ]
        if len(whole) == 2:
            found[words] = whole
    if len(found) < 2:
        return []
    rows, errors, ratios = [], {}, {}
    for words, both in found.items():
        (_, cae, tuned), (_, ae, _) = both
        errors[words], ratios[words] = 100 * tuned["test_error"], ae["norm"] / cae["norm"]
        rows += [
            (
                row.model.name,
                words,
                f"{trained['norm']:.3g}",
                f"{trained['norm'] / cae['norm']:.1f}",
                f"{100 * trained['saturated']:.0f} %",
                f"{trained['validation_error']:.1f}",
                _share(tuned, "validation_error"),
                _share(tuned, "test_error"),
            )
            for row, trained, tuned in both
        ]
    columns = (
        "model",
        "setting",
        "norm",
        "ratio",
        "saturated",
        "cross-entropy",
        "validation error",
        "test error",
    )
    details = [f"{one.words}: {one.detail}" for one in experiment.checks if one.detail and one.words in found]
    return [
        Heading("Do other settings decide it? (first seed)"),
        Table(columns, tuple(rows)),
        Words(" ".join([*(f"{_capital(text)}." for text in details), *_lesson(experiment, errors, ratios)])),
    ]


def _lesson(experiment: Experiment, errors: Mapping[str, float], ratios: Mapping[str, float]) -> list[str]:
    """What the checks say of the CAE's error and of the ratio of norms, by setting; the paper's is of MNIST."""
    low, high = min(errors, key=errors.__getitem__), max(errors, key=errors.__getitem__)
    lesson = [
        f"The CAE errs on {errors[low]:.2f} % ({low}) to {errors[high]:.2f} % ({high}), the AE's norm is "
        f"{min(ratios.values()):.1f} to {max(ratios.values()):.1f} times the CAE's, most with "
        f"{max(ratios, key=ratios.__getitem__)}."
    ]
    if experiment.dataset == "mnist":
        paper, spread = TABLE1["cae"].error, standard_error(TABLE1["cae"].error)
        if errors[low] > paper + spread:
            lesson.append(
                f"None of these settings brings it to the paper's {paper:.2f} ± {spread:.2f} %: what does, we do not "
                "know."
            )
        else:
            lesson.append(f"With the setting “{low}” it comes to the paper's {paper:.2f} ± {spread:.2f} %.")
    return lesson


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
        f"{hours:.1f} hours by the clock of single processes, added up."
    )
    if stopped:
        words += f" {stopped} models stopped being finite; their last good weights were used."
    return [Heading("How it was made"), Words(f"Command: {command}"), Words(words)]


def _used(experiment: Experiment, cells: Cells) -> list[Cell | None]:
    found: dict[object, Cell | None] = {}
    for model in models(experiment, 0):
        keys = [model.key, *(row.key for row in classifiers(model))]
        found |= {key: cells.get(key) for key in keys}
    for _, rows in checked(experiment, cells):
        for row in rows:
            found |= {key: cells.get(key) for key in (row.model.key, row.key)}
    for method, pick in picks(experiment, cells).items():
        for seed, pair in finished(pick, experiment.seeds, cells).items():
            found |= {(method, seed, k): cell for k, cell in enumerate(pair) if seed}
    return list(found.values())
