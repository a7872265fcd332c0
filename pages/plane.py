"""Plane: models of two inputs over the whole plane, plain, contractive and denoising side by side over lambda."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from cae_core.figures.plane import what_to_see
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


def legend(picture: plane.Picture) -> None:
    """What there is to see here, and what is drawn."""
    st.html(f'<p class="cl-words">{what_to_see(picture.found, picture.lams)}</p>')
    st.caption(
        "Heat: ‖J‖ of the encoder, the same colours for all models and lambdas. Field: where reconstruction moves a "
        "point, r(x) − x. Grid: a straight grid as reconstruction bends it. Ellipses, of JᵀJ: the half-axes are the "
        "directions that the code notices most and least, each as long as the code moves per unit step along it, on "
        "one scale for all models; where an ellipse is thin, the code notices mainly one direction. Points: test "
        "samples, or those that you placed. A denoising autoencoder with small noise penalises the Jacobian of the "
        "whole reconstruction, not of the encoder (Alain and Bengio, 2014): the norm shown here need not fall; near "
        "the data its field points towards them."
    )


def more_tools(state: Lab, mine: plane.Edited) -> None:
    """The way to the pad, with the same points on it."""
    if st.button(
        "More tools for points",
        icon=":material/edit:",
        help="Spray, remove, classes and the keyboard, on the page Draw; training leads back here",
    ):
        draw.begin_with(state, mine.points)
        draw.come_back("plane")
        st.switch_page(DRAW)


state = lab()
state.playing = False
head("Plane", "the whole plane under three models", state, steer)
if state.n_inputs != 2:
    nothing_to_see(state)
elif not live.too_large(state, plane.LAMBDAS + 2):
    shown, mine = live.display(state), plane.edited(state)
    lams, noise = plane.lambdas(state), float(f"{plane.NOISE * shown.train_spread:.2g}")
    held = live.later(state, plane.STUDY, state.config, lams, noise, lane="path")
    picture = plane.newest(held.result, (0.0, *lams), noise, mine)
    if picture is not None:
        plane.plane(picture, state, mine, "plane")
    if mine.sentence:
        st.error(plain(mine.sentence))
    if held.result is None:
        live.study(held, f"{len(lams) + 2} models together, from the same weights")
    elif picture is not None:
        legend(picture)
        more_tools(state, mine)
keep_link(state)
