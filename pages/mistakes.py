"""Common mistakes: wrong penalties beside the right one, what their code believes and what is true."""

from __future__ import annotations

import numpy as np
import streamlit as st

from cae_core.figures import mistakes as figures
from ui import live, mistakes
from ui.bar import head
from ui.board import Panel, board
from ui.runs import end_here
from ui.session import keep_link, lab

state = lab()
head("Common mistakes", "wrong penalties beside the right one", state, mistakes.controls)
state.playing = False
if live.too_large(state, 1 + 2 * mistakes.LAMBDAS):
    keep_link(state)
    end_here()

key, lams = mistakes.chosen(), mistakes.lambdas(state)
held = live.later(state, mistakes.STUDY, state.config, key, lams, lane="path")
study = held.result
if mistakes.guessing():
    mistakes.question()
else:
    mistakes.explain(key)
    st.caption(mistakes.trained(state, key))
if study is None:
    live.study(
        held,
        f"{1 + 2 * mistakes.LAMBDAS} models together for {state.config.epochs} epochs, the plain one, the right ones "
        "and the wrong ones",
    )
else:
    shown = [what for what in figures.PANELS if np.isfinite(study[what]).any()]
    panels = [
        Panel(what, figures.over_lambda(study, lams, what), 4 if i < 3 else 12 // (len(shown) - 3), 230)
        for i, what in enumerate(shown)
    ]
    board(panels, key="mistakes")
    if not mistakes.guessing() or mistakes.quiz().guess is not None:
        st.html(f'<p class="cl-words">{figures.sentence(study, lams)}</p>')
if mistakes.guessing() and mistakes.quiz().guess is not None:
    mistakes.explain(key)
keep_link(state)
