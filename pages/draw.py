"""Draw: what both models make of a picture that one draws, or of a place that one points at."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from cae_core.frame import Frame
from ui import draw, live
from ui.bar import head
from ui.plain import plain
from ui.session import Lab, keep_link, lab

HERE = Path(__file__)


def nothing_to_draw(state: Lab) -> None:
    """What the page needs, and where to find it."""
    st.info(
        f"This page needs images or points of the plane; a sample of {plain(state.card.title)} is a row of "
        f"{state.n_inputs} numbers. Choose one of these:",
        icon=":material/draw:",
    )
    with st.container(horizontal=True):
        for name, label in (("digits", "Draw digits"), ("moons", "Place points on two moons")):
            st.button(label, key=f"draw-{name}", on_click=state.choose_dataset, args=(name,))
    keep_link(state)


def picture(state: Lab, frame: Frame, shown: live.Display) -> None:
    """The pad; drawing runs this alone."""
    if draw.show(state, frame, shown):
        st.switch_page(str(HERE.with_name(f"{draw.goes_on_at()}.py")))


state = lab()
head("Draw", "your own input under both models", state)
if draw.can_draw(state):
    frame = live.frame_or_wait(state)
    (shown,) = live.gather(state, frame)
    st.fragment(picture)(state, frame, shown)
    keep_link(state)
else:
    nothing_to_draw(state)
