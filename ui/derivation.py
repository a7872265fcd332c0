"""What the page of the derivation is made of: the small net, and one step with formula, code, picture and check."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from cae_core.catalog import card
from cae_core.config import ACTIVATIONS, SETTINGS
from cae_core.derivation import code_of
from cae_core.figures.derivation import heat
from ui.board import Panel, board
from ui.plain import plain
from ui.session import Lab
from ui.url import last_sample

Floats = NDArray[np.floating]

KERAS_LAMBDA = 1e-4
"""Of the published model, whose error is a mean over the inputs."""

PUBLISHED_ON = ("digits", "mnist")
"""Datasets on which the published model is offered, beside the visitor's own choice."""

TALL, FLAT = 230, 150
"""Heights of pictures."""


@dataclass(frozen=True)
class Net:
    """The small net that a visitor chose."""

    units: int
    activation: str
    layers: int


def controls(state: Lab) -> None:
    """The middle of the bar: sample and net."""
    one, two, three, four = st.columns([1, 1.3, 1.4, 1], vertical_alignment="bottom")
    with one:
        last = last_sample(state.config)
        state.sample = int(
            st.number_input(
                "Sample", 0, last, min(state.sample, last), key=f"derivation-{state.config.dataset}"
            )
        )
    with two:
        st.slider("Units", 2, 16, 6, key="derivation-units", persist_state="session")
    with three:
        names = dict(zip(ACTIVATIONS, SETTINGS["activation"].names, strict=True))
        st.selectbox(
            "Activation",
            ACTIVATIONS,
            format_func=names.__getitem__,
            key="derivation-activation",
            persist_state="session",
        )
    with four:
        st.segmented_control(
            "Layers", [1, 2], default=1, required=True, key="derivation-layers", persist_state="session"
        )


def net() -> Net:
    """What `controls` show."""
    chosen = st.session_state
    return Net(
        int(chosen["derivation-units"]),
        str(chosen["derivation-activation"]),
        int(chosen["derivation-layers"]),
    )


def introduction(net: Net, inputs: int, found: Mapping[str, Floats]) -> str:
    """What is derived here, and where the simple formula stops being true."""
    chain = f"{inputs} inputs → " + " → ".join([f"{net.units} units"] * net.layers)
    if net.activation == "sigmoid" and net.layers == 1:
        return (
            f"A layer of its own, {chain}, with random weights. The formula's numbers are computed by the lines "
            "shown, and checked against differentiation. "
            "Choose another activation or two layers to see where the formula stops being true."
        )
    value, true = float(found["penalty"]), float(found["true"])
    reasons = []
    if net.activation != "sigmoid":
        reasons.append("the slope of this activation is not h (1 − h)")
    if net.layers > 1:
        reasons.append(
            "a deep encoder’s Jacobian is the product of its layers’, and the formula has the last one alone"
        )
    begin, why = f"{chain}, {net.activation}: the formula", "; ".join(reasons)
    if abs(value - true) <= 1e-9 * (true or 1.0):
        return f"{begin} gives the true number for this sample, but not in general: {why}. Choose another sample."
    return f"{begin} is wrong here, {value:.3g} for a squared norm of {true:.3g}: {why}."


def sample(state: Lab, x: Floats) -> Panel:
    """The sample as rows and columns: those of its image, or one row."""
    shape = state.card.image_shape
    axes, caption = ("row", "column"), "The sample."
    return picture("x", x.reshape(shape or (1, -1)), "Input x", axes, caption, 5, square=shape is not None)


def heading(title: str) -> None:
    """The heading of a part of the page."""
    st.html(f'<h2 class="cl-part">{title}</h2>')


def step(
    number: int,
    title: str,
    formula: str,
    code: Callable[..., Any],
    panels: Sequence[Panel],
    check: tuple[str, bool] | None = None,
) -> None:
    """One step: formula and code at the left, the numbers at the right, the check below.

    Args:
        number: of the step.
        title: what it does.
        formula: in LaTeX.
        code: the function that was run.
        panels: pictures of its numbers.
        check: a sentence, and whether the step holds.
    """
    with st.container(border=True, key=f"step-{number}"):
        heading(f"{number}. {title}")
        left, right = st.columns([1, 1.25], gap="medium")
        with left:
            st.latex(formula)
            st.code(code_of(code), language="python", wrap_lines=True)
            if check is not None:
                sentence, holds = check
                (st.success if holds else st.error)(
                    sentence, icon=":material/check:" if holds else ":material/close:"
                )
        with right:
            board(panels, key=f"derivation-{number}")


def picture(
    key: str,
    values: Floats,
    title: str,
    axes: tuple[str, str],
    caption: str,
    span: int,
    height: int = FLAT,
    *,
    square: bool = False,
) -> Panel:
    """A matrix as a heat map.

    Args:
        key: name of the panel.
        values: (rows, columns).
        title: what it is.
        axes: what a row is, and a column.
        caption: one sentence.
        span: of twelve columns.
        height: in pixels.
        square: whether cells are squares, as those of an image.

    Returns:
        The panel.
    """
    return Panel(key, heat(values, title, *axes, caption, square=square), span, height)


def published(state: Lab) -> bool:
    """The published model in words, and buttons that train it.

    Args:
        state: the visitor's.

    Returns:
        Whether the visitor chose one; the state then has it.
    """
    with st.container(border=True):
        heading("The published model")
        st.markdown(
            "One sigmoid layer of 64 units, a linear decoder with weights of its own, Adam, 5 epochs (Kristiadi, "
            "Deriving Contractive Autoencoder and Implementing it in Keras, 2016). The publication takes the mean of "
            f"the squared error over the d inputs and λ = {KERAS_LAMBDA:g}; losses here are summed over the inputs, so "
            f"the same model has λ = {KERAS_LAMBDA:g} d. Its code also holds W in the penalty at its initial value; "
            "here W is live. What that changes stands under Common mistakes."
        )
        names = dict.fromkeys((*PUBLISHED_ON, state.config.dataset))
        with st.container(horizontal=True):
            for name in names:
                if st.button(
                    f"Train it on {plain(card(name).title)}",
                    key=f"published-{name}",
                    type="primary" if name == state.config.dataset else "secondary",
                    icon=":material/play_arrow:",
                ):
                    choose_published(state, name)
                    return True
    return False


def choose_published(state: Lab, name: str) -> None:
    """The published model on a dataset, in this project's convention: lambda times the number of inputs."""
    if name != state.config.dataset:
        state.choose_dataset(name)
    state.choose(
        hidden=(64,),
        activation="sigmoid",
        tied=False,
        loss="squared_error",
        init="glorot",
        init_scale=1.0,
        optimizer="adam",
        learning_rate=1e-3,
        epochs=5,
        curvature=0.0,
    )
    state.from_here = False
    state.choose_lambda(KERAS_LAMBDA * state.n_inputs)
    state.epoch = state.config.epochs
