"""NumPy's files: an array alone (NPY), or several by name (NPZ, a ZIP of these).

The header is read first: magic number, version, and a dictionary of dtype, order and shape. It must fit the file.
Format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from io import FileIO
from pathlib import Path, PurePosixPath
from typing import IO, Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from cae_core.errors import DataError
from cae_core.own.archives import Entry
from cae_core.own.limits import Limits
from cae_core.own.model import Preparation, Prepared, Summary
from cae_core.own.tables import (
    LARGEST,
    Cells,
    Table,
    check_size,
    classes_of,
    describe,
    enough,
    likely_labels,
    limited,
)
from cae_core.own.words import counted, listed, megabytes, short

INPUT_NAMES = ("x", "X", "data", "images", "x_train", "X_train", "train_images")
"""Names of an array of inputs, likeliest first; else it is the largest."""

LABEL_NAMES = ("y", "Y", "labels", "label", "target", "targets", "y_train", "train_labels")
"""Names of an array of classes, likeliest first."""

COLOURS = (1, 3)
"""Lengths of an axis of colours."""

NUMERIC = "biuf"
"""Kinds of dtype that can be inputs: booleans, whole numbers, floating point."""


@dataclass(frozen=True)
class Header:
    """What an array is said to be.

    Attributes:
        name: its name in the file.
        shape: its shape.
        dtype: type of its elements.
    """

    name: str
    shape: tuple[int, ...]
    dtype: np.dtype[Any]

    @property
    def form(self) -> str:
        """Shape and type in words."""
        shape = " x ".join(f"{size:,}" for size in self.shape) or "a single value"
        return f"{short(self.name)} ({shape}, {short(str(self.dtype))})"

    @property
    def usable(self) -> bool:
        """Whether it can be inputs: a table, grey images, or images with an axis of 1 or 3 colours."""
        shaped = len(self.shape) in {2, 3} or (
            len(self.shape) == 4 and (self._last or self.shape[1] in COLOURS)
        )
        return self.dtype.kind in NUMERIC and shaped

    @property
    def _last(self) -> bool:
        return self.shape[-1] in COLOURS

    @property
    def colours_first(self) -> bool:
        """Whether these are images whose colours come before rows and columns, as PyTorch has them."""
        return len(self.shape) == 4 and not self._last

    @property
    def pixels(self) -> int:
        """Pixels of an image."""
        return math.prod(self.shape[2:] if self.colours_first else self.shape[1:3])


@dataclass(frozen=True)
class Samples:
    """Arrays of a file.

    Attributes:
        form: what kind of file it is.
        inputs: the inputs, (n, d) or (n, rows, columns) or (n, rows, columns, 1 or 3): colours come last.
        labels: arrays that may hold the classes.
        notes: sentences on how they were read.
    """

    form: str
    inputs: NDArray[Any]
    labels: tuple[Cells, ...] = ()
    notes: tuple[str, ...] = ()


def read_npy(path: Path, limits: Limits) -> Samples:
    """Read an array.

    Args:
        path: an NPY file.
        limits: how large it may be.

    Returns:
        The array.

    Raises:
        DataError: it is no array of numbers, or its header does not fit its size.
    """
    with path.open("rb") as stream:
        header = _header(stream, "the array", path.stat().st_size, limits)
    _check_usable(header, limits)
    with path.open("rb") as stream:
        return Samples("NPY", _colours_last(header, _read(stream)), notes=(f"One array: {header.form}.",))


def read_npz(entries: Sequence[Entry], limits: Limits) -> Samples:
    """Read the inputs and classes of a file of several arrays.

    Args:
        entries: its files.
        limits: how large it may be.

    Returns:
        The arrays.

    Raises:
        DataError: there are no inputs in it, or a header does not fit its size.
    """
    arrays = {PurePosixPath(e.name).name.removesuffix(".npy"): e for e in entries if e.name.endswith(".npy")}
    headers = []
    for name, entry in arrays.items():
        with entry.open() as stream:
            headers.append(_header(stream, name, entry.size, limits))
    header = _inputs(headers, limits)
    with arrays[header.name].open() as stream:
        inputs = _colours_last(header, _read(stream))
    labels = []
    for other in sorted(headers, key=_label_rank):
        if other is not header and _may_label(other, len(inputs)):
            with arrays[other.name].open() as stream:
                labels.append(_label(other.name, _read(stream).reshape(-1)))
    unused = [h.name for h in headers if h is not header and h.name not in {cells.name for cells in labels}]
    notes = [f"Inputs are the array {header.form}."]
    if unused:
        notes.append(f"{counted(len(unused), 'array')} not used: {listed(unused)}.")
    return Samples("NPZ", inputs, tuple(labels), tuple(notes))


def _header(stream: IO[bytes] | FileIO, name: str, size: int, limits: Limits) -> Header:
    """Read a header and check it against the size of its file."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about headers that Python 2 wrote
            version = npy.read_magic(stream)
            reader = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}[version]
            shape, _, dtype = reader(stream)
    except (ValueError, KeyError, TypeError, SyntaxError, RecursionError, MemoryError) as error:
        raise DataError(
            f"An array must begin with NumPy's header, version 1 or 2. Got one in {short(name)} that cannot be read. "
            "Save it again with numpy.save."
        ) from error
    header = Header(name, shape, dtype)
    if dtype.hasobject:
        raise DataError(
            f"Arrays must hold plain numbers. Got Python objects in {header.form}. "
            "Convert it, for instance with .astype(float), and save it again."
        )
    expected, came = math.prod(shape) * dtype.itemsize, size - stream.tell()
    if any(not 0 <= length < 2**40 for length in shape) or expected != came:
        raise DataError(
            f"An array's header must fit its file. Got {header.form}, which needs {expected:,} bytes, with {came:,}. "
            "Save it again with numpy.save."
        )
    if expected > limits.unpacked_bytes:
        raise DataError(
            f"An array must have at most {megabytes(limits.unpacked_bytes)}. Got {header.form} with "
            f"{megabytes(expected)}. Save fewer samples."
        )
    return header


def _read(stream: IO[bytes] | FileIO) -> NDArray[Any]:
    """An array whose header was checked, in this machine's byte order."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        array: NDArray[Any] = npy.read_array(stream, allow_pickle=False)
    return array.astype(array.dtype.newbyteorder("="), copy=False)


def _colours_last(header: Header, array: NDArray[Any]) -> NDArray[Any]:
    return np.moveaxis(array, 1, 3) if header.colours_first else array


def _check_usable(header: Header, limits: Limits) -> None:
    """Refuse an array that cannot be inputs, before it is read."""
    if not header.usable or 0 in header.shape:
        raise DataError(
            "Inputs must be an array of real numbers: "
            "samples x inputs, or samples x rows x columns, with 1 or 3 colours before or after these. "
            f"Got {header.form}. Reshape or convert it."
        )
    enough(header.shape[0], limits)
    if len(header.shape) > 2 and header.pixels > limits.array_pixels:
        raise DataError(
            f"An image in an array must have at most {limits.array_pixels:,} pixels. Got {header.form}. "
            "Scale the images down, or bring them as image files."
        )


def _inputs(headers: Sequence[Header], limits: Limits) -> Header:
    """The array of inputs: by its name, or the largest that can be one."""
    by_name = {header.name: header for header in headers}
    chosen = next((by_name[name] for name in INPUT_NAMES if name in by_name), None)
    if chosen is None:
        able = [header for header in headers if header.usable]
        if not able:
            came = listed([header.form for header in headers]) or "no array"
            raise DataError(
                "An NPZ file must have an array of samples x inputs, or samples x rows x columns. "
                f"Got {came}. Save one named x."
            )
        chosen = max(able, key=lambda header: math.prod(header.shape))
    _check_usable(chosen, limits)
    return chosen


def _label_rank(header: Header) -> int:
    return LABEL_NAMES.index(header.name) if header.name in LABEL_NAMES else len(LABEL_NAMES)


def _may_label(header: Header, n: int) -> bool:
    return header.shape in {(n,), (n, 1)} and header.dtype.kind in NUMERIC + "US"


def _label(name: str, values: NDArray[Any]) -> Cells:
    """An array of classes as a column that can be nothing else."""
    if values.dtype.kind in NUMERIC:
        return Cells(
            name, numbers=values.astype(np.float64), boolean=values.dtype.kind == "b", label_only=True
        )
    if values.dtype.kind == "S":
        values = np.char.decode(values, "latin-1")
    texts, codes = np.unique(values, return_inverse=True)
    return Cells(name, codes=codes.astype(np.int32), texts=tuple(texts.tolist()), label_only=True)


def table_of(samples: Samples, limits: Limits) -> Table:
    """Inputs of a table as columns x1, x2, ..., and the classes.

    Args:
        samples: inputs of two axes, and classes.
        limits: how large a table may be.

    Returns:
        The table.

    Raises:
        DataError: it is too large.
    """
    n, d = samples.inputs.shape
    check_size(n, d, limits)
    with np.errstate(over="ignore", invalid="ignore"):
        x = np.asarray(samples.inputs, dtype=np.float64, order="F")
    taken = {cells.name for cells in samples.labels}
    prefix = "x" if not any(f"x{i + 1}" in taken for i in range(d)) else "input "
    columns = tuple(Cells(f"{prefix}{i + 1}", numbers=x[:, i]) for i in range(d))
    return Table(samples.form, n, (*columns, *samples.labels), samples.notes)


def summarise_arrays(samples: Samples, limits: Limits) -> Summary:
    """What is known of images in arrays before anything is done to them.

    Args:
        samples: the arrays.
        limits: how many classes there may be.

    Returns:
        Number and shape of the images.
    """
    from cae_core.own.images import common_shape

    n, rows, columns = samples.inputs.shape[:3]
    described = tuple(describe(cells, limits) for cells in samples.labels)
    labels, label = likely_labels(samples.labels, described, n, limits)
    return Summary(
        form=samples.form,
        kind="image",
        rows=n,
        image_shape=common_shape([(rows, columns)], None, limits),
        labels=labels,
        label=label,
        notes=samples.notes,
    )


def prepare_arrays(samples: Samples, preparation: Preparation, limits: Limits) -> Prepared:
    """Turn arrays of images into inputs and classes.

    Args:
        samples: the arrays.
        preparation: what to do with them.
        limits: what may come out.

    Returns:
        The samples.

    Raises:
        DataError: the preparation does not fit, or too little is left.
    """
    from cae_core.own.images import common_shape, finish_images

    images = samples.inputs
    n, size = len(images), (images.shape[1], images.shape[2])
    done = [f"{counted(n, 'image')} of {size[0]:,}×{size[1]:,} pixels were read from {samples.form}."]
    rows = np.arange(n)
    y: NDArray[np.int64] | None = None
    names: tuple[str, ...] = ()
    label = next((cells for cells in samples.labels if cells.name == preparation.label), None)
    if label is None and preparation.label is not None:
        have = listed([cells.name for cells in samples.labels]) or "none"
        raise DataError(
            f"Classes must be an array of the file with one value a sample. Got {short(preparation.label)}, "
            f"and there are: {have}. Choose another, or none."
        )
    if label is not None:
        rows = rows[label.there]
        if len(rows) < n:
            done.append(f"{counted(n - len(rows), 'image')} without a class left out.")
        enough(len(rows), limits)
        y, names = classes_of(label, rows, limits)
        done.append(f"{short(label.name)} gives {counted(len(names), 'class', 'classes')}.")
    shape = common_shape([size], preparation.side, limits)
    taken = limited(len(rows), shape[0] * shape[1], preparation, y, limits, done)
    rows, y = rows[taken], None if y is None else y[taken]
    grey, whole = _small(images, rows, shape)
    if images.ndim == 4 and images.shape[3] == 3:
        done.append("Colours were turned grey.")
    if shape != size:
        done.append(f"Images were scaled to {shape[0]}×{shape[1]} pixels.")
    if not whole.all():
        bad = int((~whole).sum())
        if preparation.missing == "drop":
            grey, y = grey[whole], None if y is None else y[whole]
            done.append(f"{counted(bad, 'image')} with missing or infinite pixels left out.")
        else:
            _fill(grey)
            done.append(
                f"Missing or infinite pixels of {counted(bad, 'image')} were filled with the pixel's median."
            )
    return finish_images(grey, y, names, preparation, done, limits, None)


def _small(
    images: NDArray[Any], rows: NDArray[np.int64], shape: tuple[int, int]
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Some images, grey and scaled, (n, *shape), and whether all their pixels are finite, (n,)."""
    from PIL import Image

    small = np.empty((len(rows), *shape), dtype=np.float32)
    luma = np.array([0.299, 0.587, 0.114])
    for i, row in enumerate(rows):
        with np.errstate(over="ignore", invalid="ignore"):
            one = images[row].astype(np.float64)
            one = one if one.ndim == 2 else one[..., 0] if one.shape[2] == 1 else one @ luma
            one = np.where(np.abs(one) <= LARGEST, one, np.nan).astype(np.float32)
        if one.shape != shape:
            one = np.asarray(Image.fromarray(one).resize((shape[1], shape[0]), Image.Resampling.BILINEAR))
        small[i] = np.where(np.isfinite(one), one, np.nan)
    whole = np.array([np.isfinite(one).all() for one in small], dtype=bool)
    return small, whole


def _fill(images: NDArray[np.float32]) -> None:
    """Fill holes with the median of their pixel over the other images, or 0 where there is none."""
    for place in np.argwhere(np.isnan(images).any(axis=0)):
        pixel = images[:, *place]
        there = np.isfinite(pixel)
        pixel[~there] = np.median(pixel[there]) if there.any() else 0.0
