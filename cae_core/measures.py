"""The measures of a model that stand beside every norm: error, variance lost, relative contraction, saturation.

    error(x) = ||r(x) - x||^2                      variance lost = mean error / total variance of the split
    rho(x) = ||J_f(x)||_F / sqrt(d) * spread(x) / spread(h)

with spread the root mean squared distance to the mean over the training split (its first 10,000 samples). rho is 1
for a similarity map, and below 1 where a random direction moves the code less, relative to spread, than the data's
own directions do; NaN ("collapsed") where spread(h) is 0.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from jaxtyping import Float
from numpy.typing import NDArray
from torch import Tensor

from cae_core.datasets import SPREAD_LIMIT, Dataset
from cae_core.ensemble import Ensemble
from cae_core.jacobian import norm, squared_norm
from cae_core.objectives import reconstruction_loss
from cae_core.samples import as_tensor, train_tensor

BLOCK = 2048
"""Samples that are encoded at once."""


def errors(ensemble: Ensemble, x: Float[Tensor, "n d"]) -> Float[Tensor, "K n"]:
    """``||r(x) - x||^2``, squared error summed over the inputs, whatever the training loss."""
    return torch.cat(
        [(ensemble.reconstruct(b) - b).square().sum(dim=2) for b in torch.split(x, BLOCK)], dim=1
    )


def code_spread(ensemble: Ensemble, x: Float[Tensor, "n d"]) -> Float[Tensor, " K"]:
    """Root mean squared distance of the codes of x to their mean."""
    # Distances from one of the codes: in float64 nothing cancels, and codes that are all equal give exactly 0.
    origin = ensemble.encode(x[:BLOCK])[:, :1].double()
    total, squares = torch.zeros_like(origin[:, 0]), torch.zeros_like(origin[:, 0, 0])
    for block in torch.split(x, BLOCK):
        moved = ensemble.encode(block).double() - origin
        total += moved.sum(dim=1)
        squares += moved.square().sum(dim=(1, 2))
    return (squares / len(x) - (total / len(x)).square().sum(dim=1)).clamp_min(0).sqrt()


def relative_contraction(
    norms: Float[Tensor, "K n"], n_inputs: int, input_spread: float, spread: Float[Tensor, " K"]
) -> Float[Tensor, "K n"]:
    """``rho = ||J||_F / sqrt(d) * spread(x) / spread(h)``; NaN where the codes have collapsed.

    Args:
        norms: ``||J_f(x)||_F``.
        n_inputs: d.
        input_spread: spread of the training inputs.
        spread: spread of the training codes.

    Returns:
        The relative contraction of every sample.
    """
    alive = torch.where(spread > 0, spread, torch.nan).unsqueeze(1)
    rho: Tensor = norms.double() / n_inputs**0.5 * input_spread / alive
    return rho


def saturation(ensemble: Ensemble, x: Float[Tensor, "n d"]) -> Float[Tensor, "K n"]:
    """Share of saturated code units of each sample; NaN for unbounded activations."""
    saturated = ensemble.activation.saturated
    if saturated is None:
        return torch.full((ensemble.members, len(x)), torch.nan)
    blocks = [saturated(ensemble.encode(block)).double().mean(dim=2) for block in torch.split(x, BLOCK)]
    return torch.cat(blocks, dim=1)


def saturation_by_unit(ensemble: Ensemble, x: Float[Tensor, "n d"]) -> Float[Tensor, "K units"]:
    """Share of samples in which each code unit is saturated; NaN for unbounded activations."""
    saturated = ensemble.activation.saturated
    if saturated is None:
        return torch.full((ensemble.members, ensemble.sizes[-1]), torch.nan)
    return (
        torch.cat([saturated(ensemble.encode(b)) for b in torch.split(x, BLOCK)], dim=1).double().mean(dim=1)
    )


def measure(ensemble: Ensemble, dataset: Dataset) -> NDArray[np.float64]:
    """The measured columns of a history: test loss and penalty, mean norm and its 10 % and 90 % quantiles.

    Args:
        ensemble: the autoencoders.
        dataset: its display sample is measured.

    Returns:
        Five rows of K numbers.
    """
    x = as_tensor(dataset.x_display, ensemble.dtype)
    loss = reconstruction_loss(
        ensemble.logits(ensemble.encode(x)), x, sigmoid_output=ensemble.sigmoid_output
    ).double()
    squared = squared_norm(ensemble, x).double()
    norms = squared.sqrt()
    quantiles = torch.quantile(norms, torch.tensor([0.1, 0.9], dtype=torch.float64), dim=1)
    rows = [loss.mean(dim=1), squared.mean(dim=1), norms.mean(dim=1), *quantiles]
    return torch.stack(rows).numpy()


def view(ensemble: Ensemble, dataset: Dataset) -> dict[str, NDArray[Any]]:
    """What the live view draws of an epoch (see `Frame.view`).

    Args:
        ensemble: the autoencoders.
        dataset: its display sample, gallery and training spread are used.

    Returns:
        The arrays by name.
    """
    x = as_tensor(dataset.x_display, ensemble.dtype)
    norms, error = norm(ensemble, x), errors(ensemble, x)
    spread = code_spread(ensemble, train_tensor(dataset, ensemble.dtype)[:SPREAD_LIMIT])
    rho = relative_contraction(norms, dataset.n_inputs, dataset.train_spread, spread)
    test_error = errors(ensemble, as_tensor(dataset.x_test, ensemble.dtype)).double().mean(dim=1)
    fixed = x[torch.from_numpy(dataset.gallery)]
    arrays = {
        "norm": norms.float(),
        "error": error.float(),
        "gallery_input": fixed.float(),
        "gallery": ensemble.reconstruct(fixed).float(),
        "reconstruction_error": test_error,
        "variance_lost": test_error / dataset.test_variance,
        "relative_contraction": rho.mean(dim=1),
        "saturation": saturation(ensemble, x).mean(dim=1),
        "code_spread": spread,
    }
    return {"gallery_ids": dataset.gallery, **{name: array.numpy() for name, array in arrays.items()}}
