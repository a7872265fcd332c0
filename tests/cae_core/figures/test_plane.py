"""What a plane shows, in words: with hand-made numbers, and with those of trained models."""

from __future__ import annotations

import numpy as np
import pytest

from cae_core.analysis.plane import study
from cae_core.catalog import card
from cae_core.config import Config
from cae_core.figures.plane import elongation, what_to_see

LAMS = (0.0, 1.0, 10.0, 100.0)


def found(**changes: np.ndarray) -> dict[str, np.ndarray]:
    axes = np.zeros((5, 3, 2, 2))
    axes[:, :, 0, 0] = np.array([1.0, 2.0, 4.0, 1.0, 1.0])[:, None]
    axes[:, :, 1, 1] = 1.0
    return {
        "lost": np.array([0.001, 0.005, 0.015, 0.95, 0.004]),
        "on_data": np.array([2.0, 1.0, 0.4, 0.01, 2.0]),
        "over_plane": np.array([2.0, 1.1, 0.8, 0.02, 2.0]),
        "axes": axes,
    } | changes


def test_the_words_have_the_numbers() -> None:
    text = what_to_see(found(), LAMS)
    for part in (
        "up to lambda 10, where 1.5% of the variance is lost, the norm on the data falls by 80%",
        "0.500 times its mean over the plane (plain 1.00 times): flatter on the data than around them",
        "half are more than 4.00 times as long as wide (plain 1.00 times)",
        "from lambda 100 on the code has collapsed",
    ):
        assert part in text


def test_what_is_not_so_is_not_said() -> None:
    everywhere = found(over_plane=np.array([2.0, 1.0, 0.35, 0.02, 2.0]))
    assert "it does not fall more on the data" in what_to_see(everywhere, LAMS)
    assert "flatter on the data" not in what_to_see(everywhere, LAMS)
    assert "collapsed" not in what_to_see(found(lost=np.full(5, 0.01)), LAMS)
    assert what_to_see(found(lost=np.full(5, 0.5)), LAMS) == "Here no lambda keeps the data."
    assert "ellipses" not in what_to_see(found(axes=np.ones((5, 3, 1, 2))), LAMS)


@pytest.mark.long
@pytest.mark.parametrize("name", ["moons", "spiral"])
def test_the_default_of_points_shows_the_effect(name: str) -> None:
    """Over the range of lambda that the page goes over: local, thin across the data, and collapsed at its end."""
    shown = card(name)
    lams = tuple(np.geomspace(shown.lam_low, shown.lam_high, 5).tolist())
    result = study(Config.for_dataset(name), lams, 0.4)
    text = what_to_see(result, (0.0, *lams))
    assert "flatter on the data than around them" in text
    assert "has collapsed" in text
    middle = 3  # of 0 and five lambdas
    assert result["lost"][middle] < 0.02
    assert result["on_data"][middle] / result["over_plane"][middle] < 0.9
    assert result["on_data"][0] / result["over_plane"][0] > 1
    assert elongation(result, middle) > 1.2 * elongation(result, 0)
