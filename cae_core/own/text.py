"""Text tables: encoding, separator, decimal comma and header are found out; quoting is that of CSV.

Sizes are checked on the bytes: a line break or a separator inside quotes counts, so the check errs on the safe side.
"""

from __future__ import annotations

import codecs
import csv
import re
import warnings
from collections import Counter
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cae_core.errors import DataError
from cae_core.own.limits import Limits
from cae_core.own.tables import Cells, Table, check_size, unique_names
from cae_core.own.words import counted, listed, short

SAMPLE = 100_000
"""Letters from which separator, decimal mark and header are found out: a longest first line, and fewer than what
`csv` allows in a field."""

SAMPLE_LINES = 50

SEPARATORS = ";\t|,"
"""Those that occur in text least come first: a comma may also be a decimal mark."""

SEPARATOR_NAMES = {";": "semicolon", "\t": "tab", "|": "bar", ",": "comma"}

BLANKS = ["?", "-", "--", ".", "..", "na", "n.a.", "N.A.", "none", "missing", "Missing", "unknown", "Unknown"]
"""What stands for a missing value beside pandas' own list (empty, NA, NaN, null, ...)."""

NUMERIC = 0.9
"""Share of numbers from which a column with a few other texts is one of numbers."""

POINT = re.compile(r"\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?\s*")
COMMA = re.compile(r"\s*[-+]?(\d+,?\d*|,\d+)([eE][-+]?\d+)?\s*")

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
    sample = data[: 4 * SAMPLE].decode(errors="ignore")[:SAMPLE]
    separator = _separator(sample)
    lines = _lines(sample, separator)
    decimal = _decimal(lines, separator)
    width = max(len(line) for line in lines)
    breaks = data.count(b"\n") + data.count(b"\r") - data.count(b"\r\n")
    check_size(breaks + (not data.endswith((b"\n", b"\r"))), width, limits)
    headed = _headed(lines, decimal)
    given = [*lines[0], *[""] * (width - len(lines[0]))] if headed else [""] * width
    names, repeated = unique_names(given)
    mark = "comma" if decimal == "," else "point"
    first = "names in the first line" if headed else "no line of names"
    notes = [f"Text in {encoding}, separated by {SEPARATOR_NAMES[separator]}, decimal {mark}, {first}."]
    if repeated:
        notes.append(
            f"{counted(len(repeated), 'name')} came more than once and got a number: {listed(repeated)}."
        )
    frame = _frame(data, names, separator, decimal, headed)
    if not len(frame):
        raise DataError("A table must have rows. Got only a line of names. Bring a file with rows.")
    check_size(len(frame), width, limits)
    cells = tuple(_cells(str(name), column, decimal) for name, column in frame.items())
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
            "A table must be text, Parquet, NPY or NPZ. Got a file with bytes that no text has. "
            "Save it as CSV in UTF-8."
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


def _separator(sample: str) -> str:
    """The mark that cuts most lines, the first one among them, into the same number of fields, most of them numbers."""
    # A comma may cut `1,5;2,5` as evenly as a semicolon does, but not its header, and leaves `5;2`: no number.
    rated = {}
    for mark in SEPARATORS:
        lines = _lines(sample, mark)
        width, times = Counter(len(line) for line in lines).most_common(1)[0]
        fields = [field for line in lines for field in line if field.strip()]
        numbers = sum(bool(COMMA.fullmatch(field) or POINT.fullmatch(field)) for field in fields)
        share = times / len(lines) if width > 1 else 0.0
        rated[mark] = (share, len(lines[0]) == width, numbers / max(1, len(fields)), width)
    best = max(share for share, *_ in rated.values())
    if not best:
        return ","
    even = [mark for mark, (share, *_) in rated.items() if share >= best - 0.1]
    return max(even, key=lambda mark: rated[mark][1:])


def _lines(sample: str, separator: str) -> list[list[str]]:
    """The first lines, cut into fields; the last one may be cut off, so it counts only where it is alone."""
    found = []
    for line in csv.reader(sample.splitlines(keepends=True), delimiter=separator):
        if line:
            found.append(line)
        if len(found) > SAMPLE_LINES:
            break
    return found[:-1] if len(found) > SAMPLE_LINES or (len(found) > 2 and len(sample) == SAMPLE) else found


def _decimal(lines: Sequence[Sequence[str]], separator: str) -> str:
    if separator == ",":
        return "."
    fields = [field for line in lines for field in line]
    comma = sum("," in field and COMMA.fullmatch(field) is not None for field in fields)
    point = sum("." in field and POINT.fullmatch(field) is not None for field in fields)
    return "," if comma > point else "."


def _headed(lines: Sequence[Sequence[str]], decimal: str) -> bool:
    """Whether the first line holds names: texts above numbers, or texts that all differ, or numbers that count."""
    number = COMMA if decimal == "," else POINT
    first, rest = lines[0], lines[1:]
    numeric = [number.fullmatch(field) is not None for field in first]
    if not any(numeric):
        return len(set(first)) == len(first) or any(
            number.fullmatch(line[i]) for line in rest for i in range(min(len(first), len(line)))
        )
    for i, name in enumerate(first):
        below = [line[i] for line in rest if i < len(line) and line[i].strip()]
        if name.strip() and not numeric[i] and not _blank(name) and below:
            share = sum(number.fullmatch(field) is not None for field in below) / len(below)
            if share > NUMERIC:
                return True
    counting = [name for name, is_number in zip(first, numeric, strict=True) if is_number]
    start = counting[0].strip()
    return (
        start in {"0", "1"}
        and len(counting) > 2
        and counting == [str(int(start) + i) for i in range(len(counting))]
    )


def _blank(text: str) -> bool:
    return text.strip().lower() in {
        *BLANKS,
        "nan",
        "null",
        "inf",
        "-inf",
        "infinity",
        "-infinity",
        "n/a",
        "<na>",
    }


def _frame(data: bytes, names: list[str], separator: str, decimal: str, headed: bool) -> Any:
    import pandas as pd
    from pandas.errors import ParserError, ParserWarning

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", ParserWarning)
            return pd.read_csv(
                BytesIO(data),
                sep=separator,
                decimal=decimal,
                names=names,
                header=0 if headed else None,
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


def cells_of_texts(name: str, codes: NDArray[np.int32], values: Sequence[str], decimal: str) -> Cells:
    """A column of texts, as numbers where nearly all of them are.

    Args:
        name: its name.
        codes: position of each row's text, (n,), -1 for what is missing.
        values: the distinct texts.
        decimal: the decimal mark.

    Returns:
        The column.
    """
    import pandas as pd

    if values and all(value.lower() in {"true", "false"} for value in values):
        truth = np.array([float(value.lower() == "true") for value in values] + [np.nan])
        return Cells(name, numbers=truth[codes], boolean=True)
    point = [value.replace(".", "").replace(",", ".") if decimal == "," else value for value in values]
    numbers = pd.to_numeric(pd.Series(point, dtype=object), errors="coerce").to_numpy(np.float64)
    present = codes >= 0
    unreadable = int(np.isnan(numbers)[codes[present]].sum())
    if len(values) and unreadable <= (1 - NUMERIC) * present.sum():
        note = f"{counted(unreadable, 'text')} among its numbers: missing" if unreadable else ""
        return Cells(name, numbers=np.append(numbers, np.nan)[codes], note=note)
    order = np.argsort(np.array(values, dtype=object), kind="stable")
    rank = np.empty(len(order) + 1, dtype=np.int32)
    rank[order], rank[-1] = np.arange(len(order)), -1
    return Cells(name, codes=rank[codes], texts=tuple(values[i] for i in order))
