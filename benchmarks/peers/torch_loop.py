"""Plain PyTorch with the Jacobian row by row: a loop of ``autograd.grad`` over the units."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from benchmarks.peers import torch_model
from benchmarks.peers.tasks import Array, Task
from benchmarks.peers.torch_model import Autoencoder, TrainedModule


def squared_norms(model: Autoencoder, x: Tensor, h: Tensor) -> Tensor:
    """``||J||_F^2`` of each sample, (n,): a row of the Jacobian for each unit, of all samples at once."""
    x = x.detach().requires_grad_()
    units = model.encode(x).sum(dim=0)  # a sample's code depends on that sample alone
    rows = (torch.autograd.grad(unit, x, create_graph=True)[0] for unit in units)
    return torch.stack([row.square().sum(dim=1) for row in rows]).sum(dim=0)


def train(x: Array, task: Task, lams: Sequence[float], bound: int | None = None) -> TrainedModule:
    """See `tasks.Peer`."""
    return torch_model.train(x, task, lams, bound, squared_norms)
