"""The derivation of the penalty on one sample and a small net, with what finite differences and autograd say of it."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from itertools import pairwise

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from cae_core import derivation
from cae_core.activations import ACTIVATION
from cae_core.config import Config
from cae_core.datasets import load

Floats = NDArray[np.floating]
Layers = list[tuple[Floats, Floats]]

STEP = 1e-5
"""Step of the central differences, in units of the input."""

BATCH, INPUTS, UNITS = 32, 786, 64
"""Sizes of the published demonstration in NumPy."""

WIDE = 2.0
"""Factor on Glorot's range: wide enough for slopes that differ."""


def derive(
    config: Config, sample: int, units: int, activation: str, layers: int, lam: float
) -> dict[str, NDArray[np.float64]]:
    """Every step of the derivation on one display sample, and its errors.

    Args:
        config: names the dataset; its seed gives the small net's weights.
        sample: position in the display sample.
        units: of each encoder layer, k.
        activation: of the encoder.
        layers: 1 or 2 encoder layers.
        lam: lambda of the whole loss.

    Returns:
        ``x`` (d,), ``W`` of the last layer, ``h`` (k,), ``slope`` s'(z) of the last layer (k,), ``loop``, ``product``
        (the formula's J of the last layer), ``exact`` (k, d) by automatic differentiation, ``differences`` (k, d) by
        central differences; scalars ``error``, ``true_error`` (torch's), ``penalty`` (the formula's), ``true``
        (``||exact||_F^2``), ``numerical`` (of ``differences``), ``loss``, ``true_loss``, ``numerical_loss``; of a
        random batch ``batch``, ``batch_exact`` and ``batch_numerical`` (32,), its squared norms by the formula, of
        dense Jacobians and of central differences, and ``batch_slopes`` (32, 64).
    """
    data = load(config)
    x = data.x_display[min(sample, len(data.x_display) - 1)].astype(np.float64)
    rng = np.random.default_rng([config.seed, 7])
    sizes = (len(x), *[units] * layers)
    net = [_layer(rng, a, b) for a, b in pairwise(sizes)]
    V, c = _layer(rng, units, len(x))
    encode = _encoder(net, activation)
    before = _encoder(net[:-1], activation)(torch.from_numpy(x))
    W, b = net[-1]
    z = before @ torch.from_numpy(W) + torch.from_numpy(b)
    h = ACTIVATION[activation].value(z.clone())
    slope = ACTIVATION[activation].slope(z, h).numpy()
    exact = _differentiated(encode, x)
    differences = _central_differences(encode, x)
    code, penalty = h.numpy(), derivation.squared_norm(h.numpy(), W)
    error = derivation.reconstruction_error(x, code, V, c)
    true, numerical = np.square(exact).sum(), np.square(differences).sum()
    true_error = _torchs_error(x, h, V, c)
    found = {
        "x": x,
        "W": W,
        "h": code,
        "slope": slope,
        "loop": derivation.jacobian_by_chain_rule(code, W),
        "product": derivation.jacobian_as_a_product(code, W),
        "exact": exact,
        "differences": differences,
        "error": error,
        "true_error": true_error,
        "penalty": penalty,
        "true": true,
        "numerical": numerical,
        "loss": derivation.whole_loss(x, code, W, V, c, lam),
        "true_loss": true_error + lam * true,
        "numerical_loss": true_error + lam * numerical,
        **_published_batch(config.seed),
    }
    return {name: np.asarray(value, dtype=np.float64) for name, value in found.items()}


def _layer(rng: np.random.Generator, fan_in: int, fan_out: int) -> tuple[Floats, Floats]:
    """Weights and biases of a layer."""
    limit = WIDE * np.sqrt(6.0 / (fan_in + fan_out))
    return rng.uniform(-limit, limit, (fan_in, fan_out)), rng.uniform(-0.5, 0.5, fan_out)


def _encoder(net: Layers, activation: str) -> Callable[[Tensor], Tensor]:
    """An encoder by torch's own operations."""
    known: dict[str, Callable[[Tensor], Tensor]] = {
        "sigmoid": torch.sigmoid,
        "tanh": torch.tanh,
        "softplus": torch.nn.functional.softplus,
        "relu": torch.relu,
        "identity": lambda z: z,
    }
    value = known[activation]

    def encode(x: Tensor) -> Tensor:
        for W, b in net:
            x = value(x @ torch.from_numpy(W) + torch.from_numpy(b))
        return x

    return encode


def _differentiated(encode: Callable[[Tensor], Tensor], x: Floats) -> Floats:
    """J by automatic differentiation, (k, d)."""
    J: Tensor = torch.func.jacrev(encode)(torch.from_numpy(x))
    return J.numpy()


def _central_differences(encode: Callable[[Tensor], Tensor], x: Floats) -> Floats:
    """``(f(x + e_i t) - f(x - e_i t)) / 2 t``, (k, d)."""
    steps = STEP * torch.eye(len(x), dtype=torch.float64)
    at = torch.from_numpy(x)
    return ((encode(at + steps) - encode(at - steps)) / (2 * STEP)).numpy().T


def _torchs_error(x: Floats, h: Tensor, V: Floats, c: Floats) -> float:
    """The squared error of a linear decoder by torch's own operations."""
    r = torch.nn.functional.linear(h, torch.from_numpy(V.T.copy()), torch.from_numpy(c))
    return float(torch.nn.functional.mse_loss(r, torch.from_numpy(x), reduction="sum"))


@lru_cache(maxsize=4)
def _published_batch(seed: int) -> dict[str, Floats]:
    """A batch of 32 with 786 inputs and 64 units, and its squared norms by the formula and without it."""
    rng = np.random.default_rng([seed, 8])
    X, (W, b) = rng.normal(size=(BATCH, INPUTS)), _layer(rng, INPUTS, UNITS)
    encode = _encoder([(W, b)], "sigmoid")
    H = encode(torch.from_numpy(X)).numpy()
    return {
        "batch": derivation.squared_norms_of_a_batch(X, W, b),
        "batch_exact": np.array([np.square(_differentiated(encode, x)).sum() for x in X]),
        "batch_numerical": np.array([np.square(_central_differences(encode, x)).sum() for x in X]),
        "batch_slopes": H * (1 - H),
    }
