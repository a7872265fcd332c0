"""Maps of the codes: the same axes, marks and colours for both models, and the samples picked in them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from cae_core.figures import codes
from cae_core.figures.chart import Chart
from cae_core.figures.parts import CLASS_COLOURS, LOOKS, number
from tests.cae_core.figures.test_images import assert_whole, decoded

RNG = np.random.default_rng(11)
N = 30
POINTS = (RNG.normal(size=(2, N, 2)) * np.array([1.0, 0.2])[:, None, None]).astype(np.float32)
LABELS = np.arange(N) % 3
NORMS = RNG.uniform(0.5, 3.2, size=(2, N)).astype(np.float32)
ERRORS = 10.0 ** RNG.uniform(-3, 1, size=(2, N)).astype(np.float32)


def cloud(chart: Chart) -> dict[str, Any]:
    return chart.spec["data"][0]


def test_maps_hold_the_points_on_the_same_axes() -> None:
    charts = codes.code_maps(POINTS, codes.by_class(LABELS, "abc"), explained=[0.4, np.nan], chosen=[4])
    for k, chart in enumerate(charts):
        assert_whole(chart)
        np.testing.assert_array_equal(decoded(cloud(chart)["x"]), POINTS[k, :, 0])
        np.testing.assert_array_equal(decoded(cloud(chart)["y"]), POINTS[k, :, 1])
        assert cloud(chart)["customdata"] == list(range(N))
        assert cloud(chart)["marker"]["symbol"] == LOOKS[k].symbol
        assert chart.model == LOOKS[k].key
        spread = np.sqrt(POINTS[k].var(axis=0, dtype=np.float64).sum())
        assert number(float(spread)) in chart.alt
    first, second = (chart.spec["layout"] for chart in charts)
    assert first["xaxis"] == second["xaxis"]
    assert first["yaxis"] == second["yaxis"]
    assert first["yaxis"]["scaleanchor"] == "x"
    for name, column in (("xaxis", 0), ("yaxis", 1)):
        low, high = first[name]["range"]
        assert low < POINTS[..., column].min()
        assert high > POINTS[..., column].max()
    assert "40%" in charts[0].yardstick
    assert "%" not in charts[1].yardstick


def test_umap_has_no_scale() -> None:
    for chart in codes.code_maps(POINTS + 9, codes.by_norm(NORMS), picture="UMAP"):
        assert_whole(chart)
        assert chart.spec["layout"]["xaxis"]["showticklabels"] is False
        assert chart.spec["layout"]["xaxis"]["range"][0] > 0
        assert chart.yardstick == "no scale"


def test_codes_in_one_point_have_axes() -> None:
    for chart in codes.code_maps(np.zeros((2, N, 2)), codes.by_error(ERRORS), explained=[np.nan] * 2):
        assert_whole(chart)
        assert chart.spec["layout"]["xaxis"]["range"] == [-1, 1]


def test_marks_are_the_same_in_both_maps() -> None:
    chosen = [7, 2, 19]
    none, one, many = (codes.code_maps(POINTS, codes.by_norm(NORMS), chosen=ids) for ids in ([], [7], chosen))
    for k in range(2):
        assert cloud(many[k])["selectedpoints"] == [2, 7, 19]
        assert "selectedpoints" not in cloud(one[k])
        others, outer, ring = many[k].spec["data"][1:4]
        np.testing.assert_array_equal(decoded(others["x"]), POINTS[k, [2, 19], 0])
        for trace in (outer, ring):
            np.testing.assert_array_equal(decoded(trace["y"]), POINTS[k, [7], 1])
        assert "sample 7" in many[k].alt
        assert "2 more" in many[k].alt
        # Plotly keeps a selection by a trace's number.
        assert len(none[k].spec["data"]) == len(one[k].spec["data"]) == len(many[k].spec["data"])


def test_class_colours() -> None:
    charts = codes.code_maps(POINTS, codes.by_class(LABELS, "abc"))
    for chart in charts:
        assert cloud(chart)["marker"]["color"] == [CLASS_COLOURS[label] for label in LABELS]
        legend = [trace for trace in chart.spec["data"] if trace.get("name")]
        assert [trace["name"] for trace in legend] == ["a", "b", "c"]
        assert [trace["marker"]["color"] for trace in legend] == list(CLASS_COLOURS[:3])
        assert list(chart.table["class"]) == ["abc"[label] for label in LABELS]


@pytest.mark.parametrize("name", ["norm", "error"])
def test_one_scale_for_both(name: str) -> None:
    values = NORMS if name == "norm" else ERRORS
    charts = codes.code_maps(POINTS, codes.by_norm(NORMS) if name == "norm" else codes.by_error(ERRORS))
    markers = [cloud(chart)["marker"] for chart in charts]
    for k, marker in enumerate(markers):
        shown = decoded(marker["color"])
        expected = values[k] if name == "norm" else np.log10(values[k])
        inside = expected > marker["cmin"]
        np.testing.assert_allclose(shown[inside], expected[inside], rtol=1e-5)
        assert marker["cmin"] <= np.quantile(expected, 0.05)
        assert marker["cmax"] >= expected.max()
        np.testing.assert_array_equal(charts[k].table[name], values[k])
    assert markers[0]["cmin"] == markers[1]["cmin"]
    assert markers[0]["cmax"] == markers[1]["cmax"]
    assert markers[0]["colorbar"] == markers[1]["colorbar"]


@pytest.mark.parametrize("values", [np.zeros((2, N)), np.full((2, N), 0.3)])
def test_scales_of_equal_numbers(values: np.ndarray) -> None:
    for colouring in (codes.by_norm(values), codes.by_error(values)):
        assert colouring.marker["cmin"] < colouring.marker["cmax"]
        for chart in codes.code_maps(POINTS, colouring):
            assert_whole(chart)


def test_awaited_maps_are_empty() -> None:
    for chart in codes.awaited_maps():
        assert chart.spec["data"] == []
        assert "on its way" in chart.alt


# ---- picked samples


def picked(kind: str, ids: list[int], d: int = 4, names: bool = True) -> codes.Picked:
    m = len(ids)
    everything = RNG.normal(size=(N, d))
    return codes.Picked(
        ids=ids,
        inputs=everything[ids],
        reconstructions=RNG.normal(size=(2, m, d)),
        norms=NORMS[:, ids],
        errors=ERRORS[:, ids],
        names=["abc"[LABELS[i]] for i in ids] if names else [],
        kind=kind,
        image_shape=(2, d // 2) if kind == "image" else None,
        feature_names=[f"f{i}" for i in range(d)],
        limits=(-1.0, 1.0),
        cloud=everything,
    )


@pytest.mark.parametrize("names", [True, False])
@pytest.mark.parametrize("kind", ["image", "points", "table"])
def test_selected_sample(kind: str, names: bool) -> None:
    one = picked(kind, [5, 9], names=names)
    chart = codes.selected_sample(one)
    assert_whole(chart)
    assert "sample 5" in chart.yardstick
    assert ("class c" in chart.yardstick) == names
    text = str(chart.spec)
    for k in range(2):
        for value in (NORMS[k, 5], ERRORS[k, 5]):
            assert number(float(value)) in chart.alt
            assert number(float(value)) in text
    np.testing.assert_array_equal(chart.table["value"], one.inputs[0])
    np.testing.assert_array_equal(chart.table["contractive"], one.reconstructions[1, 0])


def test_points_show_all_that_are_picked() -> None:
    one = picked("points", [5, 9, 2], d=3)
    data = codes.selected_sample(one).spec["data"]
    for k, look in enumerate(LOOKS):
        dots = next(t for t in data if t["marker"].get("color") == look.colour)
        np.testing.assert_allclose(decoded(dots["x"]), one.reconstructions[k, :, 0], rtol=1e-6)
        np.testing.assert_allclose(decoded(dots["y"]), one.reconstructions[k, :, 2], rtol=1e-6)
    assert codes.also_selected(one) == []


def test_features_of_a_wide_table_fit() -> None:
    chart = codes.selected_sample(picked("table", [0], d=300))
    assert_whole(chart)
    assert all(len(decoded(trace["x"])) == codes.PROFILE for trace in chart.spec["data"])
    assert len(chart.table["value"]) == 300


@pytest.mark.parametrize("kind", ["image", "table"])
def test_others_that_are_picked(kind: str) -> None:
    charts = codes.also_selected(picked(kind, list(range(20))))
    assert [chart.title for chart in charts] == [f"Sample {i}" for i in range(1, codes.ALSO + 1)]
    for i, chart in enumerate(charts, start=1):
        assert_whole(chart)
        assert number(float(NORMS[1, i])) in str(chart.spec)
        assert number(float(ERRORS[0, i])) in str(chart.spec) + chart.caption
    assert codes.also_selected(picked(kind, [3])) == []


# ---- words


def test_spread_in_words() -> None:
    words = codes.spread_in_words([2.0, 0.5], [0.3, 0.75])
    assert words == (
        "The plain codes spread 2.00 about their mean, the contractive ones 0.500, 25% of that; "
        "two axes show 30% and 75% of their variance."
    )
    assert "collapsed" in codes.spread_in_words([2.0, 0.0], [0.3, np.nan])
    assert "both models" in codes.spread_in_words([2.0, 2.0], [0.3, 0.3])
    assert "collapsed" not in codes.spread_in_words([0.0, 0.0], [np.nan, np.nan])
