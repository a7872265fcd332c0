"""Pretraining: autoencoders that share learning rate and seed, trained as one ensemble and measured before fine-tuning.

Measured on the first 1,000 validation images: mean ``||J_f(x)||_F``, share of saturated units, and contraction ratio
against radius (`cae_core.analysis.contraction`); on the first 100: mean singular values of J_f. On all of them: the
reconstruction error. The numbers are kept in the model's cell, so that no weights need to travel.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from cae_core.analysis.contraction import contraction_ratio, pair_distances
from cae_core.ensemble import Ensemble, Layout
from cae_core.jacobian import norm, singular_values
from cae_core.measures import BLOCK, code_spread, saturation
from cae_core.objectives import reconstruction_loss
from cae_core.paper.data import Parts
from cae_core.paper.settings import Model
from cae_core.samples import as_tensor
from cae_core.training import advance, init_state, steps_per_epoch

RADII = np.geomspace(0.02, 4.0, 32)
"""Radii of a contraction curve, in median distances between two validation images."""


@dataclass(frozen=True)
class Pretrained:
    """First layers of K autoencoders, and what was measured of them.

    Attributes:
        W: encoder weights, (K, d, units).
        b: encoder biases, (K, units).
        measured: one mapping of numbers a model, as JSON holds them.
    """

    W: Float[Tensor, "K d units"]
    b: Float[Tensor, "K units"]
    measured: list[dict[str, Any]]


@torch.no_grad()
def pretrain(
    models: Sequence[Model],
    parts: Parts,
    device: str = "cpu",
    report: Callable[[int], None] = lambda epochs: None,
) -> Pretrained:
    """Train models of one experiment, learning rate and seed together.

    Args:
        models: K of them, at least one.
        parts: the images.
        device: where the training is done.
        report: called after each epoch with the number of models.

    Returns:
        First layers and measurements, in the models' order.
    """
    config = models[0].config.but(objectives=tuple(model.config.objectives[0] for model in models))
    data = parts.pretraining
    state, steps = init_state(config, data, record=False), steps_per_epoch(config, data)
    for _ in range(config.epochs):
        state = advance(config, data, state, steps, record=False, device=device)
        report(len(models))
    parameters = Layout.of(config, data.n_inputs).split(torch.from_numpy(state.parameters))
    ensemble = Ensemble.of(config, parameters)
    measured = [
        {**rows, "training_error": _rounded(state.history[1:, 0, k]), "stopped": int(state.failed_epoch[k])}
        for k, rows in enumerate(measure(ensemble, models[0], parts))
    ]
    return Pretrained(parameters[0], parameters[1], measured)


def measure(ensemble: Ensemble, model: Model, parts: Parts) -> list[dict[str, Any]]:
    """What is measured before fine-tuning.

    Args:
        ensemble: the K autoencoders.
        model: tells how many samples.
        parts: the images; those for validation are measured.

    Returns:
        One mapping a member: ``norm`` and its 10 % and 90 % quantiles, ``saturated``, ``validation_error``,
        ``code_spread`` on validation images, ``weights`` ``||W||_F``, ``median_distance``, ``largest_distance``,
        ``radii`` and ``ratio`` of the contraction curve, ``singular`` values.
    """
    everything = as_tensor(parts.validation[0], torch.float32)
    x = everything[: model.experiment.measured_samples]
    median, largest = pair_distances(x.numpy())
    radii = RADII * median
    norms = norm(ensemble, x).double()
    low, high = torch.quantile(norms, torch.tensor([0.1, 0.9], dtype=torch.float64), dim=1)
    columns = {
        "norm": norms.mean(dim=1),
        "norm_p10": low,
        "norm_p90": high,
        "saturated": saturation(ensemble, x).mean(dim=1),
        "validation_error": _error(ensemble, everything),
        "code_spread": code_spread(ensemble, x),
        "weights": ensemble.weights[0].double().square().sum(dim=(1, 2)).sqrt(),
    }
    ratio = contraction_ratio(ensemble, x, radii)
    singular = singular_values(ensemble, x[: model.experiment.spectrum_samples]).mean(dim=1)
    return [
        {
            **{name: _number(values[k].item()) for name, values in columns.items()},
            "median_distance": _number(median),
            "largest_distance": _number(largest),
            "radii": _rounded(radii),
            "ratio": _rounded(ratio[k].numpy()),
            "singular": _rounded(singular[k].numpy(), 4),
        }
        for k in range(ensemble.members)
    ]


def save(folder: Path, model: Model, W: Tensor, b: Tensor) -> None:
    """Keep a first layer for fine-tuning, whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    temporary = folder / f".{model.key}-{os.getpid()}.npz"
    np.savez(temporary, W=W.numpy(), b=b.numpy())
    temporary.replace(folder / f"{model.key}.npz")


def first_layer(folder: Path, model: Model, parts: Parts, device: str = "cpu") -> tuple[Tensor, Tensor]:
    """The first layer of a pretrained model, from the folder, or trained anew where it is not there."""
    file = folder / f"{model.key}.npz"
    if not file.is_file():
        trained = pretrain([model], parts, device)
        save(folder, model, trained.W[0], trained.b[0])
    with np.load(file, allow_pickle=False) as kept:
        return torch.from_numpy(kept["W"]), torch.from_numpy(kept["b"])


def _error(ensemble: Ensemble, x: Tensor) -> Tensor:
    """Mean cross-entropy, summed over the inputs."""
    blocks = [
        reconstruction_loss(
            ensemble.logits(ensemble.encode(b)), b, sigmoid_output=ensemble.sigmoid_output
        ).double()
        for b in torch.split(x, BLOCK)
    ]
    return torch.cat(blocks, dim=1).mean(dim=1)


def _number(value: float) -> float | None:
    """Six significant digits; None where there is no number."""
    return float(f"{value:.6g}") if np.isfinite(value) else None


def _rounded(values: Any, digits: int = 6) -> list[float | None]:
    return [
        float(f"{v:.{digits}g}") if np.isfinite(v) else None for v in np.asarray(values, dtype=np.float64)
    ]
