"""The grid and the detail hold the samples, residuals and numbers that they were given."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from cae_core.figures.norms import sample_names
from cae_core.figures.parts import number
from cae_core.figures.reconstructions import Samples, detail, grid, short
from tests.cae_core.figures.test_images import assert_whole, decoded

KINDS = [("image", (2, 3), 6), ("points", None, 2), ("points", None, 3), ("table", None, 6)]


def made(kind: str, shape: tuple[int, int] | None, d: int, n: int = 40) -> Samples:
    rng = np.random.default_rng(6)
    x, r = rng.random((n, d)), rng.random((2, n, d))
    return Samples(
        x=x,
        reconstructions=r,
        errors=((r - x) ** 2).sum(axis=2),
        norms=rng.random((2, n)),
        names=sample_names(None, (), n),
        feature_names=tuple(f"f{i}" for i in range(d)),
        kind=kind,
        image_shape=shape,
    )


def picked(spec: dict[str, Any]) -> list[int]:
    """Ids in the order in which the keyboard meets them."""
    trace = next(trace for trace in spec["data"] if trace.get("customdata") is not None)
    return [int(i) for i in np.ravel(trace["customdata"])]


@pytest.mark.parametrize(("kind", "shape", "d"), KINDS)
@pytest.mark.parametrize("count", [1, 4, 15])
def test_grid(kind: str, shape: tuple[int, int] | None, d: int, count: int) -> None:
    samples = made(kind, shape, d)
    ids = np.arange(40)[::-1][:count]
    chart = grid(samples, ids, selected=39)
    assert_whole(chart)
    assert chart.table["sample"].tolist() == ids.tolist()
    np.testing.assert_array_equal(chart.table["contractive error"], samples.errors[1, ids])
    assert list(dict.fromkeys(i for i in picked(chart.spec) if i >= 0)) == ids.tolist()
    assert f"{number(samples.errors[0, ids].mean())} plain" in chart.alt


@pytest.mark.parametrize(("kind", "shape", "d"), KINDS)
def test_grid_of_nothing(kind: str, shape: tuple[int, int] | None, d: int) -> None:
    assert_whole(grid(made(kind, shape, d), np.array([], dtype=np.int64), selected=0))


def test_tiles_stand_side_by_side() -> None:
    samples = made("image", (8, 8), 64)
    z = decoded(grid(samples, np.array([3]), selected=0).spec["data"][0]["z"])
    for at, values in zip((0, 9, 18), (samples.x[3], *samples.reconstructions[:, 3]), strict=True):
        np.testing.assert_array_equal(z[:, at : at + 8], np.rint(255 * values.reshape(8, 8)))


def test_points_are_joined_to_where_they_go() -> None:
    samples = made("points", None, 3)
    lines = [t for t in grid(samples, np.arange(40), 0).spec["data"] if t["mode"] == "lines"]
    for k, line in enumerate(lines):
        x, y = decoded(line["x"]).reshape(-1, 3), decoded(line["y"]).reshape(-1, 3)
        np.testing.assert_allclose(x[:, :2].T, [samples.x[:, 0], samples.reconstructions[k, :, 0]], rtol=1e-6)
        np.testing.assert_allclose(y[:, :2].T, [samples.x[:, 2], samples.reconstructions[k, :, 2]], rtol=1e-6)
        assert np.isnan(x[:, 2]).all()  # a gap after each


@pytest.mark.parametrize(("kind", "shape", "d"), KINDS)
def test_detail(kind: str, shape: tuple[int, int] | None, d: int) -> None:
    samples = made(kind, shape, d)
    chart = detail(samples, 7)
    assert_whole(chart)
    residuals = samples.reconstructions[:, 7] - samples.x[7]
    np.testing.assert_array_equal(chart.table["plain residual"], residuals[0])
    for k in range(2):
        assert number(sum(value**2 for value in residuals[k])) in chart.alt
        assert number(max(abs(value) for value in residuals[k])) in chart.alt


def test_residuals_share_a_scale_about_0() -> None:
    samples = made("image", (2, 3), 6)
    residuals = samples.reconstructions[:, 7] - samples.x[7]
    trace = detail(samples, 7).spec["data"][1]
    z = decoded(trace["z"])
    painted = np.stack([z[:2], z[-2:]]).reshape(2, 6)
    np.testing.assert_allclose(painted / 127, residuals / np.abs(residuals).max(), atol=1 / 127)


def test_a_perfect_model_has_a_blank_residual() -> None:
    samples = made("image", (2, 3), 6)
    samples.reconstructions[:] = samples.x
    assert_whole(detail(samples, 0))
    assert not decoded(detail(samples, 0).spec["data"][1]["z"]).any()


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (1e-5, "<.001"),
        (0.0123, "0.012"),
        (1.234, "1.23"),
        (43.21, "43.2"),
        (987.6, "988"),
        (np.nan, "–"),
    ],
)
def test_short(value: float, text: str) -> None:
    assert short(value) == text
