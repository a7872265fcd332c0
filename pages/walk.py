"""Walk: sampling along the tangents that each code notices."""

from __future__ import annotations

from html import escape
from typing import Any

import streamlit as st

from cae_core.figures import images, norms, walk
from ui import live
from ui.bar import head
from ui.board import Panel, board
from ui.session import Lab, keep_link, lab
from ui.url import last_sample

STEPS = 30
SIZES = (0.02, 0.05, 0.1, 0.2, 0.4)


def toggle() -> None:
    """Play, from the start where the walk is over; or pause."""
    st.session_state["walk-plays"] = not st.session_state["walk-plays"]
    if st.session_state["walk-plays"] and st.session_state["walk-at"] >= STEPS:
        st.session_state["walk-at"] = 0


def controls(state: Lab) -> float:
    """Play, new noise, the sample to start from, and the length of Δx as a share of the data's spread."""
    playing = st.session_state["walk-plays"]
    with st.container(horizontal=True, key="controls", vertical_alignment="bottom", gap="small"):
        icon = ":material/pause:" if playing else ":material/play_arrow:"
        st.button("Pause" if playing else "Play", icon=icon, type="primary", key="play", on_click=toggle)
        if st.button("New noise", icon=":material/casino:", key="new-noise"):
            st.session_state["walk-seed"] += 1
        last = last_sample(state.config)
        state.sample = int(
            st.number_input(
                "Sample", 0, last, min(state.sample, last), key=f"walk-{state.config.dataset}", width=130
            )
        )
        share = st.segmented_control(
            "Length of Δx, as a share of the data's spread",
            SIZES,
            default=0.1,
            format_func=lambda size: f"{size:.0%}",
            key="walk-size",
        )
    return float(share or 0.1)


def picture(state: Lab, shown: live.Display, found: dict[str, Any], size: float) -> None:
    """The walk up to the step looked at, one step further at each tick.

    It plays until the browser has said that its handle is at the last step: a message under way still has the one
    before, and would take a walk that is over back to it.
    """
    if st.session_state["walk-plays"]:
        if st.session_state["walk-at"] >= STEPS:
            st.session_state["walk-plays"] = False
            st.rerun()
        st.session_state["walk-at"] += 1
    at = int(st.slider("Step", 0, STEPS, key="walk-at"))
    card, here = state.card, state.sample
    name = norms.sample_names(shown.y, card.class_names, len(shown.x))[here]
    low, high = images.scale(shown.x, card.kind)
    about = {"kind": card.kind, "image_shape": card.image_shape, "feature_names": shown.feature_names}
    strip = walk.walk(found["path"], shown.x, at, name, low=low, high=high, **about)
    distance = walk.distances(found["distance"], float(found["usual"]), at)
    if card.kind == "image" and card.image_shape is not None:
        panels = [
            Panel("walk", strip, 12, 190, ratio=0.2),
            Panel("now", walk.now(found["path"], at, card.image_shape, low, high), 5, 250),
            Panel("distance", distance, 7, 250),
        ]
    else:
        panels = [Panel("walk", strip, 7, 340), Panel("distance", distance, 5, 340)]
    board(panels, key="walk")
    words = walk.sentence(found["path"], found["distance"], float(found["usual"]), size, name)
    st.html(f'<p class="cl-words">{escape(words)}</p>')


state = lab()
head("Walk", "step along what each code notices, decode, and step again", state)
frame = live.frame_or_wait(state)
state.sample = min(state.sample, len(frame.view["norm"][0]) - 1)
for key, value in (("walk-plays", False), ("walk-at", STEPS), ("walk-seed", 0)):
    st.session_state[key] = st.session_state.get(key, value)
size = controls(state) * live.display(state).train_spread
shown, found = live.gather(
    state, frame, ("walk:tangent_walk", state.sample, STEPS, size, st.session_state["walk-seed"])
)
every = live.TICK if st.session_state["walk-plays"] else None
st.fragment(picture, run_every=every)(state, shown, found, size)
st.latex(r"x_t = g\big(f(x_{t-1}) + J\,\Delta x_t\big)")
st.latex(
    r"\Delta x_t = \text{size}\;J^\top\varepsilon_t\,/\,\lVert J^\top\varepsilon_t\rVert,"
    r"\quad \varepsilon_t\sim\mathcal N(0, I)"
)
st.caption(
    "J is the encoder's Jacobian at the step before. The code moves by J Jᵀε as in Rifai et al. (ICML 2012), scaled so "
    "that Δx has the same length in every step; decoding adds the reconstruction's own error, so the decoded sample "
    "may move farther or less. Both models meet the same noise."
)
keep_link(state)
