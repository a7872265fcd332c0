"""Archives and folders as lists of entries, with their sizes checked before any of them is unpacked."""

from __future__ import annotations

import re
import stat
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from io import FileIO
from pathlib import Path
from typing import IO

from cae_core.errors import DataError
from cae_core.own.limits import Limits
from cae_core.own.words import megabytes, short

CENTRAL = b"PK\x01\x02"
"""Begins each entry of an archive's table of contents."""

CHECKED_FROM = 2**20
"""Unpacked size from which the ratio of an entry counts: a small blank image may be packed well."""

NESTED = (".zip", ".gz", ".tgz", ".tar", ".7z", ".rar", ".bz2", ".xz", ".zst")

CLUTTER = ("__macosx", "thumbs.db", "desktop.ini")
"""What systems put into archives and folders of their own accord."""


@dataclass(frozen=True)
class Entry:
    """One file in an archive or folder.

    Attributes:
        name: its path, with slashes.
        size: its unpacked size in bytes.
        open: opens it.
    """

    name: str
    size: int
    open: Callable[[], IO[bytes] | FileIO]

    def read(self) -> bytes:
        """Its content, no longer than `size`."""
        with self.open() as stream:
            return stream.read(self.size)


@contextmanager
def unpacked(path: Path, limits: Limits) -> Iterator[list[Entry]]:
    """The entries of an archive, once it is known to be harmless.

    Args:
        path: a ZIP file.
        limits: what it may hold.

    Yields:
        Its files without folders and clutter, by name.

    Raises:
        DataError: it is damaged, encrypted, nested, names places outside itself, or is beyond the limits.
    """
    # Each entry costs memory as soon as the table of contents is read, so they are counted before.
    _check_count(path.read_bytes().count(CENTRAL), limits)
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise DataError(
            f"An archive must be a whole ZIP file. Got one that is damaged ({short(str(error))}). Pack it again."
        ) from error
    with archive:
        found = [info for info in archive.infolist() if not info.is_dir()]
        for info in found:
            _check_entry(info, limits)
        _check_total(sum(info.file_size for info in found), limits)
        yield _sorted(
            [
                Entry(info.filename.replace("\\", "/"), info.file_size, partial(archive.open, info))
                for info in found
            ]
        )


def in_folder(path: Path, limits: Limits) -> list[Entry]:
    """The files of a folder and its folders; links are passed over.

    Args:
        path: the folder.
        limits: what it may hold.

    Returns:
        Its files without clutter, by name.

    Raises:
        DataError: it is beyond the limits.
    """
    found = []
    for file in path.rglob("*"):
        if file.is_file() and not file.is_symlink():
            found.append(Entry(file.relative_to(path).as_posix(), file.stat().st_size, partial(FileIO, file)))
            _check_count(len(found), limits)
    _check_total(sum(entry.size for entry in found), limits)
    return _sorted(found)


def _sorted(entries: Sequence[Entry]) -> list[Entry]:
    def clutter(entry: Entry) -> bool:
        return any(part.startswith(".") or part.lower() in CLUTTER for part in entry.name.split("/"))

    return sorted((entry for entry in entries if not clutter(entry)), key=lambda entry: entry.name)


def _check_count(entries: int, limits: Limits) -> None:
    if entries > limits.entries:
        raise DataError(
            f"An archive or folder must have at most {limits.entries:,} files. Got {entries:,}. Take fewer of them."
        )


def _check_total(size: int, limits: Limits) -> None:
    if size > limits.unpacked_bytes:
        raise DataError(
            f"Files together must unpack to at most {megabytes(limits.unpacked_bytes)}. Got {megabytes(size)}. "
            "Take fewer or smaller ones."
        )


def _check_entry(info: zipfile.ZipInfo, limits: Limits) -> None:
    """Refuse an entry that is a trap."""
    name = info.filename.replace("\\", "/")
    came, advice = "", "Pack the files anew."
    if name.startswith("/") or re.match(r"[A-Za-z]:", name) or ".." in name.split("/"):
        came, advice = "a name that leads out of it", "Pack a folder of its own."
    elif info.flag_bits & 1:
        came, advice = "an encrypted one", "Pack the files without a password."
    elif stat.S_ISLNK(info.external_attr >> 16):
        came, advice = "a link", "Pack the file that it leads to."
    elif name.lower().endswith(NESTED):
        came, advice = "an archive within the archive", "Unpack that one first."
    elif info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        came = "one packed by another method than ZIP's own (deflate)"
    elif info.file_size > max(CHECKED_FROM, limits.ratio * info.compress_size):
        came = f"one that unpacks from {info.compress_size:,} to {info.file_size:,} bytes"
        advice = "If that is right, pack it without compression."
    if came:
        raise DataError(
            f"Entries of an archive must be plain files. Got {came}: {short(info.filename)}. {advice}"
        )
