"""What comes with the package, so that a first visit shows pictures at once: a run and four lambda paths.

Made by ``make shipped`` (``python -m cae_core.shipped``); tests hold them against fresh ones.
"""

from __future__ import annotations

from importlib.resources import as_file, files

from cae_core.config import Config
from cae_core.frame import Frame
from cae_core.path import PathSpec
from cae_core.path_parts import read_path

PATHS = ("digits", "moons", "spiral", "breast_cancer")
"""Datasets whose default path is shipped."""


def default_run() -> Frame:
    """The last frame of the default config."""
    with as_file(files(__name__) / "digits.npz") as path:
        return Frame.load(path)


def default_path(spec: PathSpec) -> list[bytes] | None:
    """The parts of a path that is shipped.

    Args:
        spec: what is wanted.

    Returns:
        Its parts, UMAP's the last, or None where it is not the default path of one of `PATHS`.
    """
    name = spec.config.dataset
    if name not in PATHS or spec.key != PathSpec.of(Config.for_dataset(name)).key:
        return None
    with as_file(files(__name__) / f"path-{name}.npz") as path:
        return read_path(path)
