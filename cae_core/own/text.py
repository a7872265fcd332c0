"""Text tables: encoding and layout are found out; quoting is that of CSV.

Sizes are checked on the bytes: a line break or a separator inside quotes counts, so the check errs on the safe side.
"""

from __future__ import annotations

import codecs
import re
import warnings
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np

from cae_core.errors import DataError
from cae_core.own.layout import BLANKS, SAMPLE, SEPARATORS, SPACE, Layout, layout_of
from cae_core.own.limits import Limits
from cae_core.own.numerals import cells_of_texts
from cae_core.own.tables import Cells, Table, check_size, unique_names
from cae_core.own.words import counted, listed, short

CONTROL = bytes(set(range(32)) - set(b"\t\n\r\f\x0b\x1b\x1a\x1c\x1d\x1e\x1f"))
"""Bytes that text does not hold."""


def read_csv(path: Path, limits: Limits) -> Table:
    """Read a text table.

    Args:
        path: the file.
        limits: how large it may be.

    Returns:
        The table.

    Raises:
        DataError: it is no text, too large, or its lines do not agree.
    """
    data, encoding = _utf8(path.read_bytes())
    data = data.lstrip(b"\r\n")
    _check_lines(data, limits)
    layout = layout_of(data[: 4 * SAMPLE].decode(errors="ignore")[:SAMPLE])
    data = data[len(layout.above.encode()) :]
    width = len(layout.names)
    breaks = data.count(b"\n") + data.count(b"\r") - data.count(b"\r\n")
    check_size(breaks + (not data.endswith((b"\n", b"\r"))), width, limits)
    names, repeated = unique_names(layout.names)
    notes = [f"Text in {encoding}, {layout.sentence}"]
    if layout.lines_above:
        notes.append(f"{counted(layout.lines_above, 'line')} above the table passed over.")
    if repeated:
        notes.append(
            f"{counted(len(repeated), 'name')} came more than once and got a number: {listed(repeated)}."
        )
    frame = _frame(data, names, layout)
    if not len(frame):
        raise DataError("A table must have rows. Got only a line of names. Bring a file with rows.")
    check_size(len(frame), width, limits)
    cells = tuple(_cells(str(name), column, layout.decimal) for name, column in frame.items())
    return Table("CSV", len(frame.index), cells, tuple(notes))


def _utf8(data: bytes) -> tuple[bytes, str]:
    """The text in UTF-8 without a byte order mark, and the encoding that it came in."""
    for mark, name in (
        (codecs.BOM_UTF8, "UTF-8"),
        (codecs.BOM_UTF16_LE, "UTF-16"),
        (codecs.BOM_UTF16_BE, "UTF-16"),
    ):
        if data.startswith(mark):
            text, encoding = (data[3:], name) if name == "UTF-8" else (_recoded(data, "utf-16"), name)
            break
    else:
        text, encoding = data, "UTF-8"
        half = data[:1000]
        if half[1::2].count(0) > 0.4 * len(half[1::2]) or half[::2].count(0) > 0.4 * len(half[::2]):
            little = half[1::2].count(0) >= half[::2].count(0)
            text, encoding = _recoded(data, "utf-16-le" if little else "utf-16-be"), "UTF-16"
    if len(text.translate(None, CONTROL)) < len(text):
        raise DataError(
            "A file must be CSV, Parquet, NPY, NPZ, or images. Got one of another kind: it holds bytes that no text "
            "has. Save or export it as one of these; a table as CSV in UTF-8."
        )
    try:
        codecs.utf_8_decode(text, "strict", True)
    except UnicodeDecodeError:
        return text.decode("latin-1").encode(), "Latin-1 (it is not UTF-8)"
    return text, encoding


def _recoded(data: bytes, encoding: str) -> bytes:
    try:
        return data.decode(encoding).encode()
    except UnicodeError as error:
        raise DataError(
            "A text table must be UTF-8, UTF-16 or Latin-1. Got text that begins as UTF-16 and is not. "
            "Save it as UTF-8."
        ) from error


def _check_lines(data: bytes, limits: Limits) -> None:
    """Refuse a first line of too many fields or that is too long, before it is cut up."""
    if not data.strip():
        raise DataError("A table must have rows. Got an empty file. Bring one with rows.")
    end = re.search(rb"[\r\n]", data)
    first = data[: end.start()] if end else data
    check_size(0, 1 + max(first.count(mark.encode()) for mark in SEPARATORS), limits)
    if len(first) > limits.line_bytes:
        raise DataError(
            f"A line of a table must have at most {limits.line_bytes:,} bytes. Got a longer first line. "
            "Write one row a line."
        )


def _frame(data: bytes, names: list[str], layout: Layout) -> Any:
    import pandas as pd
    from pandas.errors import ParserError, ParserWarning

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", ParserWarning)
            return pd.read_csv(
                BytesIO(data),
                sep=r"\s+" if layout.separator == SPACE else layout.separator,
                decimal=layout.decimal,
                names=names,
                header=0 if layout.headed else None,
                index_col=False,
                skipinitialspace=True,
                na_values=BLANKS,
                low_memory=False,
                encoding="utf-8",
            )
    except (ParserError, ParserWarning, ValueError) as error:
        said = str(error)
        expected = re.search(r"Expected (\d+) fields in line (\d+), saw (\d+)", said)
        if expected:
            came = f"{expected[3]} fields in line {expected[2]}, where {expected[1]} were expected"
        elif "EOF inside string" in said:
            came = "a quotation mark that is never closed"
        elif "Length of header" in said:
            came = f"lines with more than the first line's {len(names)} fields"
        else:
            came = f"one that cannot be read ({short(said)})"
        raise DataError(
            f"A table must have the same fields in every line. Got {came}. Correct the file, or export it again."
        ) from error


def _cells(name: str, column: Any, decimal: str) -> Cells:
    """A column as numbers, or as codes of its texts."""
    import pandas as pd

    if column.dtype.kind == "b":
        return Cells(name, numbers=column.to_numpy(np.float64), boolean=True)
    if column.dtype.kind in "iuf":
        return Cells(name, numbers=column.to_numpy(np.float64))
    there = column.notna()
    texts = column.astype(str).str.strip().where(there)
    codes, found = pd.factorize(texts)
    return cells_of_texts(name, codes.astype(np.int32), [str(value) for value in found], decimal)
