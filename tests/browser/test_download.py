"""A download in a real browser: told beforehand, begun by a click, failing, tried again, and then trained on."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.io import savemat

from cae_core.catalog import card
from cae_core.datasets import cifar
from cae_core.datasets.sources import SOURCES
from tests.browser.conftest import APPS, ROOT, Server
from tests.browser.pad_page import READY, changes, drag
from tests.cae_core.datasets.files import idx, tar_gz

LINK = "dataset={}&samples=200&batch=100&epoch=1"
IDX = ("mnist", "fashion_mnist", "kmnist")
NAMES = tuple(file.name for file in SOURCES["fashion_mnist"].files)
PICTURE = ".js-plotly-plot .main-svg"


class Mirror(ThreadingHTTPServer):
    """Serves a folder, or answers 503 while it is closed."""

    daemon_threads = True

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), partial(Handler, directory=str(folder)))
        self.open = False
        self.asked: list[str] = []


class Handler(SimpleHTTPRequestHandler):
    """Serves the folder while the mirror is open."""

    server: Mirror

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        if self.server.open:
            super().do_GET()
        else:
            self.send_error(503)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made-up files of the right format and number, a folder for each source: a few images over and over."""
    folder = tmp_path_factory.mktemp("mirror")
    generator = np.random.default_rng(0)
    for name in SOURCES:
        (folder / name).mkdir()
    few = generator.integers(0, 256, (100, 28, 28), dtype=np.uint8)
    for n, (images, labels) in ((60_000, NAMES[:2]), (10_000, NAMES[2:])):
        for name, array in ((images, np.tile(few, (n // 100, 1, 1))), (labels, np.arange(n) % 10)):
            content = gzip.compress(idx(array.astype(np.uint8)), 1, mtime=0)
            for source in IDX:
                (folder / source / name).write_bytes(content)
    faces = np.tile(generator.integers(0, 256, (4096, 40), dtype=np.uint8), (1, 10))
    savemat(folder / "olivetti" / "olivettifaces.mat", {"faces": faces}, do_compression=True)
    records = generator.integers(0, 256, (10, cifar.RECORD), dtype=np.uint8)
    records[:, 0] = np.arange(10)
    batch = np.tile(records, (1000, 1)).tobytes()
    tar_gz(folder / "cifar10" / "cifar-10-binary.tar.gz", dict.fromkeys(cifar.FILES, batch))
    return folder


@pytest.fixture
def mirror(folder: Path) -> Iterator[Mirror]:
    with Mirror(folder) as mirror:
        thread = threading.Thread(target=mirror.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield mirror
        mirror.shutdown()
        thread.join()


def described(folder: Path, port: int) -> dict[str, list[tuple[int, str, str]]]:
    """Size, checksum and address of each file, by source."""
    found: dict[str, list[tuple[int, str, str]]] = {}
    for name, source in SOURCES.items():
        contents = [(folder / name / file.name).read_bytes() for file in source.files]
        found[name] = [
            (len(content), hashlib.sha256(content).hexdigest(), f"http://127.0.0.1:{port}/{name}/{file.name}")
            for content, file in zip(contents, source.files, strict=True)
        ]
    return found


def environment(files: dict[str, list[tuple[int, str, str]]], cache: Path) -> dict[str, str]:
    """What makes a server download from the mirror."""
    return {
        "CAE_TEST_FILES": json.dumps(files),
        "CAE_CACHE_DIR": str(cache),
        "CAE_DATA_DIR": "",
        "NO_PROXY": "127.0.0.1,localhost",
        "PYTHONPATH": os.pathsep.join([str(APPS / "mirror"), str(ROOT)]),
    }


def test_from_the_card_to_a_trained_pair(
    folder: Path,
    mirror: Mirror,
    fresh_server: Callable[..., Server],
    open_page: Callable[..., Any],
    assert_clean: Callable[[Any], None],
    shot: Callable[..., None],
    tmp_path: Path,
) -> None:
    there = described(folder, mirror.server_port)
    own = fresh_server(env=environment(there, tmp_path))
    page = open_page(f"{own.url}/?{LINK.format('fashion_mnist')}")
    begin = page.get_by_role("button", name="Download 31 MB")
    begin.wait_for()
    for told in ("Fashion-MNIST", "Zalando Research", "Licence: MIT", "31 MB"):
        assert told in page.inner_text(".st-key-download")
    page.get_by_text("Files and their SHA-256").click()
    for _, sha256, _ in there["fashion_mnist"]:
        page.get_by_text(sha256).wait_for()
    page.wait_for_timeout(1500)  # several looks at the download
    assert mirror.asked == []
    shot(page, "download-asked")
    assert_clean(page)

    begin.click()
    again = page.get_by_role("button", name="Try again")
    again.wait_for()
    assert "answer 503" in page.inner_text(".st-key-download")
    assert "CAE_DATA_DIR" in page.inner_text(".st-key-download")

    mirror.open = True
    again.click()
    page.wait_for_selector(PICTURE, timeout=90_000)
    assert page.locator(".st-key-download").count() == 0
    assert sorted(path.name for path in (tmp_path / "fashion_mnist").iterdir()) == sorted(NAMES)
    assert page.trouble == []

    page.goto(f"{own.url}/draw?{LINK.format('fashion_mnist')}")
    page.wait_for_function(READY, timeout=90_000)
    assert "28×28 pixels" in page.inner_text(".cl-pad-drawing")
    changes(page, lambda: drag(page, (0.2, 0.3), (0.8, 0.6)))
    assert page.trouble == []

    for name in ("kmnist", "olivetti", "cifar10", "mnist_rot"):
        page.goto(f"{own.url}/?{LINK.format(name)}")
        begin = page.get_by_role("button", name="Download ")
        begin.wait_for()
        asked, source = len(mirror.asked), SOURCES[name.removesuffix("_rot")]
        for told in (card(name).title, card(name).licence, f"{card(name).download_bytes / 1e6:.0f} MB"):
            assert told in page.inner_text(".st-key-download"), name
        begin.click()
        page.wait_for_selector(PICTURE, timeout=90_000)
        assert [path.rpartition("/")[2] for path in mirror.asked[asked:]] == [
            file.name for file in source.files
        ]
        assert page.trouble == [], name

    asked = len(mirror.asked)  # the next is made from MNIST's files, which are there now
    page.goto(f"{own.url}/?{LINK.format('mnist_rot_back_image')}")
    page.wait_for_selector(PICTURE, timeout=90_000)
    assert len(mirror.asked) == asked
    assert page.trouble == []
