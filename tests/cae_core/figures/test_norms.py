"""Norms of single samples: dots, extremes, and what is picked."""

from __future__ import annotations

import numpy as np
import pytest

from cae_core.figures import norms
from cae_core.figures.parts import number
from tests.cae_core.figures.test_images import assert_whole, decoded

RNG = np.random.default_rng(3)
N = 40
NAMES = norms.sample_names(None, (), N)


def test_sample_names() -> None:
    assert norms.sample_names(None, (), 2) == ["sample 0", "sample 1"]
    assert norms.sample_names(np.array([1, 0]), ("7", "8"), 2) == ["sample 0, class 8", "sample 1, class 7"]
    assert norms.sample_names(np.array([1]), ("benign", "malignant"), 1) == ["sample 0, malignant"]


@pytest.mark.parametrize("spread", [3.0, 0.01, 0.0])
def test_dots(spread: float) -> None:
    values = (5.0 + spread * RNG.uniform(-1, 1, size=(2, N))).astype(np.float32)
    chart = norms.norm_against_norm(values, NAMES, 4)
    assert_whole(chart)
    dots = next(trace for trace in chart.spec["data"] if trace.get("customdata") is not None)
    np.testing.assert_array_equal(decoded(dots["x"]), values[0])
    np.testing.assert_array_equal(decoded(dots["y"]), values[1])
    assert list(dots["customdata"]) == list(range(N))
    share = sum(values[1, i] < values[0, i] for i in range(N)) / N
    assert f"{share:.0%} lie below" in chart.alt
    low, high = chart.spec["layout"]["xaxis"]["range"]
    assert low <= values[0].min() <= values[0].max() <= high
    # Close together they are enlarged, and a corner shows them from 0.
    assert ("xaxis2" in chart.spec["layout"]) == (spread < 1)


def test_extremes_are_the_smallest_and_the_largest() -> None:
    values = RNG.gamma(2.0, size=(2, N))
    found = norms.extremes(values, 5)
    for k in range(2):
        order = sorted(range(N), key=lambda i: values[k, i])
        assert found[2 * k].tolist() == order[:5]
        assert found[2 * k + 1].tolist() == order[:-6:-1] == order[::-1][:5]


@pytest.mark.parametrize(
    ("kind", "shape", "d"),
    [("image", (2, 3), 6), ("points", None, 2), ("points", None, 3), ("table", None, 6)],
)
def test_extreme_samples(kind: str, shape: tuple[int, int] | None, d: int) -> None:
    x, values = RNG.random((N, d)), RNG.gamma(2.0, size=(2, N))
    features = tuple(f"f{i}" for i in range(d))
    selected = int(values[0].argmax())
    chart = norms.extreme_samples(
        x, values, NAMES, selected, kind=kind, image_shape=shape, feature_names=features
    )
    assert_whole(chart)
    for k in range(2):
        assert f"{number(values[k].min())} (sample {values[k].argmin()})" in chart.alt
        assert f"{number(values[k].max())} (sample {values[k].argmax()})" in chart.alt
    np.testing.assert_allclose(
        chart.table["norm"],
        [
            values[("plain", "contractive").index(m), i]
            for m, i in zip(chart.table["model"], chart.table["sample"], strict=True)
        ],
    )
    picked = next(trace for trace in chart.spec["data"] if trace.get("customdata") is not None)
    assert set(np.ravel(picked["customdata"]).tolist()) <= set(range(N))
    if kind == "image":
        assert len(chart.spec["layout"]["shapes"]) >= 1  # the selected sample is among them


def test_few_samples() -> None:
    chart = norms.extreme_samples(
        RNG.random((3, 4)),
        RNG.random((2, 3)),
        NAMES,
        0,
        kind="image",
        image_shape=(2, 2),
        feature_names="abcd",
    )
    assert_whole(chart)
    assert len(chart.table["sample"]) == 12
