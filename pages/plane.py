"""Plane: models of two inputs over the whole plane, plain, contractive and denoising side by side over lambda."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from ui import draw, live, plane
from ui.bar import head
from ui.plain import plain
from ui.session import Lab, keep_link, lab

DRAW = str(Path(__file__).with_name("draw.py"))


def nothing_to_see(state: Lab) -> None:
    """What the page needs, and where to find it."""
    st.info(
        f"This page needs points of the plane; a sample of {plain(state.card.title)} has {state.n_inputs} numbers. "
        "Choose one of these:",
        icon=":material/grid_on:",
    )
    with st.container(horizontal=True):
        for name, label in (("moons", "Two moons"), ("spiral", "Spiral")):
            st.button(label, key=f"plane-{name}", on_click=state.choose_dataset, args=(name,))


def steer(state: Lab) -> None:
    """The middle of the bar: what the handle below goes over."""
    if state.n_inputs != 2:
        return
    lams = plane.lambdas(state)
    st.caption(
        f"Lambda 0 and {len(lams)} values from {lams[0]:g} to {lams[-1]:g}, trained together with a denoising "
        "autoencoder; the handle below goes over them."
    )


state = lab()
state.playing = False
head("Plane", "the whole plane under three models", state, steer)
if state.n_inputs != 2:
    nothing_to_see(state)
elif not live.too_large(state, plane.LAMBDAS + 2):
    shown = live.display(state)
    lams, noise = plane.lambdas(state), float(f"{plane.NOISE * shown.train_spread:.2g}")
    held = live.later(state, plane.STUDY, state.config, lams, noise, lane="path")
    if (found := held.result) is None:
        live.study(held, f"{len(lams) + 2} models together, from the same weights")
    else:
        plane.plane(plane.message(found, (0.0, *lams), noise, state.lam), "plane")
        st.caption(
            "Heat: ‖J‖, the same colours for all models and lambdas. Field: where reconstruction moves a point. Grid: "
            "a straight grid as reconstruction bends it. Ellipses: the half-axes are the directions that the code "
            "notices most and least, each as long as the code moves per unit step along it, on one scale for all "
            "models; where an ellipse is flat, the code notices mainly one direction. A denoising autoencoder with "
            "small noise penalises the Jacobian of the whole reconstruction, not of the encoder: its norm need not "
            "fall, its field points towards the data."
        )
        with st.container(horizontal=True):
            if st.button(
                "Change the points",
                icon=":material/edit:",
                help="Move, add and remove points, and train on them",
            ):
                draw.come_back("plane")
                st.switch_page(DRAW)
keep_link(state)
