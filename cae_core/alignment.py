"""Pictures turned onto each other, so that what moves in them moved, and did not merely turn.

Orthogonal Procrustes: ``min_R ||B R - A||_F`` over orthogonal R (rotation and reflection, never scaling), solved by the
SVD of ``B^T A``. Distances within a picture stay as they are.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]


def turned(moving: Floats, fixed: Floats) -> Floats:
    """A picture turned onto another by the best rotation or reflection (orthogonal Procrustes).

    Args:
        moving: (n, 2).
        fixed: (n, 2).

    Returns:
        ``(moving - mean) R + mean(fixed)``, all distances as before.
    """
    centred, target = moving - moving.mean(axis=0), fixed - fixed.mean(axis=0)
    u, _, vt = np.linalg.svd(centred.T @ target)
    result: Floats = centred @ (u @ vt) + fixed.mean(axis=0)
    return result


def aligned(pictures: Floats, first: int, before: Floats | None = None) -> Floats:
    """Pictures of one frame, each turned onto its neighbours: the member before it and itself in the frame before.

    Args:
        pictures: points of each member, (M, n, 2).
        first: number of members that stand in a row; each further one is turned onto the first of the row.
        before: the aligned pictures of the frame before.

    Returns:
        The turned pictures, each with its mean at 0, (M, n, 2).
    """
    placed: Floats = pictures - pictures.mean(axis=1, keepdims=True, dtype=np.float64)
    for member in range(len(placed)):
        beside = [] if member == 0 else [placed[member - 1 if member < first else 0]]
        targets = [*beside, *([] if before is None else [before[member]])]
        if targets:
            target = np.sum(targets, axis=0)
            # About 0: the rounding of a mean would be handed on, and double from picture to picture.
            placed[member] = turned(placed[member], target - target.mean(axis=0))
            placed[member] -= placed[member].mean(axis=0)
    return placed


def movement(pictures: Floats) -> float:
    """How far points move between neighbours in a row, against the pictures' size.

    ``mean ||p_m+1 - p_m||`` over points and neighbours, divided by the root mean squared distance of a point to its
    picture's mean.

    Args:
        pictures: (M, n, 2), M >= 2.

    Returns:
        The mean movement in units of the pictures' spread; NaN where they have none.
    """
    moves = np.mean([np.linalg.norm(b - a, axis=1).mean() for a, b in pairwise(pictures)])
    centred = pictures - pictures.mean(axis=1, keepdims=True)
    spread = float(np.sqrt(np.square(centred).sum(axis=2).mean()))
    return float(moves) / spread if spread > 0 else float("nan")
