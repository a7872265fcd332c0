"""Lambda path: one handle for lambda, one for training time, and every picture answers under the hand."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from cae_core.figures import spectrum, words
from cae_core.figures.reconstructions import detail
from ui import live, measures, path, path_table
from ui.bar import head
from ui.board import Panel, board
from ui.runs import end_here
from ui.samples import samples_of
from ui.session import keep_link, lab

state = lab()
state.playing = False
state.start_on_path()
head("Lambda path", "drag lambda and watch the codes contract", state, steer=path.controls)
progress = path.show(state)
keep_link(state)
if progress is None or progress.ready < progress.frames:
    end_here()  # the models of the sample's detail would be trained at the path's expense

left, right = st.columns([5, 7], gap="small")
with right:
    spec = state.path.spec(state.config)
    path_table.show(state, spec, path_table.rows(progress, spec, state.epoch))
with left:
    frame = live.frame_or_wait(state)
    here = state.sample = min(state.sample, len(frame.view["norm"][0]) - 1)
    shown, rebuilt, saturated, singular, mean = live.gather(
        state,
        frame,
        "models:reconstructions",
        "models:saturation_by_sample",
        ("spectrum:sample_spectrum", here),
        "spectrum:mean_spectrum",
    )
    samples = samples_of(state, frame, shown, rebuilt)
    name, image = samples.names[here], samples.kind == "image"
    picture = replace(
        detail(samples, here),
        title="Sample in detail",
        yardstick=f"{name} · {path.shown_model(state, frame)}",
    )
    board(
        [
            Panel(
                "sample", picture, 12, 330 if samples.kind == "points" else 500, ratio=1.47 if image else None
            )
        ],
        key="path-sample",
    )
    if not image:  # whose picture has room for them
        measures.show(words.of_sample(frame, rebuilt, saturated, here, name))
with right:
    board(
        [Panel("spectrum", spectrum.spectrum(singular["values"], mean, name), 12, 150)], key="path-spectrum"
    )
