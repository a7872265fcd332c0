"""Make the shipped run anew: ``python -m cae_core.shipped``."""

from __future__ import annotations

from pathlib import Path

import torch

from cae_core.config import Config
from cae_core.datasets import load
from cae_core.training import make_frame, train


def main() -> None:
    """Train the default config and write its last frame beside this file."""
    torch.set_num_threads(1)
    config = Config.for_dataset("digits")
    dataset = load(config)
    path = Path(__file__).with_name("digits.npz")
    make_frame(config, dataset, train(config, dataset)).save(path)
    print(f"{path.name}: {path.stat().st_size / 1e3:.0f} kB")


main()
