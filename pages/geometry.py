"""Geometry: what contraction does along the data, across them and away from them."""

from __future__ import annotations

import numpy as np
import streamlit as st

from cae_core.figures import geometry as figures
from cae_core.figures import norms, spectrum, words
from ui import live
from ui.bar import head
from ui.board import Panel, board
from ui.measures import show
from ui.plain import plain
from ui.session import Lab, keep_link, lab

QUALITY, SEEDS = "geometry:quality", "geometry:over_seeds"
COUNT = 3
"""Seeds of a repetition."""

TALL = 235


def kept(held: live.Later) -> None:
    """What the codes keep, when it has come."""
    if held.error:
        st.error(plain(held.error))
        st.button("Try again", icon=":material/refresh:", on_click=live.forget, args=(QUALITY,))
    elif held.result is None:
        st.caption(f"Neighbourhoods and classifiers of the codes are on their way: {held.seconds:.0f} s.")
    elif not np.isfinite(held.result["trustworthiness"]).any():
        st.caption("These codes are not finite: what they keep cannot be measured.")
    else:
        board([Panel("quality", figures.quality(held.result), 12, TALL)], key="quality")


def repeated(held: live.Later) -> None:
    """The ratios over seeds, when they have come."""
    if held.error:
        st.error(plain(held.error))
    elif held.result is None:
        st.caption(f"Training with {COUNT} seeds: {held.seconds:.0f} s.")
    else:
        board([Panel("seeds", figures.claims(held.result, COUNT), 12, TALL)], key="seeds")
        st.html(f'<p class="cl-words">{figures.repeated(held.result, COUNT)}</p>')


def panels(state: Lab) -> list[Panel]:
    """The panels of the page, most telling first."""
    charts = [figures.contraction(found)]
    if np.isfinite(found["tangent"]).all():
        charts += [figures.contraction_along(found), figures.tangent_and_normal(found)]
    charts += [
        spectrum.spectrum(singular["values"], mean, names[state.sample]),
        figures.places(found),
        figures.norms(found),
    ]
    if np.isfinite(found["units"]).all():
        charts += [figures.units(found), figures.samples(found)]
    rest = len(charts) % 3
    spans = [4] * (len(charts) - rest) + [12 // rest] * rest if rest else [4] * len(charts)
    return [
        Panel(f"geometry-{i}", chart, span, TALL)
        for i, (chart, span) in enumerate(zip(charts, spans, strict=True))
    ]


state = lab()
head("Geometry", "contraction along the data, across them and away from them", state)
frame = live.frame_or_wait(state)
state.sample = min(state.sample, len(frame.view["norm"][0]) - 1)
shown, found, singular, mean = live.gather(
    state, frame, "geometry:geometry", ("spectrum:sample_spectrum", state.sample), "spectrum:mean_spectrum"
)
held = live.later(state, QUALITY, frame, lane="path")
names = norms.sample_names(shown.y, state.card.class_names, len(shown.x))
found = {**found, "width": np.array(float(state.n_inputs))}
show(words.measures(frame))
board(panels(state), key="geometry")
st.html(f'<p class="cl-words">{figures.sentence(found, mean)}</p>')
asked = (state.config.key, frame.epoch)
if st.session_state.get("geometry-seeds") == asked:
    repetition = live.later(state, SEEDS, state.config, frame.epoch, COUNT, lane="path")
    st.fragment(repeated, run_every=None if repetition.future.done() else live.TICK)(repetition)
else:
    st.button(
        f"Repeat with {COUNT} seeds",
        icon=":material/repeat:",
        help="Trains both models with this seed and the next two (other initial weights and batches): "
        "do the ratios stay?",
        on_click=lambda: st.session_state.update({"geometry-seeds": asked}),
    )
st.fragment(kept, run_every=None if held.future.done() else live.TICK)(held)
keep_link(state)
