"""Codes in two dimensions: PCA, which is true to scale, and UMAP, which is not.

PCA: codes minus their mean, on their first two principal axes. True to scale on two axes: a smaller cloud is a code
that spreads less, which alone is not contraction. Each model has its own axes, and the second model's picture is turned
(rotation and reflection, never scaling) onto the first's by orthogonal Procrustes: ``min_R ||B R - A||_F`` over
orthogonal R, solved by the SVD of ``B^T A``.

UMAP (McInnes, Healy, Melville 2018) is blind to scale: codes shrunk a thousand times give the same picture. The second
model's fit starts from the first's layout and is then turned onto it.
"""

from __future__ import annotations

import warnings

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.linalg import eigh

from cae_core.alignment import turned
from cae_core.analysis.models import codes
from cae_core.errors import DataError
from cae_core.frame import Frame

Floats = NDArray[np.floating]

UMAP_LIMIT = 2000
"""Largest number of codes that a fit takes."""

UMAP_LEAST = 10
"""Smallest number of codes that a fit takes."""

UMAP_SEED = 7

UMAP_EPOCHS = 200
"""Epochs of a fit that starts from the PCA."""


def pca(values: Floats) -> tuple[Floats, float]:
    """Scores on the first two principal axes, true to scale.

    Args:
        values: codes, (n, units).

    Returns:
        The scores, (n, 2), and the share of the total variance that they hold (NaN where there is none).
    """
    centred = np.asarray(values, dtype=np.float64) - np.mean(values, axis=0, dtype=np.float64)
    n, units = centred.shape
    total, count = float(np.square(centred).sum()), min(2, n, units)
    # Only two axes are wanted: from the smaller Gram matrix they come four times as fast as by the whole SVD.
    gram = centred.T @ centred if units <= n else centred @ centred.T
    squares, found = eigh(gram, subset_by_index=[len(gram) - count, len(gram) - 1])
    squares, found = squares[::-1].clip(0), found[:, ::-1]
    axes = found.T if units <= n else found.T @ centred  # there not at unit length: only their signs are used
    signs = np.where(axes[np.arange(count), np.abs(axes).argmax(axis=1)] < 0, -1.0, 1.0)
    scores = (centred @ axes.T if units <= n else found * np.sqrt(squares)) * signs
    if count < 2:
        scores = np.column_stack([scores, np.zeros((n, 2 - count))])
    return scores, float(squares.sum()) / total if total > 0 else float("nan")


def pca_maps(frame: Frame) -> dict[str, Floats]:
    """PCA of both models' codes of the display sample, the second turned onto the first.

    Args:
        frame: two members.

    Returns:
        ``points`` (K, n, 2) and ``explained`` (K,).
    """
    maps: list[Floats] = []
    shares: list[float] = []
    for member in codes(frame):
        scores, share = pca(member)
        maps.append(turned(scores, maps[0]) if maps else scores)
        shares.append(share)
    return {"points": np.stack(maps).astype(np.float32), "explained": np.array(shares)}


def umap_maps(frame: Frame, n_neighbors: int = 15, min_dist: float = 0.1) -> dict[str, Floats]:
    """UMAP of both models' codes of the display sample, aligned.

    Args:
        frame: two members.
        n_neighbors: 2 up to one less than the number of samples.
        min_dist: 0 to 1.

    Returns:
        ``points`` (K, n, 2).

    Raises:
        DataError: there are too few samples, or the codes are not finite.
    """
    maps: list[Floats] = []
    for member in codes(frame)[:, :UMAP_LIMIT]:
        layout = umap_layout(member, n_neighbors, min_dist, start=maps[0] if maps else None)
        maps.append(turned(layout, maps[0]) if maps else layout)
    return {"points": np.stack(maps).astype(np.float32)}


def umap_layout(
    values: Floats,
    n_neighbors: int = 15,
    min_dist: float = 0.1,
    *,
    start: Floats | None = None,
    epochs: int = UMAP_EPOCHS,
) -> Floats:
    """One UMAP fit with exact neighbours, a PCA start and a fixed seed: the same picture each time.

    Args:
        values: codes, (n, units), 10 <= n <= 2,000.
        n_neighbors: 2 up to n - 1; a larger number is cut.
        min_dist: 0 to 1.
        start: layout to start from, (n, 2); by default the PCA.
        epochs: of the layout's optimisation.

    Returns:
        The layout, (n, 2).

    Raises:
        DataError: there are too few or too many samples, or the codes are not finite.
    """
    n = len(values)
    if not UMAP_LEAST <= n <= UMAP_LIMIT:
        raise DataError(
            f"UMAP must have {UMAP_LEAST} to {UMAP_LIMIT} samples. Got {n}. "
            f"Choose {'more' if n < UMAP_LEAST else 'fewer'} samples, or PCA."
        )
    if not np.isfinite(values).all():
        raise DataError(
            "UMAP must have finite codes. Got some that are not. Train with a smaller learning rate."
        )
    from umap import UMAP

    neighbours = max(2, min(n_neighbors, n - 1))
    first = pca(values)[0] if start is None else start
    spread = float(np.abs(first).max()) or 1.0
    rng = np.random.default_rng(UMAP_SEED)
    initial = 10.0 * first / spread + rng.normal(scale=1e-4, size=first.shape)
    fit = UMAP(
        n_neighbors=neighbours,
        min_dist=min_dist,
        init=initial.astype(np.float32),
        n_epochs=epochs,
        random_state=UMAP_SEED,
        n_jobs=1,
        precomputed_knn=(*exact_neighbours(values, neighbours), None),
        force_approximation_algorithm=True,
    )
    with warnings.catch_warnings():
        warnings.filterwarnings(
            "ignore", message="precomputed_knn"
        )  # that `transform` is not available: not needed
        layout: Floats = fit.fit_transform(np.asarray(values, dtype=np.float32))
    return layout


def exact_neighbours(values: Floats, count: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """The nearest neighbours of every sample, itself first, by all pairwise distances.

    Args:
        values: (n, units).
        count: number of neighbours, the sample itself counted.

    Returns:
        Indices and distances, each (n, count), nearest first.
    """
    x = torch.from_numpy(np.array(values, dtype=np.float32))
    distances = torch.cdist(x, x)
    distances.fill_diagonal_(-1.0)
    near, index = distances.topk(count, dim=1, largest=False)
    return index.numpy(), near.clamp_min(0.0).numpy()
