"""The board alone on a server: the script beside this file, with the routes that it needs."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from ui import assets

app = st.App(Path(__file__).with_name("board_script.py"), routes=assets.routes())
