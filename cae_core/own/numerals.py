"""Columns of texts: numbers where nearly all of them are, else codes of their distinct texts.

Numbers may be grouped by threes (``1,234.5``, or ``1.234,5`` with a decimal comma) and have a sign of a currency or of
per cent.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cae_core.own.layout import COMMA, NUMERIC
from cae_core.own.tables import Cells
from cae_core.own.words import counted

GROUPED = {
    ".": re.compile(r"[-+]?\d{1,3}(,\d{3})+(\.\d*)?"),
    ",": re.compile(r"[-+]?\d{1,3}([.'\u00a0\u202f]\d{3})+(,\d*)?"),
}
"""Numbers in groups of three digits, by the decimal mark."""

SIGNS = "$€£¥%"
"""What may stand before or after a number."""

LOOKED_AT = 200
"""Texts from which it is found out whether a column has such numbers."""


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
    if values and all(value.lower() in {"true", "false"} for value in values):
        truth = np.array([float(value.lower() == "true") for value in values] + [np.nan])
        return Cells(name, numbers=truth[codes], boolean=True)
    plain = _plain(values, decimal)
    numbers = _numbers(plain)
    present = codes >= 0
    unreadable = int(np.isnan(numbers)[codes[present]].sum())
    if len(values) and unreadable <= (1 - NUMERIC) * present.sum():
        notes = [f"{counted(unreadable, 'text')} among its numbers: missing"] if unreadable else []
        if any(value[:1] in SIGNS or value[-1:] in SIGNS for value in values[:LOOKED_AT] if value):
            notes.insert(0, "number without its sign")
        return Cells(name, numbers=np.append(numbers, np.nan)[codes], note="; ".join(notes))
    order = np.argsort(np.array(values, dtype=object), kind="stable")
    rank = np.empty(len(order) + 1, dtype=np.int32)
    rank[order], rank[-1] = np.arange(len(order)), -1
    return Cells(name, codes=rank[codes], texts=tuple(values[i] for i in order))


def _numbers(values: Sequence[str]) -> NDArray[np.float64]:
    import pandas as pd

    found: NDArray[np.float64] = pd.to_numeric(pd.Series(values, dtype=object), errors="coerce").to_numpy(
        np.float64
    )
    return found


def _plain(values: Sequence[str], decimal: str) -> Sequence[str]:
    """Numbers as they are read everywhere: no groups, no signs, a decimal point; other texts as they are."""
    some = [_plain_number(value, decimal) for value in values[:LOOKED_AT]]
    # Columns of long texts are many and large; a few of them tell that they are none of numbers.
    if np.isnan(_numbers(some)).mean() > 0.5:
        return values
    return [*some, *(_plain_number(value, decimal) for value in values[LOOKED_AT:])]


def _plain_number(text: str, decimal: str) -> str:
    bare = text
    if text[:1] in SIGNS or text[-1:] in SIGNS or text[1:2] in SIGNS:
        bare = re.sub(rf"^([-+]?)\s*[{SIGNS}]\s*|\s*[{SIGNS}]$", r"\1", text, count=1)
    if GROUPED[decimal].fullmatch(bare):
        bare = re.sub(r"[.'\u00a0\u202f]" if decimal == "," else ",", "", bare)
    return bare.replace(",", ".") if decimal == "," and COMMA.fullmatch(bare) else bare
