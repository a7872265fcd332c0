"""Downloads against a server on this machine that behaves, and misbehaves, as servers do."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from cae_core.datasets.download import Patience, RemoteFile, cache_folder, download, is_cached
from cae_core.errors import DatasetUnavailable
from tests.cae_core.datasets.loopback import CONTENT, DIGEST, Server


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


def test_where_only_a_limit_is_known_the_checksum_decides(server: Server, tmp_path: Path) -> None:
    url = server.file("bare").urls
    limited = RemoteFile("data.bin", 2 * len(CONTENT), DIGEST, url, exact=False)
    assert download(limited, tmp_path).read_bytes() == CONTENT
    assert is_cached(limited, tmp_path)
    cut = RemoteFile("cut.bin", 2 * len(CONTENT), DIGEST, server.file("barecut").urls, exact=False)
    with pytest.raises(DatasetUnavailable, match="another checksum"):
        download(cut, tmp_path)
    small = RemoteFile("small.bin", 1000, DIGEST, url, exact=False)
    with pytest.raises(DatasetUnavailable, match="more than the 1,000 bytes"):
        download(small, tmp_path)


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
