"""The derivation of the penalty for one layer, in NumPy, a few lines a step: what a page shows is what it runs.

For one sample x of d inputs and a layer ``h = s(x W + b)`` with k units, W of shape (d, k), and the linear decoder
``r = h V + c`` (Kristiadi, Deriving Contractive Autoencoder and Implementing it in Keras, 2016). With s the sigmoid,
``s' = s (1 - s)``; for another activation the steps with ``h * (1 - h)`` are what public code still computes.
"""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]


def reconstruction_error(x: Floats, h: Floats, V: Floats, c: Floats) -> Any:
    """``sum_i (r_i - x_i)^2``."""
    r = h @ V + c
    return ((r - x) ** 2).sum()


def jacobian_by_chain_rule(h: Floats, W: Floats) -> Floats:
    """``J_ji = dh_j/dz_j dz_j/dx_i``, entry by entry, (k, d)."""
    inputs, units = W.shape
    J = np.empty((units, inputs))
    for j in range(units):
        for i in range(inputs):
            J[j, i] = h[j] * (1 - h[j]) * W[i, j]
    return J


def jacobian_as_a_product(h: Floats, W: Floats) -> Any:
    """``J = diag(h (1 - h)) W^T``, (k, d)."""
    return np.diag(h * (1 - h)) @ W.T


def squared_norm(h: Floats, W: Floats) -> Any:
    """``||J||_F^2 = sum_j (h_j (1 - h_j))^2 sum_i W_ij^2``, without J."""
    return ((h * (1 - h)) ** 2 * (W**2).sum(axis=0)).sum()


def squared_norms_of_a_batch(X: Floats, W: Floats, b: Floats) -> Any:
    """The same for every row of X, (n,)."""
    H = 1 / (1 + np.exp(-(X @ W + b)))
    return (H * (1 - H)) ** 2 @ (W**2).sum(axis=0)


def whole_loss(x: Floats, h: Floats, W: Floats, V: Floats, c: Floats, lam: float) -> Any:
    """Reconstruction error and lambda times the penalty."""
    return reconstruction_error(x, h, V, c) + lam * squared_norm(h, W)


def code_of(function: Callable[..., Any]) -> str:
    """The lines of a function's body that are run, without its docstring."""
    source = inspect.getsource(function)
    body = source[source.index('"""', source.index('"""') + 3) + 3 :]
    return textwrap.dedent(body).strip("\n")
