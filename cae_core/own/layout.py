"""How a text table is laid out: separator, decimal mark, names, and what stands above or beside the table.

All of it is found out from the first lines.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

SAMPLE = 100_000
"""Letters from which the layout is found out: a longest first line, and fewer than what `csv` allows in a field."""

SAMPLE_LINES = 50

SEPARATORS = ";\t|,"
"""Those that occur in text least come first: a comma may also be a decimal mark."""

SPACE = " "
"""Separates where no other mark does: any number of spaces and tabs."""

SEPARATOR_NAMES = {";": "semicolon", "\t": "tab", "|": "bar", ",": "comma", SPACE: "spaces"}

BLANKS = ["?", "-", "--", ".", "..", "na", "n.a.", "N.A.", "none", "missing", "Missing", "unknown", "Unknown"]
"""What stands for a missing value beside pandas' own list (empty, NA, NaN, null, ...)."""

NUMERIC = 0.9
"""Share of numbers from which a column with a few other texts is one of numbers."""

ROW_NAMES = "row name"
"""Name of a first column that has none because the line of names is one short."""

POINT = re.compile(r"\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?\s*")
COMMA = re.compile(r"\s*[-+]?(\d+,?\d*|,\d+)([eE][-+]?\d+)?\s*")


@dataclass(frozen=True)
class Layout:
    """How a text table is laid out.

    Attributes:
        separator: the mark between fields; `SPACE` for any number of spaces and tabs.
        decimal: the decimal mark, a point or a comma.
        above: letters of the lines above the table, which are no part of it.
        lines_above: the number of these lines.
        names: names of the columns as the first line gives them; empty texts where it has none.
        headed: whether the first line holds names.
    """

    separator: str
    decimal: str
    above: str
    lines_above: int
    names: tuple[str, ...]
    headed: bool

    @property
    def sentence(self) -> str:
        """The layout in words."""
        mark = "comma" if self.decimal == "," else "point"
        names = "names in the first line" if self.headed else "no line of names"
        return f"separated by {SEPARATOR_NAMES[self.separator]}, decimal {mark}, {names}."


def layout_of(sample: str) -> Layout:
    """Find out how a text table is laid out.

    Args:
        sample: its first letters, at most `SAMPLE`.

    Returns:
        The layout.
    """
    separator = _separator(sample)
    lines, ends = _lines(sample, separator)
    above = _above(lines)
    lines = lines[above:]
    decimal = _decimal(lines, separator)
    width = max(len(line) for line in lines)
    lines[0] = _first(lines, width, decimal)
    headed = _headed(lines, decimal)
    given = [*lines[0], *[""] * (width - len(lines[0]))] if headed else [""] * width
    skipped = list(io.StringIO(sample, newline=""))[: ends[above - 1] if above else 0]
    return Layout(separator, decimal, "".join(skipped), len(skipped), tuple(given), headed)


def _separator(sample: str) -> str:
    """The mark that cuts most lines, the first one among them, into the same number of fields, most of them numbers."""
    # A comma may cut `1,5;2,5` as evenly as a semicolon does, but not its header, and leaves `5;2`: no number, and in
    # it another mark, which speaks against the cut.
    rated = {}
    for mark in SEPARATORS + SPACE:
        lines = _lines(sample, mark)[0]
        lines = lines[_above(lines) :]
        width, times = Counter(len(line) for line in lines).most_common(1)[0]
        fields = [field for line in lines for field in line if field.strip()]
        others = [field for field in fields if not (COMMA.fullmatch(field) or POINT.fullmatch(field))]
        numbers = 1 - len(others) / max(1, len(fields))
        mixed = sum(any(sign in field for sign in SEPARATORS) for field in others) / max(1, len(fields))
        share = times / len(lines) if width > 1 else 0.0
        rated[mark] = (share, len(lines[0]) == width, numbers - mixed, numbers, width)
    spaced = rated.pop(SPACE)
    best = max(share for share, *_ in rated.values())
    even = [mark for mark, (share, *_) in rated.items() if share >= best - 0.1]
    found = max(even, key=lambda mark: rated[mark][1:]) if best else ","
    # Spaces stand in texts, too: they separate where most of what they leave are numbers, and of another mark are not.
    apart = spaced[0] >= 0.9 and spaced[3] >= 0.5
    return SPACE if apart and (not best or rated[found][3] < 0.2) else found


def _lines(sample: str, separator: str) -> tuple[list[list[str]], list[int]]:
    """The first lines cut into fields, and how many lines of the text there are up to the end of each."""
    # The last one may be cut off, so it counts only where it is alone.
    text = io.StringIO(sample, newline="")
    spaced = separator == SPACE
    reader = csv.reader(
        (line.replace("\t", SPACE).strip() for line in text) if spaced else text,
        delimiter=separator,
        skipinitialspace=spaced,
    )
    found, ends = [], []
    for line in reader:
        if line:
            found.append(line)
            ends.append(reader.line_num)
        if len(found) > SAMPLE_LINES:
            break
    cut = len(found) > SAMPLE_LINES or (len(found) > 2 and len(sample) == SAMPLE)
    return (found[:-1], ends[:-1]) if cut else (found, ends)


def _above(lines: Sequence[Sequence[str]]) -> int:
    """How many of the first lines are no part of the table: titles, comments, or Excel's ``sep=;``."""
    width, times = Counter(len(line) for line in lines).most_common(1)[0]
    if width < 2 or times < 2:
        return 0
    count = 0
    while count < len(lines) - 1 and _apart(lines[count], width):
        count += 1
    # A title of a spreadsheet is as wide as the table; so is a line of names of which there is only one.
    padded = count and len(lines[count - 1]) == width
    return (
        0
        if padded and any(POINT.fullmatch(field) or COMMA.fullmatch(field) for field in lines[count])
        else count
    )


def _apart(line: Sequence[str], width: int) -> bool:
    """Whether a line is a title, a comment or a setting, above a table of some width."""
    first = line[0].strip()
    if first.startswith("#"):
        return len(line) not in {width, width + (first == "#")}
    filled = [field for field in line if field.strip()]
    title = width > 2 and len(filled) == 1 and POINT.fullmatch(filled[0]) is None and len(line) <= width
    return title or first.strip('"').lower().startswith("sep=")


def _first(lines: Sequence[Sequence[str]], width: int, decimal: str) -> list[str]:
    """The first line without a comment's mark, and with a name for a column of row names."""
    first = list(lines[0])
    common = Counter(len(line) for line in lines[1:]).most_common(1)[0][0] if lines[1:] else width
    if first[0].strip() == "#" and len(first) == common + 1:
        return first[1:]
    first[0] = re.sub(r"^\s*#\s*(?=\S)", "", first[0])
    texts = not any(_number(decimal).fullmatch(field) for field in first)
    beside = (
        len(first) > 1 and len(first) + 1 == width == common and any(line[-1].strip() for line in lines[1:])
    )
    return [ROW_NAMES, *first] if texts and beside else first


def _number(decimal: str) -> re.Pattern[str]:
    return COMMA if decimal == "," else POINT


def _decimal(lines: Sequence[Sequence[str]], separator: str) -> str:
    if separator == ",":
        return "."
    fields = [field for line in lines for field in line]
    comma = sum("," in field and COMMA.fullmatch(field) is not None for field in fields)
    point = sum("." in field and POINT.fullmatch(field) is not None for field in fields)
    return "," if comma > point else "."


def _headed(lines: Sequence[Sequence[str]], decimal: str) -> bool:
    """Whether the first line holds names: texts above numbers, or texts that all differ, or numbers that count."""
    number = _number(decimal)
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
    words = {"nan", "null", "inf", "-inf", "infinity", "-infinity", "n/a", "<na>"}
    return text.strip().lower() in {*BLANKS, *words}
