"""The encoder's Jacobian, exactly: its squared Frobenius norm, itself, its singular values and vectors.

For ``h = s(x W + b)`` with the slopes ``D = s'(x W + b)``, ``J_ji = dh_j/dx_i = D_j W_ij`` and

    ||J||_F^2 = sum_j D_j^2 sum_i W_ij^2

(Rifai et al., ICML 2011, eq. 3, for any elementwise activation). For L layers ``J = M W_1^T``, with
``M = D_L W_L^T ... D_2 W_2^T D_1``, so that ``||J||_F^2 = <M G, M>`` with ``G = W_1^T W_1`` needs no J. Where there
are few inputs, ``J^T = ((W_1 D_1) W_2 D_2) ...`` is the shorter way, and the squared norm is summed over its entries.

The penalty in training and the norm on a screen are both `squared_norm_from_slopes`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import torch
from jaxtyping import Float
from torch import Tensor

from cae_core.ensemble import Ensemble

BLOCK_ELEMENTS = 500_000
"""Largest number of entries that a block of samples may hold at once."""


def slopes(ensemble: Ensemble, x: Tensor) -> list[Tensor]:
    """``D_l = s'(z_l)`` of every encoder layer.

    Args:
        ensemble: the autoencoders.
        x: (n, d) or (K, n, d).

    Returns:
        D_1 ... D_L, each (K, n, s_l).
    """
    zs, hs = ensemble.layers(x)
    return [ensemble.activation.slope(z, h) for z, h in zip(zs, hs, strict=True)]


def squared_norm_from_slopes(weights: Sequence[Tensor], D: Sequence[Tensor]) -> Float[Tensor, "K n"]:
    """``||J_f(x)||_F^2`` from the encoder's weights and slopes.

    Args:
        weights: W_1 ... W_L, each (K, s_{l-1}, s_l).
        D: D_1 ... D_L, each (K, n, s_l).

    Returns:
        The squared norms, (K, n).
    """
    if len(weights) == 1:
        return weighted_square(D[0].square(), column_squares(weights[0]))
    if _short_from_input(weights):
        return _transposed_from_input(weights, D).square().sum(dim=(2, 3))
    M = _above_first(weights, D)
    G = torch.bmm(weights[0].transpose(1, 2), weights[0])
    return (_times(M, G) * M).sum(dim=(2, 3))


def column_squares(
    W: Float[Tensor, "K d units"], scratch: Float[Tensor, "K d units"] | None = None
) -> Float[Tensor, "K units"]:
    """``sum_i W_ij^2``; `scratch` is overwritten and saves the memory of the squares."""
    return torch.mul(W, W, out=scratch).sum(dim=1)


def weighted_square(
    D2: Float[Tensor, "K n units"], columns: Float[Tensor, "K units"]
) -> Float[Tensor, "K n"]:
    """``sum_j D_j^2 columns_j``."""
    return torch.bmm(D2, columns.unsqueeze(2)).squeeze(2)


def squared_norm(ensemble: Ensemble, x: Tensor) -> Float[Tensor, "K n"]:
    """``||J_f(x)||_F^2`` per member and sample, in blocks that bound memory.

    Args:
        ensemble: the autoencoders.
        x: (n, d) or (K, n, d).

    Returns:
        The squared norms, (K, n).
    """
    sizes = ensemble.sizes
    if len(sizes) == 2:
        entries = sizes[1]
    elif _short_from_input(ensemble.weights):
        entries = sizes[0] * max(sizes[1:])
    else:
        entries = sizes[1] * max(sizes[2:])

    def block_norms(block: Tensor) -> Tensor:
        return squared_norm_from_slopes(ensemble.weights, slopes(ensemble, block))

    return _in_blocks(ensemble, x, entries, block_norms)


def norm(ensemble: Ensemble, x: Tensor) -> Float[Tensor, "K n"]:
    """``||J_f(x)||_F`` per member and sample: what a screen shows as the norm."""
    return squared_norm(ensemble, x).sqrt()


def jacobian(ensemble: Ensemble, x: Tensor) -> Float[Tensor, "K n units d"]:
    """``J_ji = dh_j/dx_i``, exact and dense: K n units d numbers, so choose few samples.

    Args:
        ensemble: the autoencoders.
        x: (n, d) or (K, n, d).

    Returns:
        J, (K, n, units, d).
    """
    D = slopes(ensemble, x)
    weights = ensemble.weights
    if len(weights) == 1 or _short_from_input(weights):
        return _transposed_from_input(weights, D).transpose(2, 3)
    return _times(_above_first(weights, D), weights[0].transpose(1, 2))


def singular_values(ensemble: Ensemble, x: Tensor) -> Float[Tensor, "K n rank"]:
    """Singular values of J, largest first, by the eigenvalues of its Gram matrix on the smaller side in float64.

    That squares the condition number: values below about 1e-8 of the largest are rounding. `singular_vectors` has the
    full decomposition where the smallest matter.

    Args:
        ensemble: the autoencoders.
        x: (n, d) or (K, n, d).

    Returns:
        min(units, d) values per member and sample.
    """
    entries = ensemble.sizes[0] * max(ensemble.sizes[1:])

    def block_values(block: Tensor) -> Tensor:
        J = jacobian(ensemble, block).double()
        gram = J @ J.transpose(2, 3) if J.shape[2] <= J.shape[3] else J.transpose(2, 3) @ J
        eigenvalues: Tensor = torch.linalg.eigvalsh(gram)
        return eigenvalues.flip(-1).clamp_min(0).sqrt()

    return _in_blocks(ensemble, x, entries, block_values)


def singular_vectors(
    ensemble: Ensemble, x: Tensor, count: int
) -> tuple[Float[Tensor, "K n rank"], Float[Tensor, "K n count d"]]:
    """Singular values of J and its first right singular vectors, by the full decomposition in float64.

    ``J v_r = s_r u_r``: v_r are the input directions that the code notices, most noticed first. A singular vector's
    sign is arbitrary; here its entry of largest size is positive.

    Args:
        ensemble: the autoencoders.
        x: (n, d) or (K, n, d), few samples.
        count: number of vectors wanted; fewer come where J has fewer.

    Returns:
        All min(units, d) singular values, and the first right singular vectors as rows of unit length.
    """
    values, vectors = [], []
    for block in _blocks(ensemble, x, ensemble.sizes[0] * max(ensemble.sizes[1:])):
        _, s, vt = torch.linalg.svd(jacobian(ensemble, block).double(), full_matrices=False)
        values.append(s)
        vectors.append(_signed(vt[:, :, :count]))
    return torch.cat(values, dim=1), torch.cat(vectors, dim=1)


def leading_direction(ensemble: Ensemble, x: Tensor, steps: int = 24) -> Float[Tensor, "K n d"]:
    """The input direction that each code notices most, by Lanczos' method on ``J^T J`` without forming J.

    The best direction among ``v, J^T J v, (J^T J)^2 v, ...`` (Golub and Van Loan, Matrix Computations, 10.1). Where the
    two largest singular values are close it is a unit vector in their span; its gain ``||J v||`` is close to ``s_1``
    in any case. One random v for all, so that a sample's direction does not depend on which others are asked for.

    Args:
        ensemble: the autoencoders.
        x: (n, d) or (K, n, d).
        steps: number of products with ``J^T J``, at most d.

    Returns:
        Unit vectors, (K, n, d), the entry of largest size positive; 0 where J is 0.
    """
    d = x.shape[-1]
    start = torch.randn(d, generator=torch.Generator().manual_seed(0), dtype=x.dtype)

    def lead(block: Tensor) -> Tensor:
        D = slopes(ensemble, block)
        basis = _unit(start.expand(ensemble.stack(block).shape)).unsqueeze(2)
        images = []
        for step in range(min(steps, d)):
            images.append(_gram_times(ensemble, D, basis[:, :, step]))
            rest = _across(images[-1], basis)
            # Where nothing but rounding is left the basis is complete: a 0 more does not change what it spans.
            rounding = 1e3 * torch.finfo(rest.dtype).eps * images[-1].norm(dim=2, keepdim=True)
            rest = torch.where(rest.norm(dim=2, keepdim=True) > rounding, rest, 0.0)
            basis = torch.cat([basis, _unit(_across(_unit(rest), basis)).unsqueeze(2)], dim=2)
        basis = basis[:, :, :-1]
        reduced = torch.einsum("knsd,kntd->knst", basis, torch.stack(images, dim=2)).double()
        best = torch.linalg.eigh((reduced + reduced.mT) / 2)[1][:, :, :, -1].to(basis.dtype)
        return _signed(_unit(torch.einsum("knsd,kns->knd", basis, best)))

    return _in_blocks(ensemble, x, d * min(steps, d), lead)


def _across(v: Float[Tensor, "K n d"], basis: Float[Tensor, "K n steps d"]) -> Float[Tensor, "K n d"]:
    """What of v is orthogonal to an orthonormal basis."""
    return v - torch.einsum("knsd,kns->knd", basis, torch.einsum("knsd,knd->kns", basis, v))


def _gram_times(ensemble: Ensemble, D: Sequence[Tensor], v: Float[Tensor, "K n d"]) -> Float[Tensor, "K n d"]:
    """``J^T J v`` of every sample."""
    for W, slope in zip(ensemble.weights, D, strict=True):
        v = torch.bmm(v, W) * slope
    for W, slope in zip(reversed(ensemble.weights), reversed(D), strict=True):
        v = torch.bmm(v * slope, W.transpose(1, 2))
    return v


def _unit(v: Float[Tensor, "K n d"]) -> Float[Tensor, "K n d"]:
    """Vectors at length 1, or 0 where they are 0."""
    return torch.nn.functional.normalize(v, dim=2, eps=torch.finfo(v.dtype).tiny)


def _signed(v: Float[Tensor, "K n *count d"]) -> Float[Tensor, "K n *count d"]:
    """Vectors with their entry of largest size positive."""
    largest = v.gather(-1, v.abs().argmax(dim=-1, keepdim=True))
    return v * torch.where(largest < 0, -1.0, 1.0).to(v.dtype)


def _short_from_input(weights: Sequence[Tensor]) -> bool:
    """Whether going up from the inputs costs fewer products than going down to G."""
    d, first, code = weights[0].shape[1], weights[0].shape[2], weights[-1].shape[2]
    upward = d * sum(W.shape[1] * W.shape[2] for W in weights[1:])
    downward = code * (first * first + sum(W.shape[1] * W.shape[2] for W in weights[1:-1]))
    return bool(upward <= downward)


def _transposed_from_input(weights: Sequence[Tensor], D: Sequence[Tensor]) -> Float[Tensor, "K n d units"]:
    """``J^T = ((W_1 D_1) W_2 D_2) ... W_L D_L``."""
    JT = weights[0].unsqueeze(1) * D[0].unsqueeze(2)
    for W, slope in zip(weights[1:], D[1:], strict=True):
        JT = _times(JT, W) * slope.unsqueeze(2)
    return JT


def _above_first(weights: Sequence[Tensor], D: Sequence[Tensor]) -> Float[Tensor, "K n units first"]:
    """``M = D_L W_L^T ... D_2 W_2^T D_1``, so that ``J = M W_1^T``."""
    M = D[-1].unsqueeze(3) * weights[-1].transpose(1, 2).contiguous().unsqueeze(
        1
    )  # or M inherits W's strides
    for W, slope in zip(reversed(weights[1:-1]), reversed(D[1:-1]), strict=True):
        M = _times(M * slope.unsqueeze(2), W.transpose(1, 2))
    return M * D[0].unsqueeze(2)


def _times(stacked: Float[Tensor, "K n a b"], W: Float[Tensor, "K b c"]) -> Float[Tensor, "K n a c"]:
    """A product with one matrix a member, as one product over all samples: broadcasting would copy W for each."""
    k, n, a, _ = stacked.shape
    return torch.bmm(stacked.reshape(k, n * a, -1), W).view(k, n, a, -1)


def _blocks(ensemble: Ensemble, x: Tensor, entries: int) -> Iterator[Tensor]:
    """Blocks of samples, each with at most `BLOCK_ELEMENTS` numbers at `entries` a member and sample."""
    size = max(1, BLOCK_ELEMENTS // (ensemble.members * max(entries, *ensemble.sizes)))
    yield from torch.split(x, size, dim=-2)


def _in_blocks(ensemble: Ensemble, x: Tensor, entries: int, function: Callable[[Tensor], Tensor]) -> Tensor:
    """Apply a function to blocks of samples and join the results along the samples."""
    return torch.cat([function(block) for block in _blocks(ensemble, x, entries)], dim=1)
