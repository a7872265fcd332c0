"""How far codes and reconstructions move when inputs are perturbed.

For a perturbed copy x' of x: ``||f(x') - f(x)||`` and ``||r(x') - r(x)||``, over the strength of the perturbation, and
the first also divided by the spread of the training codes, which a shrunken code cannot improve. For a small step
``delta = x' - x`` the move is ``J delta``: the linear prediction. Where noise is Gaussian and small,

    sqrt(mean ||f(x') - f(x)||^2) / sd of the noise  ->  ||J||_F    at every x.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from cae_core.analysis.models import display_tensor, ensemble_of
from cae_core.analysis.neighbours import NEIGHBOURS
from cae_core.analysis.perturbations import PERTURBATIONS, perturb
from cae_core.datasets import SPREAD_LIMIT, Dataset, load
from cae_core.ensemble import Ensemble
from cae_core.errors import DataError
from cae_core.frame import Frame
from cae_core.jacobian import jacobian, leading_direction
from cae_core.measures import code_spread
from cae_core.samples import as_tensor, train_tensor

Floats = NDArray[np.floating]

STRENGTHS = 9
"""Number of strengths on a curve, 0 and the top included."""

TRAIN_LIMIT = 2000
"""Largest number of training samples that may vote: all, but of MNIST."""


def strengths(kind: str) -> Floats:
    """The strengths of a curve, from 0 to the kind's top."""
    return np.linspace(0.0, PERTURBATIONS[kind].top, STRENGTHS)


@torch.no_grad()
def movement(frame: Frame, kind: str, seed: int = 0) -> dict[str, Floats]:
    """How far codes and reconstructions of the display sample move over the strength, and what neighbours make of it.

    Args:
        frame: two members.
        kind: a key of `PERTURBATIONS`.
        seed: of the noise.

    Returns:
        ``strength`` (S,); ``code``, ``relative`` (code over the spread of the training codes; NaN where these have
        collapsed) and ``reconstruction``, each (3, K, S): mean, 10 % and 90 % quantile over the samples; ``accuracy``
        (K + 1, S) of 5 nearest neighbours among clean training samples, first in raw inputs, then in each model's
        codes, NaN without labels.
    """
    dataset, ensemble = load(frame.config), ensemble_of(frame)
    x = display_tensor(ensemble, dataset)
    clean, rebuilt = ensemble.encode(x), ensemble.reconstruct(x)
    spread = code_spread(ensemble, train_tensor(dataset, ensemble.dtype)[:SPREAD_LIMIT])
    alive = torch.where(spread > 0, spread, torch.nan).unsqueeze(1)
    directions = first_directions(ensemble, x) if kind == "singular" else None
    votes = _Voters(ensemble, dataset)
    rows: dict[str, list[Tensor]] = {"code": [], "relative": [], "reconstruction": []}
    accuracy = []
    for strength in strengths(kind):
        moved = as_tensor(_perturbed(dataset, kind, float(strength), seed, directions), ensemble.dtype)
        code = ensemble.encode(moved)
        step = (code - clean).norm(dim=2).double()
        rows["code"].append(_summary(step))
        rows["relative"].append(_summary(step / alive))
        rows["reconstruction"].append(_summary((ensemble.decode(code) - rebuilt).norm(dim=2).double()))
        accuracy.append(votes.accuracy(moved, code))
    curves = {name: torch.stack(row, dim=2).numpy() for name, row in rows.items()}
    return {"strength": strengths(kind), **curves, "accuracy": np.array(accuracy).T}


@torch.no_grad()
def sample_movement(
    frame: Frame, sample: int, kind: str, strength: float, seed: int = 0
) -> dict[str, Floats]:
    """One display sample perturbed: what both models make of it, and how well J predicts the code's move.

    Args:
        frame: two members.
        sample: position in the display sample.
        kind: a key of `PERTURBATIONS`.
        strength: between 0 and the kind's top.
        seed: of the noise.

    Returns:
        ``clean`` and ``perturbed`` (d,); ``clean_reconstruction`` and ``reconstruction`` (K, d); ``predicted`` and
        ``true``: the code's move ``J delta`` and ``f(x') - f(x)``, (K, units).

    Raises:
        DataError: there is no such sample.
    """
    dataset, ensemble = load(frame.config), ensemble_of(frame)
    display = display_tensor(ensemble, dataset)
    if not 0 <= sample < len(display):
        raise DataError(f"The sample must be between 0 and {len(display) - 1}. Got {sample}. Choose another.")
    x = display[sample : sample + 1]
    directions = first_directions(ensemble, x) if kind == "singular" else None
    moved = _perturbed(dataset, kind, strength, seed, directions, only=sample)
    perturbed = as_tensor(moved, ensemble.dtype)
    delta = (perturbed - x)[0]
    arrays = {
        "clean": x[0],
        "perturbed": perturbed[0],
        "clean_reconstruction": ensemble.reconstruct(x)[:, 0],
        "reconstruction": ensemble.reconstruct(perturbed)[:, 0],
        "predicted": jacobian(ensemble, x)[:, 0] @ delta,
        "true": (ensemble.encode(perturbed) - ensemble.encode(x))[:, 0],
    }
    return {name: array.float().numpy() for name, array in arrays.items()}


def first_directions(ensemble: Ensemble, x: Tensor) -> Floats:
    """The direction that the first member's code notices most at each sample, (n, d)."""
    first = replace(
        ensemble, weights=[W[:1] for W in ensemble.weights], biases=[b[:1] for b in ensemble.biases]
    )
    return leading_direction(first, x)[0].numpy()


def _perturbed(
    dataset: Dataset,
    kind: str,
    strength: float,
    seed: int,
    directions: Floats | None,
    only: int | None = None,
) -> Floats:
    """The display sample perturbed, or one of it."""
    return perturb(
        dataset.x_display,
        kind,
        strength,
        seed=seed,
        image_shape=dataset.card.image_shape,
        spread=dataset.train_spread,
        directions=directions,
        only=only,
    )


def _summary(values: Tensor) -> Tensor:
    """Mean, 10 % and 90 % quantile over the samples: (3, K) of (K, n)."""
    levels = torch.tensor([0.1, 0.9], dtype=values.dtype)
    return torch.cat([values.mean(dim=1, keepdim=True), torch.quantile(values, levels, dim=1).T], dim=1).T


class _Voters:
    """Nearest clean training samples, in raw inputs and in codes, that vote for a class."""

    def __init__(self, ensemble: Ensemble, dataset: Dataset) -> None:
        self.labels = (
            None if dataset.y_train is None else torch.from_numpy(dataset.y_train[:TRAIN_LIMIT].copy())
        )
        self.truth = None if dataset.y_display is None else torch.from_numpy(dataset.y_display.copy())
        self.x = train_tensor(dataset, ensemble.dtype)[:TRAIN_LIMIT]
        self.codes = ensemble.encode(self.x)

    def accuracy(self, x: Tensor, codes: Tensor) -> list[float]:
        """Share of correct votes of 5 neighbours: in raw inputs, then in each member's codes."""
        return [self._share(x, self.x), *(self._share(c, t) for c, t in zip(codes, self.codes, strict=True))]

    def _share(self, queries: Tensor, train: Tensor) -> float:
        if self.labels is None or self.truth is None:
            return float("nan")
        # ||q - t||^2 / 2 up to ||q||^2 / 2, which is the same for all t: one product, no roots.
        distances = torch.addmm(train.square().sum(dim=1) / 2, queries, train.T, alpha=-1)
        nearest = distances.topk(min(NEIGHBOURS, len(train)), dim=1, largest=False).indices
        winners = self.labels[nearest].mode(dim=1).values
        return float((winners == self.truth).double().mean())
