"""From a frame to its autoencoders and samples: what every analysis starts with."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from cae_core.config import Config
from cae_core.datasets import Dataset, load
from cae_core.ensemble import Ensemble
from cae_core.frame import Frame
from cae_core.measures import saturation
from cae_core.samples import as_tensor


def ensemble_of(frame: Frame) -> Ensemble:
    """The autoencoders of a frame."""
    return Ensemble.of(frame.config, [torch.from_numpy(np.array(w)) for w in frame.weights])


def display_tensor(ensemble: Ensemble, dataset: Dataset) -> torch.Tensor:
    """The display sample in the ensemble's precision, (n, d)."""
    return as_tensor(dataset.x_display, ensemble.dtype)


def display_sample(config: Config) -> dict[str, NDArray[np.generic]]:
    """The display sample of a config's dataset, as arrays that travel.

    Args:
        config: names the dataset.

    Returns:
        ``x`` (n, d); ``y`` (n,), -1 without labels; ``gallery`` positions of the fixed samples; ``feature_names`` (d,);
        ``test_variance`` and ``train_spread``, scalars.
    """
    dataset = load(config)
    labels = dataset.y_display
    return {
        "x": dataset.x_display,
        "y": np.full(len(dataset.x_display), -1) if labels is None else labels,
        "gallery": dataset.gallery,
        "feature_names": np.array(dataset.feature_names),
        "test_variance": np.array(dataset.test_variance),
        "train_spread": np.array(dataset.train_spread),
    }


def reconstructions(frame: Frame) -> NDArray[np.float32]:
    """Reconstructions of the display sample, (K, n, d)."""
    with torch.no_grad():
        ensemble = ensemble_of(frame)
        x = display_tensor(ensemble, load(frame.config))
        return ensemble.reconstruct(x).float().numpy()


def codes(frame: Frame) -> NDArray[np.float32]:
    """Codes of the display sample, (K, n, units)."""
    with torch.no_grad():
        ensemble = ensemble_of(frame)
        return ensemble.encode(display_tensor(ensemble, load(frame.config))).float().numpy()


def saturation_by_sample(frame: Frame) -> NDArray[np.float64]:
    """Share of saturated code units of each display sample, (K, n)."""
    with torch.no_grad():
        ensemble = ensemble_of(frame)
        return saturation(ensemble, display_tensor(ensemble, load(frame.config))).double().numpy()
