"""The run that comes with the package: the default config, finished, so that a first visit shows pictures at once.

Made by ``python -m cae_core.shipped``; a test holds it against a fresh run.
"""

from __future__ import annotations

from importlib.resources import as_file, files

from cae_core.frame import Frame


def default_run() -> Frame:
    """The last frame of the default config."""
    with as_file(files(__name__) / "digits.npz") as path:
        return Frame.load(path)
