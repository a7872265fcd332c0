"""The K losses at once, and their gradient.

Loss of member k, mean over the n samples of a batch:

    1/n sum_n [ error(x_n, r(x~_n)) + lam_k ||J_f(x~_n)||_F^2 ] + weight_decay_k sum_ij W_ij^2

with ``error = sum_i (r_i - x_i)^2`` or the cross-entropy ``-sum_i x_i log r_i + (1 - x_i) log(1 - r_i)``, and x~ = x,
or x with Gaussian noise or masking. One encoder layer has its gradient written out; deeper ones go through autograd.
With ``c = 2 lam / n``, ``G_j = sum_i W_ij^2`` and S the column sums of D^2, the penalty adds

    c D_j G_j s''(z_j)  to  dL/dz_j        and        c W_ij S_j  to  dL/dW_ij,

O((n + d) units) products more than the plain autoencoder, and no Jacobian.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits

from cae_core.config import Config
from cae_core.ensemble import Ensemble, Layout
from cae_core.jacobian import column_squares, squared_norm_from_slopes, weighted_square


@dataclass(frozen=True, slots=True)
class Losses:
    """Terms of the K losses, each a mean over the batch.

    Attributes:
        reconstruction: reconstruction error, (K,).
        penalty: ``||J_f||_F^2``, not multiplied by lambda, (K,); zeros where no member is contractive.
        total: the whole loss, (K,).
    """

    reconstruction: Tensor
    penalty: Tensor
    total: Tensor


def reconstruction_loss(
    logits: Float[Tensor, "K n d"], x: Float[Tensor, "n d"], *, sigmoid_output: bool
) -> Float[Tensor, "K n"]:
    """Reconstruction error of every sample, summed over the inputs, from the decoder's last layer."""
    if sigmoid_output:
        target = x.expand_as(logits)
        return binary_cross_entropy_with_logits(logits, target, reduction="none").sum(dim=2)
    return (logits - x).square().sum(dim=2)


def losses(
    config: Config, parameters: list[Tensor], x: Tensor, inputs: Tensor, lam: Tensor, decay: Tensor
) -> Losses:
    """The K losses through autograd's own operations: the reference for every architecture.

    Args:
        config: architecture and loss.
        parameters: in the order of `Layout.shapes`.
        x: clean samples, (n, d).
        inputs: what the encoders see, (n, d) or (K, n, d).
        lam: lambda of each member, (K,).
        decay: weight decay of each member, (K,).

    Returns:
        The terms; `total.sum()` may be differentiated.
    """
    ensemble = Ensemble.of(config, parameters)
    zs, hs = ensemble.layers(inputs)
    logits = ensemble.logits(hs[-1])
    error = reconstruction_loss(logits, x, sigmoid_output=ensemble.sigmoid_output).mean(dim=1)
    penalty = torch.zeros_like(error)
    total = error
    if bool((lam > 0).any()):
        D = [ensemble.activation.slope(z, h) for z, h in zip(zs, hs, strict=True)]
        penalty = squared_norm_from_slopes(ensemble.weights, D).mean(dim=1)
        total = total + torch.where(lam > 0, lam * penalty, 0.0)
    if bool((decay > 0).any()):
        total = total + decay * sum_of_squares(parameters)
    return Losses(error, penalty, total)


def sum_of_squares(parameters: list[Tensor]) -> Float[Tensor, " K"]:
    """Sum of the squared weights of each member, biases left out."""
    squares = [W.square().sum(dim=(1, 2)) for W in parameters if W.ndim == 3]
    return torch.stack(squares).sum(dim=0)


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
    """The K losses and the gradient of their sum, written into a buffer.

    Args:
        config: architecture and loss.
        layout: where the parameters lie.
        flat: all parameters.
        x: clean samples, (n, d).
        inputs: what the encoders see, (n, d) or (K, n, d).
        lam: lambda of each member, (K,).
        decay: weight decay of each member, (K,).
        gradient: like `flat`; overwritten.

    Returns:
        The terms of the losses.
    """
    if layout.depth == 1:
        return _one_layer(config, layout, flat, x, inputs, lam, decay, gradient)
    leaf = flat.detach().requires_grad_()
    with torch.enable_grad():
        terms = losses(config, layout.split(leaf), x, inputs, lam, decay)
        (found,) = torch.autograd.grad(terms.total.sum(), leaf)
    gradient.copy_(found)
    return Losses(terms.reconstruction.detach(), terms.penalty.detach(), terms.total.detach())


def _one_layer(
    config: Config,
    layout: Layout,
    flat: Tensor,
    x: Tensor,
    inputs: Tensor,
    lam: Tensor,
    decay: Tensor,
    gradient: Tensor,
) -> Losses:
    """One encoder layer with the gradient written out (see the module's formula)."""
    parameters, grads = layout.split(flat), layout.split(gradient)
    ensemble = Ensemble.of(config, parameters)
    activation, W, V = ensemble.activation, parameters[0], ensemble.decoder_weights[0]
    dW, db, dc = grads[0], grads[1], grads[-1]
    n = x.shape[0]
    seen = ensemble.stack(inputs)
    (z,), (h,) = ensemble.layers(inputs)
    y = ensemble.logits(h)
    if ensemble.sigmoid_output:
        error = reconstruction_loss(y, x, sigmoid_output=True).mean(dim=1)
        dy = torch.sigmoid(y).sub_(x).div_(n)
    else:
        dy = y.sub_(x)
        error = torch.linalg.vector_norm(dy, dim=(1, 2)).square_().div_(n)
        dy.mul_(2.0 / n)
    torch.sum(dy, dim=1, out=dc)
    dh = torch.bmm(dy, V.transpose(1, 2))
    D = activation.slope(z, h)
    penalty, total = torch.zeros_like(error), error
    contracted = bool((lam > 0).any())
    if contracted:
        spare = None if h is z else z  # z is not needed any more, unless it is the code itself
        D2, columns = torch.mul(D, D, out=spare), column_squares(W, scratch=dW)
        penalty = weighted_square(D2, columns).mean(dim=1)
        S = D2.sum(dim=1)
        total = total + torch.where(lam > 0, lam * penalty, 0.0)
        scale = (2.0 / n) * lam.unsqueeze(1)
        if activation.curvature is not None:
            dh.addcmul_(activation.curvature(h, D, D2), (scale * columns).unsqueeze(1))
    dz = dh.mul_(D)
    torch.sum(dz, dim=1, out=db)
    torch.bmm(seen.transpose(1, 2), dz, out=dW)
    if config.tied:
        dW.baddbmm_(dy.transpose(1, 2), h)
    else:
        torch.bmm(h.transpose(1, 2), dy, out=grads[2])
    if contracted:
        dW.addcmul_(W, (scale * S).unsqueeze(1))
    if bool((decay > 0).any()):
        total = total + decay * sum_of_squares(parameters)
        for weight, grad in zip(parameters, grads, strict=True):
            if weight.ndim == 3:
                grad.addcmul_(weight, 2.0 * decay.view(-1, 1, 1))
    return Losses(error, penalty, total)
