"""Geometry as it is drawn and told: the numbers in charts and sentences are those of the arrays."""

from __future__ import annotations

import numpy as np
import pytest

from cae_core.figures import geometry
from tests.cae_core.figures.test_images import assert_whole, decoded

RNG = np.random.default_rng(0)


def found(**changes: np.ndarray) -> dict[str, np.ndarray]:
    arrays = {
        "radii": np.linspace(0.1, 10, 12),
        "median_distance": np.array(3.0),
        "largest_distance": np.array(7.0),
        **{name: RNG.uniform(0.1, 1, (2, 12)) for name in ("ratio", "ratio_tangent", "ratio_normal")},
        "tangent": np.stack([np.full(9, 0.6), np.full(9, 0.9)]),
        "normal": np.stack([np.full(9, 0.5), np.full(9, 0.3)]),
        "dimension": np.array(4.0),
        "width": np.array(64.0),
        "code": RNG.uniform(1, 2, (2, 9)),
        "reconstruction": RNG.uniform(1, 2, (2, 9)),
        "places": np.stack([np.full((3, 9), 2.0), np.outer([1.0, 1.2, 1.5], np.ones(9))]),
        "units": RNG.uniform(size=(2, 6)),
        "samples": RNG.uniform(size=(2, 9)),
    }
    return arrays | changes


MEAN = np.array([[1.0, 1.0, 1.0, 1.0], [1.0, 0.0, 0.0, 0.0]])


@pytest.mark.parametrize(
    "draw",
    [
        geometry.contraction,
        geometry.contraction_along,
        geometry.tangent_and_normal,
        geometry.places,
        geometry.norms,
        geometry.units,
        geometry.samples,
    ],
)
def test_charts_are_whole(draw: object) -> None:
    assert_whole(draw(found()))


def test_bars_are_means_and_whiskers_eighty_per_cent() -> None:
    arrays = found()
    chart = geometry.norms(arrays)
    for k, bar in enumerate(chart.spec["data"]):
        for i, name in enumerate(("code", "reconstruction")):
            mean = arrays[name][k].mean()
            assert decoded(bar["y"])[i] == pytest.approx(mean, rel=1e-6)
            high = np.quantile(arrays[name][k], 0.9)
            assert decoded(bar["error_y"]["array"])[i] == pytest.approx(high - mean, rel=1e-4)


def test_saturation_is_sorted() -> None:
    arrays = found()
    for draw, name in ((geometry.units, "units"), (geometry.samples, "samples")):
        chart = draw(arrays)
        for k, line in enumerate(chart.spec["data"]):
            np.testing.assert_allclose(decoded(line["y"]), sorted(arrays[name][k], reverse=True), rtol=1e-6)
        assert f"{arrays[name][1].mean():.1%}" in chart.alt


def test_the_sentence_has_the_numbers() -> None:
    text = geometry.sentence(found(), MEAN)
    assert "4.00 plain, 1.00 contractive" in text
    assert "plain code moves 1.20 times as far as for one across, the contractive one 3.00 times" in text
    assert (
        "1.00 on test data, 1.20 half-way between and 1.50 on noise: of these, flattest on the data." in text
    )
    flat = found(places=np.full((2, 3, 9), 2.0))
    assert "not clearly flattest" in geometry.sentence(flat, MEAN)


def test_claims_over_seeds_have_their_standard_errors() -> None:
    over = {"mean": np.array([[1.1, 1.0, 1.0], [1.5, 1.2, 1.3]]), "error": np.full((2, 3), 0.1)}
    chart = geometry.claims(over, 3)
    assert_whole(chart)
    assert chart.yardstick == "3 seeds; whiskers: standard error"
    np.testing.assert_allclose(decoded(chart.spec["data"][1]["y"]), [1.5, 1.2, 1.3], rtol=1e-6)
    np.testing.assert_allclose(decoded(chart.spec["data"][1]["error_y"]["array"]), 0.1, rtol=1e-5)
    assert "along to across 1.10 ± 0.100 → 1.50 ± 0.100" in geometry.repeated(over, 3)
    over["mean"][:, 0] = np.nan  # a single input has no direction across
    assert chart.spec["data"][0]["x"] == list(geometry.CLAIMS)
    assert geometry.claims(over, 3).spec["data"][0]["x"] == list(geometry.CLAIMS[1:])
