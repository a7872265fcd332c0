"""Where tests find the real files of MNIST, if anywhere, and files in the formats that are downloaded."""

from __future__ import annotations

import io
import os
import struct
import tarfile
from pathlib import Path

import numpy as np
import pytest

from cae_core.datasets import files

_BESIDE = Path(__file__).parents[4] / "shared" / "data" / "mnist"

REAL_MNIST = Path(os.environ.get("CAE_DATA_DIR") or _BESIDE)
"""A folder: the one that `CAE_DATA_DIR` names, or one beside the repository."""


def _there() -> bool:
    return all(
        (REAL_MNIST / name).is_file() or (REAL_MNIST / name.removesuffix(".gz")).is_file()
        for name in (file.name for file in files("mnist"))
    )


needs_mnist = pytest.mark.skipif(not _there(), reason="the files of MNIST are not at hand")


def idx(array: np.ndarray) -> bytes:
    """An array as an IDX file."""
    return bytes((0, 0, 8, array.ndim)) + struct.pack(f">{array.ndim}I", *array.shape) + array.tobytes()


def tar_gz(path: Path, members: dict[str, bytes]) -> Path:
    """An archive of some files, with its directory."""
    with tarfile.open(path, "w:gz", compresslevel=1) as archive:
        for name, content in members.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return path
