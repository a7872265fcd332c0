"""A path's numbers in compact binary parts: one for what never changes, one a frame, one for the maps of UMAP.

A part is 16 ASCII characters, a digest of the rest, and a zlib stream of

- the length of the header in bytes, unsigned 32 bits, little endian;
- the header, JSON in UTF-8, whose ``arrays`` tell each array's type, shape and offset;
- zeros up to a multiple of 8 bytes; then the arrays, little endian, each at a multiple of 8 from there.

So a browser needs no more than ``DecompressionStream`` and typed arrays to read it, and a file of parts (`write_path`,
`read_path`) is what the player shows. Positions are multiples of 1/4,094 of the picture's width, so that their error is
a quarter of a pixel where that is 2,000 pixels wide. Norms and errors are 16-bit steps on a log scale, 0 and "not a
number" apart, so their relative error is half a step: 1e-4 where the largest is a million times the smallest. Inputs
have 256 shades, and reconstructions, of which there are many, 86: their error is 0.6 % of the range.
"""

from __future__ import annotations

import hashlib
import io
import json
import math
import struct
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cae_core.catalog import card
from cae_core.errors import DataError
from cae_core.frame import Frame
from cae_core.path import PathSpec

Floats = NDArray[np.floating]

FORMAT = 1
"""Version of the format; a part of another version is not read."""

DIGEST = 16
LEVEL = 6
LARGEST = 2_047
SHADES = 85
NOT_A_NUMBER = 65_535
LOG_STEPS = 65_533

ROWS = (
    "reconstruction_error",
    "variance_lost",
    "relative_contraction",
    "saturation",
    "code_spread",
)
"""Numbers of a member that a frame's view holds; `mean_norm` is beside them."""


@dataclass(frozen=True)
class Piece:
    """What is computed of a frame for a path, beside the frame's own view.

    Attributes:
        points: PCA of each member's codes of the display sample, true to scale, (M, n, 2).
        explained: share of the codes' variance in it, (M,).
        spectrum: mean singular values of the Jacobian, largest first, (M, rank).
        ratio: mean contraction ratio at each radius, (M, R).
    """

    points: Floats
    explained: Floats
    spectrum: Floats
    ratio: Floats


@dataclass(frozen=True)
class Part:
    """A part that was read.

    Attributes:
        header: what its JSON says, ``arrays`` left out.
        arrays: its arrays, as they are stored.
    """

    header: Mapping[str, Any]
    arrays: Mapping[str, NDArray[Any]]


def pack(header: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """Header and arrays as one part.

    Args:
        header: plain values; numbers that are not finite become null.
        arrays: of one or two byte integers or floats.

    Returns:
        The part.
    """
    listed, offset, bodies = {}, 0, []
    for name, array in arrays.items():
        raw = np.ascontiguousarray(array).astype(array.dtype.newbyteorder("<"), copy=False).tobytes()
        listed[name] = {"type": array.dtype.str[1:], "shape": list(array.shape), "offset": offset}
        bodies.append(raw + bytes(-len(raw) % 8))
        offset += len(bodies[-1])
    described = {"format": FORMAT, **_plain(header), "arrays": listed}
    head = json.dumps(described, allow_nan=False, separators=(",", ":")).encode()
    start = struct.pack("<I", len(head)) + head
    body = zlib.compress(start + bytes(-len(start) % 8) + b"".join(bodies), LEVEL)
    return hashlib.sha256(body).hexdigest()[:DIGEST].encode() + body


def unpack(part: bytes) -> Part:
    """Read a part.

    Args:
        part: what `pack` made.

    Returns:
        Header and arrays.

    Raises:
        DataError: it is not a part, or of another version.
    """
    try:
        buffer = zlib.decompress(part[DIGEST:])
        (length,) = struct.unpack_from("<I", buffer)
        header = json.loads(buffer[4 : 4 + length])
        start = 4 + length + -(4 + length) % 8
        arrays = {
            name: np.frombuffer(
                buffer, np.dtype("<" + one["type"]), math.prod(one["shape"]), start + one["offset"]
            ).reshape(one["shape"])
            for name, one in header.pop("arrays").items()
        }
        version = header["format"]
    except (zlib.error, struct.error, ValueError, KeyError, TypeError) as error:
        raise DataError(
            f"A part of a path must be as `pack` wrote it. Got {len(part)} bytes that are not. Make the path again."
        ) from error
    if version != FORMAT:
        raise DataError(
            f"A part of a path must be of format {FORMAT}. Got format {version}. Make the path again."
        )
    return Part(header, arrays)


def _plain(value: Any) -> Any:
    """Plain values for JSON."""
    if isinstance(value, Mapping):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, np.ndarray):
        return _plain(value.tolist())
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, np.generic):
        value = value.item()
    return None if isinstance(value, float) and not math.isfinite(value) else value


# ---- numbers in few bits


def linear(values: Floats, keep: NDArray[np.bool_] | None = None) -> tuple[NDArray[np.int16], float]:
    """Values as whole multiples of a scale, from -2,047 to 2,047.

    Args:
        values: (M, ...), finite.
        keep: members that set the scale, (M,); what lies beyond it in the others is cut off.

    Returns:
        ``q`` and the scale; a value is ``q * scale``.
    """
    fixed = values if keep is None or not keep.any() else values[keep]
    scale = float(np.abs(fixed).max(initial=0.0)) / LARGEST or 1.0
    return np.clip(np.rint(values / scale), -LARGEST, LARGEST).astype(np.int16), scale


def logarithmic(values: Floats) -> tuple[NDArray[np.uint16], dict[str, float]]:
    """Values >= 0 as 16-bit steps of their logarithm; 0 and numbers that are not finite have their own.

    Args:
        values: any shape.

    Returns:
        ``q`` and ``{"low", "step"}``; a value is ``exp(low + (q - 1) * step)``, 0 at q = 0, NaN at q = 65,535.
    """
    wide = np.asarray(values, dtype=np.float64)
    positive = np.isfinite(wide) & (wide > 0)
    logs = np.log(wide, where=positive, out=np.zeros_like(wide))
    low, high = (float(logs[positive].min()), float(logs[positive].max())) if positive.any() else (0.0, 0.0)
    step = (high - low) / LOG_STEPS or 1.0
    q = np.where(positive, 1 + np.rint((logs - low) / step), 0)
    return np.where(np.isfinite(wide), q, NOT_A_NUMBER).astype(np.uint16), {"low": low, "step": step}


def from_logarithmic(q: NDArray[np.uint16], scale: Mapping[str, float]) -> NDArray[np.float64]:
    """The values that `logarithmic` stored."""
    values = np.exp(scale["low"] + (q.astype(np.float64) - 1) * scale["step"])
    result: NDArray[np.float64] = np.where(q == 0, 0.0, np.where(q == NOT_A_NUMBER, np.nan, values))
    return result


def _shades(values: Floats, low: float, high: float, steps: int = 255) -> NDArray[np.uint8]:
    """Values as shades from 0, low, to 255, high, in equal steps that divide 255; what lies beyond is cut off."""
    share = (np.asarray(values, dtype=np.float64) - low) / (high - low)
    return (np.rint(steps * np.clip(np.nan_to_num(share), 0.0, 1.0)) * (255 // steps)).astype(np.uint8)


# ---- the parts of a path


def value_range(x: Floats, kind: str) -> tuple[float, float, bool]:
    """Range of values that are drawn as shades: of images all; of tables, about 0, all but the outermost hundredth.

    Args:
        x: inputs, (n, d).
        kind: of the dataset.

    Returns:
        Low, high, and whether 0 is in the middle.
    """
    if kind == "image":
        low, high = min(0.0, float(x.min())), float(x.max())
        return low, max(high, low + 1e-9), False
    top = float(np.quantile(np.abs(x), 0.99)) or 1.0
    return -top, top, True


def base_part(spec: PathSpec, yardsticks: Mapping[str, NDArray[Any]]) -> bytes:
    """The part that holds what no frame changes.

    Args:
        spec: the path.
        yardsticks: what `cae_core.analysis.path.yardsticks` gave.

    Returns:
        The part.
    """
    known, x = card(spec.config.dataset), yardsticks["x"]
    low, high, signed = value_range(x, known.kind)
    labels = yardsticks["y"]
    arrays: dict[str, NDArray[Any]] = {
        "inputs": x.astype(np.float32) if known.kind == "points" else _shades(x, low, high)
    }
    if (labels >= 0).all():
        arrays["label"] = labels.astype(np.uint8)
    header = {
        "kind": "base",
        "path": spec.key,
        "sample_kind": known.kind,
        "image_shape": known.image_shape,
        "feature_names": yardsticks["feature_names"].tolist(),
        "class_names": known.class_names if "label" in arrays else (),
        "n": len(x),
        "d": x.shape[1],
        "members": [{"lam": lam, "label": f"lambda {lam:g}"} for lam in spec.lams],
        "marks": [{"label": objective.label} for objective in spec.marks],
        "epochs": spec.epochs,
        "gallery": yardsticks["gallery"][:12],
        "value_low": low,
        "value_high": high,
        "signed": signed,
        "radii": yardsticks["radii"],
        "median_distance": yardsticks["median_distance"],
        "largest_distance": yardsticks["largest_distance"],
        "spectrum_samples": yardsticks["spectrum_samples"],
        "ratio_samples": yardsticks["ratio_samples"],
    }
    return pack(header, arrays)


def frame_part(spec: PathSpec, index: int, frame: Frame, piece: Piece, points: Floats, base: Part) -> bytes:
    """The part of one frame.

    Args:
        spec: the path.
        index: of the frame in it.
        frame: its view and its stopped members are taken.
        piece: what was computed of it.
        points: the piece's points, turned onto their neighbours.
        base: the path's first part.

    Returns:
        The part.
    """
    view, good = frame.view, frame.failed_epoch == 0
    positions, point_scale = linear(points, good)
    gallery: NDArray[Any]
    norm, norm_scale = logarithmic(view["norm"])
    error, error_scale = logarithmic(view["error"])
    gallery_scale = 1.0
    if base.header["sample_kind"] == "points":
        gallery, gallery_scale = linear(np.nan_to_num(view["gallery"], posinf=0.0, neginf=0.0), good)
    else:
        gallery = _shades(view["gallery"], base.header["value_low"], base.header["value_high"], SHADES)
    header = {
        "kind": "frame",
        "path": spec.key,
        "index": index,
        "epoch": frame.epoch,
        "point_scale": point_scale,
        "norm": norm_scale,
        "error": error_scale,
        "gallery_scale": gallery_scale,
        "mean_norm": view["norm"].astype(np.float64).mean(axis=1),
        **{name: view[name] for name in ROWS},
        "explained": piece.explained,
        "failed": frame.failed_epoch,
    }
    arrays: dict[str, NDArray[Any]] = {
        "point": positions,
        "norm": norm,
        "error": error,
        "gallery": gallery,
        "spectrum": piece.spectrum.astype(np.float32),
        "ratio": piece.ratio.astype(np.float32),
    }
    return pack(header, arrays)


def umap_part(spec: PathSpec, points: Floats) -> bytes:
    """The part of the maps of UMAP of the last frame.

    Args:
        spec: the path.
        points: aligned, (M, n, 2).

    Returns:
        The part.
    """
    positions, scale = linear(points)
    header = {"kind": "umap", "path": spec.key, "epoch": spec.epochs[-1], "point_scale": scale}
    return pack(header, {"point": positions})


def member_rows(base: Part, frame: Part) -> list[dict[str, Any]]:
    """The numbers of all members in a frame, one row a member.

    Args:
        base: the path's first part.
        frame: the part of a frame.

    Returns:
        ``model``, ``lam`` and ``lam_mean`` (lambda per input; None for marks), ``epoch``, the frame's numbers, NaN
        where there is none, and ``failed_epoch``.
    """
    names = [(one["label"], one["lam"]) for one in base.header["members"]]
    names += [(one["label"], None) for one in base.header["marks"]]
    numbers = {
        name: [math.nan if v is None else v for v in frame.header[name]] for name in ("mean_norm", *ROWS)
    }
    return [
        {
            "model": label,
            "lam": lam,
            "lam_mean": None if lam is None else lam / base.header["d"],
            "epoch": frame.header["epoch"],
            **{name: column[row] for name, column in numbers.items()},
            "failed_epoch": frame.header["failed"][row],
        }
        for row, (label, lam) in enumerate(names)
    ]


def write_path(file: FilePath, parts: Sequence[bytes]) -> None:
    """Write a path's parts into one NPZ file, as ``part_0``, ``part_1``, ... in order."""
    arrays = {f"part_{i}": np.frombuffer(part, np.uint8) for i, part in enumerate(parts)}
    with file.open("wb") as out:
        np.savez(out, allow_pickle=False, **arrays)


def read_path(file: FilePath | str) -> list[bytes]:
    """Read the parts that `write_path` wrote: the first, the frames in order and, where it is there, UMAP's.

    Args:
        file: an NPZ file.

    Returns:
        The parts; `unpack` gives their numbers.

    Raises:
        DataError: it is no such file.
    """
    file = FilePath(file)
    try:
        # From memory: of a file that is none, NumPy would leave the handle open.
        with np.load(io.BytesIO(file.read_bytes()), allow_pickle=False) as stored:
            return [stored[f"part_{i}"].tobytes() for i in range(len(stored.files))]
    except (OSError, EOFError, ValueError, KeyError, TypeError, AttributeError, zipfile.BadZipFile) as error:
        raise DataError(
            f"A path must be read from a file that `write_path` wrote. Got {file.name}. Choose another file."
        ) from error
