"""What a server hands out: the files that there are, under the version that they had, and nothing else."""

from __future__ import annotations

import asyncio
import gzip
import re
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match, Router

from ui import assets

UI = Path(assets.__file__).parent


def run(work: Coroutine[Any, Any, Any]) -> Any:
    """In a thread of its own: Playwright leaves an event loop running in that of the tests."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


def get(address: str, accept: str = "") -> Response:
    """What a server with our routes answers."""
    router = Router(assets.routes())
    scope = {
        "type": "http",
        "method": "GET",
        "path": address,
        "headers": [(b"accept-encoding", accept.encode())],
        "root_path": "",
    }
    for route in router.routes:
        match, found = route.matches(scope)
        if match is Match.FULL:
            request = Request({**scope, **found})
            return run(assets._serve(request))
    return Response(status_code=404)


@pytest.mark.parametrize("name", ["board.js", "look.js", "board.css"])
def test_a_file_comes_as_it_was_hashed(name: str) -> None:
    answer = get(assets.address(name))
    assert answer.status_code == 200
    assert answer.body == (UI / name).read_bytes()
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-encoding"] == "identity"
    assert answer.headers["content-type"].startswith(
        "text/css" if name.endswith("css") else "text/javascript"
    )


def test_all_our_own_files_have_one_version() -> None:
    folder = assets.address("board.js").removesuffix("board.js")
    assert {assets.address(name) for name in assets.own()} == {folder + name for name in assets.own()}
    assert not assets.address(assets.PLOTLY).startswith(folder)
    paths = {
        path for pattern in ("*.js", "*.css", "player/*.js", "player/*.css") for path in UI.glob(pattern)
    }
    assert set(assets.own()) == {path.relative_to(UI).as_posix() for path in paths}


def test_the_version_changes_with_any_file(monkeypatch: pytest.MonkeyPatch) -> None:
    def hashed(files: dict[str, bytes]) -> str:
        monkeypatch.setattr(assets, "own", lambda: files)
        return assets.version.__wrapped__("a.js")

    texts = [
        {"a.js": b"1", "b.js": b"2"},
        {"a.js": b"1", "b.js": b"3"},
        {"a.js": b"12", "b.js": b""},
        {"a.js": b"1"},
    ]
    assert len({hashed(files) for files in texts}) == len(texts)


@pytest.mark.parametrize(
    "path",
    [
        "board.py",
        "../app.py",
        "player/../board.js",
        "player/",
        "",
        "/etc/passwd",
        "icon.svg",
        "BOARD.JS",
        "board.js/",
    ],
)
def test_nothing_else_comes(path: str) -> None:
    folder = assets.address("board.js").removesuffix("board.js")
    assert get(folder + path).status_code == 404


def test_another_version_does_not_come() -> None:
    assert get(f"{assets.base()}0123456789ab/board.js").status_code == 404
    assert get(f"{assets.base()}board.js").status_code == 404
    assert get(f"{assets.base()}{assets.version('board.js')}/{assets.PLOTLY}").status_code == 404


def test_compressed_after_the_warm_up_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assets, "_packed", {})
    assert get(assets.address("board.js"), "gzip, br").headers["content-encoding"] == "identity"
    run(assets.warm())
    answer = get(assets.address("board.js"), "gzip, br")
    assert answer.headers["content-encoding"] == "gzip"
    assert gzip.decompress(answer.body) == (UI / "board.js").read_bytes()
    assert get(assets.address("board.js"), "br").body == (UI / "board.js").read_bytes()
    assert get(assets.address(assets.PLOTLY), "gzip").headers["content-encoding"] == "gzip"


def test_modules_are_found_with_what_they_import(monkeypatch: pytest.MonkeyPatch) -> None:
    assert assets.modules("board.js") == ["board.js", "look.js"]
    files = {
        "player/a.js": b'import { x } from "./b.js";\nimport {\n  y,\n} from "../look.js";\n// from "./no.js"\n',
        "player/b.js": b"export { z } from './c.js';\nimport './a.js';\nconst late = import('./d.js');\n",
        "player/c.js": b'import "./gone.js";',
        "player/d.js": b"",
        "look.js": b"",
    }
    monkeypatch.setattr(assets, "own", lambda: files)
    assert assets.modules("player/a.js") == ["player/a.js", "player/b.js", "look.js", "player/c.js"]


def test_plotly_is_that_of_the_python_package() -> None:
    import plotly

    def release(file: Path) -> str:
        with file.open() as text:
            return re.search(r"plotly\.js(?: \(cartesian - minified\))? v([0-9.]+)", text.read(300))[1]

    whole = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
    assert release(UI / assets.PLOTLY) == release(whole)
