"""Sensitivity: how far codes and reconstructions move when inputs are perturbed."""

from __future__ import annotations

import random
from collections.abc import Sequence
from contextlib import nullcontext
from typing import Any

import streamlit as st

from cae_core.analysis.perturbations import PERTURBATIONS, kinds
from cae_core.figures import images, tangents
from cae_core.figures import sensitivity as figures
from cae_core.figures.norms import sample_names
from cae_core.frame import Frame
from ui import live
from ui.bar import head
from ui.board import Panel, Selection, board
from ui.session import Lab, keep_link, lab


def controls(state: Lab, count: int) -> tuple[str, float]:
    """Kind and strength of the perturbation, and which sample is looked at."""
    left, middle, right = st.columns([1.15, 2.2, 1.8], vertical_alignment="bottom", gap="medium")
    offered = kinds(state.card.image_shape)
    kind: str = left.selectbox(
        "Perturbation",
        offered,
        format_func=lambda name: PERTURBATIONS[name].title,
        key=f"perturbation-{len(offered)}",
        help="\n".join(f"- **{PERTURBATIONS[k].title}**: {PERTURBATIONS[k].help}" for k in offered),
        persist_state="session",
    )
    described = PERTURBATIONS[kind]
    strength = middle.slider(
        f"Strength: {described.unit}",
        0.0,
        described.top,
        described.usual,
        described.step,
        key=f"strength-{kind}",
        help=described.help,
        persist_state="session",
    )

    def go(sample: int) -> None:
        state.sample = sample % count

    st.session_state["sample-number"] = state.sample
    with right.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.number_input(
            f"Sample, 0 to {count - 1}",
            0,
            count - 1,
            key="sample-number",
            on_change=lambda: go(int(st.session_state["sample-number"])),
        )
        for name, icon, target in (
            ("Previous sample", "chevron_left", state.sample - 1),
            ("Next sample", "chevron_right", state.sample + 1),
            ("Random sample", "shuffle", random.randrange(count)),
        ):
            key = name.split()[0].lower()
            st.button("", icon=f":material/{icon}:", key=key, help=name, on_click=go, args=(target,))
    return kind, float(strength)


def picture(state: Lab, frame: Frame, shown: live.Display, shares: Sequence[Any]) -> None:
    """The controls, the board and the sentence below it; moving the slider runs this alone."""
    card, names = state.card, live.feature_names(state)
    state.sample = min(state.sample, len(shown.x) - 1)
    kind, at = controls(state, len(shown.x))
    curves = live.start(state, "sensitivity:movement", frame, kind)
    with nullcontext() if curves.done() else st.spinner("Perturbing the test samples…"):
        moves = live.wait(curves)
    one = live.analysis(
        state, "sensitivity:sample_movement", frame, state.sample, kind, at, slot="sensitivity"
    )
    strength, unit = moves["strength"], PERTURBATIONS[kind].unit
    low, high = images.scale(shown.x, card.kind)
    called = sample_names(shown.y, card.class_names, len(shown.x))
    charts = {
        "code": figures.code_moves(strength, moves["code"], unit, at),
        "relative": figures.relative_moves(strength, moves["relative"], unit, at),
        "reconstruction": figures.reconstruction_moves(strength, moves["reconstruction"], unit, at),
    }
    if shown.y is not None:
        charts["neighbours"] = figures.neighbours(strength, moves["accuracy"], unit, at)
    panels = [Panel(key, chart, 12 // len(charts), 190) for key, chart in charts.items()]
    about = {"image_shape": card.image_shape, "feature_names": names, "low": low, "high": high}
    points = card.kind == "points"
    parts = {name: one[name] for name in ("clean", "perturbed", "clean_reconstruction", "reconstruction")}
    sample = figures.perturbed_sample(
        **parts, name=called[state.sample], kind=card.kind, display=shown.x, **about
    )
    prediction = figures.prediction(one["predicted"], one["true"])
    wide, height = (6, 300) if points else (4, 235)
    panels += [
        Panel("sample", sample, wide, height, select=points),
        Panel("prediction", prediction, wide, height),
    ]
    if not points:
        around = figures.gallery(shown.x, called, state.sample, **about)
        panels.append(Panel("samples", around, wide, height, select=True))

    def picked(selection: Selection) -> None:
        if selection.ids:
            state.sample = selection.ids[0]

    panels += [Panel("tangents", tangents.tangent_space(share), 12, 110) for share in shares]
    board(panels, key="sensitivity", on_select=picked)
    words = figures.sentence(PERTURBATIONS[kind].title, strength, at, moves, labels=shown.y is not None)
    words = " ".join([words, *(tangents.sentence(share) for share in shares)])
    st.html(f'<p class="cl-words">{words}</p>')
    keep_link(state)


state = lab()
head("Sensitivity", "what codes make of perturbed inputs", state)
frame = live.frame_or_wait(state)
asked = ["tangents:tangent_share"] if state.config.dataset == "shapes" else []
shown, *shares = live.gather(state, frame, *asked)
st.fragment(picture)(state, frame, shown, shares)
keep_link(state)
