"""Singular values and right singular vectors of the encoder's Jacobian: directions that the code notices.

``J v_r = s_r u_r``: a small step along v_r moves the code by s_r times its length; ``||J||_F^2 = sum_r s_r^2``.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from cae_core.analysis.models import display_tensor, ensemble_of
from cae_core.datasets import load
from cae_core.errors import DataError
from cae_core.frame import Frame
from cae_core.jacobian import singular_values, singular_vectors

MEAN_SAMPLES = 100
"""Number of fixed samples of a mean spectrum."""


def sample_spectrum(frame: Frame, sample: int, count: int = 8) -> dict[str, NDArray[np.float64]]:
    """Singular values and first right singular vectors at one display sample.

    Args:
        frame: any number of members.
        sample: position in the display sample.
        count: number of vectors.

    Returns:
        ``values`` (K, rank) and ``vectors`` (K, count, d), each vector of unit length with its largest entry positive.

    Raises:
        DataError: there is no such sample.
    """
    with torch.no_grad():
        ensemble = ensemble_of(frame)
        x = display_tensor(ensemble, load(frame.config))
        if not 0 <= sample < len(x):
            raise DataError(f"The sample must be between 0 and {len(x) - 1}. Got {sample}. Choose another.")
        values, vectors = singular_vectors(ensemble, x[sample : sample + 1], count)
    return {"values": values[:, 0].numpy(), "vectors": vectors[:, 0].numpy()}


def mean_spectrum(frame: Frame) -> NDArray[np.float64]:
    """Mean singular values over the first 100 display samples, largest first, (K, rank)."""
    with torch.no_grad():
        ensemble = ensemble_of(frame)
        x = display_tensor(ensemble, load(frame.config))[:MEAN_SAMPLES]
        return singular_values(ensemble, x).mean(dim=1).numpy()
