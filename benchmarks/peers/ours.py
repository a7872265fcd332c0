"""Ours: all lambdas in one ensemble, the gradient written out, one call of `advance` an epoch.

As the app and the estimator run it, without the measurements of the display sample that the app takes at four members
or fewer.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

import torch

from benchmarks.peers.tasks import Array, Lap, Task, steps_per_epoch
from cae_core.catalog import card
from cae_core.config import Config, Objective
from cae_core.datasets import Dataset
from cae_core.ensemble import Ensemble, Layout
from cae_core.frame import State
from cae_core.jacobian import squared_norm
from cae_core.training import advance, init_state


class TrainedEnsemble:
    """The last member of a trained ensemble; see `tasks.Trained`."""

    def __init__(self, config: Config, d: int, state: State, laps: list[list[Lap]]) -> None:
        """Keep the parameters and all laps."""
        self.config, self.laps = config, laps
        self.parameters = Layout.of(config, d).split(torch.from_numpy(state.parameters))

    def weights(self) -> tuple[Array, Array, Array]:
        """W, code bias, output bias."""
        W, b, c = (p[-1].numpy() for p in self.parameters)
        return W, b, c

    def squared_norms(self, x: Array) -> Array:
        """Its penalty at samples x, single precision."""
        return squared_norm(Ensemble.of(self.config, self.parameters), torch.from_numpy(x))[-1].numpy()

    def encode64(self, x: Array) -> Array:
        """Codes of samples x by its own encoder, double precision."""
        precise = Ensemble.of(self.config, [p.double() for p in self.parameters])
        return precise.encode(torch.from_numpy(x))[-1].numpy()


def train(x: Array, task: Task, lams: Sequence[float], bound: int | None = None) -> TrainedEnsemble:
    """See `tasks.Peer`."""
    objectives = tuple(Objective(lam=lam) for lam in lams)
    config = Config(dataset=task.dataset, hidden=(task.units,), epochs=task.epochs, objectives=objectives)
    dataset = Dataset(card=card(task.dataset), x_train=x, x_test=x[:1000])
    laps, steps = [], steps_per_epoch(len(x))
    begun = time.perf_counter()
    state = init_state(config, dataset, record=False)
    for _ in range(task.epochs):
        state = advance(config, dataset, state, steps, record=False)
        now = time.perf_counter()
        laps.append(Lap(steps, now - begun))
        begun = now
    return TrainedEnsemble(config, dataset.n_inputs, state, [laps])
