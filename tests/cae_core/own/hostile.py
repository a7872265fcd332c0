"""Files that do harm, or are of no use, to readers that trust them: one maker each, small to make.

`docs/hostile.py` makes a table of them; `test_hostile.py` tries them all.
"""

from __future__ import annotations

import bz2
import io
import pickle
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image

ROWS = 40

HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"
"""How a photo of a telephone begins."""


@dataclass(frozen=True)
class Hostile:
    """A file, what is wrong with it, and a part of the sentence it gets; none where it can be used all the same."""

    name: str
    wrong: str
    make: Callable[[], bytes]
    says: str


def numbers(rows: int = ROWS, columns: int = 4) -> np.ndarray:
    return np.random.default_rng(0).normal(size=(rows, columns))


def csv_of(*columns: tuple[str, object]) -> bytes:
    return pd.DataFrame(dict(columns)).to_csv(index=False).encode()


def table() -> pd.DataFrame:
    frame = pd.DataFrame(numbers(), columns=list("abcd"))
    return frame.assign(label=["cat", "dog"] * (ROWS // 2))


def zip_of(*files: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return packed.getvalue()


def image(shape: tuple[int, int] = (12, 12), seed: int = 0, form: str = "PNG") -> bytes:
    pixels = np.random.default_rng(seed).integers(0, 256, shape).astype(np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, form)
    return file.getvalue()


def floating(seed: int) -> bytes:
    """A TIFF of floating-point pixels."""
    file = io.BytesIO()
    Image.fromarray(np.random.default_rng(seed).random((12, 12), dtype=np.float32)).save(file, "TIFF")
    return file.getvalue()


def images(count: int = 30) -> list[tuple[str, bytes]]:
    return [(f"{'ab'[i % 2]}/{i:03d}.png", image(seed=i)) for i in range(count)]


def npy(array: np.ndarray, *, pickled: bool = False) -> bytes:
    file = io.BytesIO()
    np.save(file, array, allow_pickle=pickled)
    return file.getvalue()


def npz(**arrays: np.ndarray) -> bytes:
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)
    return file.getvalue()


def parquet(frame: pd.DataFrame, **options: object) -> bytes:
    file = io.BytesIO()
    frame.to_parquet(file, index=False, **options)
    return file.getvalue()


def arrow(arrays: dict[str, object]) -> bytes:
    file = io.BytesIO()
    pq.write_table(pa.table(arrays), file)
    return file.getvalue()


def huge_png() -> bytes:
    """A PNG that says it has 40,000 x 40,000 pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 40_000, 40_000, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(bytes(10**6)))
        + chunk(b"IEND", b"")
    )


def lying_shape() -> bytes:
    """An NPY file whose header says four billion rows."""
    header = b"{'descr': '<f8', 'fortran_order': False, 'shape': (4000000000, 4), }"
    header = header.ljust(117) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + bytes(1000)


def encrypted() -> bytes:
    """An archive whose entries say that they are encrypted."""
    data = bytearray(zip_of(*images(), method=zipfile.ZIP_STORED))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(mark)
        while at >= 0:
            data[at + offset] |= 1
            at = data.find(mark, at + 4)
    return bytes(data)


def link() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        info = zipfile.ZipInfo("a/1.png")
        info.external_attr = 0o120777 << 16
        archive.writestr(info, "/etc/passwd")
    return packed.getvalue()


def many_entries() -> bytes:
    """A small archive with 30,000 entries in its table of contents."""
    return zip_of(*((str(i), b"") for i in range(30_000)), method=zipfile.ZIP_STORED)


def dictionary_bomb() -> bytes:
    """Parquet of 900 kB in which one long text is repeated 900,000 times: 900 GB as separate texts."""
    text = pa.array(["x" * 1_000_000])
    indices = pa.array(np.zeros(900_000, dtype=np.int32))
    return arrow(
        {"a": pa.array(np.arange(900_000) % 7), "text": pa.DictionaryArray.from_arrays(indices, text)}
    )


def varint(number: int) -> bytes:
    """A whole number of Thrift's compact protocol: 7 bits a byte, the lowest first, zigzag."""
    zigzag, found = 2 * number, b""
    while zigzag > 127:
        found += bytes([zigzag & 127 | 128])
        zigzag >>= 7
    return found + bytes([zigzag])


def lying_footer() -> bytes:
    """Parquet of 25 texts of 12 million letters whose metadata say that they unpack to 5,000 bytes."""
    file = io.BytesIO()
    texts = pa.table({"text": [f"{i:02d}" + "x" * 12_000_000 for i in range(25)]})
    pq.write_table(texts, file, compression="zstd", write_statistics=False)
    data = file.getvalue()
    footer = len(data) - 8 - struct.unpack("<I", data[-8:-4])[0]
    true = varint(pq.read_metadata(file).row_group(0).total_byte_size)
    lie = varint(5000)
    padded = lie[:-1] + bytes([lie[-1] | 128]) + bytes([128] * (len(true) - len(lie) - 1)) + b"\0"
    return data[:footer] + data[footer:].replace(true, padded)


def realistic_csv(rows: int = 5000, columns: int = 60) -> bytes:
    """A table as they come: numbers, missing values, categories, text, dates, an id, a constant and a label."""
    rng = np.random.default_rng(7)
    label = rng.integers(0, 4, rows)
    frame = {"id": np.arange(1, rows + 1)}
    frame |= {
        f"measure {i}": (rng.normal(size=rows) + label * rng.normal()).round(4) for i in range(columns - 10)
    }
    first = date(2020, 1, 1)
    frame["visited"] = [str(first + timedelta(days=int(day))) for day in rng.integers(0, 900, rows)]
    frame["changed"] = [f"{day:02d}.03.2021 10:{day:02d}" for day in rng.integers(1, 29, rows)]
    frame["name"] = [f"person {i}" for i in rng.integers(0, 10**6, rows)]
    frame["remark"] = [f'said "{word}", then left' for word in rng.integers(0, 900, rows)]
    frame["city"] = rng.choice(["Köln", "Paris", "Oslo", "Rome"], rows)
    frame["size"] = rng.choice(["small", "middle", "large"], rows)
    frame["member"] = rng.choice([True, False], rows)
    frame["unit"] = ["mm"] * rows
    frame["class"] = np.array(["north", "east", "south", "west"])[label]
    table = pd.DataFrame(frame)
    for name in rng.choice([f"measure {i}" for i in range(columns - 10)], 12, replace=False):
        table.loc[rng.random(rows) < 0.05, name] = np.nan
    table.loc[rng.random(rows) < 0.02, ["city", "class"]] = np.nan
    return table.to_csv(index=False).encode()


HOSTILE = (
    Hostile("empty.csv", "no byte at all", lambda: b"", "Got an empty file"),
    Hostile("header.csv", "only a line of names", lambda: b"a,b,c\n", "Got only a line of names"),
    Hostile("one-row.csv", "one row", lambda: b"a,b\n1,2\n", "Got 1."),
    Hostile(
        "one-distinct-row.csv",
        "all rows alike",
        lambda: b"a,b\n" + b"1,2\n" * ROWS,
        "all alike",
    ),
    Hostile(
        "dates-and-text.csv",
        "nothing but dates and names",
        lambda: csv_of(
            ("day", pd.date_range("2020-01-01", periods=ROWS)), ("name", [f"n{i}" for i in range(ROWS)])
        ),
        "Got none among 2 columns",
    ),
    Hostile("wide.csv", "100,000 columns", lambda: (b"1," * 100_000 + b"1\n") * 3, "Got 100,001"),
    Hostile("one-line.csv", "one line of 20 MB", lambda: b"a" * (20 * 2**20), "Got a longer first line"),
    Hostile(
        "names-line.csv",
        "a line of names that is longer than what is looked at",
        lambda: b",".join(b"%099d" % i for i in range(1500)) + b"\n" + b"1," * 1499 + b"1\n",
        "Got a longer first line",
    ),
    Hostile(
        "long-name.csv",
        "a column's name of 50,000 letters",
        lambda: (
            b"a" * 50_000 + b",b,c\n" + b"".join(b"%d,%d,%d\n" % (i % 7, i % 5, i % 3) for i in range(ROWS))
        ),
        "",
    ),
    Hostile(
        "returns.csv",
        "four million rows that end with a carriage return, but for one",
        lambda: b"a,b\n" + b"1,2\r" * 4_000_000,
        "Got 4,000,001",
    ),
    Hostile(
        "initials.csv",
        "a line of names that begins as an archive does",
        lambda: b"PK,b,c\n" + b"".join(b"%d,%d,%d\n" % (i % 7, i % 5, i % 3) for i in range(ROWS)),
        "",
    ),
    Hostile(
        "late-line.csv",
        "one cell of 10 MB in the middle",
        lambda: b"a,b\n" + b"1,2\n3,4\n2,0\n" * ROWS + b"x" * 10**7 + b",2\n",
        "",
    ),
    Hostile(
        "quote.csv",
        "a quotation mark that never closes",
        lambda: b'a,b\n1,2\n"3,4\n' + b"5,6\n" * ROWS,
        "never closed",
    ),
    Hostile(
        "ragged.csv",
        "more fields in a late line",
        lambda: b"a,b\n" + b"1,2\n" * ROWS + b"1,2,3,4\n",
        "Got 4 fields in line",
    ),
    Hostile(
        "nul.csv",
        "NUL bytes",
        lambda: b"a,b\n1,2\n" + b"\0" * 50 + b"\n" + b"3,4\n" * ROWS,
        "bytes that no text has",
    ),
    Hostile(
        "cut-utf16.csv",
        "UTF-16 with half a letter at its end",
        lambda: ("a,b\n" + "1,2\n" * ROWS).encode("utf-16")[:-1],
        "begins as UTF-16",
    ),
    Hostile("large.csv", "over 20 MB", lambda: b"1,2\n" * 6_000_000, "at most 20.0 MB"),
    Hostile(
        "many-cells.csv",
        "ten million cells within 20 MB",
        lambda: (b"1,2,3,4,5,6,7,8,9\n" + b"4,3,2,1,0,7,6,5,4\n") * 499_000,
        "",
    ),
    Hostile(
        "commas.csv",
        "twenty million cells, most of them empty",
        lambda: (b"1" + b"," * 1999 + b"2\n") + (b"3" + b"," * 1999 + b"4\n") * 9_999,
        "",
    ),
    Hostile(
        "infinities.csv",
        "half the values not numbers or infinite",
        lambda: b"a,b,c\n" + b"1,inf,1.5\nnan,2,2.5\n-inf,3,3.5\n4,1e400,4.5\n" * 10,
        "",
    ),
    Hostile(
        "names.csv",
        "the same name three times",
        lambda: b"a,a,a\n" + b"".join(b"%d,%d,%d\n" % (i % 7, i % 5, i % 3) for i in range(ROWS)),
        "",
    ),
    Hostile(
        "formula.csv",
        "classes that a spreadsheet would run",
        lambda: csv_of(("a", numbers()[:, 0]), ("b", numbers()[:, 1]), ("label", ["=1+1", "@SUM(A1)"] * 20)),
        "",
    ),
    Hostile("pickle.csv", "a pickle under another name", lambda: pickle.dumps(numbers()), "Got a pickle"),
    Hostile(
        "book.csv",
        "an Excel file under another name",
        lambda: zip_of(("[Content_Types].xml", b"<x/>"), ("xl/workbook.xml", b"<x/>")),
        "Got an office document",
    ),
    Hostile("list.csv", "JSON under another name", lambda: b'[{"a": 1, "b": 2}]', "Got JSON"),
    Hostile(
        "packed.csv", "packed by bzip2", lambda: bz2.compress(csv_of(("a", numbers()[:, 0]))), "Got a bzip2"
    ),
    Hostile("photo.jpg", "a HEIC photo under another name", lambda: HEIC + bytes(500), "of another kind"),
    Hostile(
        "object.npy",
        "Python objects (a pickle inside)",
        lambda: npy(np.array([{}, []] * 20, dtype=object), pickled=True),
        "Got Python objects",
    ),
    Hostile(
        "lying.npy", "a header that says 4,000,000,000 rows", lying_shape, "which needs 128,000,000,000 bytes"
    ),
    Hostile("cut.npy", "cut off in the middle", lambda: npy(numbers())[:700], "header must fit its file"),
    Hostile(
        "complex.npy", "complex numbers", lambda: npy(numbers() + 1j), "Got the array (40 x 4, complex128)"
    ),
    Hostile(
        "records.npy",
        "records with named fields",
        lambda: npy(np.zeros(40, dtype=[("a", "<f8"), ("b", "<i4")])),
        "Inputs must be an array of real numbers",
    ),
    Hostile(
        "one-image.npz",
        "one image of 9 million pixels",
        lambda: npz(x=np.random.default_rng(0).integers(0, 2, (1, 3000, 3000)).astype(np.uint8)),
        "Got 1.",
    ),
    Hostile(
        "large-images.npz",
        "20 images of more than a million pixels",
        lambda: npz(x=np.random.default_rng(0).integers(0, 2, (20, 1025, 1024)).astype(np.uint8)),
        "at most 1,048,576 pixels",
    ),
    Hostile(
        "bomb.npz",
        "an array of zeros that unpacks to 400 times its size",
        lambda: npz(x=np.zeros((100_000, 100))),
        "unpacks from",
    ),
    Hostile(
        "large.npz",
        "90 MB of samples",
        lambda: npz(x=np.random.default_rng(0).integers(0, 2, (90_000, 32, 32)).astype(np.uint8)),
        "",
    ),
    Hostile(
        "flat.npy",
        "twenty million greys in rows of 784",
        lambda: npy(np.random.default_rng(0).integers(0, 256, (25_500, 784)).astype(np.uint8)),
        "",
    ),
    Hostile(
        "bomb.zip", "an image file of 100 MB zeros", lambda: zip_of(("a/1.bmp", bytes(10**8))), "unpacks from"
    ),
    Hostile(
        "dots.zip",
        "a name that leads out of the archive",
        lambda: zip_of(*images(), ("../../etc/x.png", image())),
        "leads out of it",
    ),
    Hostile("absolute.zip", "an absolute name", lambda: zip_of(("/etc/x.png", image())), "leads out of it"),
    Hostile(
        "nested.zip",
        "an archive in the archive",
        lambda: zip_of(*images(), ("more.zip", zip_of(*images()))),
        "archive within the archive",
    ),
    Hostile("encrypted.zip", "encrypted entries", encrypted, "Got an encrypted one"),
    Hostile("link.zip", "a symbolic link", link, "Got a link"),
    Hostile("entries.zip", "30,000 entries", many_entries, "Got 30,000"),
    Hostile("cut.zip", "cut off in the middle", lambda: zip_of(*images())[:3000], "Got one that is damaged"),
    Hostile(
        "no-images.zip",
        "no image among its files",
        lambda: zip_of(("a.txt", b"hello"), ("b.txt", b"you")),
        "Got none",
    ),
    Hostile(
        "table.zip",
        "a table in an archive",
        lambda: zip_of(("data/table.csv", csv_of(("a", numbers()[:, 0])))),
        "must come by itself",
    ),
    Hostile(
        "floats.zip",
        "images whose pixels are floating point",
        lambda: zip_of(*((f"{i}.tif", floating(i)) for i in range(30))),
        "got floating point",
    ),
    Hostile(
        "huge.zip",
        "a PNG that says it has 40,000 x 40,000 pixels",
        lambda: zip_of(("a/1.png", huge_png())),
        "more than 25,000,000 pixels",
    ),
    Hostile(
        "photos.zip",
        "two images of 25 million pixels among small ones",
        lambda: zip_of(*images(), ("a/x.png", photo(0)), ("b/y.png", photo(1))),
        "",
    ),
    Hostile("one.png", "a single image", image, "Got one image"),
    Hostile(
        "cut.parquet", "cut off in the middle", lambda: parquet(table())[:1500], "Got one that is damaged"
    ),
    Hostile("bomb.parquet", "one long text repeated 900,000 times", dictionary_bomb, ""),
    Hostile(
        "footer.parquet",
        "300 MB of texts in 10 kB, of which its metadata say 5,000 bytes",
        lying_footer,
        "Got more than its metadata say",
    ),
    Hostile(
        "runs.parquet",
        "30 million equal numbers in 30 kB",
        lambda: arrow({f"c{i}": pa.array(np.zeros(1_000_000, dtype=np.int8)) for i in range(30)}),
        "Got 30,000,000",
    ),
    Hostile(
        "lists.parquet",
        "lists and bytes, no number",
        lambda: arrow({"a": [[1, 2]] * ROWS, "b": [b"x"] * ROWS}),
        "Got none among 2 columns",
    ),
)


def photo(seed: int) -> bytes:
    """A PNG of 5,000 x 5,000 pixels in colour, with transparency, in a few kilobytes."""
    picture = Image.new("RGBA", (5000, 5000), (seed * 10, 100, 50, 255))
    picture.paste((255, 255, 255, 0), (seed * 100, 100, 3000, 3000))
    file = io.BytesIO()
    picture.save(file, "PNG", compress_level=1)
    return file.getvalue()
