"""What passes between readers, pages and the store: what a file holds, what to do with it, what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from cae_core.catalog import Kind

ColumnKind = Literal["number", "category", "date", "text", "constant", "empty"]
"""What a column holds; numbers and categories can be inputs, the others cannot."""

Missing = Literal["drop", "median"]
"""What becomes of a row with a missing value: it is left out, or the value is filled with its column's median."""

Scaling = Literal["standard", "0-1", "none"]
"""What becomes of the numbers: mean 0 and deviation 1 over what is not test sample, or the range 0 to 1, or nothing."""

Sampling = Literal["random", "stratified"]
"""How a limit chooses samples: at random, or as many of each class as its share."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    Attributes:
        name: its name, unlike all others' (a number is added to one that came twice).
        kind: what it holds.
        missing: number of missing values, infinities among them.
        distinct: number of distinct values that are there, as far as they were counted.
        example: its first value that is there, shortened, as text.
        used: whether it becomes an input unless something else is chosen.
        note: why it is left out, or what becomes of it, in a few words; empty where there is nothing to say.
    """

    name: str
    kind: ColumnKind
    missing: int = 0
    distinct: int = 0
    example: str = ""
    used: bool = True
    note: str = ""


@dataclass(frozen=True, slots=True)
class Summary:
    """What was understood of a file.

    Attributes:
        form: what kind of file it is, in words (CSV, Parquet, NPY, NPZ, ZIP of images, image).
        kind: how a sample is drawn.
        rows: samples there are.
        columns: columns of a table, in order; empty for images.
        image_shape: rows and columns of an image as it will be; None for a table.
        labels: columns (or arrays, or folders) that may hold the classes, likeliest first.
        label: the likeliest of these; None where there is none.
        head: the first rows as text, for a preview of a table.
        notes: sentences on what was found: encoding, separator, duplicate names, files that were passed over.
        square: side of the square images that the rows of a table may be; None where they cannot.
        greys: whether they most likely are: all their numbers are whole and from 0 to 255.
    """

    form: str
    kind: Kind
    rows: int
    columns: tuple[Column, ...] = ()
    image_shape: tuple[int, int] | None = None
    labels: tuple[str, ...] = ()
    label: str | None = None
    head: tuple[tuple[str, ...], ...] = ()
    notes: tuple[str, ...] = ()
    square: int | None = None
    greys: bool = False


@dataclass(frozen=True, slots=True)
class Preparation:
    """What to do with a file before it is trained on. A part of the config: another one is another dataset.

    Attributes:
        label: column (or array) that holds the classes; None for none.
        left_out: columns that are no inputs although they could be.
        missing: what becomes of missing values.
        scaling: what becomes of the numbers.
        side: longest side of an image, at most 32; None for as it is, at most 32.
        limit: most samples to take; None for all, up to `limits.LIMITS.samples`.
        sampling: how a limit chooses.
        square: whether the rows of a table are square images.
    """

    label: str | None = None
    left_out: tuple[str, ...] = ()
    missing: Missing = "median"
    scaling: Scaling = "standard"
    side: int | None = None
    limit: int | None = None
    sampling: Sampling = "random"
    square: bool = False


@dataclass(frozen=True, eq=False)
class Prepared:
    """Samples that can be trained on.

    Attributes:
        x: inputs, (n, d), float32, finite.
        kind: how a sample is drawn.
        y: classes, (n,), int64, 0 to the number of classes less one; None without.
        class_names: names of the classes, in order of label.
        feature_names: names of the d inputs.
        image_shape: rows and columns of an image; None for a table.
        done: what was done, one sentence a step, in order.
        standardise: whether the split standardises the inputs (over what is not test sample).
    """

    x: NDArray[np.float32]
    kind: Kind
    y: NDArray[np.int64] | None = None
    class_names: tuple[str, ...] = ()
    feature_names: tuple[str, ...] = ()
    image_shape: tuple[int, int] | None = None
    done: tuple[str, ...] = ()
    standardise: bool = False
