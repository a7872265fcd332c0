"""The files of every dataset that is downloaded: what is shown of them, and fetching them by the real code."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from cae_core.catalog import CATALOG, card
from cae_core.datasets import fetch, files, ready, sources
from cae_core.errors import DatasetUnavailable
from tests.cae_core.datasets.loopback import CONTENT, DIGEST, Server

NAMES = tuple(sources.SOURCES)


@pytest.fixture
def small(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Server:
    """Every source's files come from the server here, with its content, into an empty cache."""
    monkeypatch.delenv("CAE_DATA_DIR", raising=False)
    monkeypatch.setenv("CAE_CACHE_DIR", str(tmp_path))
    return server


def serve(monkeypatch: pytest.MonkeyPatch, server: Server, name: str, path: str) -> None:
    source = sources.SOURCES[name]
    here = tuple(
        replace(file, size=len(CONTENT), sha256=DIGEST, urls=server.file(path).urls) for file in source.files
    )
    monkeypatch.setitem(sources.SOURCES, name, replace(source, files=here))


@pytest.mark.parametrize(
    ("name", "path"),
    [(name, path) for name in NAMES for path in ("good", "bare", "moved/3")]
    + [("olivetti", "drip"), ("cifar10", "drip")],
)
def test_all_files_come(small: Server, monkeypatch: pytest.MonkeyPatch, name: str, path: str) -> None:
    serve(monkeypatch, small, name, path)
    assert not ready(name)
    calls: list[tuple[int, int]] = []
    fetch(name, lambda done, total: calls.append((done, total)))
    assert ready(name)
    assert calls == sorted(calls)
    assert calls[-1] == (len(CONTENT) * len(files(name)),) * 2
    asked = len(small.seen)
    fetch(name)
    assert len(small.seen) == asked  # they are kept


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("missing", "answer 404"),
        ("wrong", "another checksum"),
        ("cut", "cut off"),
        ("long", "more than the 524,288 bytes"),
        ("moved/4", "more than 3 redirects"),
    ],
)
def test_each_failure_says_which_file_and_why(
    small: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, path: str, reason: str
) -> None:
    serve(monkeypatch, small, name, path)
    with pytest.raises(DatasetUnavailable, match=reason) as raised:
        fetch(name)
    assert str(raised.value).startswith(files(name)[0].name)
    assert "CAE_DATA_DIR" in str(raised.value)
    assert not ready(name)
    assert not any(path.is_file() for path in tmp_path.rglob("*"))


@pytest.mark.parametrize("name", NAMES)
def test_a_folder_without_the_files_says_what_to_put_where(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CAE_DATA_DIR", str(tmp_path))
    assert not ready(name)
    with pytest.raises(DatasetUnavailable) as raised:
        fetch(name)
    text = str(raised.value)
    assert all(file.name in text for file in files(name))
    assert sources.SOURCES[name].page in text
    assert str(tmp_path) in text


@pytest.mark.parametrize("name", NAMES)
def test_what_is_shown_before_is_what_would_come(name: str) -> None:
    known = card(name)
    assert known.download_bytes == sum(file.size for file in files(name))
    assert known.licence
    assert known.group == "Downloads"
    for file in files(name):
        assert re.fullmatch("[0-9a-f]{64}", file.sha256)


def test_every_card_tells_its_download() -> None:
    for name, known in CATALOG.items():
        assert known.download_bytes == sum(file.size for file in files(name))
