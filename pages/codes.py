"""Codes: both models' codes in the plane, true to scale by PCA and by neighbours with UMAP."""

from __future__ import annotations

from html import escape

import streamlit as st

from cae_core.figures import codes, images
from ui import live, maps
from ui.bar import head
from ui.board import Panel, board
from ui.session import keep_link, lab

TALL = 400

state = lab()
head("Codes", "where each model puts the same samples", state)
frame = live.frame_or_wait(state)
shown, pca, back = live.gather(state, frame, "projection:pca_maps", "models:reconstructions")
choice = maps.controls(state, frame, shown)
card, norms, errors = state.card, frame.view["norm"], frame.view["error"]
marked = maps.chosen(state, len(shown.x))

if choice.colour == "Class" and shown.y is not None:
    colouring = codes.by_class(shown.y, card.class_names)
else:
    colouring = codes.by_norm(norms) if choice.colour == "Norm" else codes.by_error(errors)

held, fitted = None, None
if choice.which != "PCA":
    held = live.later(state, maps.UMAP, frame, choice.neighbours, choice.distance)
    fitted = held.result
waiting = choice.which == "UMAP" and held is not None and not held.future.done()
first = codes.code_maps(pca["points"], colouring, explained=pca["explained"], chosen=marked, waiting=waiting)
second = codes.awaited_maps()
if fitted is not None:
    second = codes.code_maps(fitted["points"], colouring, picture="UMAP", chosen=marked)
    first = second if choice.which == "UMAP" else first

picked = codes.Picked(
    ids=marked,
    inputs=shown.x[marked],
    reconstructions=back[:, marked],
    norms=norms[:, marked],
    errors=errors[:, marked],
    names=[] if shown.y is None else [card.class_names[label] for label in shown.y[marked]],
    kind=card.kind,
    image_shape=card.image_shape,
    feature_names=shown.feature_names,
    limits=images.scale(shown.x, card.kind),
    cloud=shown.x,
)
panels = [
    Panel("plain", first[0], 4, TALL, select=True),
    Panel("contractive", first[1], 4, TALL, select=True),
    Panel("selected", codes.selected_sample(picked), 4, TALL),
]
if choice.which == "Both":
    panels += [
        Panel("plain-umap", second[0], 6, TALL, select=True),
        Panel("contractive-umap", second[1], 6, TALL, select=True),
    ]
board(panels, key="codes", on_select=maps.choose)
words = codes.spread_in_words(frame.view["code_spread"], pca["explained"])
st.html(f'<p class="cl-words">{escape(words)}</p>')
if held is not None:
    maps.umap_status(held)
if also := codes.also_selected(picked):
    board([Panel(f"also-{i}", chart, 3, 130) for i, chart in enumerate(also)], key="also")
keep_link(state)
