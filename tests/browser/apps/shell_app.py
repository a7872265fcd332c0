"""The shell and its lifespan over test pages."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from app import lifespan
from ui import assets
from ui.errors import calm

app = st.App(
    Path(__file__).with_name("shell_script.py"),
    lifespan=lifespan,
    routes=assets.routes(),
    on_script_error=calm,
)
