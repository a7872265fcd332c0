"""Models of two inputs over the whole plane: norm, field, grid and ellipses of plain, contractive and denoising ones.

On the plane everything can be seen: ``||J_f(x)||_F`` as heat, ``r(x) - x`` as a field, the image of a straight grid
under r, and at chosen samples the ellipse with half-axes ``s_1, s_2`` along the right singular vectors of ``J_f(x)``:
how far the code moves for a small step in each of these directions. A denoising autoencoder's field points towards the
data (Alain and Bengio, JMLR 15, 2014).
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from cae_core.config import Config, Objective
from cae_core.datasets import Dataset, load
from cae_core.ensemble import Ensemble, Layout
from cae_core.errors import DataError
from cae_core.jacobian import norm, singular_vectors
from cae_core.samples import as_tensor
from cae_core.training import train

MARGIN = 1.3
"""Side of the plane over the largest extent of the data."""

SIDE = 64
"""Cells of the heat map along each side."""

LATTICE = 33
"""Points of the field and of the grid along each side."""

ELLIPSES = 24
"""Samples with an ellipse."""

CONTEXT = 400
"""Samples that are drawn."""


def square_about(x: NDArray[np.floating]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Lower and upper corner of a square about the data, with a margin."""
    middle = (x.min(axis=0) + x.max(axis=0)) / 2
    half = MARGIN * float(np.ptp(x, axis=0).max() or 1.0) / 2
    return (middle - half).astype(np.float64), (middle + half).astype(np.float64)


def study(config: Config, lams: tuple[float, ...], noise: float) -> dict[str, NDArray[np.generic]]:
    """Train a plain autoencoder, contractive ones over lambda and a denoising one together, and lay out their planes.

    Args:
        config: of a dataset with two inputs; its objectives are not used.
        lams: positive lambdas.
        noise: standard deviation of the denoising autoencoder's noise.

    Returns:
        What `pictures` gives for the members: the plain one, those over lambda, the denoising one; and ``x`` (n, 2),
        ``y`` (n,), -1 without labels.

    Raises:
        DataError: the dataset does not have two inputs.
    """
    data = load(config)
    if data.n_inputs != 2:
        raise DataError(
            f"A plane needs a dataset with two inputs. Got {data.n_inputs}. Choose two moons or a spiral."
        )
    config = config.but(objectives=(*(Objective(lam=lam) for lam in (0.0, *lams)), Objective(gaussian=noise)))
    state = train(config, data, record=False)
    parameters = Layout.of(config, 2).split(torch.from_numpy(state.parameters))
    labels = data.y_display
    return pictures(Ensemble.of(config, parameters), data) | {
        "x": data.x_display[:CONTEXT],
        "y": np.full(len(data.x_display[:CONTEXT]), -1) if labels is None else labels[:CONTEXT],
    }


@torch.no_grad()
def pictures(ensemble: Ensemble, data: Dataset) -> dict[str, NDArray[np.generic]]:
    """What there is to see of each member on the plane.

    Args:
        ensemble: K autoencoders of two inputs.
        data: the square is about all its samples, so that it stays where it is when some of them move.

    Returns:
        ``low``, ``high`` (2,) corners of the square; ``norm`` (K, 64, 64) at the middles of cells, rows from the lowest
        y up; ``moved`` (K, 33, 33, 2), r(x) at the points of a lattice from corner to corner; ``at`` (m, 2) samples;
        ``axes`` (K, m, 2, 2), ``s_r v_r`` as rows; means of the norm ``on_data`` (K,) over the display sample and
        ``over_plane`` (K,); ``lost`` (K,), share of the display sample's variance that reconstructions lose.
    """
    low, high = square_about(np.concatenate([data.x_train, data.x_display]))
    cells = low + (high - low) * ((np.arange(SIDE) + 0.5) / SIDE)[:, None]
    lattice = np.linspace(low, high, LATTICE)
    x = as_tensor(data.x_display, ensemble.dtype)
    norms = norm(ensemble, _grid(cells, ensemble.dtype))
    chosen = spread_out(data.x_display, ELLIPSES)
    values, vectors = singular_vectors(ensemble, x[torch.from_numpy(chosen)], 2)
    count = min(2, values.shape[2])
    error = (ensemble.reconstruct(x) - x).square().sum(dim=2).mean(dim=1)
    found = {
        "norm": norms.view(-1, SIDE, SIDE),
        "moved": ensemble.reconstruct(_grid(lattice, ensemble.dtype)).view(-1, LATTICE, LATTICE, 2),
        "axes": values[:, :, :count, None] * vectors[:, :, :count],
        "on_data": norm(ensemble, x).mean(dim=1),
        "over_plane": norms.mean(dim=1),
        "lost": error / data.test_variance,
    }
    return {
        "low": low,
        "high": high,
        "at": data.x_display[chosen],
        **{name: tensor.double().numpy() for name, tensor in found.items()},
    }


def _grid(ticks: NDArray[np.float64], dtype: torch.dtype) -> torch.Tensor:
    """All points with these coordinates, (side, 2) to (side^2, 2), x running fastest."""
    x, y = np.meshgrid(ticks[:, 0], ticks[:, 1])
    return torch.from_numpy(np.stack([x.ravel(), y.ravel()], axis=1)).to(dtype)


def spread_out(x: NDArray[np.floating], count: int) -> NDArray[np.int64]:
    """Samples far from each other: the first one, then always the one farthest from those chosen (Gonzalez, 1985)."""
    chosen = [0]
    distance = np.linalg.norm(x - x[0], axis=1)
    while len(chosen) < min(count, len(x)):
        chosen.append(int(distance.argmax()))
        distance = np.minimum(distance, np.linalg.norm(x - x[chosen[-1]], axis=1))
    return np.array(chosen)
