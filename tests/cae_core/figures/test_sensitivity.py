"""Curves over the strength, one sample in detail, and the linear prediction."""

from __future__ import annotations

import numpy as np
import pytest

from cae_core.figures import sensitivity as figures
from cae_core.figures.chart import Chart
from cae_core.figures.parts import LOOKS, number
from tests.cae_core.figures.test_images import assert_whole, decoded

RNG = np.random.default_rng(3)
STRENGTH = np.linspace(0, 2, 9)
MEAN = np.stack([STRENGTH**2, 0.5 * STRENGTH])
CURVES = np.stack([MEAN, 0.8 * MEAN, 1.3 * MEAN])
MAKERS = (figures.code_moves, figures.relative_moves, figures.reconstruction_moves)


def named(chart: Chart, name: str) -> dict:
    return next(trace for trace in chart.spec["data"] if trace.get("name") == name)


@pytest.mark.parametrize("make", MAKERS)
def test_moves(make) -> None:
    chart = make(STRENGTH, CURVES, "metres", 0.6)
    assert_whole(chart)
    bands = [trace for trace in chart.spec["data"] if trace.get("fill")]
    for k, look in enumerate(LOOKS):
        line = named(chart, look.name)
        np.testing.assert_allclose(decoded(line["y"]), MEAN[k], rtol=1e-6)
        assert line["line"]["color"] == look.colour
        edges = decoded(bands[k]["y"])
        np.testing.assert_allclose(edges[:9], 1.3 * MEAN[k], rtol=1e-6)
        np.testing.assert_allclose(edges[:8:-1], 0.8 * MEAN[k], rtol=1e-6)
        np.testing.assert_array_equal(chart.table[f"{look.name.lower()} 90 %"], CURVES[2, k])
    np.testing.assert_array_equal(chart.table["strength (metres)"], STRENGTH)
    assert chart.spec["layout"]["yaxis"]["range"][1] >= CURVES.max()
    mark = chart.spec["layout"]["shapes"][0]
    assert mark["x0"] == mark["x1"] == 0.6
    # Between 0.5 and 0.75 the plain mean is drawn as a straight line.
    between = 0.5**2 + (0.75**2 - 0.5**2) * 0.1 / 0.25
    assert f"about {number(between)} for the plain and {number(0.3)} for the contractive" in chart.alt
    assert "0.600 (metres)" in chart.alt


def test_a_collapsed_code_is_called_so() -> None:
    values = CURVES.copy()
    values[:, 1] = np.nan
    chart = figures.relative_moves(STRENGTH, values, "metres", 1.0)
    assert_whole(chart)
    assert "collapsed for the contractive" in chart.alt
    nothing = figures.relative_moves(STRENGTH, np.full_like(values, np.nan), "metres", 1.0)
    assert nothing.spec["layout"]["yaxis"]["range"] == [0, 1]
    text = figures.sentence(
        "Masking", STRENGTH, 1.0, {"code": CURVES, "relative": values, "reconstruction": CURVES}, labels=True
    )
    assert "spread 1.00 → collapsed" in text


def test_neighbours() -> None:
    accuracy = np.stack([np.linspace(1, 0.4, 9), np.linspace(0.9, 0.5, 9), np.linspace(0.8, 0.2, 9)])
    chart = figures.neighbours(STRENGTH, accuracy, "metres", 1.0)
    assert_whole(chart)
    for row, name in enumerate(("Raw inputs", "Plain", "Contractive")):
        np.testing.assert_allclose(decoded(named(chart, name)["y"]), accuracy[row], rtol=1e-6)
        np.testing.assert_array_equal(chart.table[name.lower()], accuracy[row])
    assert "raw inputs 70.0%, plain 70.0%, contractive 50.0%" in chart.alt
    assert chart.spec["layout"]["yaxis"]["range"][0] == 0


def test_prediction() -> None:
    true = RNG.normal(size=(2, 30)).astype(np.float32)
    predicted = true * np.array([[1.1], [0.5]], dtype=np.float32)
    chart = figures.prediction(predicted, true)
    assert_whole(chart)
    assert figures.relative_errors(predicted, true) == pytest.approx((0.1, 0.5), rel=1e-4)
    assert "off by 10% (plain) and 50% (contractive)" in chart.caption
    assert "plain 10.0%, contractive 50.0%" in chart.alt
    for k, look in enumerate(LOOKS):
        np.testing.assert_array_equal(decoded(named(chart, look.name)["x"]), predicted[k])
        np.testing.assert_array_equal(decoded(named(chart, look.name)["y"]), true[k])
    layout = chart.spec["layout"]
    assert layout["xaxis"]["range"] == layout["yaxis"]["range"]
    assert layout["xaxis"]["range"][1] >= max(np.abs(predicted).max(), np.abs(true).max())


def test_where_nothing_moves_there_is_nothing_to_predict() -> None:
    chart = figures.prediction(np.zeros((2, 4)), np.zeros((2, 4)))
    assert_whole(chart)
    assert "nothing moves" in chart.caption
    assert np.isnan(figures.relative_errors(np.zeros((2, 4)), np.zeros((2, 4)))).all()


@pytest.mark.parametrize(
    ("kind", "shape", "d"),
    [("image", (2, 3), 6), ("points", None, 2), ("points", None, 3), ("table", None, 5)],
)
def test_perturbed_sample(kind: str, shape: tuple[int, int] | None, d: int) -> None:
    display = RNG.uniform(0.1, 1, size=(20, d)).astype(np.float32)
    clean, perturbed = display[4], display[4] + 0.3
    before, after = RNG.uniform(size=(2, 2, d)).astype(np.float32)
    names = [f"f{i}" for i in range(d)]
    chart = figures.perturbed_sample(
        clean,
        perturbed,
        before,
        after,
        "sample 4",
        kind=kind,
        image_shape=shape,
        feature_names=names,
        display=display,
    )
    assert_whole(chart)
    away = [sum((v - clean) ** 2) ** 0.5 for v in (perturbed, *after)]
    assert f"input {number(away[0])}, plain {number(away[1])}, contractive {number(away[2])}" in chart.alt
    assert "sample 4" in chart.alt
    assert chart.yardstick == "sample 4"
    assert chart.table["input"] == names
    np.testing.assert_array_equal(chart.table["clean contractive"], before[1])
    np.testing.assert_array_equal(chart.table["perturbed plain"], after[0])
    if kind == "points":
        there = next(trace for trace in chart.spec["data"] if trace.get("customdata") is not None)
        assert list(there["customdata"]) == list(range(20))
        last = {"f0": 0, f"f{d - 1}": d - 1}
        path = named(chart, "Contractive")
        found = np.stack([decoded(path["x"]), decoded(path["y"])], axis=1)
        np.testing.assert_allclose(found, np.stack([perturbed, after[1]])[:, list(last.values())])
    elif kind == "table":
        np.testing.assert_allclose(
            decoded(chart.spec["data"][0]["z"]), np.stack([clean, *before, perturbed, *after])
        )


@pytest.mark.parametrize(("shape", "size"), [((2, 3), 24), (None, 12)])
@pytest.mark.parametrize("selected", [0, 13, 29])
def test_gallery_holds_the_selected_sample(shape: tuple[int, int] | None, size: int, selected: int) -> None:
    display = RNG.uniform(size=(30, 6)).astype(np.float32)
    names = [f"sample {i}" for i in range(30)]
    chart = figures.gallery(
        display, names, selected, image_shape=shape, feature_names=[f"f{i}" for i in range(6)]
    )
    assert_whole(chart)
    first = selected // size * size
    ids = list(range(first, min(first + size, 30)))
    assert list(chart.table["sample"]) == ids
    assert selected in ids
    assert f"sample {selected}" in chart.alt
    picked = next(trace for trace in chart.spec["data"] if trace.get("customdata") is not None)
    assert {i for row in picked["customdata"] for i in row} - {-1} == set(ids)
    box = chart.spec["layout"]["shapes"][0]
    place = selected - first
    if shape is None:
        assert (box["y0"], box["y1"]) == (place - 0.5, place + 0.5)
    else:
        middle = ((box["y0"] + box["y1"]) / 2, (box["x0"] + box["x1"]) / 2)
        assert middle == (place // 6 * 3 + 0.5, place % 6 * 4 + 1)


def test_sentence() -> None:
    curves = {"code": CURVES, "relative": 2 * CURVES, "reconstruction": 3 * CURVES}
    text = figures.sentence("Masking", STRENGTH, 1.0, curves, labels=True)
    assert "Masking at strength 1.00" in text
    for value in ("1.00 (plain) → 0.500 (contractive)", "2.00 → 1.00", "3.00 → 1.50"):
        assert value in text
    assert "no labels" in figures.sentence("Masking", STRENGTH, 1.0, curves, labels=False)
    assert "nothing moves" in figures.sentence("Masking", STRENGTH, 0.0, curves, labels=True)
