"""The share of leading directions in the true tangent space, as it is drawn and told."""

from __future__ import annotations

import numpy as np

from cae_core.figures import tangents
from tests.cae_core.figures.test_images import assert_whole, decoded

SHARE = np.array([np.linspace(0.05, 0.15, 11), np.linspace(0.3, 0.5, 11)])
SHARES = {"share": SHARE, "mean": SHARE.mean(axis=1), "random": np.array(4 / 256)}


def test_bars_whiskers_and_baseline() -> None:
    chart = tangents.tangent_space(SHARES)
    assert_whole(chart)
    for k, (bar, low, high) in enumerate(zip(chart.spec["data"], (0.06, 0.32), (0.14, 0.48), strict=True)):
        mean = SHARE[k].mean()
        np.testing.assert_allclose(decoded(bar["x"]), [mean], rtol=1e-6)
        np.testing.assert_allclose(decoded(bar["error_x"]["array"]), [high - mean], rtol=1e-5)
        np.testing.assert_allclose(decoded(bar["error_x"]["arrayminus"]), [mean - low], rtol=1e-5)
    assert chart.spec["layout"]["shapes"][0]["x0"] == 4 / 256
    assert "1.6%" in chart.alt


def test_the_sentence_has_the_numbers() -> None:
    text = tangents.sentence(SHARES)
    assert "10% (plain) → 40% (contractive)" in text
    assert "1.6%" in text


def test_a_collapsed_code_is_told() -> None:
    share = np.stack([SHARE[0], np.full(11, np.nan)])
    shares = {"share": share, "mean": share.mean(axis=1), "random": np.array(4 / 256)}
    assert_whole(tangents.tangent_space(shares))
    assert "notices fewer than four" in tangents.sentence(shares)
