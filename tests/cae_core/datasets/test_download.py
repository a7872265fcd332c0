"""Downloads against a server on this machine that behaves, and misbehaves, as servers do."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from cae_core.datasets.download import Patience, RemoteFile, cache_folder, download, is_cached
from cae_core.errors import DatasetUnavailable

CONTENT = bytes(range(256)) * 2048  # 512 KiB: several chunks
DIGEST = hashlib.sha256(CONTENT).hexdigest()


class Handler(BaseHTTPRequestHandler):
    """One path, one behaviour."""

    def do_GET(self) -> None:
        self.server.seen.append(self.path)  # type: ignore[attr-defined]
        getattr(self, "get_" + self.path.strip("/").split("/")[0])()

    def log_message(self, *_: object) -> None:
        pass

    def _head(self, length: int | None = len(CONTENT)) -> None:
        self.send_response(200)
        if length is not None:
            self.send_header("Content-Length", str(length))
        self.end_headers()

    def get_good(self) -> None:
        self._head()
        self.wfile.write(CONTENT)

    def get_bare(self) -> None:
        self._head(None)
        self.wfile.write(CONTENT)

    def get_wrong(self) -> None:
        self._head()
        self.wfile.write(CONTENT[::-1])

    def get_long(self) -> None:
        self._head(None)
        try:
            for _ in range(1000):
                self.wfile.write(CONTENT)
        except OSError:
            self.server.refused.set()  # type: ignore[attr-defined]

    def get_cut(self) -> None:
        self._head()
        self.wfile.write(CONTENT[:200_000])

    def get_barecut(self) -> None:
        self._head(None)
        self.wfile.write(CONTENT[:200_000])

    def get_silent(self) -> None:
        self._head()
        self.wfile.write(CONTENT[:200_000])
        self.wfile.flush()
        self.server.release.wait(20)  # type: ignore[attr-defined]

    def get_drip(self) -> None:
        self._head()
        try:
            for start in range(0, len(CONTENT), 65536):
                self.wfile.write(CONTENT[start : start + 65536])
                self.wfile.flush()
                time.sleep(0.1)
        except OSError:
            pass

    def get_missing(self) -> None:
        self.send_error(404)

    def get_moved(self) -> None:
        hops = int(self.path.rsplit("/", 1)[1])
        self.send_response(302)
        self.send_header("Location", f"/moved/{hops - 1}" if hops > 1 else "/good")
        self.send_header("Content-Length", "0")
        self.end_headers()


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.seen: list[str] = []
        self.release = threading.Event()
        self.refused = threading.Event()

    def file(self, *paths: str) -> RemoteFile:
        urls = tuple(f"http://127.0.0.1:{self.server_port}/{path}" for path in paths)
        return RemoteFile("data.bin", len(CONTENT), DIGEST, urls)

    def handle_error(self, *_: object) -> None:
        pass  # clients that hang up are part of the plan


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield server
        server.release.set()
        server.shutdown()
        thread.join()


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


@pytest.mark.parametrize("path", ["good", "bare", "moved/1", "moved/3", "drip"])
def test_the_file_comes_whole(server: Server, tmp_path: Path, path: str) -> None:
    found = download(server.file(path), tmp_path / "new" / "folder")
    assert found == tmp_path / "new" / "folder" / "data.bin"
    assert found.read_bytes() == CONTENT
    assert names(found.parent) == ["data.bin"]
    assert is_cached(server.file(path), found.parent)


def test_progress_rises_to_the_whole(server: Server, tmp_path: Path) -> None:
    calls: list[tuple[int, int]] = []
    download(server.file("good"), tmp_path, lambda done, total: calls.append((done, total)))
    assert calls[0] == (0, len(CONTENT))
    assert calls[-1] == (len(CONTENT), len(CONTENT))
    assert len(calls) > 3
    assert calls == sorted(calls)
    assert {total for _, total in calls} == {len(CONTENT)}


def test_a_file_that_is_there_is_not_asked_for_again(server: Server, tmp_path: Path) -> None:
    download(server.file("good"), tmp_path)
    download(server.file("good"), tmp_path)
    assert server.seen == ["/good"]


def test_a_damaged_file_in_the_cache_is_replaced(server: Server, tmp_path: Path) -> None:
    (tmp_path / "data.bin").write_bytes(CONTENT[:-1])
    assert not is_cached(server.file("good"), tmp_path)
    assert download(server.file("good"), tmp_path).read_bytes() == CONTENT


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("missing", "answer 404"),
        ("wrong", "another checksum"),
        ("cut", "cut off"),
        ("barecut", "only 200,000 of 524,288 bytes"),
        ("long", "more than the 524,288 bytes"),
        ("silent", "no answer in time"),
        ("moved/4", "more than 3 redirects"),
    ],
)
def test_each_failure_says_why_and_leaves_nothing(
    server: Server, tmp_path: Path, path: str, reason: str
) -> None:
    with pytest.raises(DatasetUnavailable) as raised:
        download(server.file(path), tmp_path, patience=Patience(silence_s=0.5))
    text = str(raised.value)
    assert reason in text
    assert text.startswith("data.bin must come whole")
    assert "CAE_DATA_DIR" in text
    assert names(tmp_path) == []


def test_an_endless_answer_is_hung_up_on(server: Server, tmp_path: Path) -> None:
    with pytest.raises(DatasetUnavailable):
        download(server.file("long"), tmp_path)
    assert server.refused.wait(10)


def test_a_trickle_is_given_up(server: Server, tmp_path: Path) -> None:
    with pytest.raises(DatasetUnavailable, match=r"bytes in 0\.2 s"):
        download(server.file("drip"), tmp_path, patience=Patience(total_s=0.2))


def test_nobody_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with Server() as gone:
        file = gone.file("good")
    with pytest.raises(DatasetUnavailable, match="no connection"):
        download(file, tmp_path)


def test_the_next_mirror_is_tried(server: Server, tmp_path: Path) -> None:
    file = server.file("missing", "wrong", "cut", "good", "good/never")
    assert download(file, tmp_path).read_bytes() == CONTENT
    assert server.seen == ["/missing", "/wrong", "/cut", "/good"]
    assert names(tmp_path) == ["data.bin"]


def test_all_failures_are_told(server: Server, tmp_path: Path) -> None:
    with pytest.raises(DatasetUnavailable, match=r"2 mirrors.*404;.*checksum"):
        download(server.file("missing", "wrong"), tmp_path)


def test_interrupted_by_hand_it_starts_again(server: Server, tmp_path: Path) -> None:
    def interrupt(done: int, _total: int) -> None:
        if done > 100_000:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        download(server.file("good"), tmp_path, interrupt)
    assert names(tmp_path) == []
    assert download(server.file("good"), tmp_path).read_bytes() == CONTENT


def test_a_killed_process_leaves_no_half_file_under_the_name(server: Server, tmp_path: Path) -> None:
    file = server.file("silent")
    code = (
        "from cae_core.datasets.download import *; from pathlib import Path; "
        f"download(RemoteFile({file.name!r}, {file.size}, {file.sha256!r}, {file.urls!r}), "
        f"Path({str(tmp_path)!r}), lambda done, total: print(done, flush=True))"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if int(line) > 100_000:
                break
        process.kill()
    left = names(tmp_path)
    assert len(left) == 1
    assert left[0].startswith("tmp")
    assert download(server.file("good"), tmp_path).read_bytes() == CONTENT
    assert names(tmp_path) == ["data.bin", left[0]]
    # The leftover might be another process's download, so it goes only when nobody has written to it for long.
    old = time.time() - 7200
    os.utime(tmp_path / left[0], (old, old))
    download(server.file("good"), tmp_path)
    assert names(tmp_path) == ["data.bin"]


def test_many_at_once_all_get_the_file(server: Server, tmp_path: Path) -> None:
    found: list[bytes] = []
    threads = [
        threading.Thread(target=lambda: found.append(download(server.file("drip"), tmp_path).read_bytes()))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [CONTENT] * 4
    assert names(tmp_path) == ["data.bin"]


def test_the_cache_folder_can_be_chosen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CAE_CACHE_DIR", str(tmp_path))
    assert cache_folder("mnist") == tmp_path / "mnist"
    monkeypatch.delenv("CAE_CACHE_DIR")
    assert cache_folder("mnist").parts[-2:] == ("contraction-lab", "mnist")
