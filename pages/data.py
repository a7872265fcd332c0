"""Your data: from a file to a pair of models."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from ui import own
from ui.bar import head
from ui.own_preview import preview
from ui.session import keep_link, lab

HERE = Path(__file__).parent

state = lab()
head("Your data", "bring a file and train both models on it", state)
left, right = st.columns([1, 1.7], gap="large")
with left:
    st.markdown(
        "CSV, Parquet, NumPy arrays (NPY, NPZ), or images, alone or in a ZIP whose folders are the classes."
    )
    own.bring(state)
    st.caption(
        f"{own.limits_in_words()} Files stay on this server, are seen by this visit alone and end with it, "
        "a reload of the page included."
    )
    st.page_link(HERE / "draw.py", label="Or draw digits and points by hand", icon=":material/draw:")
    own.shelf(state)
with right:
    if preview(state):
        st.switch_page(HERE / "train.py")
    if "own-brought" not in st.session_state:
        st.info(
            "What was understood of a file shows here: its columns or images, what is missing, and what becomes of it.",
            icon=":material/table_view:",
        )
keep_link(state)
