"""Table 1 of the paper, transcribed once: MNIST, one hidden layer of 1000 units.

Test error after fine-tuning; mean Jacobian norm and share of saturated units before it. The norms carry a
normalisation that the paper does not state: compare their order and their ratios, never their values.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Published:
    """One row of the table.

    Attributes:
        error: test error after fine-tuning, %.
        norm: mean ``||J_f(x)||_F`` before it, in the paper's unit.
        saturated: share of saturated units before it, %.
    """

    error: float
    norm: float
    saturated: float


SOURCE = (
    "Rifai, Vincent, Muller, Glorot, Bengio: Contractive Auto-Encoders: Explicit Invariance During Feature "
    "Extraction. ICML 2011, Table 1"
)

TABLE1: Mapping[str, Published] = MappingProxyType(
    {
        "cae": Published(1.14, 0.73e-4, 86.36),
        "gaussian": Published(1.18, 0.86e-4, 17.77),
        "rbm": Published(1.30, 2.50e-4, 78.59),
        "masking": Published(1.57, 7.87e-4, 68.19),
        "decay": Published(1.68, 5.00e-4, 12.97),
        "ae": Published(1.78, 17.5e-4, 49.90),
    }
)
"""Rows by the method's key, in the paper's order."""
