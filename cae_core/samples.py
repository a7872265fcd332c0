"""Samples as tensors: datasets are NumPy and read-only, so a tensor is a copy."""

from __future__ import annotations

from weakref import WeakKeyDictionary

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from cae_core.datasets import Dataset


def as_tensor(x: NDArray[np.floating], dtype: torch.dtype) -> Tensor:
    """A copy of samples as a tensor of the given precision."""
    return torch.from_numpy(np.array(x)).to(dtype)


_KEPT: WeakKeyDictionary[Dataset, dict[torch.dtype, Tensor]] = WeakKeyDictionary()


def train_tensor(dataset: Dataset, dtype: torch.dtype) -> Tensor:
    """The training inputs as a tensor, (n, d); kept as long as the dataset lives, so do not write to it."""
    kept = _KEPT.setdefault(dataset, {})
    if dtype not in kept:
        kept[dtype] = as_tensor(dataset.x_train, dtype)
    return kept[dtype]
