"""Measure the peers and ours in turn, then write the report: ``make bench-peers``, or ``python -m benchmarks.peers``.

Each cell (peer, task, number of lambdas) and each line of the growth plot runs in a process of its own and ends as one
small JSON file; what is there already, from this machine and these versions, is not measured again.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from benchmarks.peers.machine import Others, describe
from benchmarks.peers.tasks import COUNTS, LAMBDA, PACKAGES, PEERS, TASKS, Task

OUT = Path("docs/peers")
"""Where cells and report go; the shipped ones are there."""

GROWTH = tuple(
    f"growth-{axis}-{threads}" for axis in ("members", "samples", "inputs", "units") for threads in (1, 2)
)
"""Lines of the growth plot: an axis and a number of threads."""


def main(arguments: list[str] | None = None) -> int:
    """Measure what is missing and write the report.

    Args:
        arguments: of the command line.

    Returns:
        0, or 1 where a cell failed.
    """
    options = _options(arguments)
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        for name, command in _cells(options, Path(folder)):
            file = options.out / "cells" / f"{name}.json"
            if not options.again and _fresh(file, options.quiet):
                continue
            print(f"{name} ...", end=" ", flush=True)
            failed += not _run(command(), file)
    if not options.no_report:
        from benchmarks.peers import report

        report.write(options.out)
        print(f"report: {options.out / 'README.md'}")
    return 1 if failed else 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench-peers ARGS=...", description=__doc__)
    names = [*PEERS, "growth"]
    parser.add_argument("--only", nargs="+", choices=names, default=names, help="peers to measure, or growth")
    parser.add_argument(
        "--tasks", nargs="+", choices=list(TASKS), default=list(TASKS), help="tasks to measure"
    )
    parser.add_argument(
        "--counts", nargs="+", type=int, choices=COUNTS, default=list(COUNTS), help="numbers of lambdas"
    )
    parser.add_argument("--again", action="store_true", help="measure anew what is there")
    parser.add_argument(
        "--quiet",
        type=float,
        default=1.0,
        help="measure anew where other work took more than this share, 0 to 1",
    )
    parser.add_argument("--no-report", action="store_true", help="measure only")
    parser.add_argument("--out", type=Path, default=OUT, help="folder of cells and report")
    return parser.parse_args(arguments)


def _cells(options: argparse.Namespace, folder: Path) -> Iterator[tuple[str, Any]]:
    """Names of the cells asked for, in turn by task, and what gives their commands."""
    absent = {peer: package for peer in PEERS for package in PACKAGES[peer] if _version(package) is None}
    for peer, package in absent.items():
        print(f"{peer} is left out: {package} is not installed here.")
    for task in (TASKS[name] for name in options.tasks):
        for count in options.counts:
            for peer in PEERS:
                if peer in options.only and peer not in absent:
                    yield f"{peer}_{task.name}_{count}", _command(peer, task, count, folder)
    if "growth" in options.only:
        for name in GROWTH:
            _, axis, threads = name.split("-")
            yield name, lambda axis=axis, threads=threads: ["benchmarks.peers.growth", axis, threads]


def _command(peer: str, task: Task, count: int, folder: Path) -> Any:
    def command() -> list[str]:
        samples, lams = _prepared(task, folder)
        chosen = lams if count > 1 else [LAMBDA]
        return ["benchmarks.peers.cell", peer, task.name, str(samples), json.dumps(chosen), str(time.time())]

    return command


def _prepared(task: Task, folder: Path) -> tuple[Path, list[float]]:
    """A file with the task's samples, so that peers need not load what loads them, and the lambdas of its path."""
    import numpy as np

    from cae_core.config import Config
    from cae_core.datasets import load
    from cae_core.path import PathSpec

    file = folder / f"{task.dataset}.npy"
    config = Config.for_dataset(task.dataset, samples=task.samples)
    if not file.exists():
        np.save(file, load(config).x_train)
    return file, list(PathSpec.of(config).lams)


def _fresh(file: Path, quiet: float) -> bool:
    """Whether a cell is there that this machine measured with these versions, other work taking at most that share."""
    if not file.exists():
        return False
    cell = json.loads(file.read_text(encoding="utf-8"))
    same = all(_version(package) == known for package, known in cell["versions"].items())
    return bool(same and cell["machine"] == describe() and cell.get("others", 1.0) <= quiet)


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _run(command: list[str], file: Path) -> bool:
    """Run a cell in a process of its own and keep what it printed last; whether that went well."""
    begun, others = time.monotonic(), Others()
    done = subprocess.run([sys.executable, "-m", *command], capture_output=True, text=True, check=False)
    if done.returncode:
        print(f"failed\n{done.stderr[-2000:]}", file=sys.stderr)
        return False
    cell = {
        **json.loads(done.stdout.splitlines()[-1]),
        "machine": describe(),
        "date": date.today().isoformat(),
        "others": others.share(),
    }
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(cell, indent=1) + "\n", encoding="utf-8")
    print(f"{time.monotonic() - begun:.0f} s, other work {cell['others']:.0%}", flush=True)
    return True


if __name__ == "__main__":
    sys.exit(main())
