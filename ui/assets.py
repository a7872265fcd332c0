"""Files that a browser fetches once: Plotly.js from the installed package, and the board's own script and style.

They carry a version in their address and may be cached for good. Plotly.js is 4.8 MB, 1.5 MB compressed: it is
compressed once, in the background, and sent as it is until that is done.
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import importlib.metadata
import importlib.util
from functools import cache
from pathlib import Path

import streamlit as st
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

HERE = Path(__file__).parent
GZIP_LEVEL = 4  # 90 ms for Plotly.js; level 9 takes 200 ms and saves another 4 %
TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}


@cache
def files() -> dict[str, Path]:
    """The files there are, by name. Plotly's is found without importing plotly."""
    spec = importlib.util.find_spec("plotly")
    found = {name: HERE / name for name in ("board.js", "board.css")}
    if spec is not None and spec.origin is not None:
        found["plotly.min.js"] = Path(spec.origin).parent / "package_data" / "plotly.min.js"
    return found


@cache
def version(name: str) -> str:
    """A short text that changes with a file's content."""
    if name == "plotly.min.js":
        return importlib.metadata.version("plotly")
    return hashlib.sha256(files()[name].read_bytes()).hexdigest()[:12]


def base() -> str:
    """The folder of all assets in an address, slashes on both sides."""
    prefix = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{prefix}/assets/" if prefix else "/assets/"


def address(name: str) -> str:
    """The address of a file, version included, from the root of the host."""
    return f"{base()}{name}?v={version(name)}"


_packed: dict[str, bytes] = {}


def _pack(path: Path) -> bytes:
    return gzip.compress(path.read_bytes(), GZIP_LEVEL, mtime=0)


async def warm() -> None:
    """Compress every file once, outside the event loop."""
    for name, path in files().items():
        if name not in _packed:
            _packed[name] = await asyncio.to_thread(_pack, path)


async def _serve(request: Request) -> Response:
    name = request.path_params["name"]
    path = files().get(name)
    if path is None or not path.is_file():
        return Response("There is no such file.", 404, media_type="text/plain")
    headers = {
        "Cache-Control": "public, max-age=31536000, immutable",
        "Vary": "Accept-Encoding",
        "X-Content-Type-Options": "nosniff",
        # Named in both cases: without it Streamlit's own middleware would compress the file for each visitor.
        "Content-Encoding": "identity",
    }
    body = _packed.get(name)
    if body is not None and "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
    else:
        body = await asyncio.to_thread(path.read_bytes)
    return Response(body, headers=headers, media_type=TYPES[path.suffix])


def routes() -> list[Route]:
    """The routes that `streamlit.App` takes."""
    return [Route(f"{base()}{{name}}", _serve, methods=["GET", "HEAD"])]
