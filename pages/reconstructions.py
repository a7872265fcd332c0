"""Reconstructions: what both models give back, sample by sample."""

from __future__ import annotations

from math import ceil

import streamlit as st

from cae_core.analysis.order import differences, ranked, within
from cae_core.figures import images, norms
from cae_core.figures.reconstructions import Samples, detail, grid
from ui import live
from ui.bar import head
from ui.board import Panel, Selection, board
from ui.session import keep_link, lab

PER_PAGE = {"image": 18, "table": 7, "points": 1000}
"""Samples on a page of the grid."""

SORTS = ("dataset order", "error", "norm", "difference of the models")
MODELS, ENDS = ("Plain", "Contractive"), ("Largest", "Smallest")

state = lab()
head("Reconstructions", "the same test samples, as each model gives them back", state)
frame = live.frame_or_wait(state)
sample = live.display(state)
rebuilt = live.analysis(state, "models:reconstructions", frame)
here = state.sample = min(state.sample, len(sample.x) - 1)
card = state.card
paged = card.kind != "points"


def first_page() -> None:
    """Another order begins at its start."""
    st.session_state["grid-page"] = 0


def turn(by: int) -> None:
    """To another page."""
    st.session_state["grid-page"] = st.session_state.get("grid-page", 0) + by


def select(picked: Selection) -> None:
    """A click on a tile, a row or a point."""
    if picked.ids:
        state.sample = min(picked.ids[0], len(sample.x) - 1)


with st.container(horizontal=True, key="order", vertical_alignment="bottom", gap="small"):
    by, model, end, classes = SORTS[0], MODELS[1], ENDS[0], []
    if paged:
        by = st.selectbox("Sort by", SORTS, key="sort", width=200, on_change=first_page)
        single = by in ("error", "norm")
        model = (
            st.segmented_control(
                "of",
                MODELS,
                default=MODELS[1],
                key="sort-model",
                width="content",
                disabled=not single,
                on_change=first_page,
            )
            or MODELS[1]
        )
        end = (
            st.segmented_control(
                "First",
                ENDS,
                default=ENDS[0],
                key="sort-end",
                width="content",
                disabled=by == SORTS[0],
                on_change=first_page,
            )
            or ENDS[0]
        )
    if sample.y is not None:
        classes = st.multiselect(
            "Classes",
            range(len(card.class_names)),
            format_func=card.class_names.__getitem__,
            key=f"classes-{card.name}",
            width=260,
            placeholder="all",
            on_change=first_page,
        )
    k = MODELS.index(model)
    values = {
        "error": frame.view["error"][k],
        "norm": frame.view["norm"][k],
        SORTS[3]: differences(rebuilt),
    }.get(by)
    order = ranked(within(sample.y, classes, len(sample.x)), values, largest=end == ENDS[0])
    size = PER_PAGE[card.kind]
    pages = max(1, ceil(len(order) / size))
    at = max(0, min(st.session_state.get("grid-page", 0), pages - 1))
    st.session_state["grid-page"] = at
    if paged:
        st.button(
            "Previous",
            icon=":material/chevron_left:",
            key="previous",
            disabled=at == 0,
            on_click=turn,
            args=(-1,),
        )
        st.button(
            "Next",
            icon=":material/chevron_right:",
            key="next",
            disabled=at == pages - 1,
            on_click=turn,
            args=(1,),
        )
        st.caption(f"page {at + 1} of {pages} · {len(order)} samples", width="content")

low, high = images.scale(sample.x, card.kind)
samples = Samples(
    x=sample.x,
    reconstructions=rebuilt,
    errors=frame.view["error"],
    norms=frame.view["norm"],
    names=norms.sample_names(sample.y, card.class_names, len(sample.x)),
    feature_names=sample.feature_names,
    kind=card.kind,
    image_shape=card.image_shape,
    low=low,
    high=high,
)
shown = order[at * size : (at + 1) * size]
image = card.kind == "image"
tall = 400 if card.kind == "points" else 560
board(
    [
        Panel("grid", grid(samples, shown, here), 7, tall, select=True, ratio=0.97 if image else None),
        Panel("detail", detail(samples, here), 5, tall, ratio=1.5 if image else None),
    ],
    key="reconstructions",
    on_select=select,
)
keep_link(state)
