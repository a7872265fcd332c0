"""Downloading files: mirrors, checksums, a cache, and nothing half done.

The file is written under a temporary name in the cache folder, its SHA-256 is compared, and only then is it
renamed to its own name, all by pooch (https://www.fatiando.org/pooch). So whatever is in the cache under its own
name is whole, and a download that was cut off, by either side, starts again. The transfer itself is ours,
because pooch's has no limit on size, time or redirects.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

from cae_core.errors import DatasetUnavailable

CACHE_VARIABLE = "CAE_CACHE_DIR"
"""Environment variable that names another cache folder than the platform's."""

DATA_VARIABLE = "CAE_DATA_DIR"
"""Environment variable that names a folder with files that the user has put there."""

CHUNK = 1 << 16
MAX_REDIRECTS = 3
LEFTOVER_AGE_S = 3600.0

Progress = Callable[[int, int], None]
"""Called with the bytes that have come and the bytes that there are."""


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file that can be downloaded.

    Attributes:
        name: its name in the cache.
        size: its size in bytes; a longer answer is refused.
        sha256: its checksum, in hexadecimal digits.
        urls: where it can be had, best first.
        exact: whether the size is known; else it is the most that is taken.
    """

    name: str
    size: int
    sha256: str
    urls: tuple[str, ...]
    exact: bool = True


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait.

    Attributes:
        silence_s: longest time without an answer or a byte, in seconds.
        total_s: longest time for one file from one mirror, in seconds.
    """

    silence_s: float = 20.0
    total_s: float = 900.0


class _Refused(ValueError):
    """An answer that is not taken, with the reason."""


def cache_folder(name: str) -> Path:
    """The folder in which a dataset's files are kept; it need not exist yet.

    Args:
        name: the dataset.

    Returns:
        The folder: in the folder that `CAE_CACHE_DIR` names, or else in the platform's cache of the user.
    """
    import pooch

    return Path(os.environ.get(CACHE_VARIABLE) or pooch.os_cache("contraction-lab")) / name


def is_cached(file: RemoteFile, folder: Path) -> bool:
    """Whether a file lies in a folder in full size; its checksum is compared when it is downloaded."""
    path = folder / file.name
    return path.is_file() and (path.stat().st_size == file.size or not file.exact)


def download(
    file: RemoteFile,
    folder: Path,
    progress: Progress | None = None,
    patience: Patience | None = None,
) -> Path:
    """Download a file unless it is there already with the right checksum.

    Args:
        file: what to download.
        folder: where to keep it.
        progress: called now and then with the bytes done and the bytes in all.
        patience: how long to wait.

    Returns:
        The path of the file.

    Raises:
        DatasetUnavailable: no mirror gave the file.
    """
    import pooch

    pooch.get_logger().setLevel("WARNING")
    _remove_leftovers(folder)
    transfer = _Transfer(file, progress or (lambda done, total: None), patience or Patience())
    failures = []
    for url in file.urls:
        try:
            return Path(pooch.retrieve(url, f"sha256:{file.sha256}", file.name, folder, downloader=transfer))
        except (OSError, ValueError) as error:
            failures.append(f"{urlsplit(url).netloc}: {_reason(error)}")
    raise DatasetUnavailable(
        f"{file.name} must come whole from one of its {len(file.urls)} mirrors. Got {'; '.join(failures)}. "
        f"Check the connection and try again, or put the file into a folder and name that folder in {DATA_VARIABLE}."
    )


@dataclass(frozen=True, slots=True)
class _Transfer:
    """pooch's `downloader`: copies what a URL gives into a file, within limits."""

    file: RemoteFile
    progress: Progress
    patience: Patience

    def __call__(self, url: str, output: str | IO[bytes], _pooch: Any) -> None:
        import requests

        with requests.Session() as session, open(output, "wb") as target:  # type: ignore[arg-type]
            session.max_redirects = MAX_REDIRECTS
            with session.get(
                url,
                stream=True,
                timeout=self.patience.silence_s,
                # The file is compressed itself; a second compression on the way would change its bytes.
                headers={"Accept-Encoding": "identity"},
            ) as answer:
                answer.raise_for_status()
                self._copy(answer.iter_content(CHUNK), target)

    def _copy(self, chunks: Any, target: IO[bytes]) -> None:
        done, end = 0, time.monotonic() + self.patience.total_s
        self.progress(0, self.file.size)
        for chunk in chunks:
            done += len(chunk)
            if done > self.file.size:
                raise _Refused(f"more than the {self.file.size:,} bytes of the file")
            if time.monotonic() > end:
                raise _Refused(f"only {done:,} of {self.file.size:,} bytes in {self.patience.total_s:g} s")
            target.write(chunk)
            self.progress(done, self.file.size)
        if done < self.file.size and self.file.exact:
            raise _Refused(f"only {done:,} of {self.file.size:,} bytes")


def _reason(error: Exception) -> str:
    """What went wrong with one mirror, in a few words."""
    import requests

    if isinstance(error, _Refused):
        return str(error)
    if isinstance(error, requests.HTTPError) and error.response is not None:
        return f"answer {error.response.status_code}"
    if isinstance(error, requests.TooManyRedirects):
        return f"more than {MAX_REDIRECTS} redirects"
    if isinstance(error, requests.Timeout) or "timed out" in str(error):
        return "no answer in time"
    if isinstance(error, requests.RequestException):
        return "no connection, or it was cut off"
    if isinstance(error, OSError):
        return error.strerror or str(error)
    return "a file with another checksum"


def _remove_leftovers(folder: Path) -> None:
    """Remove temporary files of processes that were killed while they downloaded."""
    for path in folder.glob("tmp*"):
        try:
            if time.time() - path.stat().st_mtime > LEFTOVER_AGE_S:
                path.unlink()
        except OSError:
            continue  # another process was faster, or the folder is read-only: neither is in the way
