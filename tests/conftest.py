"""Shapes are checked, torch keeps to one thread: what holds for every test."""

from __future__ import annotations

import os
from pathlib import Path

# One thread a test process (two of them share the cores), also in workers and servers that tests start.
os.environ.setdefault("OMP_NUM_THREADS", "1")

from jaxtyping import install_import_hook

ROOT = Path(__file__).parent.parent


def _modules_with_shapes() -> list[str]:
    """The modules that promise shapes; others check what users give them, and tests give them nonsense."""
    found = [
        path for path in (ROOT / "cae_core").rglob("*.py") if "from jaxtyping import" in path.read_text()
    ]
    return [
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__") for path in found
    ]


# Before anything imports cae_core: these modules then check each Float[Tensor, "n d"] of their signatures.
import tests.shapes  # noqa: F401  (the hook finds it by this name)

install_import_hook(_modules_with_shapes(), "tests.shapes.check")

import torch

torch.set_num_threads(1)
