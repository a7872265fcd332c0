"""Samples as tensors: datasets are NumPy and read-only, so a tensor is a copy."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from cae_core.datasets import Dataset


def as_tensor(x: NDArray[np.floating], dtype: torch.dtype) -> Tensor:
    """A copy of samples as a tensor of the given precision."""
    return torch.from_numpy(np.array(x)).to(dtype)


@lru_cache(maxsize=2)
def train_tensor(dataset: Dataset, dtype: torch.dtype) -> Tensor:
    """The training inputs as a tensor, (n, d); the last two are kept, so do not write to it."""
    return as_tensor(dataset.x_train, dtype)
