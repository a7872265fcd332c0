"""A sheet of some of the images as they will be trained on, for a preview."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray

COLUMNS = 12
ROWS = 2
TILE = 64
"""Longest side of an image on the sheet, in pixels, as far as whole factors allow."""

GAP = 6


def spread(n: int, y: NDArray[np.int64] | None) -> NDArray[np.int64]:
    """Positions of at most `COLUMNS` times `ROWS` of n samples: in turn of each class, else evenly spaced.

    Args:
        n: number of samples.
        y: their classes, (n,), or None.

    Returns:
        Positions; class after class.
    """
    count = min(n, COLUMNS * ROWS)
    if y is None:
        return np.linspace(0, n - 1, count).astype(np.int64)
    # How often the class of each came before: the first of every class come first.
    order = np.argsort(y, kind="stable")
    _, starts, sizes = np.unique(y[order], return_index=True, return_counts=True)
    turn = np.empty(n, dtype=np.int64)
    turn[order] = np.arange(n) - np.repeat(starts, sizes)
    chosen = np.lexsort((y, turn))[:count]
    return chosen[np.argsort(y[chosen], kind="stable")].astype(np.int64)


def sheet(x: NDArray[np.floating], shape: tuple[int, int]) -> bytes:
    """Images side by side on a transparent ground, the smallest value black and the largest white.

    Args:
        x: the images, (n, rows * columns), in order.
        shape: rows and columns of each.

    Returns:
        A PNG file of at most `COLUMNS` images a row.
    """
    from PIL import Image

    low, high = min(0.0, float(x.min())), max(1.0, float(x.max()))
    grey = np.rint(255 * (x.astype(np.float64) - low) / (high - low)).astype(np.uint8)
    factor = max(1, TILE // max(shape))
    large = grey.reshape(len(x), *shape).repeat(factor, axis=1).repeat(factor, axis=2)
    height, width = large.shape[1] + GAP, large.shape[2] + GAP
    rows = -(-len(x) // COLUMNS)
    ground = np.zeros((rows * height - GAP, min(len(x), COLUMNS) * width - GAP, 2), dtype=np.uint8)
    for i, image in enumerate(large):
        top, left = i // COLUMNS * height, i % COLUMNS * width
        ground[top : top + image.shape[0], left : left + image.shape[1], 0] = image
        ground[top : top + image.shape[0], left : left + image.shape[1], 1] = 255
    file = io.BytesIO()
    Image.fromarray(ground).save(file, "PNG")
    return file.getvalue()
