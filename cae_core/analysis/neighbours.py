"""Accuracy of nearest neighbours among codes: does the code keep the classes together, with noise and without?

k neighbours (Euclidean, majority vote) are fitted on the codes of the clean training samples and asked for the classes
of test samples, clean or with Gaussian noise on their inputs. All members see the same noise, from a fixed seed.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.neighbors import KNeighborsClassifier

from cae_core.datasets import Dataset
from cae_core.ensemble import Ensemble
from cae_core.measures import BLOCK
from cae_core.samples import as_tensor, train_tensor

NEIGHBOURS = 5
"""k, the number of neighbours that vote."""

NOISE = 0.3
"""Standard deviation of the Gaussian noise, in units of the inputs."""

_NOISE_SEED = 20110629


def noisy(x: NDArray[np.floating], scale: float = NOISE) -> NDArray[np.floating]:
    """Samples with Gaussian noise from a fixed seed: the same for every model and at every call.

    ``x + scale * e``, ``e ~ N(0, 1)``

    Args:
        x: samples, (n, d).
        scale: standard deviation of the noise, >= 0.

    Returns:
        The noisy samples, (n, d), in the precision of x.
    """
    noise = np.random.default_rng(_NOISE_SEED).standard_normal(x.shape)
    return (x + scale * noise).astype(x.dtype)


def accuracies(
    ensemble: Ensemble, dataset: Dataset, inputs: list[NDArray[np.floating]], neighbours: int = NEIGHBOURS
) -> NDArray[np.float64]:
    """Share of test samples whose class their nearest neighbours among the training codes name.

    Args:
        ensemble: the autoencoders.
        dataset: with labels; its training samples are the neighbours.
        inputs: versions of the test inputs (clean, noisy, ...), each (m, d) in the order of the test split.
        neighbours: k; fewer where there are fewer training samples.

    Returns:
        The accuracies, (K, number of versions); NaN without labels, or where codes are not finite.
    """
    found = np.full((ensemble.members, len(inputs)), np.nan)
    if dataset.y_train is None or dataset.y_test is None:
        return found
    train_codes = _codes(ensemble, train_tensor(dataset, ensemble.dtype))
    versions = [_codes(ensemble, as_tensor(x, ensemble.dtype)) for x in inputs]
    for k, codes in enumerate(train_codes):
        if not np.isfinite(codes).all():
            continue
        voters = KNeighborsClassifier(min(neighbours, len(codes))).fit(codes, dataset.y_train)
        found[k] = [voters.score(version[k], dataset.y_test) for version in versions]
    return found


def _codes(ensemble: Ensemble, x: torch.Tensor) -> NDArray[np.floating]:
    """Codes of x, (K, n, units), in blocks that bound the memory of hidden layers."""
    codes: NDArray[np.floating] = torch.cat(
        [ensemble.encode(block) for block in torch.split(x, BLOCK)], dim=1
    ).numpy()
    return codes
