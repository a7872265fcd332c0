"""The plain PyTorch module and training loop that three peers share; they differ in the penalty alone."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from copy import deepcopy

import torch
from torch import Tensor, nn

from benchmarks.peers.tasks import BATCH, RATE, Array, Lap, Task

Penalty = Callable[["Autoencoder", Tensor, Tensor], Tensor]
"""(model, x (n, d), codes (n, units)) to squared norms (n,)."""


class Autoencoder(nn.Module):
    """A tied sigmoid autoencoder with linear output."""

    def __init__(self, d: int, units: int) -> None:
        """Glorot's initial weights for d inputs and a number of units."""
        super().__init__()
        self.weight = nn.Parameter(nn.init.xavier_uniform_(torch.empty(units, d)))
        self.code_bias, self.output_bias = nn.Parameter(torch.zeros(units)), nn.Parameter(torch.zeros(d))

    def encode(self, x: Tensor) -> Tensor:
        """Codes, (n, units) or (units,)."""
        return torch.sigmoid(nn.functional.linear(x, self.weight, self.code_bias))

    def decode(self, h: Tensor) -> Tensor:
        """Reconstructions, (n, d)."""
        return nn.functional.linear(h, self.weight.t(), self.output_bias)


class TrainedModule:
    """A trained module with its penalty; see `tasks.Trained`."""

    def __init__(self, model: Autoencoder, penalty: Penalty, laps: list[list[Lap]]) -> None:
        """Keep the last model and all laps."""
        self.model, self.penalty, self.laps = model, penalty, laps

    def weights(self) -> tuple[Array, Array, Array]:
        """W, code bias, output bias."""
        weight, code_bias, output_bias = (p.detach().numpy() for p in self.model.parameters())
        return weight.T, code_bias, output_bias

    def squared_norms(self, x: Array) -> Array:
        """Its penalty at samples x, single precision."""
        samples = torch.from_numpy(x)
        return self.penalty(self.model, samples, self.model.encode(samples)).detach().numpy()

    @torch.no_grad()
    def encode64(self, x: Array) -> Array:
        """Codes of samples x by its own encoder, double precision."""
        return deepcopy(self.model).double().encode(torch.from_numpy(x)).numpy()


def train(x: Array, task: Task, lams: Sequence[float], bound: int | None, penalty: Penalty) -> TrainedModule:
    """Train one module after the other, from the same weights; see `tasks.Peer`."""
    samples = torch.from_numpy(x)
    first = Autoencoder(x.shape[1], task.units)
    laps = []
    for lam in lams:
        model = deepcopy(first)
        laps.append(_train_one(model, samples, lam, task.epochs, bound, penalty))
    return TrainedModule(model, penalty, laps)


def _train_one(
    model: Autoencoder, samples: Tensor, lam: float, epochs: int, bound: int | None, penalty: Penalty
) -> list[Lap]:
    optimizer = torch.optim.Adam(model.parameters(), lr=RATE, fused=True)

    def step(batch: Tensor) -> None:
        x = samples[batch]
        optimizer.zero_grad()
        h = model.encode(x)
        error = (model.decode(h) - x).square().sum(dim=1)
        (error + lam * penalty(model, x, h)).mean().backward()
        optimizer.step()

    def lap(batches: Sequence[Tensor]) -> Lap:
        begun = time.perf_counter()
        for batch in batches:
            step(batch)
        return Lap(len(batches), time.perf_counter() - begun)

    def shuffled() -> Sequence[Tensor]:
        return torch.randperm(len(samples)).split(BATCH)

    if bound is None:
        return [lap(shuffled()) for _ in range(epochs)]
    return [lap([batch]) for batch in (*shuffled(), *shuffled())[:bound]]
