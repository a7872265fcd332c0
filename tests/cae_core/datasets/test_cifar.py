"""CIFAR-10's binary archive: read exactly, and everything else refused."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import numpy as np
import pytest

from cae_core.catalog import card
from cae_core.config import Config
from cae_core.datasets import cifar, load
from cae_core.errors import DatasetUnavailable
from tests.cae_core.datasets.files import tar_gz

RECORDS = 7


def batch(number: int, records: int = RECORDS) -> np.ndarray:
    """Record i has the label i modulo 10; its pixels are drawn from the number's own seed."""
    table = np.random.default_rng(number).integers(0, 256, (records, cifar.RECORD), dtype=np.uint8)
    table[:, 0] = np.arange(records) % 10
    return table


def members() -> dict[str, bytes]:
    return {name: batch(i).tobytes() for i, name in enumerate(cifar.FILES)}


def test_images_are_the_luma_of_their_colours(tmp_path: Path) -> None:
    extra = {"cifar-10-batches-bin/readme.html": b"<html>", "cifar-10-batches-bin/batches.meta.txt": b"cat"}
    path = tar_gz(tmp_path / "a.tar.gz", {**extra, **dict(reversed(members().items()))})
    x_train, y_train, x_test, y_test = cifar.read_archive(path, RECORDS)
    assert x_train.shape == (5 * RECORDS, 1024)
    np.testing.assert_array_equal(y_train, np.tile(np.arange(RECORDS), 5))
    np.testing.assert_array_equal(y_test, np.arange(RECORDS))
    for images, number in ((x_test, 0), (x_train[RECORDS : 2 * RECORDS], 2)):
        red, green, blue = (batch(number)[:, 1 + 1024 * c :][:, :1024].astype(float) for c in range(3))
        assert np.abs(images - (0.299 * red + 0.587 * green + 0.114 * blue)).max() <= 0.5001


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({cifar.FILES[2]: b""}, "0 bytes in cifar-10-batches-bin/data_batch_2.bin"),
        ({cifar.FILES[2]: bytes(RECORDS * cifar.RECORD - 1)}, "where 21,511 are needed"),
        ({cifar.FILES[2]: bytes(RECORDS * cifar.RECORD + 1)}, "more or larger entries"),
        ({"huge": bytes(30_000_000)}, "more or larger entries"),
        ({f"entry {i}": b"" for i in range(30)}, "more or larger entries"),
        ({cifar.FILES[2]: bytes([11]) * (RECORDS * cifar.RECORD)}, "the label 11"),
    ],
)
def test_another_archive_is_refused(tmp_path: Path, change: dict[str, bytes], reason: str) -> None:
    path = tar_gz(
        tmp_path / "a.tar.gz", {**change, **{k: v for k, v in members().items() if k not in change}}
    )
    with pytest.raises(DatasetUnavailable, match=reason):
        cifar.read_archive(path, RECORDS)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    path = tar_gz(tmp_path / "a.tar.gz", {k: v for k, v in members().items() if k != cifar.FILES[3]})
    with pytest.raises(DatasetUnavailable, match=r"without cifar-10-batches-bin/data_batch_3\.bin"):
        cifar.read_archive(path, RECORDS)


def test_links_are_not_followed(tmp_path: Path) -> None:
    path = tmp_path / "a.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        link = tarfile.TarInfo(cifar.FILES[0])
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/hostname"
        archive.addfile(link)
        for name, content in list(members().items())[1:]:
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    with pytest.raises(DatasetUnavailable, match="without cifar-10-batches-bin/test_batch"):
        cifar.read_archive(path, RECORDS)


@pytest.mark.parametrize("keep", [0, 10, 1000, -300])
def test_a_damaged_archive_is_an_error_of_ours(tmp_path: Path, keep: int) -> None:
    whole = tar_gz(tmp_path / "a.tar.gz", members()).read_bytes()
    (tmp_path / "b.tar.gz").write_bytes(whole[:keep])
    with pytest.raises(DatasetUnavailable, match="must be the whole binary version"):
        cifar.read_archive(tmp_path / "b.tar.gz", RECORDS)


def test_the_dataset_has_the_sizes_of_its_card(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "cifar10").mkdir()
    content = np.tile(batch(0, 100), (cifar.RECORDS // 100, 1)).tobytes()
    tar_gz(tmp_path / "cifar10" / "cifar-10-binary.tar.gz", dict.fromkeys(cifar.FILES, content))
    monkeypatch.setenv("CAE_DATA_DIR", str(tmp_path))
    dataset = load(Config.for_dataset("cifar10"))
    known = card("cifar10")
    assert dataset.x_train.shape == (known.n_train, 1024)
    assert dataset.x_test.shape == (known.n_test, 1024)
    assert dataset.x_train.dtype == np.float32
    assert 0 <= dataset.x_train.min() < dataset.x_train.max() <= 1
    assert dataset.y_train is not None
    assert set(dataset.y_train) == set(range(10))
