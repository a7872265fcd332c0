"""Words that the readers' sentences share."""

from __future__ import annotations

from collections.abc import Sequence

SHOWN = 5
"""Most names that a sentence lists."""

LETTERS = 40
"""Most letters of a name or value that a sentence shows."""


def short(text: str, letters: int = LETTERS) -> str:
    """A name, value or reason on one line, cut to a number of letters."""
    line = "".join(letter if letter.isprintable() else " " for letter in text[: letters + 1])
    return line if len(line) <= letters else line[: letters - 1] + "…"


def listed(names: Sequence[str]) -> str:
    """Names with commas, the first `SHOWN` of them."""
    shown = ", ".join(short(name) for name in names[:SHOWN])
    return f"{shown} and {len(names) - SHOWN:,} more" if len(names) > SHOWN else shown


def counted(number: int, one: str, many: str = "") -> str:
    """A number and its noun: ``1 row``, ``2,000 rows``.

    Args:
        number: how many.
        one: the noun for one.
        many: the noun for more; the other with an s where it is empty.

    Returns:
        Both.
    """
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def megabytes(size: int) -> str:
    """A size in megabytes, of 2^20 bytes."""
    return f"{size / 2**20:,.1f} MB"
