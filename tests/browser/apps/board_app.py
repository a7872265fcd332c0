"""The board alone on a server: the script beside this file, with the routes that it needs."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import streamlit as st
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ui import assets


async def busy(request: Request) -> Response:
    """Keep the server from sending anything for most of a while."""
    for _ in range(10):
        time.sleep(0.2)
        await asyncio.sleep(0.05)
    return Response("done")


app = st.App(Path(__file__).with_name("board_script.py"), routes=[*assets.routes(), Route("/busy", busy)])
