"""Files that a browser fetches once: Plotly.js from `vendor/`, and our own scripts and styles.

A version stands in the folder of the address, so that a module finds the modules beside it by relative imports and
everything may be cached for good. All our own files have one version, the hash of them all when the server starts,
and what is sent is what was hashed. Plotly.js is 1.5 MB, a third of that compressed: it is compressed once, in the
background, and sent as it is until that is done.
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import posixpath
import re
from functools import cache
from pathlib import Path

import streamlit as st
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

HERE = Path(__file__).parent
PLOTLY = "vendor/plotly-cartesian.min.js"
GZIP_LEVEL = 6
TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}

IMPORT = re.compile(r"""^(?:import|export)\b[^;"']*["'](\.[^"']+)["']""", re.MULTILINE)
"""A static import of a module beside this one."""


@cache
def own() -> dict[str, bytes]:
    """Our own files, by path below `ui/`, as they were when first asked for; Plotly.js has a version of its own."""
    paths = sorted(
        path for folder in (HERE, HERE / "player") for path in folder.glob("*") if path.suffix in TYPES
    )
    return {path.relative_to(HERE).as_posix(): path.read_bytes() for path in paths}


@cache
def version(name: str) -> str:
    """A short text that changes with a file's content: of Plotly.js, or the hash of all our own files."""
    digest = hashlib.sha256()
    for path, content in own().items() if name != PLOTLY else [(PLOTLY, (HERE / PLOTLY).read_bytes())]:
        digest.update(f"{path}:{len(content)}:".encode() + content)
    return digest.hexdigest()[:12]


def base() -> str:
    """The folder of all assets in an address, slashes on both sides."""
    prefix = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{prefix}/assets/" if prefix else "/assets/"


def address(name: str) -> str:
    """The address of a file, version included, from the root of the host."""
    return f"{base()}{version(name)}/{name}"


def modules(name: str) -> list[str]:
    """A module of ours and all that it imports, so that a browser can ask for them at once.

    Args:
        name: path below `ui/`.

    Returns:
        Paths below `ui/`, the module itself first; a module that is not there is left out.
    """
    found: list[str] = []
    waiting = [name]
    while waiting:
        path = waiting.pop(0)
        if path in found or path not in own():
            continue
        found.append(path)
        text = own()[path].decode()
        waiting += [
            posixpath.normpath(posixpath.join(posixpath.dirname(path), to)) for to in IMPORT.findall(text)
        ]
    return found


_packed: dict[str, bytes] = {}


async def _content(name: str) -> bytes | None:
    return await asyncio.to_thread((HERE / PLOTLY).read_bytes) if name == PLOTLY else own().get(name)


async def warm() -> None:
    """Compress every file once, outside the event loop."""
    for name in (*own(), PLOTLY):
        content = await _content(name)
        if content is not None and name not in _packed:
            _packed[name] = await asyncio.to_thread(gzip.compress, content, GZIP_LEVEL, mtime=0)


async def _serve(request: Request) -> Response:
    name = request.path_params["name"]
    known = name == PLOTLY or name in own()
    content = await _content(name) if known and request.path_params["version"] == version(name) else None
    if content is None:
        return Response("There is no such file.", 404, media_type="text/plain")
    headers = {
        "Cache-Control": "public, max-age=31536000, immutable",
        "Vary": "Accept-Encoding",
        "X-Content-Type-Options": "nosniff",
        # Named in both cases: without it Streamlit's own middleware would compress the file for each visitor.
        "Content-Encoding": "identity",
    }
    packed = _packed.get(name)
    if packed is not None and "gzip" in request.headers.get("accept-encoding", ""):
        content, headers["Content-Encoding"] = packed, "gzip"
    return Response(content, headers=headers, media_type=TYPES[posixpath.splitext(name)[1]])


def routes() -> list[Route]:
    """The routes that `streamlit.App` takes."""
    return [Route(f"{base()}{{version}}/{{name:path}}", _serve, methods=["GET", "HEAD"])]
