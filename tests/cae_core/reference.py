"""One autoencoder, one sample, written the slow way: what the batched code is compared with. Shares no code with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor
from torch.func import jacrev, vmap

ACTIVATION: dict[str, Callable[[Tensor], Tensor]] = {
    "sigmoid": lambda z: 1 / (1 + torch.exp(-z)),
    "tanh": lambda z: (torch.exp(z) - torch.exp(-z)) / (torch.exp(z) + torch.exp(-z)),
    "softplus": lambda z: torch.log1p(torch.exp(z)),
    "relu": lambda z: torch.maximum(z, torch.zeros_like(z)),
    "identity": lambda z: z,
}


class Autoencoder:
    """One member: its own matrices, a vector in, a vector out."""

    def __init__(self, parameters: Sequence[Tensor], depth: int, activation: str, tied: bool, loss: str):
        self.W, self.b = list(parameters[0 : 2 * depth : 2]), list(parameters[1 : 2 * depth : 2])
        rest = list(parameters[2 * depth :])
        self.V = [W.T for W in self.W[::-1]] if tied else rest[::2]
        self.c = rest if tied else rest[1::2]
        self.s, self.loss = ACTIVATION[activation], loss

    def code(self, x: Tensor) -> Tensor:
        for W, b in zip(self.W, self.b, strict=True):
            x = self.s(torch.einsum("i,ij->j", x, W) + b)
        return x

    def logits(self, h: Tensor) -> Tensor:
        last = len(self.V) - 1
        for layer, (V, c) in enumerate(zip(self.V, self.c, strict=True)):
            h = torch.einsum("j,ji->i", h, V) + c
            h = h if layer == last else self.s(h)
        return h

    def reconstruction(self, x: Tensor) -> Tensor:
        y = self.logits(self.code(x))
        return 1 / (1 + torch.exp(-y)) if self.loss == "cross_entropy" else y

    def error(self, x: Tensor, seen: Tensor) -> Tensor:
        if self.loss == "cross_entropy":  # log r and log(1 - r), without rounding 1 - r
            y = self.logits(self.code(seen))
            return (x * torch.log1p(torch.exp(-y)) + (1 - x) * torch.log1p(torch.exp(y))).sum()
        return ((self.reconstruction(seen) - x) ** 2).sum()

    def jacobians(self, x: Tensor) -> Tensor:
        """(n, units, d)."""
        return vmap(jacrev(self.code))(x)

    def penalty(self, x: Tensor) -> Tensor:
        """Mean over the samples of the squared Frobenius norm."""
        return (self.jacobians(x) ** 2).sum(dim=(1, 2)).mean()

    def total(self, x: Tensor, seen: Tensor, lam: float, decay: float, *, tied: bool) -> Tensor:
        """The whole loss of a batch; tied weights decay once."""
        matrices = self.W if tied else self.W + self.V
        error = torch.stack([self.error(a, b) for a, b in zip(x, seen, strict=True)]).mean()
        return error + lam * self.penalty(seen) + decay * sum((W**2).sum() for W in matrices)


def relative_error(found: Tensor, expected: Tensor) -> float:
    """Distance over size."""
    return float((found - expected).norm() / expected.norm().clamp_min(1e-12))
