"""On a GPU training and fine-tuning give what they give on the CPU. Skipped where there is none."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from cae_core.config import Objective
from cae_core.paper.data import parts
from cae_core.paper.finetuning import Tuning, fine_tune
from cae_core.training import advance, init_state, steps_per_epoch
from tests.cae_core.test_training import DATA, EVERYTHING, config

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="There is no GPU.")


@pytest.mark.parametrize("optimizer", ["adam", "sgd"])
def test_training(optimizer: str) -> None:
    everything = (*EVERYTHING, Objective(lam=0.1, curvature=0.2))
    cfg = config(objectives=everything, optimizer=optimizer, learning_rate=0.01, dtype="float64")
    steps = 2 * steps_per_epoch(cfg, DATA) + 1
    here = advance(cfg, DATA, init_state(cfg, DATA), steps)
    there = advance(cfg, DATA, init_state(cfg, DATA), steps, device="cuda")
    for name, value in vars(here).items():
        np.testing.assert_allclose(vars(there)[name], value, rtol=1e-8, atol=1e-10, err_msg=name)


def test_fine_tuning() -> None:
    digits, generator = parts("digits"), torch.Generator().manual_seed(0)
    W, b = torch.randn(3, 64, 9, generator=generator) * 0.2, torch.zeros(3, 9)
    tuning = Tuning((0.5, 0.2, 1e-9), batch_size=50, epochs=4, patience=2, seed=1)
    here, there = (fine_tune(digits, W, b, tuning, device) for device in ("cpu", "cuda"))
    for one, other in zip(here, there, strict=True):
        np.testing.assert_allclose(other.validation_loss, one.validation_loss, rtol=1e-3)
