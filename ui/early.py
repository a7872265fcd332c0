"""Scripts that a browser asks for along with the page itself, instead of one after the other when they are needed.

Streamlit loads the scripts of an element when the first such element arrives, and a component of ours loads its own
after that: three round trips in a row, at a time when the server runs the page. So the answer that holds the page
names them in its ``Link`` header (RFC 8288, ``rel=modulepreload``). Streamlit's files carry a hash in their names and
are looked up; what another version of Streamlit lacks is left out, and is then loaded when it is needed, as before.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import streamlit as st
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui import assets

STATIC = Path(st.__file__).parent / "static"

ELEMENTS = ("Html", "BidiComponent")
"""Streamlit's elements on every page of ours, by the name of their script."""

MODULES = {"path": ("player/player.js",)}
"""Our modules by the page that needs them first."""

IMPORT = re.compile(r"""(?:from|import)"\./([^"]+\.js)\"""")


@cache
def elements() -> tuple[str, ...]:
    """Streamlit's scripts of `ELEMENTS` and what they import, below ``static/js/``, without what its page names."""
    folder = STATIC / "static" / "js"
    page = STATIC / "index.html"
    named = page.read_text() if page.is_file() else ""
    found: list[str] = []
    waiting = [path.name for element in ELEMENTS for path in folder.glob(f"{element}.*.js")]
    while waiting:
        name = waiting.pop(0)
        if name not in found and name not in named:
            found.append(name)
            waiting += IMPORT.findall((folder / name).read_text())
    return tuple(found)


def links(page: str) -> str:
    """The ``Link`` header of a page.

    Args:
        page: name of the page in its address.

    Returns:
        One ``modulepreload`` for each script, of low priority: Streamlit's own start goes first.
    """
    root = assets.base().removesuffix("assets/")
    ours = [assets.address(name) for module in MODULES.get(page, ()) for name in assets.modules(module)]
    found = [f"{root}static/js/{name}" for name in elements()] + ours
    return ", ".join(f"<{address}>; rel=modulepreload; fetchpriority=low" for address in found)


class Early:
    """ASGI middleware that adds `links` to every answer that is a page.

    Args:
        app: what answers.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http" or scope["method"] != "GET":
            await self._app(scope, receive, send)
            return

        async def named(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if headers.get("content-type", "").startswith("text/html"):
                    headers.append("Link", links(scope["path"].rstrip("/").rpartition("/")[2]))
            await send(message)

        await self._app(scope, receive, named)
