"""The sheet of a preview: which images it shows, and that they are those."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from cae_core.own.sheet import COLUMNS, GAP, ROWS, sheet, spread


def test_without_classes_they_are_evenly_spaced() -> None:
    assert spread(5, None).tolist() == [0, 1, 2, 3, 4]
    rows = spread(1000, None)
    assert (rows[0], rows[-1], len(rows)) == (0, 999, COLUMNS * ROWS)
    assert np.ptp(np.diff(rows)) <= 1


def test_each_class_has_its_turn() -> None:
    y = np.array([0] * 900 + [2] * 3 + [1] * 50)
    rows = spread(len(y), y)
    assert np.bincount(y[rows]).tolist() == [11, 10, 3]
    assert (np.diff(y[rows]) >= 0).all()
    assert len(set(rows.tolist())) == COLUMNS * ROWS
    many = np.arange(40)
    assert spread(40, many).tolist() == list(range(COLUMNS * ROWS))


@pytest.mark.parametrize("count", [1, COLUMNS, COLUMNS + 1])
def test_every_image_is_where_it_belongs(count: int) -> None:
    x = np.random.default_rng(0).integers(0, 256, (count, 6)) / 255
    found = np.asarray(Image.open(io.BytesIO(sheet(x, (2, 3)))))
    factor = 21  # 64 // 3
    for i, image in enumerate(x):
        top, left = i // COLUMNS * (2 * factor + GAP), i % COLUMNS * (3 * factor + GAP)
        part = found[top : top + 2 * factor : factor, left : left + 3 * factor : factor]
        np.testing.assert_array_equal(part[..., 0], np.rint(255 * image).reshape(2, 3))
        assert (part[..., 1] == 255).all()
    if count > 1:
        assert found[0, 3 * factor, 1] == 0  # the gap is transparent
