"""Training steps and exact norms against plain PyTorch, one thread.

The plain autoencoder of a denominator is an ordinary ``nn.Module`` with fused Adam.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

from benchmarks.timing import Row, at_least, at_most, seconds
from cae_core.config import Config, Objective
from cae_core.datasets import load
from cae_core.ensemble import Ensemble, Layout, initial_parameters
from cae_core.jacobian import norm
from cae_core.objectives import losses_and_gradient
from cae_core.training import advance, init_state, steps_per_epoch


class Plain(nn.Module):
    """A tied sigmoid autoencoder as one would write it, with the closed form of the penalty."""

    def __init__(self, d: int, units: int) -> None:
        """Glorot's initial weights for d inputs and a number of units."""
        super().__init__()
        self.weight = nn.Parameter(nn.init.xavier_uniform_(torch.empty(units, d)))
        self.encoder_bias, self.decoder_bias = nn.Parameter(torch.zeros(units)), nn.Parameter(torch.zeros(d))

    def loss(self, x: Tensor, lam: float) -> Tensor:
        """Squared error plus lambda times the penalty, mean over the batch."""
        h = torch.sigmoid(nn.functional.linear(x, self.weight, self.encoder_bias))
        y = nn.functional.linear(h, self.weight.t(), self.decoder_bias)
        loss = (y - x).square().sum(dim=1).mean()
        if lam:
            slopes = h * (1 - h)
            loss = loss + lam * (slopes.square() @ self.weight.square().sum(dim=1)).mean()
        return loss


def plain_step(d: int, units: int, x: Tensor, lam: float = 0.0) -> Callable[[], None]:
    """One training step of a plain module."""
    model = Plain(d, units)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, fused=True)

    def step() -> None:
        optimizer.zero_grad()
        model.loss(x, lam).backward()
        optimizer.step()

    return step


def ensemble_step(d: int, units: int, x: Tensor, lams: Sequence[float]) -> Callable[[], None]:
    """One training step of an ensemble with these lambdas."""
    config = Config(objectives=tuple(Objective(lam=lam) for lam in lams), hidden=(units,))
    layout, flat = Layout.of(config, d), initial_parameters(config, d)
    gradient = torch.zeros_like(flat)
    flat.grad = gradient
    optimizer = torch.optim.Adam([flat], lr=1e-3, fused=True)
    lam, decay = torch.tensor(lams), torch.zeros(len(lams))

    def step() -> None:
        with torch.no_grad():
            losses_and_gradient(config, layout, flat, x, x, lam, decay, gradient)
            optimizer.step()

    return step


def plain_epoch(samples: Tensor, units: int, lam: float = 0.0) -> Callable[[], None]:
    """One epoch of a plain module on shuffled batches of 64."""
    model = Plain(samples.shape[1], units)
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3, fused=True)

    def epoch() -> None:
        for batch in torch.randperm(len(samples)).split(64):
            optimizer.zero_grad()
            model.loss(samples[batch], lam).backward()
            optimizer.step()

    return epoch


def steps() -> list[Row]:
    """Our step against the plain autoencoder's, and the penalty's own share."""
    x = torch.rand(128, 784)
    ours, alone, plain = seconds(
        ensemble_step(784, 1000, x, [0.1]),
        ensemble_step(784, 1000, x, [0.0]),
        plain_step(784, 1000, x),
        rounds=15,
        repeat=4,
    )
    return [
        at_most("step of our CAE / step of the plain AE, 784 → 1000, batch 128", ours / plain, 1.10),
        Row("  the same step / our own step without the penalty", f"{ours / alone:.2f}", "reported", None),
    ]


def epochs() -> list[Row]:
    """Sixteen lambdas in one ensemble against plain modules, digits 64 -> 128, whole epochs as users run them."""
    lams = [0.0, *(0.001 * 1.93**i for i in range(15))]
    config = Config(objectives=tuple(Objective(lam=lam) for lam in lams))
    dataset = load(config)
    samples = torch.from_numpy(dataset.x_train.copy())
    state, count = init_state(config, dataset, record=False), steps_per_epoch(config, dataset)
    loop = [plain_epoch(samples, 128, lam) for lam in lams]

    def ours() -> None:
        advance(config, dataset, state, count, record=False)

    def sixteen() -> None:
        for epoch in loop:
            epoch()

    together, one, separate = seconds(ours, plain_epoch(samples, 128), sixteen, rounds=7)
    return [
        at_most("ensemble of 16 lambdas / one plain AE, digits 64 → 128, per epoch", together / one, 7.0),
        at_least("ensemble of 16 lambdas against a loop of 16 plain modules", separate / together, 5.0),
    ]


def norms() -> list[Row]:
    """Exact norms of 1,000 samples, 784-128-16, against ``vmap(jacrev)``."""
    config = Config(hidden=(128, 16), objectives=(Objective(),))
    layout = Layout.of(config, 784)
    ensemble = Ensemble.of(config, layout.split(initial_parameters(config, 784)))
    x = torch.rand(1000, 784)
    (w1, w2), (b1, b2) = ([W[0] for W in ensemble.weights], [b[0] for b in ensemble.biases])

    def encode(sample: Tensor) -> Tensor:
        return torch.sigmoid(torch.sigmoid(sample @ w1 + b1) @ w2 + b2)

    jacobians = torch.func.vmap(torch.func.jacrev(encode))

    def dense() -> Tensor:
        return torch.cat([torch.linalg.matrix_norm(jacobians(block)) for block in x.split(250)])

    difference = float(((norm(ensemble, x)[0] - dense()) / dense()).abs().max())
    ours, theirs = seconds(lambda: norm(ensemble, x), dense, rounds=7)
    return [
        at_least("exact norms of 1,000 samples, 784-128-16, against vmap(jacrev)", theirs / ours, 4.0),
        Row(
            "  largest relative difference of the two",
            f"{difference:.1e}",
            "at most 1e-5",
            difference <= 1e-5,
        ),
    ]


def rows() -> list[Row]:
    """All rows of this file."""
    torch.set_num_threads(1)
    return [*steps(), *epochs(), *norms()]
