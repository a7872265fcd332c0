import streamlit as st

st.title("Sensitivity")


def boom() -> None:
    raise KeyError("secret detail")


@st.fragment
def part() -> None:
    if st.button("In a fragment"):
        raise KeyError("secret detail")


st.button("In a callback", on_click=boom)
part()
if st.button("In the page"):
    raise KeyError("secret detail")
