"""A board that changes four times a second, beside what Python has heard of it."""

from __future__ import annotations

import json
import time
from dataclasses import asdict

import numpy as np
import streamlit as st

from cae_core.figures.chart import AE, CAE, Chart, typed
from ui import theme
from ui.board import Panel, Selection, board

N = 60

st.set_page_config(page_title="Board", layout="wide")
theme.apply()
st.title("Board")


def codes(name: str, tick: int, scale: float) -> Chart:
    """Points that drift a little at every tick; the first stays at the origin."""
    rng = np.random.default_rng(0)
    xy = rng.normal(size=(N, 2)) * scale * (1 + 0.02 * np.sin(tick))
    xy[0] = 0.0
    ids = np.arange(100, 100 + N)
    title = {"ae": "Plain autoencoder", "cae": "Contractive"}[name]
    return Chart(
        title,
        {
            "data": [
                {
                    "type": "scatter",
                    "mode": "markers",
                    "x": typed(xy[:, 0]),
                    "y": typed(xy[:, 1]),
                    "customdata": typed(ids),
                    "marker": {
                        "size": 9,
                        "color": AE if name == "ae" else CAE,
                        "symbol": "circle" if name == "ae" else "square",
                    },
                }
            ],
            "layout": {"xaxis": {"range": [-3, 3]}, "yaxis": {"range": [-3, 3]}},
        },
        yardstick="codes, PCA, same axes",
        caption="Each dot is one test sample; closer together means that the code changes less.",
        alt=f"{N} codes within {np.abs(xy).max():.2f} of the mean.",
        table={
            "sample": ids,
            "x": xy[:, 0],
            "label": ["=1+1" if i == 0 else f"digit, {i % 10}" for i in range(N)],
        },
        model=name,
    )


def norms(tick: int) -> Chart:
    """Two histograms."""
    edges = np.linspace(0, 4, 25)
    rng = np.random.default_rng(tick % 5)
    return Chart(
        "Jacobian norms",
        {
            "data": [
                {
                    "type": "bar",
                    "name": "AE",
                    "x": typed(edges),
                    "y": typed(np.histogram(rng.normal(3, 0.2, 300), 25)[0]),
                    "marker": {"color": AE},
                },
                {
                    "type": "bar",
                    "name": "CAE",
                    "x": typed(edges),
                    "y": typed(np.histogram(rng.normal(1, 0.2, 300), 25)[0]),
                    "marker": {"color": CAE},
                },
            ],
            "layout": {"xaxis": {"title": {"text": "‖J‖"}}, "barmode": "overlay"},
        },
        yardstick="300 test samples",
        caption="Contracted samples stand to the left.",
    )


def losses(tick: int) -> Chart:
    """Two curves that grow."""
    t = np.arange(1, 20 + tick % 40)
    return Chart(
        "Loss",
        {
            "data": [
                {
                    "type": "scatter",
                    "mode": "lines",
                    "name": "AE",
                    "x": typed(t),
                    "y": typed(5 / t),
                    "line": {"color": AE},
                },
                {
                    "type": "scatter",
                    "mode": "lines",
                    "name": "CAE",
                    "x": typed(t),
                    "y": typed(7 / t),
                    "line": {"color": CAE, "dash": "dash"},
                },
            ],
            "layout": {"xaxis": {"title": "epoch", "range": [0, 60]}, "yaxis": {"type": "log"}},
        },
        yardstick="test split",
        caption="Lower is better; the dashed line pays for its contraction with error.",
    )


def cells() -> Chart:
    """A heatmap, to click on."""
    z = np.random.default_rng(3).random((8, 24))
    axis = {"visible": False}
    return Chart(
        "Reconstructions",
        {
            "data": [{"type": "heatmap", "z": typed(z), "colorscale": "Greys", "showscale": False}],
            "layout": {"xaxis": axis, "yaxis": {**axis, "autorange": "reversed"}},
        },
        yardstick="3 samples",
        caption="Input, plain, contractive.",
        alt="Three images of digits.",
    )


def picked(selection: Selection) -> None:
    """Keep what was picked, once an event."""
    st.session_state.setdefault("heard", []).append(asdict(selection))


def view(tick: int) -> None:
    """The board and what was heard."""
    board(
        [
            Panel("ae", codes("ae", tick, 1.0), 4, 300, select=True),
            Panel("cae", codes("cae", tick, 0.4), 4, 300, select=True),
            Panel("cells", cells(), 4, 300, select=True),
            Panel("norms", norms(tick), 4, 200),
            Panel("loss", losses(tick), 4, 200),
            Panel(
                "empty",
                Chart("Trade-off", {"data": [], "layout": {}}, "error against norm", "One dot a lambda."),
                4,
                200,
            ),
        ],
        key="board",
        on_select=picked,
    )
    heard = st.session_state.get("heard", [])
    st.html(f'<pre id="heard">{json.dumps(heard)}</pre><p id="tick">{tick}</p>')


@st.fragment(run_every=0.25)
def live() -> None:
    """A tick."""
    st.session_state["tick"] = st.session_state.get("tick", 0) + 1
    view(st.session_state["tick"])


if st.query_params.get("still"):
    view(0)
else:
    if st.query_params.get("runs"):
        st.button("Run")
        time.sleep(0.4)  # the fragment's next run is asked for meanwhile, and follows at once
    live()
