"""The curvature penalty of CAE+H: how much the encoder's Jacobian changes near a sample.

    gamma E_eps ||J_f(x) - J_f(x + eps)||_F^2,    eps ~ N(0, sigma^2 I)

(Rifai, Mesnil, Vincent, Muller, Bengio, Dauphin, Glorot, "Higher Order Contractive Auto-Encoder", ECML 2011), beside
the contractive penalty. For a smooth activation and small sigma it is about ``sigma^2`` times the squared norm of the
second derivatives. The expectation is a mean over `COPIES` noisy copies; both Jacobians are exact. For one
layer, with the slopes D at x and D' at x + eps, ``J - J' = diag(D - D') W^T`` and

    ||J - J'||_F^2 = sum_j (D_j - D'_j)^2 sum_i W_ij^2.

For more, ``J = M W_1^T`` with M the Jacobian of the layers above times ``D_1``, so that with ``R = M - M'`` and
``G = W_1^T W_1`` the square is ``<R G, R>``. Neither forms J, and neither subtracts two large squares.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from cae_core.config import Config
from cae_core.ensemble import Ensemble, Layout
from cae_core.jacobian import column_squares, jacobian, weighted_square
from cae_core.objectives import Losses

SIGMA = 0.1
"""Standard deviation of the noise, in the inputs' own units."""

COPIES = 2
"""Noisy copies of each sample in a step."""

_STREAM = 4


def noise(config: Config, shape: Sequence[int], step: int) -> Float[Tensor, "copies n d"] | None:
    """The noise of a step, the same wherever training is cut and for every member.

    Args:
        config: its seed and objectives.
        shape: of the batch, (n, d).
        step: number of the step.

    Returns:
        eps, or None where no member has this penalty.
    """
    if not any(o.curvature for o in config.objectives):
        return None
    rng = np.random.default_rng([config.seed, _STREAM, step])
    return torch.from_numpy(rng.normal(0.0, SIGMA, (COPIES, *shape))).to(getattr(torch, config.dtype))


def curvature(ensemble: Ensemble, x: Tensor, eps: Float[Tensor, "copies n d"]) -> Float[Tensor, " K"]:
    """``||J_f(x) - J_f(x + eps)||_F^2``, a mean over samples and copies.

    Args:
        ensemble: the autoencoders.
        x: (n, d), shared by the members, or (K, n, d).
        eps: noise.

    Returns:
        The means, (K,); they may be differentiated.
    """
    here = _core(ensemble, x)
    return torch.stack([_squared(ensemble, here - _core(ensemble, x + e)) for e in eps]).mean(dim=0)


def _core(ensemble: Ensemble, x: Tensor) -> Tensor:
    """What J is made of beside W_1: its slopes (K, n, units) for one layer, else M (K, n, units, s_1)."""
    z = torch.baddbmm(ensemble.biases[0].unsqueeze(1), ensemble.stack(x), ensemble.weights[0])
    h = ensemble.activation.value(z)
    D = ensemble.activation.slope(z, h)
    if len(ensemble.weights) == 1:
        return D
    above = replace(ensemble, weights=ensemble.weights[1:], biases=ensemble.biases[1:])
    return jacobian(above, h) * D.unsqueeze(2)


def _squared(ensemble: Ensemble, R: Tensor) -> Float[Tensor, " K"]:
    """Mean over the samples of ``||R W_1^T||_F^2``, R as `_core` gives it."""
    W = ensemble.weights[0]
    if len(ensemble.weights) == 1:
        return weighted_square(R.square(), column_squares(W)).mean(dim=1)
    k, n, units, first = R.shape
    rows = R.reshape(k, n * units, first)
    if W.shape[1] <= first:
        return torch.bmm(rows, W.transpose(1, 2)).square().sum(dim=(1, 2)) / n
    return (torch.bmm(rows, torch.bmm(W.transpose(1, 2), W)) * rows).sum(dim=(1, 2)) / n


def add_curvature(
    config: Config, layout: Layout, flat: Tensor, inputs: Tensor, step: int, terms: Losses, gradient: Tensor
) -> Losses:
    """Add the penalty to the losses of a step and to their gradient, by autograd; members without it are not touched.

    Args:
        config: its objectives say who has the penalty.
        layout: where the parameters lie.
        flat: all parameters.
        inputs: what the encoders see, (n, d) or (K, n, d).
        step: number of the step.
        terms: the losses so far.
        gradient: their gradient, like `flat`; the penalty's is added to it.

    Returns:
        The losses with the penalty; `terms` itself where no member has it.
    """
    eps = noise(config, inputs.shape[-2:], step)
    if eps is None:
        return terms
    eps = eps.to(flat.device)
    gamma = torch.tensor([o.curvature for o in config.objectives], dtype=flat.dtype, device=flat.device)
    curved = gamma.nonzero().squeeze(1)
    leaf = flat.detach().requires_grad_()
    with torch.enable_grad():
        ensemble = Ensemble.of(config, [p.index_select(0, curved) for p in layout.split(leaf)])
        seen = inputs.index_select(0, curved) if inputs.ndim == 3 else inputs
        added = gamma[curved] * curvature(ensemble, seen, eps)
        (found,) = torch.autograd.grad(added.sum(), leaf)
    gradient.add_(found)
    return replace(terms, total=terms.total.index_add(0, curved, added.detach()))
