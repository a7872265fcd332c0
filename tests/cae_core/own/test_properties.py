"""Whatever the bytes: samples that keep their promises, or one `DataError`."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cae_core.errors import DataError
from cae_core.own.limits import LIMITS
from cae_core.own.model import Preparation, Prepared
from cae_core.own.reading import default_preparation, inspect, prepare
from tests.cae_core.own.hostile import image, images, npy, npz, parquet, zip_of

CELL = st.one_of(
    st.integers(-5, 5).map(str),
    st.floats(allow_nan=True).map(repr),
    st.sampled_from(
        ["", "red", "blue", "2020-01-02", '"', "=1", "1,5", "ä", "true", "NA", "1e999", "\ufeff"]
    ),
    st.text(max_size=4),
)


@st.composite
def text_tables(draw: st.DrawFn) -> bytes:
    columns = [draw(st.lists(CELL, min_size=1, max_size=5)) for _ in range(draw(st.integers(1, 5)))]
    rows = draw(st.integers(0, 45))
    mark = draw(st.sampled_from(",;\t|"))
    lines = [mark.join(column[i * 7 % len(column)] for column in columns) for i in range(rows)]
    encoding = draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "latin-1"]))
    return draw(st.sampled_from(["\n", "\r\n", "\r"])).join(lines).encode(encoding, "replace")


@st.composite
def number_arrays(draw: st.DrawFn) -> np.ndarray:
    shape = draw(st.lists(st.integers(0, 40), min_size=0, max_size=4).map(tuple))
    if np.prod(shape) > 20_000:
        shape = (25, *(min(size, 6) for size in shape[1:]))
    kind = draw(st.sampled_from(["<f8", ">f4", "f2", "u1", ">i4", "?", "c8", "U3", "M8[s]"]))
    values = np.random.default_rng(draw(st.integers(0, 9))).integers(0, 9, shape)
    array = values.astype("i8").astype(kind)
    if kind == "<f8" and array.size:
        array.flat[:: draw(st.integers(3, 50))] = draw(st.sampled_from([np.nan, np.inf, 1e300, 0.5]))
    return np.asfortranarray(array) if draw(st.booleans()) else array


@st.composite
def frames(draw: st.DrawFn) -> bytes:
    rows = draw(st.integers(0, 45))
    values = {
        f"c{i}": [column[k * 3 % len(column)] for k in range(rows)]
        for i, column in enumerate(
            draw(
                st.lists(
                    st.one_of(
                        st.lists(st.floats() | st.none(), min_size=1, max_size=6),
                        st.lists(st.text(max_size=3) | st.none(), min_size=1, max_size=6),
                        st.lists(st.booleans() | st.none(), min_size=1, max_size=3),
                        st.lists(st.lists(st.integers(0, 3), max_size=2), min_size=1, max_size=3),
                    ),
                    max_size=5,
                )
            )
        )
    }
    return parquet(pd.DataFrame(values))


@st.composite
def archives(draw: st.DrawFn) -> bytes:
    count = draw(st.integers(0, 26))
    forms = draw(
        st.lists(st.sampled_from(["PNG", "BMP", "GIF", "TIFF", "WEBP", "JPEG"]), min_size=1, max_size=3)
    )
    shape = st.tuples(st.integers(1, 50), st.integers(1, 50))
    shapes = draw(st.lists(shape, min_size=1, max_size=3))
    name = draw(st.sampled_from(["{}", "a/{}", "../{}", "/{}", "a\\{}", ".{}"]))
    files = [
        (f"{i % 3}/" + name.format(i), image(shapes[i % len(shapes)], i, forms[i % len(forms)]))
        for i in range(count)
    ]
    return zip_of(*files)


def whole() -> st.SearchStrategy[bytes]:
    several = st.builds(lambda x, y: npz(x=x, y=y), number_arrays(), number_arrays())
    return st.one_of(text_tables(), number_arrays().map(npy), several, frames(), archives())


VALID = [
    zip_of(*images()),
    npy(np.random.default_rng(0).normal(size=(30, 3))),
    npz(x=np.random.default_rng(0).normal(size=(30, 3)), y=np.arange(30) % 3),
    parquet(pd.DataFrame({"a": np.arange(40) % 7, "b": ["x", "y"] * 20, "c": np.arange(40) / 7})),
    ("a,b,label\n" + "".join(f"{i % 7},{i / 3},{'xy'[i % 2]}\n" for i in range(40))).encode(),
]


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    data = bytearray(draw(st.sampled_from(VALID)))
    for _ in range(draw(st.integers(0, 8))):
        data[draw(st.integers(0, len(data) - 1))] ^= 1 << draw(st.integers(0, 7))
    return bytes(data[: draw(st.integers(0, len(data)) | st.just(len(data)))])


DAMAGED = "A file must be whole to be read."
"""Begins the sentence for errors that no reader foresaw."""

NAMES = st.text(st.characters(codec="latin-1", categories=["L", "N", "P", "S", "Zs"]), max_size=12)

WORDS = ["red", "blue", "=1+1", 'a "word"', "one, two; three|four"]


@st.composite
def good_frames(draw: st.DrawFn) -> pd.DataFrame:
    """At least 20 complete rows that differ, two columns of numbers, and any others."""
    rows = draw(st.integers(20, 60))
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    scale, offset = 10.0 ** draw(st.integers(-6, 9)), draw(st.sampled_from([0.0, -3.0, 1000.0]))
    columns = [(rng.normal(size=rows) + offset) * scale, rng.permutation(rows) + 0.5]
    more = {
        "missing": lambda: np.where(rng.random(rows) < 0.2, np.nan, rng.normal(size=rows)),
        "infinite": lambda: np.where(rng.random(rows) < 0.2, np.inf, rng.normal(size=rows)),
        "whole": lambda: rng.integers(-5, 5, rows),
        "true": lambda: rng.random(rows) < 0.5,
        "words": lambda: [word if i < 20 else "" for i, word in enumerate(rng.choice(WORDS, rows))],
        "latin": lambda: rng.choice(["Köln", "Århus", "é"], rows),
        "texts": lambda: [f"{word}{i}" for i, word in enumerate([draw(NAMES)] * rows)],
        "dates": lambda: pd.date_range("2020-02-27", periods=rows).astype(str),
        "constant": lambda: ["same"] * rows,
        "empty": lambda: [None] * rows,
    }
    chosen = draw(st.lists(st.sampled_from(sorted(more)), max_size=4))
    names = draw(
        st.permutations([f"n{i}" for i in range(len(columns))] + [f"c{i}" for i in range(len(chosen))])
    )
    columns += [more[kind]() for kind in chosen]
    given = draw(st.lists(NAMES, min_size=len(names), max_size=len(names)))
    frame = {
        f"{name} {text}".strip(): column for name, text, column in zip(names, given, columns, strict=True)
    }
    return pd.DataFrame(frame)


@st.composite
def good_text(draw: st.DrawFn) -> bytes:
    frame = draw(good_frames())
    mark = draw(st.sampled_from(",;\t|"))
    decimal = draw(st.sampled_from(",." if mark != "," else "."))
    ending = draw(st.sampled_from(["\n", "\r\n", "\r"]))
    text = frame.to_csv(
        index=draw(st.booleans()),
        sep=mark,
        decimal=decimal,
        lineterminator=ending,
        header=draw(st.booleans()),
    )
    encoding = draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "latin-1"]))
    return text.encode(encoding)


@st.composite
def good_arrays(draw: st.DrawFn) -> bytes:
    shape = (draw(st.integers(20, 40)), *draw(st.lists(st.integers(2, 40), min_size=1, max_size=2)))
    if len(shape) == 3 and draw(st.booleans()):
        shape = (*shape, draw(st.sampled_from([1, 3])))
    values = np.random.default_rng(draw(st.integers(0, 9))).integers(0, 200, shape)
    kind = draw(st.sampled_from(["<f8", ">f4", "<f2", "u1", ">i4", "<i8"]))
    x = np.array(values, dtype=kind, order=draw(st.sampled_from("CF")))
    if draw(st.booleans()):
        return npy(x)
    labels = np.arange(len(x)) % draw(st.integers(2, 5))
    names = draw(st.sampled_from([("x", "y"), ("images", "labels"), ("anything", "target")]))
    text = np.array([f"class {c}" for c in labels])
    return npz(
        **dict(zip(names, (x, draw(st.sampled_from([labels, labels.astype("u1"), text]))), strict=True))
    )


@st.composite
def good_archives(draw: st.DrawFn) -> bytes:
    forms = draw(
        st.lists(st.sampled_from(["PNG", "BMP", "GIF", "TIFF", "WEBP", "JPEG"]), min_size=1, max_size=3)
    )
    shapes = draw(st.lists(st.tuples(st.integers(2, 50), st.integers(2, 50)), min_size=1, max_size=3))
    name = draw(st.sampled_from(["{}", "{}.png", "a b/{}", "ä/{}.x"]))
    folders = draw(st.integers(1, 5))
    files = [
        (f"{i % folders}/" + name.format(i), image(shapes[i % len(shapes)], i, forms[i % len(forms)]))
        for i in range(draw(st.integers(20, 26)))
    ]
    return zip_of(*files)


GOOD = st.one_of(good_text(), good_frames().map(parquet), good_arrays(), good_archives())

FILES = st.one_of(whole(), damaged(), st.binary(max_size=300))

CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "missing": st.sampled_from(["drop", "median"]),
        "scaling": st.sampled_from(["standard", "0-1", "none"]),
        "sampling": st.sampled_from(["random", "stratified"]),
        "side": st.integers(2, 32),
        "limit": st.integers(20, 60),
        "label": st.none(),
        "square": st.booleans(),
    },
)


FITTING = CHANGES.map(lambda changes: {**changes, "missing": "median", "square": False})
"""Changes that fit any good file."""

SMALL_BYTES = LIMITS.memory_bytes // 2
"""Most memory that thousands of small files may take one after the other, above what the process held before."""


@pytest.fixture(autouse=True)
def bounded_memory() -> Iterator[None]:
    """The peak of this process over a test, where Linux counts it and lets it be counted anew."""
    status, again = Path("/proc/self/status"), Path("/proc/self/clear_refs")
    try:
        again.write_text("5")
    except OSError:
        yield
        return
    before = held(status, "VmRSS")
    yield
    assert held(status, "VmHWM") - before <= SMALL_BYTES


def held(status: Path, what: str) -> int:
    """Bytes that the system's account of a process says."""
    found = re.search(rf"{what}:\s*(\d+)", status.read_text())
    assert found
    return 1024 * int(found[1])


def check(prepared: Prepared, preparation: Preparation) -> None:
    n, d = prepared.x.shape
    assert prepared.x.dtype == np.float32
    assert np.isfinite(prepared.x).all()
    assert LIMITS.least_rows <= n <= (preparation.limit or LIMITS.samples)
    assert LIMITS.least_inputs <= d <= LIMITS.inputs
    assert (prepared.x != prepared.x[0]).any()
    assert len(prepared.feature_names) == len(set(prepared.feature_names)) == d
    assert prepared.done
    assert prepared.standardise == (preparation.scaling == "standard")
    if prepared.y is not None:
        assert prepared.y.shape == (n,)
        assert set(prepared.y.tolist()) == set(range(len(prepared.class_names)))
        assert len(set(prepared.class_names)) == len(prepared.class_names) <= LIMITS.classes
    if prepared.kind == "image":
        assert prepared.image_shape is not None
        assert np.prod(prepared.image_shape) == d
        assert max(prepared.image_shape) <= LIMITS.side
    if preparation.scaling == "0-1":
        assert prepared.x.min() >= 0
        assert prepared.x.max() <= 1


def try_file(data: bytes, changes: dict) -> str:
    """Read a file, or hand back why it cannot be read."""
    with tempfile.NamedTemporaryFile(suffix=".bin") as file:
        Path(file.name).write_bytes(data)
        try:
            summary = inspect(file.name, "file")
            default = default_preparation(summary)
            values = {name: getattr(default, name) for name in Preparation.__slots__}
            preparation = Preparation(**{**values, **changes})
            prepared = prepare(file.name, "file", preparation)
        except DataError as error:
            return str(error)
    check(prepared, preparation)
    return ""


@settings(max_examples=200)
@given(FILES, CHANGES)
def test_samples_or_one_error(data: bytes, changes: dict) -> None:
    try_file(data, changes)


@settings(max_examples=80)
@given(whole(), CHANGES)
def test_no_whole_file_is_called_damaged(data: bytes, changes: dict) -> None:
    assert not try_file(data, changes).startswith(DAMAGED)


@settings(max_examples=60)
@given(GOOD, FITTING)
def test_good_files_are_read(data: bytes, changes: dict) -> None:
    assert try_file(data, changes) == ""


@pytest.mark.long
@settings(max_examples=3_000)
@given(GOOD, FITTING)
def test_many_good_files_are_read(data: bytes, changes: dict) -> None:
    assert try_file(data, changes) == ""


@pytest.mark.long
@settings(max_examples=10_000)
@given(FILES, CHANGES)
def test_samples_or_one_error_in_many_files(data: bytes, changes: dict) -> None:
    try_file(data, changes)


@pytest.mark.parametrize("data", VALID)
def test_undamaged_files_are_read(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(data)
    preparation = default_preparation(inspect(str(path), "file"))
    check(prepare(str(path), "file", preparation), preparation)
