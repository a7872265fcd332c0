"""Which samples a limit takes, with a seed of its own: the same file gives the same samples."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cae_core.own.model import Sampling

SEED = 20110629
"""Seed of every draw."""


def draw(n: int, limit: int, sampling: Sampling, y: NDArray[np.int64] | None) -> NDArray[np.int64]:
    """Choose samples without replacement.

    Stratified: class c gets ``limit * n_c / n`` of them, rounded by largest remainder. Where there are as many as
    classes, a class that would get none gets one from the class that has most.

    Args:
        n: number of samples.
        limit: most to take.
        sampling: at random, or stratified; at random without classes.
        y: their classes, (n,).

    Returns:
        Positions of those taken, in order, (min(n, limit),).
    """
    if n <= limit:
        return np.arange(n)
    generator = np.random.default_rng(SEED)
    if sampling == "random" or y is None:
        return np.sort(generator.permutation(n)[:limit])
    classes, counts = np.unique(y, return_counts=True)
    shares = _shares(counts, limit)
    parts = [
        generator.permutation(np.flatnonzero(y == c))[:share]
        for c, share in zip(classes, shares, strict=True)
    ]
    return np.sort(np.concatenate(parts))


def _shares(counts: NDArray[np.int64], limit: int) -> NDArray[np.int64]:
    """How many of each class."""
    exact = counts * limit / counts.sum()
    shares: NDArray[np.int64] = np.floor(exact).astype(np.int64)
    shares[np.argsort(shares - exact, kind="stable")[: limit - int(shares.sum())]] += 1
    if limit >= len(counts):
        for empty in np.flatnonzero(shares == 0):
            shares[np.argmax(shares)] -= 1
            shares[empty] = 1
    return shares
