"""Where tests find the real files of MNIST, if anywhere."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cae_core.datasets.mnist import FILES

_BESIDE = Path(__file__).parents[4] / "shared" / "data" / "mnist"

REAL_MNIST = Path(os.environ.get("CAE_DATA_DIR") or _BESIDE)
"""A folder: the one that `CAE_DATA_DIR` names, or one beside the repository."""


def _there() -> bool:
    return all(
        (REAL_MNIST / name).is_file() or (REAL_MNIST / name.removesuffix(".gz")).is_file()
        for name in (file.name for file in FILES)
    )


needs_mnist = pytest.mark.skipif(not _there(), reason="the files of MNIST are not at hand")
