"""Cells by hand, and a small experiment that trains in a second."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from cae_core.paper.cells import Cells
from cae_core.paper.settings import DIGITS, Classifier, Experiment, Model, classifiers, models

SMALL: Experiment = replace(
    DIGITS,
    hidden=20,
    grid=(("cae", (0.1, 1.0)), ("ae", (0.0,))),
    epochs=2,
    tuning_epochs=3,
    seeds=2,
    checks=(),
    spectrum_samples=5,
    measured_samples=50,
)

MADE = {
    "made": "2026-11-28",
    "versions": {"python": "3.11", "torch": "2.13"},
    "device": "cpu",
    "seconds": 1.0,
}


def put_model(cells: Cells, model: Model, norm: float, saturated: float = 0.1) -> None:
    """A model's cell with a curve and a spectrum that follow from its norm."""
    cells.put(
        model.key,
        {
            "norm": norm,
            "saturated": saturated,
            "validation_error": 50.0,
            "median_distance": 10.0,
            "largest_distance": 15.0,
            "radii": [1.0, 5.0, 12.0, 20.0],
            "ratio": [0.1, 0.12, 0.15, 0.14] if model.method == "cae" else [0.5, 0.4, 0.3, 0.2],
            "singular": [norm, norm / 20, norm / 40],
            **MADE,
        },
    )


def put_classifier(
    cells: Cells,
    row: Classifier,
    validation: float,
    test: float,
    loss: float = 0.1,
    *,
    wrong: Sequence[int] = (),
    training: float = 0.0,
) -> None:
    """A classifier's cell."""
    cells.put(
        row.key,
        {
            "validation_error": validation,
            "validation_loss": loss,
            "test_error": test,
            "wrong": list(wrong),
            "training_error": training,
            **MADE,
        },
    )


def grid(
    folder: Path,
    errors: Mapping[tuple[str, float, float], tuple[float, float]],
    experiment: Experiment = SMALL,
) -> Cells:
    """Cells of the whole grid at the first seed.

    Args:
        folder: where they go.
        errors: (method, value, rate of fine-tuning) -> validation and test error.
        experiment: with the grid of `SMALL`.
    """
    cells = Cells(folder)
    for model in models(experiment, 0):
        put_model(cells, model, norm={0.0: 24.0, 0.1: 2.0, 1.0: 1.0}[model.value], saturated=model.value / 2)
        for row in classifiers(model):
            validation, test = errors.get((model.method, model.value, row.rate), (0.5, 0.0))
            put_classifier(cells, row, validation, test)
    return cells
