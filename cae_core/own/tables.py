"""Tables of any file: what their columns hold, and from cells to inputs.

A column is held in one of two ways: numbers with NaN for what is missing, or codes of its distinct texts with -1.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from cae_core.catalog import Kind
from cae_core.errors import DataError
from cae_core.own.limits import Limits
from cae_core.own.model import Column, ColumnKind, Preparation, Prepared, Summary
from cae_core.own.sampling import draw
from cae_core.own.words import counted, listed, short

LARGEST = float(np.finfo(np.float32).max)
"""A number beyond it is infinite in the precision of training, so it counts as missing."""

COUNTED = 100_000
"""Rows over which distinct values are counted."""

NAME_LETTERS = 80
"""Most letters of a column's name."""

HEAD = 6
"""Rows of a preview."""

LABEL_NAMES = (
    *("label", "labels", "class", "classes", "target", "y", "species", "digit", "category"),
    *("diagnosis", "variety", "group", "outcome"),
)
"""Names that a column of classes goes by."""

NUMBERING = "row numbers"
"""Note of a column that is left out unless too little would be left."""

GUESSED = 20
"""Most distinct values of a last column that is taken for the classes."""

DATE = re.compile(
    r"\s*(\d{4}[-/.]\d{1,2}([-/.]\d{1,2})?|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}|\d{1,2}[ -.]+[A-Za-z]{3,9}[ -.,]+\d{2,4}"
    r"|[A-Za-z]{3,9}\.? \d{1,2},? \d{4}|\d{1,2}:\d{2})([T ,]*\d{1,2}:\d{2}\S*)?(:\d{2}\S*)?( ?[AaPp][Mm])?"
    r"( ?Z|[+-]\d\d:?\d\d)?\s*"
)
"""Dates and times as they are mostly written."""


@dataclass(frozen=True, eq=False)
class Cells:
    """One column as it was read.

    Attributes:
        name: its name.
        numbers: its numbers, (n,), float64; None for texts.
        codes: positions of its texts, (n,), -1 for what is missing; None for numbers.
        texts: its distinct texts.
        boolean: whether its numbers are false and true.
        unusable: "date" or "text" where it is known beforehand that it can be no input, else None.
        label_only: whether it can hold the classes and is no input.
        note: what was found.
    """

    name: str
    numbers: NDArray[np.float64] | None = None
    codes: NDArray[np.int32] | None = None
    texts: tuple[str, ...] = ()
    boolean: bool = False
    unusable: ColumnKind | None = None
    label_only: bool = False
    note: str = ""

    @property
    def there(self) -> NDArray[np.bool_]:
        """Which rows have a value, (n,)."""
        if self.numbers is not None:
            return np.abs(self.numbers) <= LARGEST
        assert self.codes is not None
        return self.codes >= 0

    def text(self, row: int) -> str:
        """A value as a preview shows it."""
        if self.numbers is not None:
            value = self.numbers[row]
            return "" if np.isnan(value) else str(bool(value)) if self.boolean else f"{value:.6g}"
        return "" if self.codes is None or self.codes[row] < 0 else short(self.texts[self.codes[row]])


@dataclass(frozen=True, eq=False)
class Table:
    """Columns of equal length.

    Attributes:
        form: what kind of file it comes from.
        rows: number of rows.
        cells: its columns.
        notes: sentences on how it was read.
    """

    form: str
    rows: int
    cells: tuple[Cells, ...]
    notes: tuple[str, ...] = ()


def unique_names(names: Sequence[str]) -> tuple[list[str], list[str]]:
    """Give each column a name of its own.

    Args:
        names: as they came; a long one is cut, an empty one becomes ``column 3``.

    Returns:
        The names, a number added to those that came before; and those that came more than once.
    """
    taken: dict[str, int] = {}
    found, repeated = [], []
    for position, given in enumerate(names):
        name = base = short(given.strip(), NAME_LETTERS).strip() or f"column {position + 1}"
        while name in taken:
            taken[base] += 1
            name = f"{base} ({taken[base]})"
        if name != base and base not in repeated:
            repeated.append(base)
        taken[name] = 1
        found.append(name)
    return found, repeated


def check_size(rows: int, columns: int, limits: Limits) -> None:
    """Refuse a table that is too large to read.

    Args:
        rows: its rows.
        columns: its columns.
        limits: what it may have.

    Raises:
        DataError: it has too many rows, columns or cells.
    """
    for what, most, came in (
        ("columns", limits.columns, columns),
        ("rows", limits.rows, rows),
        ("cells (rows times columns)", limits.cells, rows * columns),
    ):
        if came > most:
            raise DataError(
                f"A table must have at most {most:,} {what}. Got {came:,}. Leave some of them out of the file."
            )


def summarise(table: Table, limits: Limits) -> Summary:
    """What is known of a table before anything is done to it.

    Args:
        table: the table.
        limits: how many categories and classes there may be.

    Returns:
        Its columns, its likely labels and its first rows.
    """
    columns = [describe(cells, limits) for cells in table.cells]
    labels, label = likely_labels(table.cells, columns, table.rows, limits)
    if label is not None and _count_inputs(table, columns, label) < limits.least_inputs:
        label = None  # too little would be left to train on
    if _count_inputs(table, columns, label) < limits.least_inputs:
        columns = [replace(c, used=True, note="") if c.note == NUMBERING else c for c in columns]
    return Summary(
        form=table.form,
        kind=_kind(_count_inputs(table, columns, label)),
        rows=table.rows,
        columns=tuple(columns),
        labels=labels,
        label=label,
        head=tuple(tuple(cells.text(row) for cells in table.cells) for row in range(min(HEAD, table.rows))),
        notes=table.notes,
    )


def describe(cells: Cells, limits: Limits) -> Column:
    """What a column holds.

    Args:
        cells: the column.
        limits: how many categories a column may have.

    Returns:
        The column without its values.
    """
    if cells.numbers is None and cells.codes is None:
        return Column(cells.name, cells.unusable or "text", used=False, note=cells.note)
    there = cells.there
    missing = int(len(there) - there.sum())
    if missing == len(there):
        beyond = cells.numbers is not None and not np.isnan(cells.numbers).all()
        note = f"has no finite values up to {LARGEST:.2g}" if beyond else "has no values"
        return Column(cells.name, "empty", missing, used=False, note=note)
    example = cells.text(int(np.argmax(there)))
    if cells.numbers is None:
        kind, distinct, note = _texts(cells, len(there) - missing, limits)
        used = kind == "category"
    else:
        values = cells.numbers[there]
        distinct = len(np.unique(values[:COUNTED]))
        kind = "constant" if values.min() == values.max() else "number"
        numbering = kind == "number" and missing == 0 and _numbers_rows(values)
        used = kind == "number" and not numbering
        note = NUMBERING if numbering else cells.note
    if kind == "constant":
        note = "has one value"
    if cells.label_only:
        used, note = False, "holds classes and is no input"
    return Column(cells.name, kind, missing, distinct, example, used, note)


def _texts(cells: Cells, present: int, limits: Limits) -> tuple[ColumnKind, int, str]:
    """Kind, number of distinct values and note of a column of texts."""
    distinct = len(cells.texts)
    if distinct == 1:
        return "constant", 1, ""
    some = cells.texts[:COUNTED]
    if sum(DATE.fullmatch(text[:60]) is not None for text in some) >= 0.9 * len(some):
        return "date", distinct, "dates are no inputs"
    if distinct <= limits.categories and 2 * distinct <= present:
        return "category", distinct, f"becomes {distinct} inputs of 0 and 1"
    reason = (
        f"more than {limits.categories} different texts"
        if distinct > limits.categories
        else "hardly any twice"
    )
    return "text", distinct, reason


def _numbers_rows(values: NDArray[np.float64]) -> bool:
    """Whether these are whole numbers, each larger than the one before."""
    return bool((np.diff(values) > 0).all() and (values == np.round(values)).all())


def likely_labels(
    cells: Sequence[Cells], columns: Sequence[Column], rows: int, limits: Limits
) -> tuple[tuple[str, ...], str | None]:
    """Columns that may hold the classes.

    Args:
        cells: the table's columns as they were read.
        columns: what they hold.
        rows: its rows.
        limits: how many classes there may be.

    Returns:
        Their names, likeliest first, and the one to take unless another is chosen: one whose name says so, or the last
        column where it has few values, whole ones if they are numbers.
    """
    able = [c for c in columns if c.kind in {"number", "category", "text"} and _few(c, rows, limits.classes)]
    named = {c.name.strip().lower(): c.name for c in reversed(columns) if c in able or c.kind == "constant"}
    first = [named[name] for name in LABEL_NAMES if name in named]
    last = columns[-1] if columns else None
    if last in able and last is not None and last.distinct <= GUESSED and _whole(cells[-1]):
        first.append(last.name)
    others = sorted(able, key=lambda c: (c.kind == "number", c.distinct))
    return tuple(dict.fromkeys([*first, *(c.name for c in others)])), first[0] if first else None


def _whole(cells: Cells) -> bool:
    """Whether a column has no fractions."""
    if cells.numbers is None:
        return True
    values = cells.numbers[cells.there]
    return bool((values == np.round(values)).all())


def _few(column: Column, rows: int, classes: int) -> bool:
    return 2 <= column.distinct <= classes and 2 * column.distinct <= rows - column.missing


def _count_inputs(table: Table, columns: Sequence[Column], label: str | None) -> int:
    used = [(c, cells) for c, cells in zip(columns, table.cells, strict=True) if c.used and c.name != label]
    return sum(len(cells.texts) if c.kind == "category" else 1 for c, cells in used)


def _kind(inputs: int) -> Kind:
    return "points" if inputs in {2, 3} else "table"


def prepare_table(table: Table, preparation: Preparation, limits: Limits) -> Prepared:
    """Turn a table into inputs and classes.

    Args:
        table: the table.
        preparation: what to do with it.
        limits: what may come out.

    Returns:
        The samples.

    Raises:
        DataError: the preparation does not fit the table, or too little is left of it.
    """
    enough(table.rows, limits)
    columns = [describe(cells, limits) for cells in table.cells]
    if all(c.kind in {"constant", "empty"} for c in columns):
        raise DataError(
            f"Rows must differ. Got {table.rows:,} rows that are all alike. Bring a table with others."
        )
    check_names(preparation, [c.name for c in columns])
    done = [
        f"{counted(table.rows, 'row')} and {counted(len(columns), 'column')} were read from {table.form}."
    ]
    rows = np.arange(table.rows)
    label = next((cells for cells in table.cells if cells.name == preparation.label), None)
    if label is not None:
        rows = rows[label.there]
        if len(rows) < table.rows:
            lost = counted(table.rows - len(rows), "row")
            done.append(
                f"{lost} without a class in {short(label.name)} {_were(table.rows - len(rows))} left out."
            )
        enough(len(rows), limits)
    chosen = _choose(table, columns, preparation, done)
    before = len(rows)
    rows = _complete(chosen, rows, preparation, done)
    if len(rows) < before:
        enough(
            len(rows), limits, "Fill missing values with the median, or leave the columns out that have most."
        )
    y, names = (None, ()) if label is None else classes_of(label, rows, limits)
    if label is not None:
        done.append(f"{short(label.name)} gives {counted(len(names), 'class', 'classes')}.")
    width = sum(1 if cells.numbers is not None else len(cells.texts) for cells in chosen)
    check_inputs(width, limits)
    taken = limited(len(rows), width, preparation, y, limits, done)
    rows, y = rows[taken], None if y is None else y[taken]
    y, names = without_empty(y, names)
    x, features = _varying(*_inputs(chosen, rows, preparation, done), done, limits)
    if preparation.scaling == "0-1":
        low, high = x.min(axis=0), x.max(axis=0)
        x = ((x.astype(np.float64) - low) / (high.astype(np.float64) - low)).astype(np.float32)
        done.append("Each input was scaled to the range 0 to 1.")
    return Prepared(
        x=x,
        kind=_kind(x.shape[1]),
        y=y,
        class_names=names,
        feature_names=features,
        done=tuple(done),
        standardise=preparation.scaling == "standard",
    )


def _were(number: int) -> str:
    return "was" if number == 1 else "were"


def check_names(preparation: Preparation, names: Sequence[str]) -> None:
    """Refuse a label or a column to leave out that the table does not have.

    Args:
        preparation: the label and the columns to leave out.
        names: the table's columns.

    Raises:
        DataError: one of them is none of these.
    """
    wanted = [*preparation.left_out, *([] if preparation.label is None else [preparation.label])]
    if unknown := [name for name in wanted if name not in set(names)]:
        raise DataError(
            f"Columns that are chosen must be in the table. Got {listed(unknown)}. Choose among {listed(names)}."
        )


def enough(samples: int, limits: Limits, advice: str = "Bring a file with more of them.") -> None:
    """Refuse too few samples.

    Args:
        samples: how many are left.
        limits: how few there may be.
        advice: what to do.

    Raises:
        DataError: there are fewer.
    """
    if samples < limits.least_rows:
        raise DataError(
            f"Training needs at least {limits.least_rows} usable samples. Got {samples}. {advice}"
        )


def check_inputs(width: int, limits: Limits) -> None:
    """Refuse more inputs than can be trained on.

    Args:
        width: d, the number of inputs.
        limits: how many there may be.

    Raises:
        DataError: there are more.
    """
    if width > limits.inputs:
        raise DataError(
            f"Samples must have at most {limits.inputs:,} inputs. Got {width:,}. Leave columns out."
        )


def _choose(
    table: Table, columns: Sequence[Column], preparation: Preparation, done: list[str]
) -> list[Cells]:
    """The columns that become inputs."""
    outside = {preparation.label, *(cells.name for cells in table.cells if cells.label_only)}
    rest = [c for c in columns if c.name not in outside]
    for kind, adjective in (
        ("empty", "empty column"),
        ("constant", "constant column"),
        ("date", "column of dates"),
        ("text", "column of text"),
    ):
        if names := [c.name for c in rest if c.kind == kind]:
            many = "columns of " + adjective.split()[-1] if "of" in adjective else ""
            done.append(
                f"{counted(len(names), adjective, many)} {_were(len(names))} left out: {listed(names)}."
            )
    able = [c.name for c in rest if c.kind in {"number", "category"}]
    if names := [name for name in able if name in preparation.left_out]:
        done.append(
            f"{counted(len(names), 'column')} {_were(len(names))} left out by choice: {listed(names)}."
        )
    chosen = set(able) - set(preparation.left_out)
    if not chosen:
        raise DataError(
            "A table must have columns of numbers or categories that differ between rows. "
            f"Got none among {counted(len(columns), 'column')}. Bring another table, or leave fewer columns out."
        )
    return [cells for cells in table.cells if cells.name in chosen]


def _complete(
    chosen: Sequence[Cells], rows: NDArray[np.int64], preparation: Preparation, done: list[str]
) -> NDArray[np.int64]:
    """The rows to take: those without a missing value, or all where these are filled."""
    whole = np.ones(len(rows), dtype=bool)
    holes = 0
    for cells in chosen:
        there = cells.there[rows]
        holes += int(len(there) - there.sum())
        whole &= there
    if not holes:
        return rows
    found = f"{counted(holes, 'missing value')} in {counted(int((~whole).sum()), 'row')}"
    if preparation.missing == "drop":
        done.append(f"{found}: these rows were left out.")
        return rows[whole]
    done.append(
        f"{found}: numbers were filled with their column's median, categories with 0 in all their inputs."
    )
    return rows


def classes_of(
    label: Cells, rows: NDArray[np.int64], limits: Limits
) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """Classes of some rows.

    Args:
        label: a column that has a value in each of them.
        rows: the rows.
        limits: how many classes there may be.

    Returns:
        Classes from 0, (n,), and their names, in order.

    Raises:
        DataError: there are too many, or the column cannot be read.
    """
    if label.numbers is not None:
        values, y = np.unique(label.numbers[rows], return_inverse=True)
        found = len(values)
        names = [str(bool(v)) if label.boolean else _number_name(v) for v in values[: limits.classes]]
    elif label.codes is not None:
        values, y = np.unique(label.codes[rows], return_inverse=True)
        found = len(values)
        names = [short(label.texts[code]) for code in values[: limits.classes]]
    else:
        raise DataError(
            f"A label column must hold text or numbers. Got {short(label.name)}, which holds neither. Choose another."
        )
    if found > limits.classes:
        raise DataError(
            f"A label column must have at most {limits.classes} classes. Got {found:,} in {short(label.name)}. "
            "Choose another, or none."
        )
    return y.astype(np.int64), tuple(unique_names(names)[0])


def _number_name(value: float) -> str:
    return str(int(value)) if value == int(value) else repr(float(value))


def without_empty(
    y: NDArray[np.int64] | None, names: tuple[str, ...]
) -> tuple[NDArray[np.int64] | None, tuple[str, ...]]:
    """Number classes anew after samples were left out.

    Args:
        y: classes, (n,), or None.
        names: their names.

    Returns:
        Classes from 0 without a gap, and the names of those that are left.
    """
    if y is None:
        return None, names
    left, again = np.unique(y, return_inverse=True)
    return again.astype(np.int64), tuple(names[c] for c in left)


def limited(
    n: int, width: int, preparation: Preparation, y: NDArray[np.int64] | None, limits: Limits, done: list[str]
) -> NDArray[np.int64]:
    """Positions of the samples to take, and the sentence on it.

    Args:
        n: samples there are.
        width: d, the number of inputs.
        preparation: the limit and how it chooses.
        y: classes, (n,), or None.
        limits: how many samples and numbers there may be.
        done: what was done; a sentence is added where samples are left out.

    Returns:
        Positions, in order.
    """
    most = min(limits.samples, limits.numbers // width, preparation.limit or n)
    if most < n:
        how = (
            "in proportion to the classes"
            if preparation.sampling == "stratified" and y is not None
            else "at random"
        )
        done.append(f"{most:,} of {n:,} samples were drawn {how}.")
    return draw(n, most, preparation.sampling, y)


def _inputs(
    chosen: Sequence[Cells], rows: NDArray[np.int64], preparation: Preparation, done: list[str]
) -> tuple[NDArray[np.float32], list[str]]:
    """Numbers with holes filled, and categories as 0 and 1."""
    features: list[str] = []
    width = sum(1 if cells.numbers is not None else len(cells.texts) for cells in chosen)
    x = np.zeros((len(rows), width), dtype=np.float32)
    for cells in chosen:
        if cells.numbers is not None:
            values, there = cells.numbers[rows], cells.there[rows]
            median = float(np.median(values[there])) if there.any() else 0.0
            filled = np.where(there, values, median)
            # Single precision would cut the digits of a small range far from 0, such as times in seconds since 1970;
            # scaling takes any offset away.
            if preparation.scaling != "none" and np.abs(filled - median).max() <= LARGEST:
                filled -= median
            x[:, len(features)] = filled
            features.append(cells.name)
        elif cells.codes is not None:
            codes = cells.codes[rows]
            at = np.flatnonzero(codes >= 0)
            x[at, len(features) + codes[at]] = 1.0
            features += [f"{short(cells.name)} = {short(text)}" for text in cells.texts]
    categories = [cells.name for cells in chosen if cells.numbers is None]
    if categories:
        made = width - len(chosen) + len(categories)
        done.append(
            f"{counted(len(categories), 'column')} of categories became {made} inputs of 0 and 1: {listed(categories)}."
        )
    return x, unique_names(features)[0]


def _varying(
    x: NDArray[np.float32], features: Sequence[str], done: list[str], limits: Limits
) -> tuple[NDArray[np.float32], tuple[str, ...]]:
    """Inputs that differ between the samples that were taken."""
    varies = (x != x[0]).any(axis=0)
    if int(varies.sum()) < limits.least_inputs:
        raise DataError(
            f"Samples must differ in at least {limits.least_inputs} inputs. Got {int(varies.sum())}. "
            "Leave fewer columns out, take no classes from them, or bring a table with more numbers or categories."
        )
    if varies.all():
        return x, tuple(features)
    names = [name for name, there in zip(features, varies, strict=True) if not there]
    done.append(
        f"{counted(len(names), 'input')} with one value in these samples {_were(len(names))} left out: {listed(names)}."
    )
    return x[:, varies], tuple(name for name, there in zip(features, varies, strict=True) if there)
