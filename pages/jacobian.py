"""Jacobian: how steep the codes are, sample by sample, and which directions they notice."""

from __future__ import annotations

import streamlit as st

from cae_core.figures import histogram, images, norms, spectrum, tangents, words
from ui import live
from ui.bar import head
from ui.board import Panel, Selection, board
from ui.measures import show
from ui.session import keep_link, lab

state = lab()
head("Jacobian", "how far each code moves when its input moves a little", state)
frame = live.frame_or_wait(state)
here = state.sample = min(state.sample, len(frame.view["norm"][0]) - 1)
sample, singular, mean, *shares = live.gather(
    state,
    frame,
    ("spectrum:sample_spectrum", here),
    "spectrum:mean_spectrum",
    *(["tangents:tangent_share"] if state.config.dataset == "shapes" else []),
)


def select(picked: Selection) -> None:
    """A click on a dot, a tile or a row."""
    if picked.ids:
        state.sample = min(picked.ids[0], len(sample.x) - 1)


card, norm = state.card, frame.view["norm"]
names = norms.sample_names(sample.y, card.class_names, len(sample.x))
low, high = images.scale(sample.x, card.kind)
about = {
    "kind": card.kind,
    "image_shape": card.image_shape,
    "feature_names": sample.feature_names,
    "low": low,
    "high": high,
}
show(words.measures(frame))
span = 3 if sample.y is not None else 4
wide, tall = (0.4, 215) if card.kind == "image" else (None, 275)
panels = [
    Panel("histogram", histogram.norm_histogram(norm, selected=here), span, 205),
    Panel("pairs", norms.norm_against_norm(norm, names, here), span, 205, select=True),
    Panel("spectrum", spectrum.spectrum(singular["values"], mean, names[here]), span, 205),
    Panel(
        "extremes",
        norms.extreme_samples(sample.x, norm, names, here, **about),
        6,
        tall,
        select=True,
        ratio={"image": wide, "points": 0.65}.get(card.kind),
    ),
    Panel(
        "directions",
        spectrum.directions(singular["values"], singular["vectors"], sample.x, here, names[here], **about),
        6,
        tall,
        select=card.kind == "points",
        ratio=wide,
    ),
]
if sample.y is not None:
    by_class = histogram.norms_by_class(norm, sample.y, card.class_names)
    panels.insert(1, Panel("classes", by_class, span, 205))
panels += [Panel("tangents", tangents.tangent_space(share), 12, 110) for share in shares]
board(panels, key="jacobian", on_select=select)
for share in shares:
    st.html(f'<p class="cl-words">{tangents.sentence(share)}</p>')
keep_link(state)
