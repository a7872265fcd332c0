"""The ASGI application: ``streamlit run app.py``. Starts what lives as long as the server, and nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import streamlit as st

from ui import assets, runs, server
from ui.errors import calm


@asynccontextmanager
async def lifespan(_app: Any) -> AsyncIterator[None]:
    """Start before the first visitor, stop after the last."""
    runs.keep_messages()
    server.start()
    packing = asyncio.create_task(assets.warm())
    try:
        yield
    finally:
        packing.cancel()
        server.stop()


app = st.App("ui/shell.py", lifespan=lifespan, routes=assets.routes(), on_script_error=calm)
