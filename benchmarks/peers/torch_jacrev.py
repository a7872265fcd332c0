"""Plain PyTorch with the Jacobian of every sample by ``torch.func``: ``vmap(jacrev(encode))``."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor
from torch.func import jacrev, vmap

from benchmarks.peers import torch_model
from benchmarks.peers.tasks import Array, Task
from benchmarks.peers.torch_model import Autoencoder, TrainedModule


def squared_norms(model: Autoencoder, x: Tensor, h: Tensor) -> Tensor:
    """``||J||_F^2`` of each sample, (n,), from its dense Jacobian."""
    return vmap(jacrev(model.encode))(x).square().sum(dim=(1, 2))


def train(x: Array, task: Task, lams: Sequence[float], bound: int | None = None) -> TrainedModule:
    """See `tasks.Peer`."""
    return torch_model.train(x, task, lams, bound, squared_norms)
