"""Any input under every model: code, reconstruction, norm, error and the nearest training samples among the codes.

code f(x)    reconstruction r(x)    norm ||J_f(x)||_F    error ||r(x) - x||^2
neighbours: the training samples x_i of least ||f(x_i) - f(x)||
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from cae_core.analysis.models import ensemble_of
from cae_core.analysis.neighbours import NEIGHBOURS
from cae_core.datasets import Dataset, load
from cae_core.ensemble import Ensemble
from cae_core.errors import DataError
from cae_core.frame import Frame
from cae_core.jacobian import norm
from cae_core.measures import BLOCK, errors
from cae_core.samples import as_tensor, train_tensor

_kept: tuple[bytes, Tensor] | None = None


@torch.no_grad()
def probe(frame: Frame, x: NDArray[np.floating] | Sequence[Any]) -> dict[str, NDArray[Any]]:
    """What every member makes of inputs that need not be samples of the dataset.

    Args:
        frame: K members.
        x: one input (d,) or several (m, d), finite; an array or nested tuples, which can name a result.

    Returns:
        ``codes`` (K, m, units); ``reconstructions`` (K, m, d); ``norm`` and ``reconstruction_error``, the squared error
        summed over the inputs, (K, m); ``neighbours``, positions in the training split, nearest first, and their
        ``distances`` in the member's code space, (K, m, 5), fewer where there are fewer training samples;
        ``neighbour_x`` (K, m, 5, d) and ``neighbour_y`` (K, m, 5), -1 without labels; ``code_low`` and ``code_high``,
        smallest and largest activation of any unit over the training split, (K,).

    Raises:
        DataError: x is not finite, or has not d inputs.
    """
    dataset, ensemble = load(frame.config), ensemble_of(frame)
    inputs = as_tensor(_rows(x, dataset.n_inputs), ensemble.dtype)
    codes, train = ensemble.encode(inputs), _train_codes(frame, ensemble, dataset)
    # Differences, not products: a training sample is at distance 0 of itself.
    apart = torch.cdist(codes, train, compute_mode="donot_use_mm_for_euclid_dist")
    distances, nearest = apart.topk(min(NEIGHBOURS, train.shape[1]), dim=2, largest=False)
    neighbours = nearest.numpy()
    labels = dataset.y_train
    return {
        "codes": codes.numpy(),
        "reconstructions": ensemble.reconstruct(inputs).numpy(),
        "norm": norm(ensemble, inputs).numpy(),
        "reconstruction_error": errors(ensemble, inputs).numpy(),
        "neighbours": neighbours,
        "distances": distances.numpy(),
        "neighbour_x": dataset.x_train[neighbours],
        "neighbour_y": np.full(neighbours.shape, -1) if labels is None else labels[neighbours],
        "code_low": train.amin(dim=(1, 2)).numpy(),
        "code_high": train.amax(dim=(1, 2)).numpy(),
    }


def _rows(x: NDArray[np.floating] | Sequence[Any], n_inputs: int) -> NDArray[np.float64]:
    rows = np.atleast_2d(np.asarray(x, dtype=np.float64))
    if rows.ndim != 2 or rows.shape[1] != n_inputs or not len(rows):
        raise DataError(f"An input must have {n_inputs} values. Got {np.shape(x)}. Draw it anew.")
    if not np.isfinite(rows).all():
        bad = int((~np.isfinite(rows)).sum())
        raise DataError(
            f"An input must have finite values. Got {bad} of {rows.size} that are not. Draw it anew."
        )
    return rows


def _train_codes(frame: Frame, ensemble: Ensemble, dataset: Dataset) -> Tensor:
    """Codes of the training split, (K, n, units); those of the last frame are kept, since a drawing asks often."""
    global _kept
    digest = blake2b(frame.config.key.encode())
    for weights in frame.weights:
        digest.update(weights.tobytes())
    key = digest.digest()
    if _kept is None or _kept[0] != key:
        blocks = torch.split(train_tensor(dataset, ensemble.dtype), BLOCK)
        _kept = (key, torch.cat([ensemble.encode(block) for block in blocks], dim=1))
    return _kept[1]
