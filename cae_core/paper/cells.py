"""Finished cells: one small JSON file each, named by a hash of what decides it.

A cell is written whole or not at all (a temporary file, then a rename). Whoever works on one holds a lock on a file
beside it, which the operating system gives up when the process ends in any way: so several processes may work on one
folder, and nothing that a killed one held stays held.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cae_core.errors import DataError

try:
    import fcntl
except ImportError:  # Windows: two processes on one folder then do the same work, and write the same cells
    fcntl = None  # type: ignore[assignment]

Cell = Mapping[str, Any]


class Cells:
    """Cells in a folder, and those in further folders that are only read.

    Args:
        folder: where new cells go.
        also: folders whose cells count as finished, too.
    """

    def __init__(self, folder: Path, also: Sequence[Path] = ()) -> None:
        self.folder = folder
        self.also = tuple(also)
        self._kept: dict[str, Cell] = {}

    def get(self, key: str) -> Cell | None:
        """A finished cell, or None.

        Args:
            key: its hash.

        Returns:
            What was written.

        Raises:
            DataError: the file is no cell.
        """
        if key not in self._kept:
            for folder in (self.folder, *self.also):
                file = folder / f"{key}.json"
                if file.is_file():
                    self._kept[key] = _read(file)
                    break
        return self._kept.get(key)

    def put(self, key: str, cell: Cell) -> None:
        """Write a finished cell, whole or not at all."""
        self.folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps(cell, allow_nan=False, separators=(",", ":"), sort_keys=True)
        write_whole(self.folder / f"{key}.json", (text + "\n").encode())

    @contextmanager
    def claim(self, name: str) -> Iterator[bool]:
        """Hold a piece of work for as long as the block runs.

        Args:
            name: of the work.

        Yields:
            Whether it is held: False where another process holds it.
        """
        locks = self.folder / "locks"
        locks.mkdir(parents=True, exist_ok=True)
        with (locks / name).open("a") as file:
            held = _locked(file.fileno())
            if held:
                file.truncate(0)  # how far whoever held it before had come
            yield held


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that nobody ever sees a part of it."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.write_bytes(content)
    temporary.replace(path)


def _read(file: Path) -> Cell:
    try:
        cell = json.loads(file.read_text(encoding="utf-8"))
    except ValueError:
        cell = None
    if not isinstance(cell, dict):
        raise DataError(f"A cell must be a JSON object. Got {file}. Remove the file: it is made anew.")
    return cell


def _locked(descriptor: int) -> bool:
    if fcntl is None:
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
