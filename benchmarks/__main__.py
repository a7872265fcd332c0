"""Run the benchmarks and print one table: ``python -m benchmarks [core] [umap] [path] [own] [app]``."""

from __future__ import annotations

import importlib
import sys

from benchmarks.timing import Row

PARTS = ("core", "umap", "path", "own", "app")


def main(names: list[str]) -> int:
    """Run the parts and print their rows.

    Args:
        names: of `PARTS`; all without any.

    Returns:
        0 where every target is reached, else 1; 2 for an unknown name.
    """
    unknown = sorted(set(names) - set(PARTS))
    if unknown:
        print(f"A benchmark must be one of {', '.join(PARTS)}. Got {', '.join(unknown)}.", file=sys.stderr)
        return 2
    missed = 0
    print(f"{'what':<88} {'measured':>14}  {'target':<20}")
    for name in names or PARTS:
        for row in importlib.import_module(f"benchmarks.{name}").rows():
            missed += row.reached is False
            print(_line(row), flush=True)
    return 1 if missed else 0


def _line(row: Row) -> str:
    mark = {True: "reached", False: "MISSED", None: ""}[row.reached]
    return f"{row.what:<88} {row.measured:>14}  {row.target:<20} {mark}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
