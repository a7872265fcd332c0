"""IDX, the file format of MNIST: a magic number, the sizes as big-endian 32-bit numbers, then the bytes.

The magic number is two zero bytes, the type (8 for unsigned bytes) and the number of dimensions.
Source: LeCun, Cortes, Burges, "The MNIST database of handwritten digits", section "File formats".
"""

from __future__ import annotations

import gzip
import math
import struct
import zlib
from io import BufferedIOBase
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cae_core.errors import DatasetUnavailable

UNSIGNED_BYTE = 8


class _Damaged(ValueError):
    """Content that is not an IDX file as needed, with the reason."""


def read_idx(path: Path, shape: tuple[int, ...]) -> NDArray[np.uint8]:
    """Read a file of unsigned bytes, gzipped when its name ends in ``.gz``.

    Args:
        path: the file.
        shape: the shape that it must have.

    Returns:
        The array, of that shape.

    Raises:
        DatasetUnavailable: the file cannot be read, or its header, shape or length is another.
    """
    try:
        with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as stream:
            return _read(stream, shape)
    except _Damaged as error:
        came = str(error)
    except (OSError, EOFError, zlib.error) as error:
        came = f"a file that cannot be read ({error})"
    raise DatasetUnavailable(
        f"{path.name} must be a whole IDX file of unsigned bytes. Got {came}. "
        f"Delete {path} so that it can be fetched again, or put a good copy there."
    )


def _read(stream: BufferedIOBase, shape: tuple[int, ...]) -> NDArray[np.uint8]:
    """The array in a stream; never reads more than the shape asks for, one byte aside."""
    header = stream.read(4 + 4 * len(shape))
    if len(header) < 4 + 4 * len(shape) or header[:4] != bytes((0, 0, UNSIGNED_BYTE, len(shape))):
        raise _Damaged(f"a file that begins with {header[:4].hex(' ') or 'nothing'}")
    found = struct.unpack(f">{len(shape)}I", header[4:])
    if found != shape:
        raise _Damaged(f"the shape {found} where {shape} is needed")
    size = math.prod(shape)
    data = stream.read(size + 1)
    if len(data) != size:
        raise _Damaged(f"{'more' if len(data) > size else 'fewer'} than the {size} bytes it announces")
    return np.frombuffer(data, dtype=np.uint8).reshape(shape)
