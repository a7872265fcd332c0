"""Reconstructions: what both models give back, sample by sample."""

from __future__ import annotations

from cae_core.figures import words
from cae_core.figures.reconstructions import detail, grid
from ui import live, measures, order
from ui.bar import head
from ui.board import Panel, Selection, board
from ui.samples import samples_of
from ui.session import keep_link, lab

PER_PAGE = {"image": 15, "table": 7, "points": None}
"""Samples on a page of the grid."""

RATIO = {"image": 0.82, "table": None, "points": 0.65}
"""Height of the grid as a share of the width."""

state = lab()
head("Reconstructions", "the same test samples, as each model gives them back", state)
frame = live.frame_or_wait(state)
sample, rebuilt, saturated = live.gather(
    state, frame, "models:reconstructions", "models:saturation_by_sample"
)
here = state.sample = min(state.sample, len(sample.x) - 1)
card = state.card


def select(picked: Selection) -> None:
    """A click on a tile, a row or a point."""
    if picked.ids:
        state.sample = min(picked.ids[0], len(sample.x) - 1)


samples = samples_of(state, frame, sample, rebuilt)
shown = order.choose(frame, rebuilt, sample.y, card.class_names, PER_PAGE[card.kind])
image = card.kind == "image"
height = 400 if card.kind == "points" else 520
board(
    [
        Panel("grid", grid(samples, shown, here), 7, height, select=True, ratio=RATIO[card.kind]),
        Panel("detail", detail(samples, here), 5, height, ratio=1.47 if image else None),
    ],
    key="reconstructions",
    on_select=select,
)
if not image:  # whose detail has room for them
    measures.show(words.of_sample(frame, rebuilt, saturated, here, samples.names[here]))
keep_link(state)
