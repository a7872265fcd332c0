"""How much of what a code notices lies along the data: leading singular directions against true tangents.

With Q an orthonormal basis of the k true tangents at x and v_1 ... v_k the leading right singular vectors of J,

    share(x) = 1/k sum_r ||Q^T v_r||^2,

the mean squared cosine of the angles between the two spaces: 1 where they are the same, k/d on average for random
directions. Rifai et al. (ICML 2011, section 5.3) read the tangents off the leading singular vectors.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from cae_core.analysis.models import display_tensor, ensemble_of
from cae_core.analysis.spectrum import MEAN_SAMPLES
from cae_core.datasets import load, shapes
from cae_core.errors import DataError
from cae_core.frame import Frame
from cae_core.jacobian import singular_vectors


def tangent_share(frame: Frame) -> dict[str, NDArray[np.float64]]:
    """Share of each code's leading directions in the true tangent space, over the first 100 display samples.

    Args:
        frame: any number of members, trained on a dataset with known tangents.

    Returns:
        ``share`` (K, n), 0 to 1, NaN where J has no k directions that it notices; its mean over the other samples
        ``mean`` (K,), NaN without any; ``random``, the expected value for random directions, a scalar.

    Raises:
        DataError: the true tangents of the dataset are not known.
    """
    if frame.config.dataset != "shapes":
        raise DataError(
            f"The dataset must be one with known tangents: shapes. Got {frame.config.dataset!r}. Choose shapes."
        )
    with torch.no_grad():
        ensemble = ensemble_of(frame)
        x = display_tensor(ensemble, load(frame.config))[:MEAN_SAMPLES]
        basis = torch.linalg.qr(torch.from_numpy(shapes.tangents(len(x))).mT)[0]
        count = basis.shape[2]
        values, vectors = singular_vectors(ensemble, x, count)
        share = (vectors @ basis).square().sum(dim=(2, 3)) / count
        # Fewer directions than tangents, as of a collapsed code or a narrow one: the rest would be arbitrary. The
        # weights are in single precision, so what is below its rounding is none.
        rounding = torch.finfo(torch.float32).eps * max(frame.config.hidden[-1], x.shape[1])
        noticed = (values[:, :, :count] > rounding * values[:, :, :1]).sum(dim=2)
        share[noticed < count] = torch.nan
    found = share.numpy()
    there = np.isfinite(found).sum(axis=1)
    mean = np.where(there > 0, np.nansum(found, axis=1) / np.maximum(there, 1), np.nan)
    return {"share": found, "mean": mean, "random": np.array(count / x.shape[1])}
