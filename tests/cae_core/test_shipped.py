"""The shipped run and paths are what their configs give."""

from __future__ import annotations

import numpy as np
import pytest

from cae_core.analysis.path import make_path
from cae_core.config import Config
from cae_core.datasets import load
from cae_core.path import PathSpec
from cae_core.path_parts import ROWS, from_logarithmic, unpack
from cae_core.shipped import PATHS, default_path, default_run
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


@pytest.mark.parametrize("name", PATHS)
def test_shipped_path_is_reproduced(name: str) -> None:
    spec = PathSpec.of(Config.for_dataset(name))
    shipped, fresh = default_path(spec), make_path(spec)
    assert shipped is not None
    *frames, umap = shipped
    assert unpack(umap).header["kind"] == "umap"
    for part, other in zip(frames, fresh, strict=True):
        one, two = unpack(part), unpack(other)
        assert one.header["path"] == two.header["path"] == spec.key
        for key in ("inputs", "label"):
            if key in two.arrays:
                np.testing.assert_array_equal(one.arrays[key], two.arrays[key])
        if two.header["kind"] == "base":
            continue
        for key in ("mean_norm", *ROWS):
            found, expected = (np.array(h[key], dtype=np.float64) for h in (one.header, two.header))
            np.testing.assert_allclose(found, expected, rtol=1e-4, err_msg=key)
        for key in ("norm", "error"):
            found, expected = (from_logarithmic(p.arrays[key], p.header[key]) for p in (one, two))
            close(found, expected, key)
        scale = one.header["point_scale"], two.header["point_scale"]
        assert scale[0] == pytest.approx(scale[1], rel=1e-4)
        assert (
            np.abs(one.arrays["point"].astype(int) - two.arrays["point"]).max() <= 1
        )  # one step: 1.2e-4 of the width
        for key in ("spectrum", "ratio"):
            close(one.arrays[key], two.arrays[key], key)


def close(found: np.ndarray, expected: np.ndarray, name: str) -> None:
    """Within 1e-4 of the largest, and each within the half steps of its storage."""
    np.testing.assert_allclose(found, expected, rtol=3e-4, atol=1e-4 * np.nanmax(expected), err_msg=name)


def test_other_paths_are_not_shipped() -> None:
    config = Config.for_dataset("digits")
    assert default_path(PathSpec.of(config, members=15)) is None
    assert default_path(PathSpec.of(config.but(seed=1))) is None
    assert default_path(PathSpec.of(Config.for_dataset("wine"))) is None
