"""The IDX reader takes whole files only, and says what is wrong with others."""

from __future__ import annotations

import gzip
import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from cae_core.datasets.idx import read_idx
from cae_core.errors import DatasetUnavailable

SHAPE = (3, 2, 2)
HEADER = bytes((0, 0, 8, 3)) + struct.pack(">3I", *SHAPE)
GOOD = HEADER + bytes(range(12))


@pytest.mark.parametrize("packed", [False, True])
def test_reads_what_is_there(tmp_path: Path, packed: bool) -> None:
    path = tmp_path / ("a.gz" if packed else "a")
    path.write_bytes(gzip.compress(GOOD, mtime=0) if packed else GOOD)
    np.testing.assert_array_equal(read_idx(path, SHAPE), np.arange(12).reshape(SHAPE))


@given(array=arrays(np.uint8, array_shapes(max_dims=3, max_side=5)), data=st.data())
def test_every_array_comes_back(
    array: np.ndarray, data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("idx") / "a"
    path.write_bytes(
        bytes((0, 0, 8, array.ndim)) + struct.pack(f">{array.ndim}I", *array.shape) + array.tobytes()
    )
    np.testing.assert_array_equal(read_idx(path, array.shape), array)
    cut = data.draw(st.integers(0, path.stat().st_size - 1))
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(DatasetUnavailable):
        read_idx(path, array.shape)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "begins with nothing"),
        (b"<!DOCTYPE html>" + bytes(20), "begins with 3c 21 44 4f"),
        (HEADER[:9], "begins with 00 00 08 03"),
        (b"\0\0\x0d\x03" + GOOD[4:], "begins with 00 00 0d 03"),
        (b"\0\0\x08\x01" + GOOD[4:], "begins with 00 00 08 01"),
        (HEADER[:-4] + struct.pack(">I", 9) + bytes(12), r"shape \(3, 2, 9\) where \(3, 2, 2\)"),
        (GOOD[:-1], "fewer than the 12 bytes"),
        (GOOD + b"\0", "more than the 12 bytes"),
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_says_what_is_wrong(tmp_path: Path, content: bytes, message: str, packed: bool) -> None:
    path = tmp_path / ("a.gz" if packed else "a")
    path.write_bytes(gzip.compress(content, mtime=0) if packed else content)
    with pytest.raises(DatasetUnavailable, match=message) as raised:
        read_idx(path, SHAPE)
    assert "must be a whole IDX file" in str(raised.value)
    assert str(path) in str(raised.value)


@pytest.mark.parametrize(
    "content",
    [b"not gzip at all", gzip.compress(GOOD, mtime=0)[:-9], gzip.compress(GOOD, mtime=0)[:10] + b"\xff" * 30],
)
def test_damaged_gzip_is_an_error_of_ours(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.gz"
    path.write_bytes(content)
    with pytest.raises(DatasetUnavailable, match="cannot be read"):
        read_idx(path, SHAPE)


def test_a_missing_file_is_an_error_of_ours(tmp_path: Path) -> None:
    with pytest.raises(DatasetUnavailable, match="cannot be read"):
        read_idx(tmp_path / "none", SHAPE)


def test_a_bomb_is_not_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "a.gz"
    path.write_bytes(gzip.compress(HEADER + bytes(300_000_000), compresslevel=1, mtime=0))
    with pytest.raises(DatasetUnavailable, match="more than the 12 bytes"):
        read_idx(path, SHAPE)
