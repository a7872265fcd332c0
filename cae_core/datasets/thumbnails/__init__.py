"""Thumbnails of the datasets: small PNG pictures that ship with the package.

`python -m cae_core.datasets.thumbnails` draws them again.
"""

from __future__ import annotations

from importlib.resources import files

from cae_core.catalog import card

SIZE = 96
"""Width and height of a thumbnail, in pixels."""


def thumbnail(name: str) -> bytes | None:
    """The thumbnail of a dataset: a PNG picture of 96x96 pixels on a transparent ground.

    Args:
        name: a key of the catalog.

    Returns:
        The bytes of the PNG file, or None where there is none.
    """
    picture = files(__name__) / f"{card(name).name}.png"
    return picture.read_bytes() if picture.is_file() else None
