"""A fragment in a box, whose thread is held up for a while where its run has ended."""

import sys
import time
from types import SimpleNamespace

import streamlit as st


def hold_up() -> None:
    del sys.modules["keras"]
    time.sleep(2)


@st.fragment
def part() -> None:
    if st.button("Run the box"):
        backend = SimpleNamespace(clear_session=hold_up)
        sys.modules["keras"] = SimpleNamespace(backend=backend)  # Streamlit calls this after a run
        st.write("The box has run.")


st.title("Walk")
runs = st.session_state["runs"] = st.session_state.get("runs", 0) + 1
st.button("Run the page")
with st.container(key="box"):
    part()
st.write(f"run {runs} of the page")
