"""What the answer that holds a page names: scripts that are there and needed, and that it does not name itself."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import pytest

from ui import assets, early


def header(path: str, content_type: str = "text/html; charset=utf-8", method: str = "GET") -> str:
    """The ``Link`` header of an answer."""
    sent: list[Any] = []

    async def app(_scope: Any, _receive: Any, send: Any) -> None:
        await send(
            {
                "type": "http.response.start",
                "status": 200,
                "headers": [(b"content-type", content_type.encode())],
            }
        )

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": method, "path": path}
    asyncio.run(early.Early(app)(scope, None, send))  # type: ignore[arg-type]
    return dict(sent[0]["headers"]).get(b"link", b"").decode()


def test_streamlits_scripts_are_there_and_not_named_twice() -> None:
    found = early.elements()
    folder = early.STATIC / "static" / "js"
    assert all((folder / name).is_file() for name in found)
    for element in early.ELEMENTS:
        assert any(name.startswith(f"{element}.") for name in found)
    page = (early.STATIC / "index.html").read_text()
    assert not [name for name in found if name in page]


@pytest.mark.parametrize("path", ["/path", "/path/", "/lab/path"])
def test_the_path_names_its_player(path: str) -> None:
    named = re.findall(r"<([^>]+)>; rel=modulepreload; fetchpriority=low", header(path))
    assert [*map(assets.address, assets.modules("player/player.js"))] == named[len(early.elements()) :]


def test_other_pages_name_what_all_need() -> None:
    named = header("/train")
    assert "BidiComponent" in named
    assert "player" not in named


@pytest.mark.parametrize(
    ("content_type", "method"), [("application/json", "GET"), ("text/html; charset=utf-8", "POST")]
)
def test_other_answers_are_left_as_they_are(content_type: str, method: str) -> None:
    assert header("/path", content_type, method) == ""


def test_another_streamlit_is_no_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    monkeypatch.setattr(early, "STATIC", tmp_path)
    assert early.elements.__wrapped__() == ()
