"""Contractive autoencoders: exact Jacobians, lockstep ensembles, analyses and figures.

Names are loaded when they are first used (PEP 562), so that importing the package loads neither
torch nor umap.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cae_core.config import Config, Objective
    from cae_core.errors import ContractionLabError
    from cae_core.estimator import ContractiveAutoencoder, contraction_path

__version__ = "0.1.0"

_HOMES = {
    "Config": "cae_core.config",
    "Objective": "cae_core.config",
    "ContractionLabError": "cae_core.errors",
    "ContractiveAutoencoder": "cae_core.estimator",
    "contraction_path": "cae_core.estimator",
}

__all__ = ["Config", "ContractionLabError", "ContractiveAutoencoder", "Objective", "contraction_path"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)
