"""What validation picks, our Table 1 beside the paper's, and which of the paper's orders and ratios hold.

A pick is the classifier with the lowest validation error of its method at the first seed, the lower validation
cross-entropy between equals. Test errors decide nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from cae_core.paper.cells import Cell, Cells
from cae_core.paper.published import TABLE1
from cae_core.paper.settings import METHODS, Check, Classifier, Experiment, Model, classifiers, models

TEST_IMAGES = 10_000
"""Test images of MNIST: what the standard error of the paper's errors is taken from."""

LARGE = 0.1
"""A singular value is called large from this share of the AE's largest on."""


def picks(experiment: Experiment, cells: Cells) -> dict[str, Classifier]:
    """The classifier that validation picks for each method, among the finished ones of the first seed.

    Args:
        experiment: the grid.
        cells: what is finished.

    Returns:
        Method's key -> pick; a method without a finished classifier is left out.
    """
    best: dict[str, tuple[tuple[float, float], Classifier]] = {}
    for model in models(experiment, 0):
        for row in classifiers(model):
            cell = cells.get(row.key)
            if cell is None:
                continue
            score = (float(cell["validation_error"]), float(cell["validation_loss"]))
            if model.method not in best or score < best[model.method][0]:
                best[model.method] = (score, row)
    return {method: best[method][1] for method, _ in experiment.grid if method in best}


def checked(experiment: Experiment, cells: Cells) -> list[tuple[Check, list[Classifier]]]:
    """The experiment's checks, each with what is trained for it: CAE and AE as picked, but for what it changes.

    Args:
        experiment: the grid and its checks.
        cells: what is finished.

    Returns:
        Checks and classifiers at the first seed; a check that changes nothing, the experiment being so, is left out.
    """
    both = pair(experiment, cells)
    found = [(check, [check.of(pick) for pick in both]) for check in experiment.checks]
    known = {pick.key for pick in both}
    return [(check, rows) for check, rows in found if {row.key for row in rows} - known]


def pair(experiment: Experiment, cells: Cells) -> list[Classifier]:
    """The picks of CAE and AE, as far as there are any."""
    chosen = picks(experiment, cells)
    return [chosen[method] for method in ("cae", "ae") if method in chosen]


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean over seeds.

    Attributes:
        value: the mean.
        error: its standard error; NaN for one seed.
        count: number of seeds.
    """

    value: float
    error: float
    count: int

    @classmethod
    def of(cls, values: Sequence[float]) -> Mean:
        """Mean and standard error of some values, at least one."""
        spread = float(np.std(values, ddof=1) / np.sqrt(len(values))) if len(values) > 1 else float("nan")
        return cls(float(np.mean(values)), spread, len(values))


@dataclass(frozen=True, slots=True)
class Row:
    """One method at its pick.

    Attributes:
        method: its key.
        pick: what validation picked at the first seed.
        validation: error on validation images, %.
        test: error on test images, %.
        norm: mean ``||J_f||_F`` before fine-tuning.
        saturated: share of saturated units before it, %.
        seeds: the finished seeds.
    """

    method: str
    pick: Classifier
    validation: Mean
    test: Mean
    norm: Mean
    saturated: Mean
    seeds: tuple[int, ...]


def table1(experiment: Experiment, cells: Cells) -> list[Row]:
    """Our table, in the order of test error.

    Args:
        experiment: what was trained.
        cells: what is finished.

    Returns:
        A row for each method with a pick, over the seeds that are finished.
    """
    rows = []
    for method, pick in picks(experiment, cells).items():
        found = finished(pick, experiment.seeds, cells)
        tuned, trained = [pair[1] for pair in found.values()], [pair[0] for pair in found.values()]
        rows.append(
            Row(
                method,
                pick,
                validation=Mean.of([100 * cell["validation_error"] for cell in tuned]),
                test=Mean.of([100 * cell["test_error"] for cell in tuned]),
                norm=Mean.of([cell["norm"] for cell in trained]),
                saturated=Mean.of([100 * cell["saturated"] for cell in trained]),
                seeds=tuple(found),
            )
        )
    return sorted(rows, key=lambda row: row.test.value)


def standard_error(error: float) -> float:
    """``sqrt(e (1 - e) / n)`` of an error e on MNIST's n test images; both are percentages."""
    return float(np.sqrt(error * (100 - error) / TEST_IMAGES))


def finished(pick: Classifier, seeds: int, cells: Cells) -> dict[int, tuple[Cell, Cell]]:
    """Seed -> cells of a pick's model and classifier, for the seeds that have both."""
    found = {}
    for seed in range(seeds):
        row = pick.at(seed)
        trained, tuned = cells.get(row.model.key), cells.get(row.key)
        if trained is not None and tuned is not None:
            found[seed] = (trained, tuned)
    return found


@dataclass(frozen=True, slots=True)
class Step:
    """One value of what a method may choose, at the first seed: a step of its path.

    Attributes:
        model: at the learning rate whose classifier does best on validation images.
        cell: what was measured before fine-tuning.
        tuned: the cell of its classifier with the lowest validation error, or None.
    """

    model: Model
    cell: Cell
    tuned: Cell | None


def path(experiment: Experiment, cells: Cells) -> dict[str, list[Step]]:
    """The first seed's grid: method -> its finished models in order of value.

    Args:
        experiment: the grid.
        cells: what is finished.

    Returns:
        The steps; a method without any is left out.
    """
    found: dict[tuple[str, float], tuple[tuple[float, float], Step]] = {}
    for model in models(experiment, 0):
        cell = cells.get(model.key)
        if cell is None:
            continue
        tuned = [c for c in (cells.get(row.key) for row in classifiers(model)) if c is not None]
        best = min(tuned, key=_score, default=None)
        score = _score(best) if best is not None else (np.inf, np.inf)
        at = (model.method, model.value)
        if at not in found or score < found[at][0]:
            found[at] = (score, Step(model, cell, best))
    steps = [found[key][1] for key in sorted(found)]
    kept = {method: [step for step in steps if step.model.method == method] for method, _ in experiment.grid}
    return {method: rows for method, rows in kept.items() if rows}


def _score(cell: Cell) -> tuple[float, float]:
    return float(cell["validation_error"]), float(cell["validation_loss"])


@dataclass(frozen=True, slots=True)
class Claim:
    """Something that the paper says, and whether it holds here.

    Attributes:
        text: the paper's statement.
        found: what was found, in numbers.
        holds: whether it holds; None where it cannot be told yet.
    """

    text: str
    found: str
    holds: bool | None


def claims(experiment: Experiment, cells: Cells) -> list[Claim]:
    """The paper's orders and ratios, held against our rows.

    Args:
        experiment: what was trained.
        cells: what is finished.

    Returns:
        The claims that our finished rows can answer.
    """
    rows = {row.method: row for row in table1(experiment, cells)}
    if not {"cae", "ae"} <= set(rows):
        return []
    first = {method: finished(row.pick, 1, cells)[0][0] for method, row in rows.items()}
    found = [
        _errors(rows),
        _reached(rows["cae"].test),
        _order(rows),
        _norms(rows),
        _norm_ratio(rows),
        _saturation(rows),
    ]
    return [*found, _along_path(experiment, cells), *_curves(first), _spectrum(first)]


def _named(methods: Sequence[str]) -> str:
    return ", ".join(METHODS[method].name for method in methods)


def _sorted(values: Mapping[str, float]) -> list[str]:
    return sorted(values, key=lambda method: values[method])


def _errors(rows: Mapping[str, Row]) -> Claim:
    cae, ae = rows["cae"].test, rows["ae"].test
    paper = TABLE1["ae"].error - TABLE1["cae"].error
    apart = Mean(ae.value - cae.value, float(np.hypot(cae.error, ae.error)), min(cae.count, ae.count))
    return Claim(
        f"After fine-tuning the CAE's test error is lower than the AE's (by {paper:.2f} points).",
        f"CAE {percent(cae)}, AE {percent(ae)}: by {points(apart)}.",
        _apart(cae, ae),
    )


def _reached(ours: Mean) -> Claim:
    paper = TABLE1["cae"].error
    spread = standard_error(paper)
    return Claim(
        f"The CAE's test error is {paper:.2f} % (± {spread:.2f} for {TEST_IMAGES:,} test images).",
        f"{percent(ours)}.",
        bool(ours.value <= paper + spread),
    )


def _apart(low: Mean, high: Mean) -> bool:
    """Whether one mean is below another by more than two standard errors of the difference, where there are any."""
    spread = np.hypot(low.error, high.error)
    return bool(high.value - low.value > (2 * spread if np.isfinite(spread) else 0.0))


def _order(rows: Mapping[str, Row]) -> Claim:
    ours = _sorted({method: row.test.value for method, row in rows.items()})
    paper = [method for method in TABLE1 if method in rows]
    words = ", ".join(f"{METHODS[method].name} {rows[method].test.value:.2f} %" for method in ours)
    return Claim(f"Order of test errors: {_named(paper)}.", f"{words}.", ours == paper)


def _norms(rows: Mapping[str, Row]) -> Claim:
    ours = _sorted({method: row.norm.value for method, row in rows.items()})
    paper = _sorted({method: TABLE1[method].norm for method in rows})
    return Claim(
        f"Before fine-tuning the CAE's norm is lowest, the AE's highest (order: {_named(paper)}).",
        f"{_named(ours)}.",
        ours[0] == "cae" and ours[-1] == "ae",
    )


def _norm_ratio(rows: Mapping[str, Row]) -> Claim:
    ours = rows["ae"].norm.value / rows["cae"].norm.value
    paper = TABLE1["ae"].norm / TABLE1["cae"].norm
    return Claim(
        f"The AE's norm is {paper:.0f} times the CAE's.", f"{ours:.1f} times.", like_the_papers(ours)
    )


def like_the_papers(ratio: float) -> bool:
    """Whether a ratio of the AE's norm to the CAE's is within a factor of two of the paper's."""
    paper = TABLE1["ae"].norm / TABLE1["cae"].norm
    return bool(paper / 2 <= ratio <= paper * 2)


def _saturation(rows: Mapping[str, Row]) -> Claim:
    values = {method: row.saturated.value for method, row in rows.items()}
    ours = _sorted(values)[::-1]
    paper = _sorted({method: TABLE1[method].saturated for method in rows})[::-1]
    return Claim(
        f"The CAE saturates most units before fine-tuning (order: {_named(paper)}).",
        f"{', '.join(f'{METHODS[m].name} {values[m]:.0f} %' for m in ours)}.",
        ours[0] == "cae",
    )


def _along_path(experiment: Experiment, cells: Cells) -> Claim:
    steps = path(experiment, cells)["cae"]
    norms = [step.cell["norm"] for step in steps]
    saturated = [step.cell["saturated"] for step in steps]
    falls = all(a > b for a, b in pairwise(norms))
    rises = all(a < b for a, b in pairwise(saturated))
    words = ", ".join(f"{step.model.value:g}: {step.cell['norm']:.3g}" for step in steps)
    return Claim(
        "Along lambda the norm falls and saturation rises.",
        f"Norm at lambda {words}; saturated {100 * saturated[0]:.0f} % to {100 * saturated[-1]:.0f} %.",
        falls and rises,
    )


def _curves(first: Mapping[str, Cell]) -> list[Claim]:
    found = []
    for method, text in (
        (
            "cae",
            "The CAE's contraction ratio rises with the radius and then falls, with its peak beyond the data's "
            "usual distance.",
        ),
        ("ae", "The AE's contraction ratio falls with the radius."),
    ):
        cell = first[method]
        radii, ratio = np.array(cell["radii"]) / cell["median_distance"], np.array(cell["ratio"])
        peak = int(ratio.argmax())
        rise = ratio[peak] / ratio[0] - 1
        far = f"{ratio[-1]:.3g} at {radii[-1]:.2g} median distances between two images"
        words = f"From {ratio[0]:.3g} near the samples to {far}."
        if peak:
            words = (
                f"From {ratio[0]:.3g} near the samples to {ratio[peak]:.3g} ({100 * rise:+.0f} %) at "
                f"{radii[peak]:.2g} and {far}."
            )
        inside = 0 < peak < len(ratio) - 1
        holds = inside and radii[peak] > 1 if method == "cae" else bool((np.diff(ratio) <= 0).all())
        found.append(Claim(text, words, bool(holds)))
    return found


def large_values(first: Mapping[str, Cell]) -> dict[str, int]:
    """How many mean singular values of each model are at least a tenth of the AE's largest."""
    bar = LARGE * max(first["ae"]["singular"])
    return {method: int((np.array(cell["singular"]) >= bar).sum()) for method, cell in first.items()}


def _spectrum(first: Mapping[str, Cell]) -> Claim:
    counts = large_values(first)
    order = sorted(counts, key=lambda method: counts[method])
    words = ", ".join(f"{METHODS[m].name} {counts[m]}" for m in order)
    return Claim(
        "The CAE has the fewest large singular values.",
        f"At least {100 * LARGE:.0f} % of the AE's largest: {words}.",
        counts["cae"] == min(counts.values()) and order[0] == "cae",
    )


def percent(mean: Mean) -> str:
    """``1.23 ± 0.04 %``, without ± for one seed."""
    return f"{_with_error(mean)} %"


def points(mean: Mean) -> str:
    """``0.23 ± 0.04 points``, of percentages."""
    return f"{_with_error(mean)} points"


def _with_error(mean: Mean) -> str:
    return f"{mean.value:.2f}" + ("" if np.isnan(mean.error) else f" ± {mean.error:.2f}")


def as_rows(experiment: Experiment, cells: Cells) -> list[dict[str, Any]]:
    """Table 1 as text, ours beside the paper's.

    Args:
        experiment: what was trained.
        cells: what is finished.

    Returns:
        One mapping of column to text a method, in the paper's order.
    """
    ours = {row.method: row for row in table1(experiment, cells)}
    rows = []
    for method in (key for key in TABLE1 if key in ours):
        row, paper = ours[method], TABLE1[method]
        relative = row.norm.value / ours["cae"].norm.value if "cae" in ours else np.nan
        rows.append(
            {
                "method": METHODS[method].name,
                "test error": percent(row.test),
                "paper error": f"{paper.error:.2f} %",
                "norm": f"{row.norm.value:.3g}",
                "ratio": f"{relative:.1f}",
                "paper ratio": f"{paper.norm / TABLE1['cae'].norm:.1f}",
                "saturated": f"{row.saturated.value:.0f} %",
                "paper saturated": f"{paper.saturated:.0f} %",
                "validation": percent(row.validation),
                "seeds": str(len(row.seeds)),
                "picked": _picked(row.pick),
            }
        )
    return rows


def _picked(pick: Classifier) -> str:
    method = METHODS[pick.model.method]
    value = f"{method.label} {pick.model.value:g}, " if method.chooses else ""
    return f"{value}rates {pick.model.rate:g} and {pick.rate:g}"
