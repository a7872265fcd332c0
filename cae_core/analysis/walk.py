"""A walk along what the codes notice: sampling along the tangents of an autoencoder.

    x_t = g( f(x_{t-1}) + J Delta x_t ),    Delta x_t = size * J^T eps_t / ||J^T eps_t||,    eps_t ~ N(0, I)

with J the encoder's Jacobian at ``x_{t-1}``. The code moves by ``J J^T eps``, up to its length, as in Rifai, Bengio,
Dauphin, Vincent, "A Generative Process for Sampling Contractive Auto-Encoders", ICML 2012. With the singular values
``s_r`` and vectors ``J v_r = s_r u_r``, ``J^T eps = sum_r s_r (u_r . eps) v_r``: the leading directions weigh most.
There the noise has one standard deviation; here every Delta x has one length, to compare models; what is decoded may
move farther or less, since the reconstruction has an error of its own.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from cae_core.analysis.models import display_tensor
from cae_core.analysis.spectrum import MEAN_SAMPLES
from cae_core.datasets import load
from cae_core.ensemble import DTYPE, Ensemble
from cae_core.errors import DataError
from cae_core.frame import Frame
from cae_core.jacobian import jacobian
from cae_core.samples import train_tensor


def tangent_walk(
    frame: Frame, sample: int, steps: int, size: float, seed: int
) -> dict[str, NDArray[np.float64]]:
    """Walk from a display sample in every model, with the same noise in all.

    Args:
        frame: any number of members.
        sample: position in the display sample.
        steps: number of steps T, >= 1.
        size: length of each ``Delta x_t``, > 0.
        seed: of the noise.

    Returns:
        ``path`` (K, T + 1, d), the sample and what is decoded after each step; ``moves`` (K, T, d), the steps
        ``Delta x_t``, 0 where J is 0; ``distance`` (K, T + 1), to the nearest training sample; ``usual``, the mean of
        that distance over the first 100 display samples, a scalar.

    Raises:
        DataError: there is no such sample, or steps or size are not above 0.
    """
    if steps < 1 or not size > 0:
        raise DataError(
            f"A walk must have steps of a length above 0. Got {steps} steps of {size:g}. Choose larger numbers."
        )
    dataset = load(frame.config)
    weights = [torch.from_numpy(w.astype(np.float64)) for w in frame.weights]
    with torch.no_grad():
        ensemble = Ensemble.of(frame.config, weights)
        shown = display_tensor(ensemble, dataset)
        if not 0 <= sample < len(shown):
            raise DataError(
                f"The sample must be between 0 and {len(shown) - 1}. Got {sample}. Choose another."
            )
        noise = np.random.default_rng(seed).normal(size=(steps, frame.config.hidden[-1]))
        x = ensemble.stack(shown[sample : sample + 1])
        path, moves = [x], []
        for eps in torch.from_numpy(noise):
            J = jacobian(ensemble, x)[:, 0]
            move = size * torch.nn.functional.normalize(eps @ J, dim=1, eps=torch.finfo(J.dtype).tiny)
            x = ensemble.decode(ensemble.encode(x) + (J @ move.unsqueeze(2)).mT)
            path.append(x)
            moves.append(move)
        walked = torch.cat(path, dim=1)
        train = train_tensor(dataset, DTYPE[frame.config.dtype])  # that of training, not a second one
        return {
            "path": walked.numpy(),
            "moves": torch.stack(moves, dim=1).numpy(),
            "distance": torch.stack([_nearest(one, train) for one in walked]).numpy(),
            "usual": _nearest(shown[:MEAN_SAMPLES], train).mean().numpy(),
        }


def _nearest(x: torch.Tensor, train: torch.Tensor) -> torch.Tensor:
    """Distance of each sample to the nearest training sample, (n,)."""
    # Not by ||a||^2 - 2 ab + ||b||^2, which loses small distances in single precision.
    between = torch.cdist(x.to(train.dtype), train, compute_mode="donot_use_mm_for_euclid_dist")
    return between.amin(dim=1).double()
