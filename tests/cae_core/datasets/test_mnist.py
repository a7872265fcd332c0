"""MNIST and the two of its format from a folder and by download; the real files where they are at hand."""

from __future__ import annotations

import gzip
import hashlib
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from cae_core.catalog import card
from cae_core.config import Config
from cae_core.datasets import download, fetch, files, load, mnist, ready, sources
from cae_core.datasets.download import RemoteFile
from cae_core.errors import DatasetUnavailable
from tests.cae_core.datasets.files import REAL_MNIST, idx, needs_mnist

NAMES = tuple(file.name.removesuffix(".gz") for file in files("mnist"))

CONTENT_SHA256 = (
    "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
)
"""Published checksums of the four files unpacked."""


@pytest.fixture(scope="module")
def made_up(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Files of the right shapes: image i begins with i in three bytes, its label is i modulo 10."""
    folder = tmp_path_factory.mktemp("made up")
    for n, (images, labels) in ((mnist.N_TRAIN, NAMES[:2]), (mnist.N_TEST, NAMES[2:])):
        x = np.zeros((n, 28, 28), np.uint8)
        number = np.arange(n)
        for byte in range(3):
            x[:, 0, byte] = number >> 8 * byte & 255
        (folder / images).write_bytes(idx(x))
        (folder / labels).write_bytes(idx((number % 10).astype(np.uint8)))
    return folder


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    def refuse(*_: object) -> None:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    return


def number(x: np.ndarray) -> np.ndarray:
    """Which of the made-up images each row is."""
    code = np.rint(x[:, :3] * 255).astype(int)
    return code[:, 0] + 256 * code[:, 1] + 65536 * code[:, 2]


@pytest.mark.usefixtures("offline")
def test_the_default_is_a_fixed_tenth(made_up: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAE_DATA_DIR", str(made_up))
    assert ready("mnist")
    dataset = load(Config.for_dataset("mnist"))
    known = card("mnist")
    assert dataset.x_train.shape == (known.n_train, 784)
    assert dataset.x_test.shape == (known.n_test, 784)
    for x, y in ((dataset.x_train, dataset.y_train), (dataset.x_test, dataset.y_test)):
        which = number(x)
        assert len(set(which)) == len(which)
        np.testing.assert_array_equal(y, which % 10)
    few = load(Config.for_dataset("mnist", samples=100))
    np.testing.assert_array_equal(few.x_train, dataset.x_train[:100])
    np.testing.assert_array_equal(few.x_test, dataset.x_test)


@pytest.mark.usefixtures("offline")
@pytest.mark.parametrize("name", ["fashion_mnist", "kmnist"])
def test_the_others_count_in_their_own_subfolder_alone(
    made_up: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("CAE_DATA_DIR", str(made_up))
    assert not ready(name)  # the files of the same names in the folder itself are MNIST's
    with pytest.raises(DatasetUnavailable, match=r"Put train-images-idx3-ubyte\.gz.* from http") as raised:
        load(Config.for_dataset(name))
    assert str(made_up / name) in str(raised.value)
    (tmp_path / name).symlink_to(made_up)
    monkeypatch.setenv("CAE_DATA_DIR", str(tmp_path))
    assert ready(name)
    assert not ready("mnist")
    dataset = load(Config.for_dataset(name))
    known = card(name)
    assert dataset.card is known
    assert dataset.x_train.shape == (known.n_train, 784)
    assert dataset.x_test.shape == (known.n_test, 784)
    np.testing.assert_array_equal(dataset.y_train, number(dataset.x_train) % 10)
    np.testing.assert_array_equal(dataset.y_test, number(dataset.x_test) % 10)


@pytest.mark.usefixtures("offline")
def test_all_of_it(made_up: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAE_DATA_DIR", str(made_up))
    part = load(Config.for_dataset("mnist")).x_display
    whole = load(Config.for_dataset("mnist", samples=60_000))
    assert set(number(whole.x_train)) == set(range(60_000))
    assert set(number(whole.x_test)) == set(range(10_000))
    np.testing.assert_array_equal(whole.x_display, part)


@pytest.mark.usefixtures("offline")
@pytest.mark.parametrize("subfolder", ["", "mnist"])
def test_gzipped_and_unpacked_files_are_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, subfolder: str
) -> None:
    place = tmp_path / subfolder
    place.mkdir(exist_ok=True)
    wanted = [NAMES[0] + ".gz", NAMES[1], NAMES[2], NAMES[3] + ".gz"]
    for name in wanted:
        (place / name).touch()
    monkeypatch.setenv("CAE_DATA_DIR", str(tmp_path))
    assert [path.name for path in sources.fetch("mnist")] == wanted


@pytest.mark.usefixtures("offline")
def test_a_folder_without_the_files_says_so_and_is_not_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CAE_DATA_DIR", str(tmp_path))
    with pytest.raises(DatasetUnavailable, match="must hold train-images-idx3-ubyte") as raised:
        load(Config.for_dataset("mnist"))
    assert str(tmp_path) in str(raised.value)
    assert "Put train-images-idx3-ubyte.gz, train-labels-idx1-ubyte.gz" in str(raised.value)
    assert not ready("mnist")


def test_labels_beyond_nine_are_refused(
    made_up: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in NAMES:
        os.link(made_up / name, tmp_path / name) if "images" in name else None
    (tmp_path / NAMES[1]).write_bytes(idx(np.full(60_000, 3, np.uint8)))
    (tmp_path / NAMES[3]).write_bytes(idx(np.full(10_000, 17, np.uint8)))
    monkeypatch.setenv("CAE_DATA_DIR", str(tmp_path))
    with pytest.raises(DatasetUnavailable, match=r"labels 0 to 9\. Got 17"):
        load(Config.for_dataset("mnist"))


def test_swapped_files_are_refused(made_up: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, source in zip(NAMES, (NAMES[2], NAMES[3], NAMES[0], NAMES[1]), strict=True):
        os.link(made_up / source, tmp_path / name)
    monkeypatch.setenv("CAE_DATA_DIR", str(tmp_path))
    with pytest.raises(DatasetUnavailable, match=r"Got the shape \(10000, 28, 28\)"):
        load(Config.for_dataset("mnist"))


@pytest.mark.usefixtures("offline")
def test_progress_runs_over_the_four_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CAE_DATA_DIR", raising=False)
    monkeypatch.setenv("CAE_CACHE_DIR", str(tmp_path))

    def pretend(file: RemoteFile, folder: Path, progress: object) -> Path:
        progress(0, file.size)  # type: ignore[operator]
        progress(file.size, file.size)  # type: ignore[operator]
        return folder / file.name

    monkeypatch.setattr(download, "download", pretend)
    calls: list[tuple[int, int]] = []
    fetch("mnist", lambda done, total: calls.append((done, total)))
    total = sum(file.size for file in files("mnist"))
    assert calls == sorted(calls)
    assert calls[0] == (0, total)
    assert calls[-1] == (total, total)


def test_it_is_ready_when_the_cache_is_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CAE_DATA_DIR", raising=False)
    monkeypatch.setenv("CAE_CACHE_DIR", str(tmp_path))
    assert not ready("mnist")
    (tmp_path / "mnist").mkdir()
    for file in files("mnist"):
        with (tmp_path / "mnist" / file.name).open("wb") as stream:
            stream.truncate(file.size)
    assert ready("mnist")


@needs_mnist
@pytest.mark.usefixtures("offline")
def test_the_real_files_are_the_known_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAE_DATA_DIR", str(REAL_MNIST))
    for path, known in zip(sources.fetch("mnist"), CONTENT_SHA256, strict=True):
        content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        assert hashlib.sha256(content).hexdigest() == known


@needs_mnist
@pytest.mark.usefixtures("offline")
def test_the_real_files_hold_digits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAE_DATA_DIR", str(REAL_MNIST))
    dataset = load(Config.for_dataset("mnist"))
    assert dataset.x_train.min() == 0
    assert dataset.x_train.max() == 1
    assert dataset.x_train.mean() == pytest.approx(0.1307, abs=0.002)  # the known mean of MNIST
    assert set(dataset.y_train) == set(range(10))
    ink = [dataset.x_train[dataset.y_train == digit].sum(axis=1).mean() for digit in range(10)]
    assert np.argmin(ink) == 1  # a one needs the least ink, a nought the most
    assert np.argmax(ink) == 0
