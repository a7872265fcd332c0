"""Parts of a path: what is packed comes back, as exactly as is promised."""

from __future__ import annotations

import io
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from cae_core.alignment import aligned
from cae_core.analysis.path import make_path, piece, yardsticks
from cae_core.config import Config
from cae_core.datasets import load
from cae_core.errors import DataError
from cae_core.frame import Frame
from cae_core.path import PathSpec
from cae_core.path_parts import (
    DIGEST,
    base_part,
    frame_part,
    from_logarithmic,
    linear,
    logarithmic,
    member_rows,
    pack,
    read_path,
    unpack,
    write_path,
)
from cae_core.training import make_frame, train

WIDE = 2000
"""Pixels of the largest picture that is reckoned with."""


@given(
    st.dictionaries(st.text(max_size=5), st.one_of(st.integers(), st.text(), st.booleans()), max_size=4),
    arrays.arrays(
        st.sampled_from(["u1", "i2", "u2", "f4", "f8"]), arrays.array_shapes(min_dims=1, max_dims=3)
    ),
    arrays.arrays("u1", st.integers(0, 9)),
)
def test_what_is_packed_comes_back(header: dict, first: np.ndarray, second: np.ndarray) -> None:
    header = {name: value for name, value in header.items() if name not in {"arrays", "format"}}
    found = unpack(pack(header, {"first": first, "second": second}))
    assert {name: found.header[name] for name in header} == header
    for name, array in (("first", first), ("second", second)):
        assert found.arrays[name].dtype == array.dtype
        np.testing.assert_array_equal(found.arrays[name], array)


def test_arrays_lie_at_multiples_of_8() -> None:
    part = pack({"kind": "base"}, {"a": np.arange(3, dtype=np.uint8), "b": np.arange(2, dtype=np.float64)})
    buffer = zlib.decompress(part[DIGEST:])
    length = int.from_bytes(buffer[:4], "little")
    start = -(-(4 + length) // 8) * 8
    assert buffer[start : start + 3] == bytes([0, 1, 2])
    assert np.frombuffer(buffer[start + 8 :], np.float64).tolist() == [0, 1]


def test_digest_changes_with_the_content() -> None:
    one, other = (pack({"n": n}, {}) for n in (1, 2))
    assert one[:DIGEST] != other[:DIGEST]
    assert one == pack({"n": 1}, {})


@pytest.mark.parametrize(
    "part", [b"", b"x" * 100, pack({}, {})[:-5], b"0" * 16 + zlib.compress(b"\xff\xff\xff\xff{}")]
)
def test_what_is_no_part_is_refused(part: bytes) -> None:
    with pytest.raises(DataError, match="A part of a path must be"):
        unpack(part)


def test_numbers_that_are_not_finite_become_null() -> None:
    header = {"a": float("nan"), "b": [np.float64("inf"), 1.0], "c": np.array([np.nan])}
    assert unpack(pack(header, {})).header | {"format": 0} == {
        "a": None,
        "b": [None, 1.0],
        "c": [None],
        "format": 0,
    }


@given(arrays.arrays(np.float32, (3, 5, 2), elements=st.floats(-1e6, 1e6, width=32)))
def test_positions_are_right_to_a_quarter_of_a_pixel(points: np.ndarray) -> None:
    q, scale = linear(points)
    half = np.abs(points).max() or 1.0
    assert np.abs(q * scale - points).max() / (2 * half) * WIDE <= 0.251


def test_a_member_that_diverged_does_not_set_the_scale() -> None:
    points = np.ones((3, 4, 2), dtype=np.float32)
    points[1] = 1e9
    q, scale = linear(points, np.array([True, False, True]))
    np.testing.assert_allclose(q[[0, 2]] * scale, 1, rtol=1e-3)
    assert linear(np.full((1, 2, 2), 5.0), np.array([False]))[1] * 2047 == pytest.approx(5)


@given(arrays.arrays(np.float64, (4, 6), elements=st.floats(1e-6, 1e3)))
def test_norms_are_right_to_a_hundredth_of_a_percent(values: np.ndarray) -> None:
    q, scale = logarithmic(values)
    spread = np.log(values.max() / values.min())
    np.testing.assert_allclose(from_logarithmic(q, scale), values, rtol=spread / 65_533 / 2 * 1.01 + 1e-12)


def test_zero_and_no_number_have_their_own() -> None:
    values = np.array([0.0, np.nan, np.inf, 2.0, 4.0])
    q, scale = logarithmic(values)
    np.testing.assert_allclose(from_logarithmic(q, scale), [0, np.nan, np.nan, 2, 4])
    zeros, scale = logarithmic(np.zeros(3))
    assert not from_logarithmic(zeros, scale).any()
    same, scale = logarithmic(np.full(3, 0.7))
    np.testing.assert_allclose(from_logarithmic(same, scale), 0.7)


# ---- a frame's part holds what the core has


def last_frame(name: str) -> tuple[PathSpec, Frame]:
    config = Config.for_dataset(name, epochs=2, hidden=(12,))
    spec = PathSpec.of(config, members=3, frames=2, denoising=0.1)
    dataset = load(spec.config)
    return spec, make_frame(spec.config, dataset, train(spec.config, dataset))


@pytest.mark.parametrize("name", ["digits", "moons", "swiss_roll", "wine", "noise"])
def test_part_of_a_frame_equals_the_core(name: str) -> None:
    spec, frame = last_frame(name)
    base = unpack(base_part(spec, yardsticks(spec.config)))
    found = piece(frame)
    points = aligned(found.points, len(spec.lams))
    part = unpack(frame_part(spec, 1, frame, found, points, base))
    head, stored, view = part.header, part.arrays, frame.view

    assert np.abs(stored["point"] * head["point_scale"] - points).max() <= np.abs(points).max() / 2 / WIDE
    for quantity in ("norm", "error"):
        np.testing.assert_allclose(
            from_logarithmic(stored[quantity], head[quantity]), view[quantity], rtol=3e-4
        )
    np.testing.assert_allclose(head["mean_norm"], view["norm"].mean(axis=1), rtol=1e-6)
    np.testing.assert_allclose(head["variance_lost"], view["variance_lost"], rtol=1e-12)
    np.testing.assert_allclose(stored["spectrum"], found.spectrum, rtol=1e-6)
    np.testing.assert_allclose(stored["ratio"], found.ratio, rtol=1e-6)

    x = load(spec.config).x_display
    low, high = base.header["value_low"], base.header["value_high"]
    if base.header["sample_kind"] == "points":
        np.testing.assert_array_equal(base.arrays["inputs"], x)
        width = np.abs(view["gallery"]).max()
        assert np.abs(stored["gallery"] * head["gallery_scale"] - view["gallery"]).max() <= width / WIDE / 2
    else:
        assert np.mean((x < low) | (x > high)) <= 0.01 + 1 / x.size  # of a table, the outermost are cut off
        shades = low + base.arrays["inputs"] / 255 * (high - low)
        assert np.abs(shades - np.clip(x, low, high)).max() <= 0.01 * (high - low)
        shades = low + stored["gallery"] / 255 * (high - low)
        assert np.abs(shades - np.clip(view["gallery"], low, high)).max() <= 0.01 * (high - low)
    assert base.header["gallery"] == load(spec.config).gallery[:12].tolist()
    assert ("label" in base.arrays) == (name != "noise")


def test_rows_of_a_table() -> None:
    spec, frame = last_frame("digits")
    base = base_part(spec, yardsticks(spec.config))
    found = piece(frame)
    part = frame_part(spec, 1, frame, found, found.points, unpack(base))
    rows = member_rows(unpack(base), unpack(part))
    assert [row["lam"] for row in rows] == [*spec.lams, None]
    assert rows[-1]["model"] == "DAE Gaussian 0.1"
    assert rows[1]["lam_mean"] == pytest.approx(spec.lams[1] / 64)
    np.testing.assert_allclose([row["saturation"] for row in rows], frame.view["saturation"])


# ---- files


def test_a_file_gives_back_its_parts(tmp_path: Path) -> None:
    spec = PathSpec.of(Config.for_dataset("wine", epochs=2, hidden=(4,)), members=2, frames=3)
    parts = make_path(spec)
    write_path(tmp_path / "path.npz", parts)
    assert read_path(tmp_path / "path.npz") == parts
    assert read_path(str(tmp_path / "path.npz")) == parts
    assert [unpack(part).header["kind"] for part in parts] == ["base", "frame", "frame", "frame"]
    assert [unpack(part).header["epoch"] for part in parts[1:]] == [0, 1, 2]


def array_file() -> bytes:
    file = io.BytesIO()
    np.save(file, np.arange(3))
    return file.getvalue()


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04 cut off", array_file()])
def test_another_file_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "other.npz").write_bytes(content)
    with pytest.raises(DataError, match="A path must be read from a file"):
        read_path(tmp_path / "other.npz")
    with pytest.raises(DataError, match="A path must be read from a file"):
        read_path(tmp_path / "missing.npz")
