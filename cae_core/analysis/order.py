"""The order in which samples are looked at: by a number of theirs, within some classes. NumPy only."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray


def differences(reconstructions: NDArray[np.floating]) -> NDArray[np.float64]:
    """Squared distance between the two models' reconstructions of each sample, summed over the inputs.

    ``||r_1(x) - r_2(x)||^2``

    Args:
        reconstructions: (2, n, d).

    Returns:
        (n,).
    """
    first, second = reconstructions.astype(np.float64)
    distances: NDArray[np.float64] = np.square(first - second).sum(axis=1)
    return distances


def within(labels: NDArray[np.integer] | None, classes: Collection[int], count: int) -> NDArray[np.int64]:
    """Positions of the samples of some classes.

    Args:
        labels: class of each sample, (n,), or None.
        classes: those wanted; none of them means all.
        count: n.

    Returns:
        The positions, ascending.
    """
    if labels is None or not classes:
        return np.arange(count)
    return np.flatnonzero(np.isin(labels, list(classes)))


def ranked(
    positions: NDArray[np.integer], values: NDArray[np.floating] | None, *, largest: bool = True
) -> NDArray[np.int64]:
    """Positions sorted by a number of each sample; equal numbers keep their order.

    Args:
        positions: of the samples, (m,).
        values: a number for every sample, (n,); None leaves the order as it is.
        largest: whether the largest comes first; what is not a number comes last.

    Returns:
        The positions in order, (m,).
    """
    if values is None:
        return positions.astype(np.int64)
    keys = values[positions].astype(np.float64)
    keys = np.where(np.isnan(keys), np.inf, -keys if largest else keys)
    return positions[np.argsort(keys, kind="stable")].astype(np.int64)
