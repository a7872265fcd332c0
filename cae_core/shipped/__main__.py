"""Make anew what is shipped: ``python -m cae_core.shipped [NAME ...]``; a name is ``run`` or a dataset's path."""

from __future__ import annotations

import sys
from pathlib import Path

import torch

from cae_core.analysis.path import make_path
from cae_core.config import Config
from cae_core.datasets import load
from cae_core.path import PathSpec
from cae_core.path_parts import write_path
from cae_core.shipped import PATHS
from cae_core.training import make_frame, train

HERE = Path(__file__).parent


def make(name: str) -> Path:
    """Train the default run or a dataset's default path, and write it beside this file."""
    if name != "run":
        file = HERE / f"path-{name}.npz"
        write_path(file, make_path(PathSpec.of(Config.for_dataset(name)), umap=True))
        return file
    file, config = HERE / "digits.npz", Config.for_dataset("digits")
    dataset = load(config)
    make_frame(config, dataset, train(config, dataset)).save(file)
    return file


torch.set_num_threads(1)
for wanted in sys.argv[1:] or ("run", *PATHS):
    made = make(wanted)
    print(f"{made.name}: {made.stat().st_size / 1e3:.0f} kB")
