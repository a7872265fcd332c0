"""Plain PyTorch with the closed form ``sum_j (h_j (1 - h_j))^2 sum_i W_ij^2``."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor

from benchmarks.peers import torch_model
from benchmarks.peers.tasks import Array, Task
from benchmarks.peers.torch_model import Autoencoder, TrainedModule


def squared_norms(model: Autoencoder, x: Tensor, h: Tensor) -> Tensor:
    """``||J||_F^2`` of each sample, (n,), from its codes."""
    return (h * (1 - h)).square() @ model.weight.square().sum(dim=1)


def train(x: Array, task: Task, lams: Sequence[float], bound: int | None = None) -> TrainedModule:
    """See `tasks.Peer`."""
    return torch_model.train(x, task, lams, bound, squared_norms)
