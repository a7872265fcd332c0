"""Colours that mean one thing each."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from cae_core.figures.parts import CLASS_COLOURS, LOOKS, PICKED, literal


def lab(colour: str) -> np.ndarray:
    """CIE L*a*b* of a hexadecimal sRGB colour (white D65), where distance is what the eye sees as difference."""
    rgb = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    xyz = to_xyz @ linear / [0.95047, 1.0, 1.08883]
    x, y, z = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def apart(a: str, b: str) -> float:
    return float(np.linalg.norm(lab(a) - lab(b)))


def test_no_class_looks_like_a_model_or_the_picked_sample() -> None:
    taken = [PICKED, *(look.colour for look in LOOKS)]
    assert min(apart(colour, other) for colour in CLASS_COLOURS for other in taken) > 30


def test_classes_are_told_apart() -> None:
    assert len(CLASS_COLOURS) == 10
    assert min(apart(a, b) for a, b in combinations(CLASS_COLOURS, 2)) > 20


def test_a_name_with_markup_is_shown_letter_by_letter() -> None:
    joiner = "\N{WORD JOINER}"
    for name in ("<b>one</b>", "a&lt;b", "&#60;", "<a href='x'>"):
        shown = literal(name)
        assert shown.replace(joiner, "") == name
        assert not any(mark in shown for mark in ("<b", "</", "&l", "&#", "<a"))
    assert literal("a < b & c") == "a < b & c"
