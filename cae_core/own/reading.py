"""A visitor's file: what it holds, and from there to samples that can be trained on.

The content decides what kind of file it is, not its name. Sizes are checked before anything is read; whatever the bytes
are, what comes is what was asked for or one `DataError`. Libraries for tables and images are loaded when they are used.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from cae_core.errors import DataError
from cae_core.own.limits import LIMITS, Limits
from cae_core.own.model import Preparation, Prepared, Summary
from cae_core.own.words import megabytes, short

if TYPE_CHECKING:
    from cae_core.own.tables import Table

P = ParamSpec("P")
R = TypeVar("R")


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
    from cae_core.own.tables import summarise

    return summarise(_table(path, limits), limits)


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
    from cae_core.own.tables import prepare_table

    return prepare_table(_table(path, limits), preparation, limits)


def default_preparation(summary: Summary) -> Preparation:
    """What to do with a file unless something else is chosen.

    Args:
        summary: what it holds.

    Returns:
        Its likeliest label; columns that number the rows left out; images from 0 to 1, tables standardised.
    """
    able = (column for column in summary.columns if column.kind in {"number", "category"})
    return Preparation(
        label=summary.label,
        left_out=tuple(column.name for column in able if not column.used and column.name != summary.label),
        scaling="0-1" if summary.kind == "image" else "standard",
    )


def _table(path: str, limits: Limits) -> Table:
    from cae_core.own.text import read_csv

    file = Path(path)
    size = file.stat().st_size
    if size > limits.file_bytes:
        raise DataError(
            f"A file must have at most {megabytes(limits.file_bytes)}. Got {megabytes(size)}. Bring a part of it."
        )
    return read_csv(file, limits)
