"""A visitor's file: what it holds, and from there to samples that can be trained on.

The content decides what kind of file it is, not its name. Sizes are checked before anything is read; whatever the bytes
are, what comes is what was asked for or one `DataError`. Libraries for tables and images are loaded when they are used.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from cae_core.errors import DataError
from cae_core.own.limits import LIMITS, Limits
from cae_core.own.model import Preparation, Prepared, Summary
from cae_core.own.words import megabytes, short

if TYPE_CHECKING:
    from cae_core.own.arrays import Samples
    from cae_core.own.images import Found
    from cae_core.own.tables import Table

P = ParamSpec("P")
R = TypeVar("R")


IMAGES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\0", b"MM\0*")
"""How image files begin; BMP and WebP take a second look."""

ARCHIVES = (b"PK\x03\x04", b"PK\x05\x06")
"""How a ZIP begins, with entries and without."""

FOREIGN = {
    b"\x1f\x8b": "a gzip archive",
    b"7z\xbc\xaf": "a 7z archive",
    b"Rar!": "a RAR archive",
    b"%PDF": "a PDF document",
    b"\xd0\xcf\x11\xe0": "an old Excel or Word document",
    b"\x89HDF": "an HDF5 file",
    b"SQLite format 3\0": "an SQLite database",
    b"BZh": "a bzip2 archive",
    b"\xfd7zXZ": "an XZ archive",
    b"\x28\xb5\x2f\xfd": "a Zstandard archive",
    b"ARROW1": "a Feather file",
    b"Obj\x01": "an Avro file",
    b"\x80\x02": "a pickle",
    b"\x80\x03": "a pickle",
    b"\x80\x04": "a pickle",
    b"\x80\x05": "a pickle",
    b"\0\0\x08": "an IDX file, as MNIST's are",
    b"MATLAB 5.0 MAT-file": "a MATLAB file",
    b"<?xml": "a web page or XML",
    b"<!doctype": "a web page or XML",
    b"<html": "a web page or XML",
    b"<svg": "a web page or XML",
    b"{": "JSON",
    b"[{": "JSON",
    b"[[": "JSON",
}
"""Kinds of file that visitors try and that cannot be read."""


@dataclass(frozen=True)
class Content:
    """What a file turned out to hold: one of three.

    Attributes:
        form: what kind of file it is.
        table: a table, or None.
        samples: arrays of images, or None.
        images: images, or None.
    """

    form: str
    table: Table | None = None
    samples: Samples | None = None
    images: Found | None = None


def _one_error(reader: Callable[P, R]) -> Callable[P, R]:
    """Let nothing but `DataError` out."""

    @wraps(reader)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return reader(*args, **kwargs)
        except DataError:
            raise
        # Libraries fail on damaged bytes with errors of all kinds, which their documentation does not list.
        except Exception as error:
            raise DataError(
                "A file must be whole to be read. "
                f"Got one that is damaged ({short(f'{type(error).__name__}: {error}')}). Save or export it again."
            ) from error

    return guarded


@_one_error
def inspect(path: str, name: str, limits: Limits = LIMITS) -> Summary:
    """What a file holds.

    Args:
        path: the file, or a folder of images.
        name: what the visitor calls it.
        limits: how large it may be.

    Returns:
        What was understood of it.

    Raises:
        DataError: it is of no kind that can be read, damaged, or beyond the limits.
    """
    with _content(Path(path), name, limits) as content:
        if content.images is not None:
            from cae_core.own.images import summarise_images

            return summarise_images(content.form, content.images, limits)
        if content.samples is not None:
            from cae_core.own.arrays import summarise_arrays

            return summarise_arrays(content.samples, limits)
        from cae_core.own.squares import with_squares
        from cae_core.own.tables import summarise

        assert content.table is not None
        return with_squares(summarise(content.table, limits), content.table)


@_one_error
def prepare(path: str, name: str, preparation: Preparation, limits: Limits = LIMITS) -> Prepared:
    """Samples of a file that can be trained on.

    Args:
        path: the file, or a folder of images.
        name: what the visitor calls it.
        preparation: what to do with it.
        limits: how large it may be.

    Returns:
        The samples and what was done to get them.

    Raises:
        DataError: it is of no kind that can be read, damaged, beyond the limits, or too little is left of it.
    """
    _check(preparation, limits)
    with _content(Path(path), name, limits) as content:
        if content.images is not None:
            from cae_core.own.images import prepare_images

            return prepare_images(content.form, content.images, preparation, limits)
        samples = content.samples
        if preparation.square and content.table is not None:
            from cae_core.own.squares import as_images

            samples = as_images(content.table, preparation, limits)
        if samples is not None:
            from cae_core.own.arrays import prepare_arrays

            return prepare_arrays(samples, preparation, limits)
        from cae_core.own.tables import prepare_table

        assert content.table is not None
        return prepare_table(content.table, preparation, limits)


def default_preparation(summary: Summary) -> Preparation:
    """What to do with a file unless something else is chosen.

    Args:
        summary: what it holds.

    Returns:
        Its likeliest label; columns that number the rows left out; images from 0 to 1, tables standardised; rows of
        greys as images.
    """
    able = (column for column in summary.columns if column.kind in {"number", "category"})
    return Preparation(
        label=summary.label,
        left_out=tuple(column.name for column in able if not column.used and column.name != summary.label),
        scaling="0-1" if summary.kind == "image" or summary.greys else "standard",
        square=summary.greys,
    )


def _check(preparation: Preparation, limits: Limits) -> None:
    """Refuse numbers of a preparation that are out of their range."""
    if preparation.side is not None and not 2 <= preparation.side <= limits.side:
        raise DataError(
            f"The longest side of an image must be 2 to {limits.side} pixels. Got {preparation.side}. "
            "Choose one of these."
        )
    if preparation.limit is not None and preparation.limit < limits.least_rows:
        raise DataError(
            f"At least {limits.least_rows} samples must be taken. Got {preparation.limit}. Take that many or more."
        )


@contextmanager
def _content(path: Path, name: str, limits: Limits) -> Iterator[Content]:
    """Find out what a file is, and read it, or the headers of its images."""
    if path.is_dir():
        from cae_core.own.archives import in_folder
        from cae_core.own.images import find

        yield Content("folder of images", images=find(in_folder(path, limits), limits))
        return
    start = _start(path, name, limits)
    if start.startswith(ARCHIVES):
        with _archive(path, limits) as content:
            yield content
    elif start.startswith(b"PAR1"):
        from cae_core.own.parquet import read_parquet

        yield Content("Parquet", table=read_parquet(path, limits))
    elif start.startswith(b"\x93NUMPY"):
        from cae_core.own.arrays import read_npy

        yield _arrays("NPY", read_npy(path, limits), limits)
    else:
        from cae_core.own.text import read_csv

        yield Content("CSV", table=read_csv(path, limits))


def _arrays(form: str, samples: Samples, limits: Limits) -> Content:
    """Arrays of images as they are, others as a table."""
    from cae_core.own.arrays import table_of

    if samples.inputs.ndim > 2:
        return Content(form, samples=samples)
    return Content(form, table=table_of(samples, limits))


def _start(path: Path, name: str, limits: Limits) -> bytes:
    """The first bytes of a file that may be read."""
    size = path.stat().st_size
    if size > limits.file_bytes:
        raise DataError(
            f"A file must have at most {megabytes(limits.file_bytes)}. Got {megabytes(size)}. Bring a part of it."
        )
    with path.open("rb") as stream:
        start = stream.read(64)
    bitmap = start.startswith(b"BM") and start[14:18] in {
        bytes([n, 0, 0, 0]) for n in (12, 40, 52, 56, 64, 108, 124)
    }
    if start.startswith(IMAGES) or bitmap or (start.startswith(b"RIFF") and start[8:12] == b"WEBP"):
        raise DataError(
            f"Training needs at least {limits.least_rows} samples. Got one image, {short(name)}. "
            "Choose several images at once, or a ZIP of images with a folder a class."
        )
    for magic, what in FOREIGN.items():
        if start.startswith(magic) or (magic[:1] == b"<" and start.lstrip().lower().startswith(magic)):
            raise DataError(
                "A file must be CSV, Parquet, NPY, NPZ, or images in a ZIP. "
                f"Got {what}. Save or export it as one of these."
            )
    return start


@contextmanager
def _archive(path: Path, limits: Limits) -> Iterator[Content]:
    """An archive of arrays or of images."""
    from cae_core.own.archives import unpacked

    with unpacked(path, limits) as entries:
        names = [entry.name.lower() for entry in entries]
        if {"[content_types].xml", "content.xml"} & set(names):
            raise DataError(
                "A table must be CSV, Parquet, NPY or NPZ. Got an office document (Excel, Calc, Word). "
                "Save the sheet as CSV."
            )
        if any(one.endswith("data.pkl") for one in names):
            raise DataError(
                "Arrays must be NPY or NPZ. Got a file of PyTorch's. Save the tensor with numpy.save."
            )
        if any(one.endswith(".npy") for one in names):
            from cae_core.own.arrays import read_npz

            yield _arrays("NPZ", read_npz(entries, limits), limits)
        else:
            from cae_core.own.images import find

            yield Content("ZIP of images", images=find(entries, limits))
