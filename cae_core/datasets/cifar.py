"""CIFAR-10 in grey: 32x32 photographs from the binary version of the archive, never the pickled one.

Six files of 10,000 records: a byte with the label, then 1,024 bytes each of red, green and blue, row by row.
Source: Krizhevsky, "Learning multiple layers of features from tiny images", 2009.
"""

from __future__ import annotations

import tarfile
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cae_core.catalog import DatasetCard
from cae_core.config import Config
from cae_core.datasets.dataset import Dataset
from cae_core.datasets.mnist import shuffled_split
from cae_core.datasets.patches import LUMA
from cae_core.datasets.sources import fetch
from cae_core.errors import DatasetUnavailable

PIXELS = 32 * 32
RECORD = 1 + 3 * PIXELS
RECORDS = 10_000
"""Records in each of the six files."""
FILES = tuple(
    f"cifar-10-batches-bin/{name}.bin" for name in ("test_batch", *(f"data_batch_{i}" for i in range(1, 6)))
)
MOST_MEMBERS = 20
"""More entries than this and the archive is another."""


def cifar10(card: DatasetCard, config: Config) -> Dataset:
    """CIFAR-10 in grey, scaled to 0-1, (n, 1024); split as MNIST is.

    Args:
        card: tells the default sizes.
        config: `samples` of it is read.

    Returns:
        The dataset.

    Raises:
        DatasetUnavailable: the archive is missing, damaged or cannot be downloaded.
    """
    return shuffled_split(card, config, read_archive(fetch(card.name)[0]), 5 * RECORDS, RECORDS)


def read_archive(path: Path, records: int = RECORDS) -> tuple[NDArray[np.uint8], ...]:
    """Images in grey and labels of the archive's six files.

    Members are read one by one into memory; nothing is unpacked to disk, and no member larger than a batch is read.

    Args:
        path: the archive.
        records: number of records in each file.

    Returns:
        Training images (5 records, 1024) and labels, test images (records, 1024) and labels.

    Raises:
        DatasetUnavailable: the archive cannot be read, or a file is missing or of another size.
    """
    try:
        batches = _batches(path, records)
    except (OSError, EOFError, zlib.error, tarfile.TarError) as error:
        raise DatasetUnavailable(_damaged(path, f"an archive that cannot be read ({error})")) from error
    missing = [name for name in FILES if name not in batches]
    if missing:
        raise DatasetUnavailable(_damaged(path, f"an archive without {', '.join(missing)}"))
    table = np.concatenate([batches[name] for name in FILES])
    labels = table[:, 0]
    if labels.max() > 9:
        raise DatasetUnavailable(_damaged(path, f"the label {int(labels.max())} where 0 to 9 are needed"))
    grey = _grey(table)
    return grey[records:], labels[records:], grey[:records], labels[:records]


def _batches(path: Path, records: int) -> dict[str, NDArray[np.uint8]]:
    found: dict[str, NDArray[np.uint8]] = {}
    with tarfile.open(path, "r:gz") as archive:
        for count, member in enumerate(archive):
            if count >= MOST_MEMBERS or member.size > records * RECORD:
                raise DatasetUnavailable(_damaged(path, "more or larger entries than the archive has"))
            if member.name not in FILES or not member.isreg():
                continue
            stream = archive.extractfile(member)
            content = b"" if stream is None else stream.read()
            if len(content) != records * RECORD:
                raise DatasetUnavailable(
                    _damaged(
                        path, f"{len(content):,} bytes in {member.name} where {records * RECORD:,} are needed"
                    )
                )
            found[member.name] = np.frombuffer(content, np.uint8).reshape(records, RECORD)
    return found


def _grey(table: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """``0.299 R + 0.587 G + 0.114 B``, rounded (ITU-R BT.601), a batch at a time to bound memory."""
    grey = np.empty((len(table), PIXELS), np.uint8)
    weights = np.asarray(LUMA, np.float32)
    for start in range(0, len(table), RECORDS):
        colours = table[start : start + RECORDS, 1:].reshape(-1, 3, PIXELS)
        grey[start : start + RECORDS] = np.rint(np.einsum("ncp,c->np", colours, weights))
    return grey


def _damaged(path: Path, came: str) -> str:
    return (
        f"{path.name} must be the whole binary version of CIFAR-10. Got {came}. "
        f"Delete {path} so that it can be fetched again, or put a good copy there."
    )
