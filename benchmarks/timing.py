"""Timing two or more things in turn, so that a slower moment of the machine slows all of them."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table.

    Attributes:
        what: what was measured.
        measured: the figure, with its unit.
        target: what is to be reached.
        reached: whether it is; None where the figure is only reported.
    """

    what: str
    measured: str
    target: str
    reached: bool | None


def seconds(*functions: Callable[[], object], rounds: int = 9, repeat: int = 1) -> list[float]:
    """Median seconds of one call of each function, timed in turn after one call of each.

    Args:
        *functions: what to time.
        rounds: number of turns.
        repeat: calls in a turn.

    Returns:
        A median for each function.
    """
    for function in functions:
        function()
    taken: list[list[float]] = [[] for _ in functions]
    for _ in range(rounds):
        for function, found in zip(functions, taken, strict=True):
            begun = time.perf_counter()
            for _ in range(repeat):
                function()
            found.append((time.perf_counter() - begun) / repeat)
    return [statistics.median(found) for found in taken]


def at_most(what: str, value: float, limit: float, unit: str = "") -> Row:
    """A row whose figure must not be above a limit."""
    return Row(what, f"{value:.2f}{unit}", f"at most {limit:g}{unit}", value <= limit)


def at_least(what: str, value: float, limit: float, unit: str = " times") -> Row:
    """A row whose figure must not be below a limit."""
    return Row(what, f"{value:.1f}{unit}", f"at least {limit:g}{unit}", value >= limit)
