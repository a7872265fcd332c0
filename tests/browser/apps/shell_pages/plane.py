"""A fragment that runs again before the browser has got what the page has drawn in it, another fragment among it."""

import time

import streamlit as st
from streamlit.runtime import get_instance


@st.fragment
def inner() -> None:
    st.write("inside")


@st.fragment(run_every=0.1)
def outer() -> None:
    runs = st.session_state["runs"] = st.session_state.get("runs", 0) + 1
    time.sleep(0.4)  # the next run is asked for meanwhile
    loop = get_instance()._get_async_objs().eventloop
    loop.call_soon_threadsafe(time.sleep, 0.3)  # nothing is sent before that one begins
    st.write(f"run {runs} of the box")
    inner()


st.title("Plane")
with st.container(key="all"):
    outer()
    st.write("after the box")
