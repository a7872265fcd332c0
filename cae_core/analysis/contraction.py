"""Contraction ratio against radius (Rifai et al. 2011, section 5.2): is the contraction local?"""

from __future__ import annotations

import numpy as np
import torch
from jaxtyping import Float
from numpy.typing import NDArray
from torch import Tensor

from cae_core.ensemble import Ensemble


@torch.no_grad()
def contraction_ratio(
    ensemble: Ensemble,
    x: Float[Tensor, "n d"],
    radii: NDArray[np.floating],
    seed: int = 0,
    directions: Float[Tensor, "n d"] | None = None,
) -> Float[Tensor, "K radii"]:
    """Mean of ``||f(x0) - f(x1)|| / ||x0 - x1||`` with x1 uniform on the sphere of radius r about x0.

    Each x0 has one direction, the same for all radii and members, so that curves differ by the models alone. As r -> 0
    the root mean square over directions tends to ``||J(x0)||_F / sqrt(d)``. In single precision differences of codes
    are rounded at about 1e-7, so keep radii above a thousandth of the inputs' size.

    Args:
        ensemble: the autoencoders.
        x: the x0, held out from training.
        radii: each > 0.
        seed: of the directions.
        directions: unit vectors to take instead of random ones.

    Returns:
        The mean ratio of every member at every radius.
    """
    if directions is None:
        generator = torch.Generator().manual_seed(seed)
        directions = torch.randn(x.shape, generator=generator, dtype=torch.float64)
        directions = torch.nn.functional.normalize(directions, dim=1)
    directions = directions.to(x.dtype)
    origin = ensemble.encode(x)
    rows = []
    for radius in radii.tolist():
        moved = ensemble.encode(x + radius * directions)
        rows.append((moved - origin).norm(dim=2).double().mean(dim=1) / radius)
    return torch.stack(rows, dim=1)


def pair_distances(x: NDArray[np.floating]) -> tuple[float, float]:
    """Median and largest Euclidean distance between two of the samples, the yardsticks of a radius.

    Args:
        x: samples, (n, d), n >= 2.

    Returns:
        Both; 1 and 1 where all samples are equal.
    """
    distances = torch.pdist(torch.from_numpy(np.array(x, dtype=np.float64))).numpy()
    median, largest = float(np.median(distances)), float(distances.max())
    return (median, largest) if largest else (1.0, 1.0)
