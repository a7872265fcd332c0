"""Our UMAP against ``umap.UMAP()`` as called by default, both warm."""

from __future__ import annotations

import warnings

import numpy as np
import torch

from benchmarks.timing import Row, at_least, seconds
from cae_core.analysis.projection import umap_layout
from cae_core.config import Config
from cae_core.datasets import load
from cae_core.training import train


def thousand_codes() -> np.ndarray:
    """1,000 codes of the digits by a contractive autoencoder."""
    from cae_core.ensemble import Ensemble, Layout

    config = Config.for_dataset("digits", epochs=20)
    dataset = load(config)
    state = train(config, dataset, record=False)
    ensemble = Ensemble.of(
        config, Layout.of(config, dataset.n_inputs).split(torch.from_numpy(state.parameters.copy()))
    )
    return ensemble.encode(torch.from_numpy(dataset.x_train[:1000].copy()))[1].numpy()


def rows() -> list[Row]:
    """The ratio, and the difference in trustworthiness."""
    from sklearn.manifold import trustworthiness
    from umap import UMAP

    torch.set_num_threads(1)
    values = thousand_codes()
    layouts: dict[str, np.ndarray] = {}

    def ours() -> None:
        layouts["ours"] = umap_layout(values)

    def default() -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            layouts["default"] = UMAP().fit_transform(values)

    mine, theirs = seconds(ours, default, rounds=3)
    trust = {name: trustworthiness(values, layout, n_neighbors=15) for name, layout in layouts.items()}
    lost = trust["default"] - trust["ours"]
    return [
        at_least(
            f"UMAP of 1,000 codes, warm, against umap.UMAP() ({mine:.1f} s against {theirs:.1f} s)",
            theirs / mine,
            3.0,
        ),
        Row(
            f"  trustworthiness {trust['ours']:.4f} against {trust['default']:.4f}",
            f"{lost:+.4f}",
            "at most 0.01 less",
            lost <= 0.01,
        ),
    ]
