"""The shipped run is what the default config gives."""

from __future__ import annotations

import numpy as np

from cae_core.config import Config
from cae_core.datasets import load
from cae_core.shipped import default_run
from cae_core.training import make_frame, train


def test_shipped_run_is_reproduced() -> None:
    shipped, config = default_run(), Config.for_dataset("digits")
    assert shipped.config == config
    dataset = load(config)
    fresh = make_frame(config, dataset, train(config, dataset))
    assert shipped.epoch == fresh.epoch == config.epochs
    for name, column in fresh.history.items():
        np.testing.assert_allclose(shipped.history[name], column, rtol=1e-3, atol=1e-6, err_msg=name)
    for name in ("norm", "gallery_input", "gallery_ids"):
        np.testing.assert_allclose(shipped.view[name], fresh.view[name], rtol=1e-3, atol=1e-5, err_msg=name)
