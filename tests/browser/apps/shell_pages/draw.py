"""A page that ends before its fragment, which had been asked for another run."""

import time

import streamlit as st

from ui.runs import end_here


@st.fragment
def part() -> None:
    runs = st.session_state["runs"] = st.session_state.get("runs", 0) + 1
    st.button("Run the box")
    st.write(f"run {runs} of the box")


st.title("Draw")
st.button("Run all")
if st.button("End early"):
    st.write("ends early")
    time.sleep(2)
    end_here()
st.write("before the box")
st.write("just before the box")
part()
