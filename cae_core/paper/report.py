"""What the command prints and writes."""

from __future__ import annotations

from pathlib import Path

from cae_core.paper.cells import Cells
from cae_core.paper.settings import Experiment
from cae_core.paper.table import as_rows, claims


def give(what: str, experiment: Experiment, cells: Cells, out: Path, command: str) -> None:
    """Print."""
    rows = as_rows(experiment, cells)
    for row in rows:
        print(row)
    for claim in claims(experiment, cells):
        print(claim)
