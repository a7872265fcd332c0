"""Tiles, strips and points hold the numbers that they were given."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
import pytest

from cae_core.figures import images
from cae_core.figures.chart import Chart
from cae_core.figures.parts import number

RNG = np.random.default_rng(0)
NAMES = tuple(f"f{i}" for i in range(6))


def decoded(packed: Any) -> np.ndarray:
    """What Plotly reads out of a typed array, by its own rules."""
    if not isinstance(packed, dict):
        return np.array(packed)
    flat = np.frombuffer(base64.b64decode(packed["bdata"]), dtype=np.dtype(f"<{packed['dtype']}"))
    shape = tuple(int(part) for part in packed.get("shape", str(len(flat))).split(","))
    return flat.reshape(shape)


def assert_whole(chart: Chart) -> None:
    """The spec is one that plotly takes, the words are there, and the table's columns are of one length."""
    assert chart.figure.data
    assert chart.caption.endswith(".")
    assert chart.alt.endswith(".")
    assert len({len(column) for column in chart.table.values()}) == 1


def test_mosaic_paints_each_tile_in_its_place() -> None:
    tiles = RNG.random((2, 3, 4, 5))
    z = decoded(images.mosaic(tiles, gap=2)["data"][0]["z"])
    assert z.shape == (2 * 4 + 2, 3 * 5 + 2 * 2)
    assert z.dtype == np.uint8
    for r in range(2):
        for c in range(3):
            found = z[r * 6 : r * 6 + 4, c * 7 : c * 7 + 5]
            np.testing.assert_array_equal(found, np.rint(255 * tiles[r, c]))
    assert not z[4:6].any()  # paper between the rows
    assert not z[:, 5:7].any()


def test_mosaic_clips_at_its_limits() -> None:
    z = decoded(images.mosaic(np.array([-1.0, 0.0, 0.5, 1.0, 9.0]).reshape(1, 1, 1, 5))["data"][0]["z"])
    np.testing.assert_array_equal(z[0], [0, 0, 128, 255, 255])


def test_mosaic_with_a_sign_has_zero_in_the_middle() -> None:
    values = np.array([-2.0, -1.0, 0.0, 1.0, 2.0, np.nan]).reshape(1, 1, 1, 6)
    trace = images.mosaic(values, low=-2, high=2)["data"][0]
    np.testing.assert_array_equal(decoded(trace["z"])[0], [-127, -63, 0, 63, 127, 0])
    assert (trace["zmin"], trace["zmax"]) == (-127, 127)


def test_mosaic_is_picked_tile_by_tile() -> None:
    ids = np.array([[4, 7, 1], [9, 2, -1]])
    spec = images.mosaic(np.zeros((2, 3, 4, 5)), ids=ids)
    cells = spec["data"][1]
    assert cells["customdata"] == ids.tolist()
    assert cells["z"][1][2] is None  # nothing is picked where there is no sample
    np.testing.assert_allclose(cells["x"], [2, 8, 14])
    np.testing.assert_allclose(cells["y"], [1.5, 6.5])


@pytest.mark.parametrize("count", [1, 5])
def test_a_single_row_of_tiles_is_as_high_as_a_tile(count: int) -> None:
    cells = images.mosaic(np.zeros((1, count, 4, 4)), ids=np.arange(count)[None])["data"][1]
    np.testing.assert_allclose(cells["y"], [-1, 4])  # edges: half a gap about rows 0 to 3


def test_strips_hold_their_values() -> None:
    values = RNG.normal(size=(3, 6)).astype(np.float32)
    spec = images.strips(
        values, row_names=("a", "b", "c"), feature_names=NAMES, limit=2.0, ids=np.array([5, 6, 7])
    )
    trace = spec["data"][0]
    np.testing.assert_array_equal(decoded(trace["z"]), values)
    assert (trace["zmin"], trace["zmax"]) == (-2.0, 2.0)
    assert [row[0] for row in trace["customdata"]] == [5, 6, 7]
    assert spec["layout"]["yaxis"]["ticktext"] == ["a", "b", "c"]


def test_scale() -> None:
    assert images.scale(np.array([[0.0, 0.7]]), "image") == (0.0, 1.0)
    low, high = images.scale(RNG.normal(size=(1000, 3)), "image")
    assert low == -high < -2
    assert images.scale(np.zeros((3, 2)), "points") == (-1.0, 1.0)


@pytest.mark.parametrize(
    ("kind", "shape", "d"),
    [("image", (2, 3), 6), ("points", None, 2), ("points", None, 3), ("table", None, 6)],
)
def test_gallery(kind: str, shape: tuple[int, int] | None, d: int) -> None:
    inputs, rebuilt = RNG.random((12, d)), RNG.random((2, 12, d))
    ids = np.arange(12) * 7
    chart = images.gallery(inputs, rebuilt, ids=ids, kind=kind, image_shape=shape, feature_names=NAMES[:d])
    assert_whole(chart)
    for k in range(2):
        distances = [((rebuilt[k, i] - inputs[i]) ** 2).sum() for i in range(12)]
        assert number(np.mean(distances)) in chart.alt
    # Sample 5's row of the contractive model.
    row = next(
        i
        for i, (s, name) in enumerate(zip(chart.table["sample"], chart.table["row"], strict=True))
        if s == 35 and name == "contractive"
    )
    np.testing.assert_allclose([chart.table[name][row] for name in NAMES[:d]], rebuilt[1, 5])


@pytest.mark.parametrize(
    ("kind", "shape", "d"),
    [("image", (2, 3), 6), ("points", None, 2), ("points", None, 3), ("table", None, 6)],
)
@pytest.mark.parametrize("units", [1, 4, 40])
def test_filters(kind: str, shape: tuple[int, int] | None, d: int, units: int) -> None:
    weights = RNG.normal(size=(2, d, units))
    chart = images.filters(weights, kind=kind, image_shape=shape, feature_names=NAMES[:d])
    assert_whole(chart)
    for k in range(2):
        assert number(np.mean([np.linalg.norm(weights[k, :, u]) for u in range(units)])) in chart.alt
    assert chart.table["unit"].max() == min(units, 24)


def test_points_are_on_the_same_axes() -> None:
    x, r = RNG.normal(size=(30, 3)), RNG.normal(size=(2, 30, 3))
    spec = images.points(x, r, NAMES[:3])
    for trace, values in zip(spec["data"], (x, r[0], x, r[1]), strict=True):
        np.testing.assert_allclose(decoded(trace["x"]), values[:, 0], rtol=1e-6)
        np.testing.assert_allclose(decoded(trace["y"]), values[:, 2], rtol=1e-6)
    axes = [spec["layout"][name]["range"] for name in ("xaxis", "yaxis", "xaxis2", "yaxis2")]
    assert all(limits == axes[0] for limits in axes)
