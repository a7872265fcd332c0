"""The shipped run and paths are what their configs give."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.manifold import trustworthiness

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


@pytest.mark.timeout(600)  # seconds on an idle machine, minutes on one that is not
@pytest.mark.parametrize("name", PATHS)
def test_shipped_path_is_reproduced(name: str) -> None:
    spec = PathSpec.of(Config.for_dataset(name))
    shipped, fresh = default_path(spec), make_path(spec)
    assert shipped is not None
    *parts, maps = map(unpack, shipped)
    (base, *frames), (fresh_base, *fresh_frames) = parts, list(map(unpack, fresh))
    assert base.header.keys() == fresh_base.header.keys()
    for key, expected in fresh_base.header.items():
        if key in (
            "radii",
            "median_distance",
            "largest_distance",
        ):  # their last digits differ between processors
            np.testing.assert_allclose(base.header[key], expected, rtol=1e-9, err_msg=key)
        else:
            assert base.header[key] == expected, key
    for key, array in fresh_base.arrays.items():
        np.testing.assert_array_equal(base.arrays[key], array, err_msg=key)
    for one, two in zip(frames, fresh_frames, strict=True):
        for key in ("path", "index", "epoch", "failed"):
            assert one.header[key] == two.header[key]
        for key in ("mean_norm", "explained", *ROWS):
            found, expected = (np.array(part.header[key], dtype=np.float64) for part in (one, two))
            np.testing.assert_allclose(found, expected, rtol=1e-4, err_msg=key)
        for key in ("norm", "error"):  # stored in steps of up to 2e-4, so a rounding may fall to either side
            found, expected = (from_logarithmic(part.arrays[key], part.header[key]) for part in (one, two))
            step = np.exp(two.header[key]["step"]) - 1
            np.testing.assert_allclose(found, expected, rtol=1e-4 + step, err_msg=key)
        for key, scale in (("point", "point_scale"), ("gallery", "gallery_scale")):
            assert one.header[scale] == pytest.approx(two.header[scale], rel=1e-4)
            apart = np.abs(one.arrays[key].astype(int) - two.arrays[key])
            assert apart.max() <= (1 if one.arrays[key].dtype == np.int16 else 3), key  # one step of storage
        for key in ("spectrum", "ratio"):
            found, expected = one.arrays[key], two.arrays[key]
            np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5 * expected.max(), err_msg=key)
    assert (maps.header["kind"], maps.header["epoch"]) == ("umap", spec.epochs[-1])
    # UMAP is held by what it promises, neighbours: of the inputs, as long as the code has not let go of them.
    lost = np.array(frames[-1].header["variance_lost"])
    x = load(spec.config).x_display
    points = maps.arrays["point"][lost < 0.5].astype(np.float64)
    assert len(points) >= 11
    assert min(trustworthiness(x, one, n_neighbors=10) for one in points) > 0.85


def test_other_paths_are_not_shipped() -> None:
    config = Config.for_dataset("digits")
    assert default_path(PathSpec.of(config, members=15)) is None
    assert default_path(PathSpec.of(config.but(seed=1))) is None
    assert default_path(PathSpec.of(Config.for_dataset("wine"))) is None
