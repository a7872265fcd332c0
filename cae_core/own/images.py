"""Images in an archive or folder: to grey, to one shape, at most 32 pixels a side; the folders are the classes.

An image is turned as its EXIF data say, and scaled so that its longest side has the length asked for, its aspect kept.
Where images differ in shape, the smaller ones are centred on a ground of the median grey of their own border.
"""

from __future__ import annotations

import io
import warnings
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import PurePosixPath

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from cae_core.errors import DataError
from cae_core.own.archives import Entry
from cae_core.own.limits import LIMITS, Limits
from cae_core.own.model import Preparation, Prepared, Summary
from cae_core.own.tables import enough, limited, without_empty
from cae_core.own.words import counted, listed, short

FORMATS = ("PNG", "JPEG", "GIF", "BMP", "WEBP", "TIFF")

TABLES = (".csv", ".tsv", ".parquet")
"""Endings of tables, which are not looked for in an archive."""

FOLDER = "folder"
"""What the classes of images are called."""

NO_FOLDER = "no folder"

BLOCK = 1000
"""Images that are scaled at once."""

REASON = 80
"""Most letters of why a file was passed over."""

Shape = tuple[int, int]


@dataclass(frozen=True)
class Found:
    """The images among some files.

    Attributes:
        images: those whose header can be read.
        sizes: their rows and columns.
        folders: the folder that each lies in.
        passed: names of the other files.
        reason: why the first of these was passed over.
    """

    images: tuple[Entry, ...]
    sizes: tuple[Shape, ...]
    folders: tuple[str, ...]
    passed: tuple[str, ...]
    reason: str

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of the folders in order, where there are at least two; numbers by size."""
        names = set(self.folders)
        if len(names) < 2:
            return ()
        whole = all(name.isdecimal() for name in names)
        return tuple(sorted(names, key=lambda name: (int(name) if whole else 0, name)))


def pack_images(files: Sequence[tuple[str, bytes]]) -> bytes:
    """Make one ZIP of several images, so that they are read like any other.

    Args:
        files: name and content of each.

    Returns:
        The ZIP; names lose their folders and get a number in front.
    """
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for position, (name, content) in enumerate(files):
            last = PurePosixPath(name.replace("\\", "/")).name.lstrip(".")
            archive.writestr(f"{position:05d} {last}", content)
    return packed.getvalue()


def find(entries: Sequence[Entry], limits: Limits = LIMITS) -> Found:
    """Look at the headers of files; no pixel is read.

    Args:
        entries: the files.
        limits: how many pixels an image may have.

    Returns:
        The images among them.

    Raises:
        DataError: there are none.
    """
    images, sizes, passed, reason = [], [], [], ""
    for entry in entries:
        try:
            with entry.open() as stream, _opened(stream, limits) as image:
                size = (image.width, image.height) if _on_its_side(image) else (image.height, image.width)
        except Exception as error:  # noqa: BLE001 - damaged images fail in ways that no list names
            passed.append(entry.name)
            reason = reason or str(error)
            continue
        images.append(entry)
        sizes.append(size)
    if not images:
        _check_tables(passed)
        came = f"none; the first file, {short(passed[0])}: {short(reason, REASON)}" if passed else "no file"
        raise DataError(
            f"Images must be PNG, JPEG, GIF, BMP, WebP or TIFF, of at most {limits.pixels:,} pixels. Got {came}. "
            "Pack such images."
        )
    folders = _folders([PurePosixPath(entry.name).parent.parts for entry in images])
    return Found(tuple(images), tuple(sizes), folders, tuple(passed), reason)


def _folders(paths: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """The folder of each image: the innermost that differs between them, ``dog`` of ``dog/images/1.png``."""
    for up in range(1, max((len(path) for path in paths), default=0) + 1):
        names = tuple(path[-up] if len(path) >= up else NO_FOLDER for path in paths)
        if len(set(names)) > 1:
            return names
    return tuple(path[-1] if path else NO_FOLDER for path in paths)


def _check_tables(names: Sequence[str]) -> None:
    """Refuse tables in an archive with a sentence of their own: that is how they are handed out."""
    tables = [name for name in names if name.lower().endswith(TABLES)]
    if tables:
        raise DataError(
            f"A table must come by itself, not in an archive or a folder. Got {listed(tables)}. "
            "Unpack it, and bring the file."
        )


def summarise_images(form: str, found: Found, limits: Limits) -> Summary:
    """What is known of images before they are read.

    Args:
        form: what kind of file they come from.
        found: the images.
        limits: how large an image may become, and how many classes there may be.

    Returns:
        Their number, shape and folders.
    """
    shape = common_shape(found.sizes, None, limits)
    notes = [] if set(found.sizes) == {shape} else [f"They are of {_sizes(found.sizes)} in the file."]
    if found.passed:
        notes.append(_passed(found.passed, found.reason))
    classes = found.classes
    if len(classes) > limits.classes:
        notes.append(
            f"{len(classes):,} folders are too many for classes, of which there may be {limits.classes}."
        )
    labels = (FOLDER,) if 0 < len(classes) <= limits.classes else ()
    return Summary(
        form=form,
        kind="image",
        rows=len(found.images),
        image_shape=shape,
        labels=labels,
        label=labels[0] if labels else None,
        notes=tuple(notes),
    )


def prepare_images(form: str, found: Found, preparation: Preparation, limits: Limits) -> Prepared:
    """Read images.

    Args:
        form: what kind of file they come from.
        found: the images.
        preparation: what to do with them.
        limits: what may come out.

    Returns:
        The samples.

    Raises:
        DataError: the preparation does not fit, or too few images can be read.
    """
    done = [f"{counted(len(found.images), 'image')} of {_sizes(found.sizes)} were found in a {form}."]
    if found.passed:
        done.append(_passed(found.passed, found.reason))
    y, names = _classes(found, preparation, limits, done)
    enough(len(found.images), limits)
    shape = common_shape(found.sizes, preparation.side, limits)
    taken = limited(len(found.images), shape[0] * shape[1], preparation, y, limits, done)
    pixels = np.zeros((len(taken), *shape), dtype=np.uint8)
    whole = np.ones(len(taken), dtype=bool)
    damaged, reason = [], ""
    for i, position in enumerate(taken):
        try:
            pixels[i] = _read(found.images[position], shape, limits)
        except Exception as error:  # noqa: BLE001 - as above
            whole[i] = False
            damaged.append(found.images[position].name)
            reason = reason or str(error)
    if damaged:
        done.append(_passed(damaged, reason))
        if whole.sum() < limits.least_rows:
            raise DataError(
                f"Training needs at least {limits.least_rows} images that can be read. Got {int(whole.sum())}: of "
                f"{counted(len(taken), 'image')}, {len(damaged):,} cannot ({short(reason, REASON)}). "
                "Save them anew, as PNG for instance."
            )
    fitted = (
        ", centred on the grey of their border where their shape is another"
        if len(set(found.sizes)) > 1
        else ""
    )
    done.append(f"Images were turned grey and scaled to {shape[0]}×{shape[1]} pixels{fitted}.")
    return finish_images(
        pixels[whole], None if y is None else y[taken][whole], names, preparation, done, limits, 255.0
    )


def common_shape(sizes: Sequence[Shape], side: int | None, limits: Limits) -> Shape:
    """The shape that all images get.

    Args:
        sizes: rows and columns of each.
        side: longest side asked for; None for as it is.
        limits: the longest that there may be.

    Returns:
        Rows and columns: the largest after each image is scaled by itself.
    """
    longest = min(side or limits.side, limits.side, max(max(size) for size in sizes))
    scaled = [_scaled(size, longest) for size in set(sizes)]
    return max(rows for rows, _ in scaled), max(columns for _, columns in scaled)


def _scaled(size: Shape, longest: int) -> Shape:
    factor = longest / max(size)
    return max(1, round(size[0] * factor)), max(1, round(size[1] * factor))


@contextmanager
def _opened(stream: object, limits: Limits) -> Iterator[Image.Image]:
    """An image whose header is read and harmless."""
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore"
        )  # Pillow's about size and metadata: size is checked here, the rest is not read
        try:
            image = Image.open(stream, formats=FORMATS)  # type: ignore[arg-type]
        except UnidentifiedImageError as error:
            raise DataError("no image of these kinds") from error
        except Image.DecompressionBombError as error:
            raise DataError(f"more than {limits.pixels:,} pixels") from error
        with image:
            width, height = image.size
            if width * height > limits.pixels:
                raise DataError(f"{width:,} x {height:,} pixels, of which there may be {limits.pixels:,}")
            if width < 1 or height < 1:
                raise DataError("an image without pixels")
            yield image


def _read(entry: Entry, shape: Shape, limits: Limits) -> NDArray[np.uint8]:
    """An image in grey and in its place, (rows, columns)."""
    with _opened(io.BytesIO(entry.read()), limits) as image:
        rows, columns = _scaled((image.height, image.width), max(shape))
        orientation = _orientation(image)
        small = _upright(_grey(image, (columns, rows)), orientation)
    scaled = small.shape
    border = np.concatenate([small[0], small[-1], small[:, 0], small[:, -1]])
    placed = np.full(shape, np.median(border), dtype=np.uint8)
    top, left = (shape[0] - scaled[0]) // 2, (shape[1] - scaled[1]) // 2
    placed[top : top + scaled[0], left : left + scaled[1]] = small
    return placed


def _orientation(image: Image.Image) -> int:
    """How a camera was held, by its EXIF data: 1 to 8, where 1 is upright."""
    # EXIF data that follow the pixels of a PNG are not looked at; Pillow turns a TIFF by itself.
    exif = Image.Exif()
    try:
        exif.load(image.info.get("exif", b""))
        return int(exif.get(ExifTags.Base.Orientation, 1))
    except Exception:  # noqa: BLE001 - damaged EXIF data fail in ways that no list names, and the pixels are whole
        return 1


def _on_its_side(image: Image.Image) -> bool:
    return _orientation(image) in {5, 6, 7, 8}


def _upright(pixels: NDArray[np.uint8], orientation: int) -> NDArray[np.uint8]:
    image = Image.fromarray(pixels)
    image.getexif()[ExifTags.Base.Orientation] = orientation
    return np.asarray(ImageOps.exif_transpose(image))


def _grey(image: Image.Image, size: Shape) -> NDArray[np.uint8]:
    """An image in grey, (rows, columns); what is transparent becomes white."""
    if image.mode == "F":
        raise DataError("pixels must be whole numbers; got floating point")
    if image.mode.startswith("I"):
        wide = Image.fromarray(np.asarray(image).astype(np.float32) / 257)
        return np.asarray(wide.resize(size, Image.Resampling.BILINEAR)).clip(0, 255).round().astype(np.uint8)
    image.draft("L", (2 * size[0], 2 * size[1]))
    if "A" in image.mode or "a" in image.mode or "transparency" in image.info:
        clear = image.convert("RGBA").resize(size, Image.Resampling.BILINEAR)
        image = Image.alpha_composite(Image.new("RGBA", size, "white"), clear)
    grey = image.convert("L")
    return np.asarray(grey if grey.size == size else grey.resize(size, Image.Resampling.BILINEAR))


def _classes(
    found: Found, preparation: Preparation, limits: Limits, done: list[str]
) -> tuple[NDArray[np.int64] | None, tuple[str, ...]]:
    """Classes by folder, where they are asked for."""
    names = found.classes
    if preparation.label is None:
        return None, ()
    if preparation.label != FOLDER or not names:
        raise DataError(
            f"The classes of images must be their folders, of which there are {len(set(found.folders))}. "
            f"Got {short(preparation.label)}. Choose no classes, or pack images in a folder a class."
        )
    if len(names) > limits.classes:
        raise DataError(
            f"There may be {limits.classes} classes. Got {len(names):,} folders. Choose no classes."
        )
    done.append(f"Folders give {counted(len(names), 'class', 'classes')}: {listed(names)}.")
    position = {name: i for i, name in enumerate(names)}
    return np.array([position[folder] for folder in found.folders], dtype=np.int64), tuple(map(short, names))


def finish_images(
    pixels: NDArray[np.number],
    y: NDArray[np.int64] | None,
    names: tuple[str, ...],
    preparation: Preparation,
    done: list[str],
    limits: Limits,
    white: float | None,
) -> Prepared:
    """Scale the numbers of images and put them in rows.

    Args:
        pixels: grey images, (n, rows, columns).
        y: their classes, (n,), or None.
        names: names of the classes.
        preparation: the scaling.
        done: what was done.
        limits: how few samples and inputs there may be.
        white: the number that stands for white; None to find it out.

    Returns:
        The samples.

    Raises:
        DataError: there are too few, or they are all alike.
    """
    enough(len(pixels), limits)
    shape = pixels.shape[1], pixels.shape[2]
    x = pixels.reshape(len(pixels), -1).astype(np.float32)
    varying = int((x != x[0]).any(axis=0).sum())
    if varying < limits.least_inputs:
        raise DataError(
            f"Images must differ in at least {limits.least_inputs} pixels. Got {len(x):,} that differ in {varying}. "
            "Bring others."
        )
    if preparation.scaling == "0-1":
        low, high = (0.0, white) if white else _range(x)
        if (low, high) != (0.0, 1.0):
            for block in np.array_split(
                x, max(1, len(x) // BLOCK)
            ):  # parts of x: double precision for a few at once
                block[:] = (block.astype(np.float64) - low) / (high - low)
            done.append(f"Grey values from {low:g} to {high:g} were scaled to the range 0 to 1.")
    y, names = without_empty(y, names)
    return Prepared(
        x=x,
        kind="image",
        y=y,
        class_names=names,
        feature_names=tuple(f"row {r + 1}, column {c + 1}" for r in range(shape[0]) for c in range(shape[1])),
        image_shape=shape,
        done=tuple(done),
        standardise=preparation.scaling == "standard",
    )


def _range(x: NDArray[np.float32]) -> tuple[float, float]:
    """Numbers for black and white: 0 and 1, or 0 and 255, where the numbers look like it, else their extremes."""
    low, high = float(x.min()), float(x.max())
    if low >= 0 and 0.5 < high <= 1:
        return 0.0, 1.0
    return (0.0, 255.0) if low >= 0 and 64 < high <= 255 else (low, high)


def _sizes(sizes: Sequence[Shape]) -> str:
    """Sizes in words: the one there is, or the smallest and largest."""
    if len(set(sizes)) == 1:
        return f"{sizes[0][0]:,}×{sizes[0][1]:,} pixels"
    (rows, columns), times = Counter(sizes).most_common(1)[0]
    return f"{len(set(sizes)):,} sizes, most often {rows:,}×{columns:,} pixels ({times:,} times)"


def _passed(names: Sequence[str], reason: str) -> str:
    were = "was" if len(names) == 1 else "were"
    return f"{counted(len(names), 'file')} {were} passed over ({short(reason, REASON)}): {listed(names)}."
