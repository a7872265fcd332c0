"""Draws the thumbnails: ``python -m cae_core.datasets.thumbnails [name ...]``."""

from __future__ import annotations

import sys
from pathlib import Path

from cae_core.catalog import CATALOG
from cae_core.datasets.thumbnails.drawing import draw
from cae_core.errors import ContractionLabError


def main(names: list[str]) -> int:
    """Draw the thumbnails of some datasets, or of all; those whose data are not at hand are left out."""
    missing = 0
    for name in names or list(CATALOG):
        try:
            (Path(__file__).parent / f"{name}.png").write_bytes(draw(name))
        except ContractionLabError as error:
            missing += 1
            print(f"{name}: {error}", file=sys.stderr)
    return int(missing > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
