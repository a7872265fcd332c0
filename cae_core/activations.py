"""Elementwise activations with their first two derivatives.

``h = s(z)``, ``D = s'(z)`` (slope), ``s''(z)`` (curvature). The slope enters the encoder's Jacobian, the curvature the
gradient of its norm. All are written in terms of z and h, so that nothing is computed twice.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import torch
from torch import Tensor


@dataclass(frozen=True, slots=True)
class Activation:
    """An elementwise function and its derivatives.

    Attributes:
        value: ``z -> h = s(z)``.
        slope: ``(z, h) -> s'(z)``.
        curvature: ``(h, D, out=None) -> s''(z)``, with D the slope, into `out` where given; None where it
            is zero (almost) everywhere.
        saturated: ``h -> bool``: whether a unit is saturated; None for unbounded activations.
    """

    value: Callable[[Tensor], Tensor]
    slope: Callable[[Tensor, Tensor], Tensor]
    curvature: Callable[..., Tensor] | None
    saturated: Callable[[Tensor], Tensor] | None


ACTIVATION: Mapping[str, Activation] = MappingProxyType(
    {
        "sigmoid": Activation(
            torch.sigmoid,
            lambda z, h: torch.addcmul(h, h, h, value=-1),
            lambda h, D, out=None: torch.addcmul(D, h, D, value=-2, out=out),
            lambda h: (h < 0.05) | (h > 0.95),
        ),
        "tanh": Activation(
            torch.tanh,
            lambda z, h: 1 - h * h,
            lambda h, D, out=None: torch.mul(h, D, out=out).mul_(-2),
            lambda h: h.abs() > 0.95,
        ),
        "softplus": Activation(
            torch.nn.functional.softplus,
            lambda z, h: torch.sigmoid(z),
            lambda h, D, out=None: torch.addcmul(D, D, D, value=-1, out=out),
            None,
        ),
        "relu": Activation(torch.relu, lambda z, h: (z > 0).to(z.dtype), None, None),
        "identity": Activation(lambda z: z, lambda z, h: torch.ones_like(z), None, None),
    }
)
"""Activations by the names of `cae_core.config.ACTIVATIONS`."""
