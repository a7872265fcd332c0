"""What the page of common mistakes is made of: the choice of one, the quiz, and the wait for its training."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

import numpy as np
import streamlit as st

from cae_core.mistakes import MISTAKES
from ui.session import Lab

STUDY = "mistakes:study"
LOOK, QUIZ = "Look at one", "Spot the bug"
LAMBDAS = 5
"""Lambdas of a study, at equal ratios over the dataset's range."""


@dataclass
class Quiz:
    """One visitor's quiz.

    Attributes:
        order: the mistakes in the order in which they are asked.
        asked: position of the present one.
        guess: what the visitor said of it, or None.
        right: number of right answers.
    """

    order: list[str] = field(default_factory=lambda: random.sample(list(MISTAKES), len(MISTAKES)))
    asked: int = 0
    guess: str | None = None
    right: int = 0

    @property
    def key(self) -> str:
        """The mistake that is asked for."""
        return self.order[self.asked % len(self.order)]

    def answer(self, guess: str) -> None:
        """Take a guess; only the first one counts."""
        if self.guess is None:
            self.guess = guess
            self.right += guess == self.key

    def next(self) -> None:
        """The next one."""
        self.asked, self.guess = self.asked + 1, None


def quiz() -> Quiz:
    """This visitor's quiz."""
    mine: Quiz = st.session_state.setdefault("mistakes-quiz", Quiz())
    return mine


def controls(_: Lab) -> None:
    """The middle of the bar: look at a mistake, or guess one."""
    left, right = st.columns([1.2, 2], vertical_alignment="bottom")
    with left:
        st.segmented_control(
            "What to do",
            [LOOK, QUIZ],
            default=LOOK,
            required=True,
            key="mistakes-mode",
            persist_state="session",
        )
    with right:
        if not guessing():
            st.selectbox(
                "Mistake",
                list(MISTAKES),
                format_func=lambda key: MISTAKES[key].name,
                key="mistakes-key",
                persist_state="session",
            )


def guessing() -> bool:
    """Whether the visitor chose the quiz."""
    return st.session_state.get("mistakes-mode") == QUIZ


def chosen() -> str:
    """The mistake to show."""
    return quiz().key if guessing() else str(st.session_state["mistakes-key"])


def lambdas(state: Lab) -> tuple[float, ...]:
    """The lambdas of a study of the visitor's dataset."""
    return tuple(
        float(f"{lam:.2g}") for lam in np.geomspace(state.card.lam_low, state.card.lam_high, LAMBDAS)
    )


def question() -> None:
    """Which mistake do the curves show?"""
    mine = quiz()
    st.html(
        '<p class="cl-words">The purple model was trained with a wrong penalty. Which one? Look at what its own code '
        "believes, at the weights and at saturation.</p>"
    )
    with st.container(horizontal=True):
        for key, mistake in MISTAKES.items():
            st.button(
                mistake.name,
                key=f"guess-{key}",
                on_click=mine.answer,
                args=(key,),
                disabled=mine.guess is not None,
            )
    if mine.guess is None:
        return
    name = MISTAKES[mine.key].name
    if mine.guess == mine.key:
        st.success(f"Yes: {name}.", icon=":material/check:")
    else:
        st.warning(
            f"It was another one: {name}. You said: {MISTAKES[mine.guess].name}.", icon=":material/close:"
        )
    st.button(f"Next one ({mine.right} of {mine.asked + 1} right)", on_click=mine.next, type="primary")


def trained(state: Lab, key: str) -> str:
    """Which net shows a mistake: not always the visitor's."""
    mistake = MISTAKES[key]
    units = " → ".join(map(str, mistake.units or state.config.hidden[-1:]))
    return (
        f"Trained here: {state.n_inputs} inputs → {units} {mistake.activation} units, with your other settings. In "
        "the code the first axis counts models, the second samples."
    )


def explain(key: str) -> None:
    """The lines that do it, why that is wrong, and how to notice."""
    mistake = MISTAKES[key]
    left, right = st.columns([1.1, 1])
    with left:
        st.code(mistake.code, language="python", wrap_lines=True)
    with right:
        st.markdown(f"**Why it is wrong.** {mistake.why}\n\n**How to notice.** {mistake.notice}")
