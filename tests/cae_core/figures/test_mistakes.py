"""A wrong penalty over lambda, as it is drawn and told."""

from __future__ import annotations

import numpy as np
import pytest

from cae_core.figures import mistakes
from tests.cae_core.figures.test_images import assert_whole, decoded

LAMS = (0.1, 1.0, 10.0)
STUDY = {
    "norm": np.array([[4.0, 3.0, 1.9, 0.5], [4.0, 3.9, 3.8, 3.7]]),
    "believed": np.array([[1.0, 0.9, 0.8, 0.7], [1.0, 0.6, 0.4, 0.2]]),
    "weights": np.array([[9.0, 8.0, 7.0, 6.0], [9.0, 9.1, 9.2, 9.3]]),
    "saturated": np.full((2, 4), np.nan),
    "error": np.array([[0.1, 0.2, 0.3, 0.4], [0.1, 0.11, 0.12, 0.13]]),
    "before": np.array([1.5, 2.5]),
}


@pytest.mark.parametrize("what", [name for name in mistakes.PANELS if name != "saturated"])
def test_the_lines_are_the_studys(what: str) -> None:
    chart = mistakes.over_lambda(STUDY, LAMS, what)
    assert_whole(chart)
    lines = {line["name"]: decoded(line["y"]) for line in chart.spec["data"]}
    if what == "believed":
        np.testing.assert_allclose(lines["True norm of the wrong model"], STUDY["norm"][1, 1:], rtol=1e-6)
        np.testing.assert_allclose(lines["What its code believes"], STUDY["believed"][1, 1:], rtol=1e-6)
    else:
        np.testing.assert_allclose(lines["Plain"], STUDY[what][0, 0], rtol=1e-6)
        np.testing.assert_allclose(lines["Right penalty"], STUDY[what][0, 1:], rtol=1e-6)
        np.testing.assert_allclose(lines["Wrong penalty"], STUDY[what][1, 1:], rtol=1e-6)


def test_the_sentence_is_of_the_lambda_that_halves_the_norm() -> None:
    text = mistakes.sentence(STUDY, LAMS)
    for part in (
        "At lambda 1 the wrong code reads 0.400 where its model's true mean norm is 3.80",
        "before training it read 1.50 for 2.50",
        "brought the norm to 1.90, from 4.00",
        "Weights 9.20 against 7.00, reconstruction error 0.120 against 0.300",
    ):
        assert part in text
