"""Rows of a table as square images: pixels in columns, row by row, as the published tables of MNIST have them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from cae_core.errors import DataError
from cae_core.own.arrays import Samples
from cae_core.own.limits import Limits
from cae_core.own.model import Column, Preparation, Summary
from cae_core.own.tables import LABEL_NAMES, NUMBERING, Cells, Table, check_names, describe
from cae_core.own.words import counted

SIDES = range(8, 65)
"""Sides of an image that is looked for, in pixels; a larger one than `Limits.side` is scaled down."""

GREYS = 255
"""Largest whole number that stands for grey."""


def with_squares(summary: Summary, table: Table) -> Summary:
    """Add whether the rows of a table may be square images, and whether they most likely are.

    Args:
        summary: what is known of the table.
        table: the table.

    Returns:
        The summary with `square` and `greys`; a last pixel that was taken for the classes is none of these any more.
    """
    named = (summary.label or "").strip().lower() in LABEL_NAMES
    for label in (summary.label,) if named else (None, summary.label):
        pixels = _pixels(table, summary.columns, label, ())
        if _side(len(pixels)) and _are_greys(pixels):
            return replace(summary, label=label, square=_side(len(pixels)), greys=True)
    return replace(summary, square=_side(len(_pixels(table, summary.columns, summary.label, ()))))


def _side(count: int) -> int | None:
    """The root of a number of columns, where it is whole and in `SIDES`."""
    side = math.isqrt(count)
    return side if side * side == count and side in SIDES else None


def _are_greys(pixels: Sequence[Cells]) -> bool:
    """Whether all numbers are whole and from 0 to 255, and not all of them 0 and 1: images, then, most likely."""
    largest = 0.0
    for cells in pixels:
        values = cells.numbers
        assert values is not None
        if not ((values >= 0) & (values <= GREYS) & (values == np.round(values))).all():
            return False
        largest = max(largest, float(values.max()))
    return largest > 1


def as_images(table: Table, preparation: Preparation, limits: Limits) -> Samples:
    """The rows of a table as square images.

    Args:
        table: the table.
        preparation: its label and the columns to leave out.
        limits: how many categories a column may have.

    Returns:
        Images, (n, side, side), and the label.

    Raises:
        DataError: the number of columns is no square.
    """
    columns = [describe(cells, limits) for cells in table.cells]
    check_names(preparation, [column.name for column in columns])
    pixels = _pixels(table, columns, preparation.label, preparation.left_out)
    side = _side(len(pixels))
    if side is None:
        raise DataError(
            f"Square images of {SIDES[0]} to {SIDES[-1]} pixels a side must have as many columns of numbers. "
            f"Got {counted(len(pixels), 'column')}. Leave out those that are no pixels, or take the rows as they are."
        )
    inputs = np.empty((table.rows, len(pixels)), dtype=np.float32)  # half the memory of a table's numbers
    for i, cells in enumerate(pixels):
        assert cells.numbers is not None
        inputs[:, i] = np.where(cells.there, cells.numbers, np.nan)
    labels = tuple(cells for cells in table.cells if cells.name == preparation.label)
    return Samples(table.form, inputs.reshape(-1, side, side), labels, table.notes)


def _pixels(
    table: Table, columns: Sequence[Column], label: str | None, left_out: Sequence[str]
) -> list[Cells]:
    """Columns of numbers, those with one value among them, without classes and numbers of the rows."""
    out = {label, *left_out}
    return [
        cells
        for cells, column in zip(table.cells, columns, strict=True)
        if cells.numbers is not None
        and not cells.label_only
        and column.kind in {"number", "constant"}
        and column.note != NUMBERING
        and column.name not in out
    ]
