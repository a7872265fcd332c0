"""A wrong penalty beside the right one and none at all: what it believes, and what is true."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from cae_core.config import Config
from cae_core.datasets import load
from cae_core.ensemble import Ensemble, Layout, initial_parameters
from cae_core.jacobian import norm, squared_norm_from_slopes
from cae_core.measures import errors, saturation
from cae_core.mistakes import MISTAKES, Mistake
from cae_core.objectives import Losses, reconstruction_loss
from cae_core.samples import as_tensor
from cae_core.training import LossFunction, train


def study(config: Config, key: str, lams: tuple[float, ...]) -> dict[str, NDArray[np.float64]]:
    """Train the right and the wrong penalty over lambda, from the same weights on the same batches, and measure both.

    Args:
        config: dataset, optimiser, epochs, seed, and units of the code.
        key: of `cae_core.mistakes.MISTAKES`.
        lams: positive lambdas.

    Returns:
        Means over the display sample, each (2, 1 + len(lams)), the right penalty first and lambda 0 first, where both
        are the plain autoencoder: ``believed``, root of what takes the penalty's place, read off both; ``norm``, the
        true ``||J_f||_F``; ``weights``, ``||W||_F`` of the first layer; ``saturated``, share of saturated units, NaN
        for unbounded activations; ``error``, ``||r(x) - x||^2``. And ``before`` (2,), the wrong read-out and the true
        norm before training.
    """
    mistake = MISTAKES[key]
    config = mistake.config(config, lams)
    data = load(config)
    layout = Layout.of(config, data.n_inputs)
    before = Ensemble.of(config, layout.split(initial_parameters(config, data.n_inputs)))
    state = train(config, data, record=False, loss=wrong_loss(mistake, before))
    with torch.no_grad():
        x = as_tensor(data.x_display, before.dtype)
        trained = Ensemble.of(config, layout.split(torch.from_numpy(state.parameters)))
        true = norm(trained, x).mean(dim=1)
        found = {
            "believed": _read_out(key, trained, before, x),
            "norm": true,
            "weights": trained.weights[0].norm(dim=(1, 2)),
            "saturated": saturation(trained, x).mean(dim=1),
            "error": errors(trained, x).mean(dim=1),
        }
        start = torch.stack([_read_out(key, before, before, x)[0], norm(before, x)[0].mean()])
    return {name: _by_penalty(values.double().numpy()) for name, values in found.items()} | {
        "before": start.double().numpy()
    }


def wrong_loss(mistake: Mistake, before: Ensemble) -> LossFunction:
    """Losses of `Mistake.config`'s members; in the second half of those with a lambda the mistake is made.

    Args:
        mistake: takes the penalty's place.
        before: the model before training.

    Returns:
        A function like `cae_core.objectives.losses_and_gradient`, by automatic differentiation throughout.
    """

    def losses_and_gradient(
        config: Config,
        layout: Layout,
        flat: Tensor,
        x: Tensor,
        inputs: Tensor,
        lam: Tensor,
        decay: Tensor,
        gradient: Tensor,
    ) -> Losses:
        leaf = flat.detach().requires_grad_()
        with torch.enable_grad():
            model = Ensemble.of(config, layout.split(leaf))
            zs, hs = model.layers(inputs)
            error = reconstruction_loss(model.logits(hs[-1]), x, sigmoid_output=model.sigmoid_output).mean(
                dim=1
            )
            D = [model.activation.slope(z, h) for z, h in zip(zs, hs, strict=True)]
            right = squared_norm_from_slopes(model.weights, D).mean(dim=1)
            wrong = mistake.penalty(model, before, model.stack(inputs)).mean(dim=1)
            first = 1 + (layout.members - 1) // 2
            penalty = torch.cat([right[:first], wrong[first:]])
            total = error + lam * penalty
            (found,) = torch.autograd.grad(total.sum(), leaf)
        gradient.copy_(found)
        return Losses(error.detach(), penalty.detach(), total.detach())

    return losses_and_gradient


def _read_out(key: str, model: Ensemble, before: Ensemble, x: Tensor) -> Tensor:
    """Mean over the samples of the root of a wrong penalty, (K,)."""
    with torch.enable_grad():
        wrong: Tensor = MISTAKES[key].penalty(model, before, model.stack(x))
    return wrong.detach().clamp_min(0).sqrt().mean(dim=1)


def _by_penalty(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """(1 + 2 L,) as (2, 1 + L): the plain autoencoder stands before both."""
    count = len(values) // 2
    return np.stack([values[: 1 + count], np.append(values[:1], values[1 + count :])])
