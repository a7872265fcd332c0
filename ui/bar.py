"""The bar above every page: dataset, lambda or what a page steers by instead, and everything else behind "More"."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import streamlit as st

from cae_core.catalog import CATALOG, card
from cae_core.config import CURVATURE, LAMBDA, SETTINGS, Config
from cae_core.datasets.thumbnails import thumbnail
from cae_core.errors import ConfigError
from cae_core.figures.parts import number
from ui.download import files_or_wait
from ui.plain import plain
from ui.session import Lab, follow_link, keep_link, show_notices

OWN_GROUP = "Your own, in this visit"
"""Heading of the visitor's own data in the menu of datasets."""

STOPS = 25
"""Positive stops of the lambda slider."""


def subtitle(config: Config) -> str:
    """One line that says what is trained."""
    sizes = " → ".join(map(str, (config.dimensions or card(config.dataset).n_inputs, *config.hidden)))
    ties = "tied" if config.tied else "untied"
    return f"{plain(card(config.dataset).title)} · {sizes} {config.activation}, {ties} · seed {config.seed}"


def curved(config: Config) -> str:
    """What follows where the contractive member has the curvature penalty."""
    gamma = config.objectives[1].curvature
    return f" · gamma {number(gamma)} (CAE+H)" if gamma else ""


def lambda_stops(config: Config) -> list[float]:
    """The values of the lambda slider: 0, a log scale over the dataset's range, and the value in force."""
    shown = card(config.dataset)
    grid = [float(f"{value:.2g}") for value in np.geomspace(shown.lam_low, shown.lam_high, STOPS)]
    mine = config.objectives[1]
    return sorted({0.0, *grid, mine.lam, *(lam for _, lam in mine.schedule)})


def head(title: str, purpose: str, state: Lab, steer: Callable[[Lab], None] | None = None) -> None:
    """The top of every page: title, what is trained, waiting notices and the bar.

    Args:
        title: of the page.
        purpose: what it is for, in a few words.
        state: the visitor's.
        steer: draws what stands in the middle of the bar; by default the slider of lambda.
    """
    follow_link(state)
    # A page that steers by something else trains members of its own, without gamma.
    gamma = "" if steer else curved(state.config)
    top(title, f"{purpose} · {subtitle(state.config)}{gamma}", state)
    bar(state, steer)
    keep_link(state)  # here too: a page that waits ends before its own last line
    files_or_wait(state)


def top(title: str, words: str, state: Lab) -> None:
    """Title, a few words beside it and waiting notices: all that stands above a page which trains nothing.

    Args:
        title: of the page.
        words: beside it.
        state: the visitor's.
    """
    with st.container(horizontal=True, key="head"):
        st.title(title, anchor=False, width="content")
        st.caption(words, width="content")
    with st.container(key="notices"):  # there without notices, too: what stands below keeps its place
        show_notices(state)


def bar(state: Lab, steer: Callable[[Lab], None] | None = None) -> None:
    """Draw the bar; what is chosen goes into the visitor's state."""
    with st.container(key="bar", border=True):
        left, middle, right = st.columns([1.15, 3, 1], vertical_alignment="bottom", gap="medium")
        with left:
            _datasets(state)
        with middle:
            (steer or _lambda)(state)
        with right, st.popover("More", width="stretch", icon=":material/tune:"):
            if steer is None:
                _from_here(state)
            _settings(state, gamma=steer is None)


def _datasets(state: Lab) -> None:
    # A key of its own for each dataset: the list closes when one is chosen.
    with st.popover(
        f"**{plain(state.card.title)}**",
        width="stretch",
        icon=":material/dataset:",
        key=f"datasets-{state.config.dataset}",
    ):
        st.caption("Each dataset comes with settings that show the method's effect on it.")
        with st.container(key="datasets"):
            groups: dict[str, list[str]] = {}
            for name in [*state.own, *CATALOG]:
                groups.setdefault(OWN_GROUP if name in state.own else card(name).group, []).append(name)
            for group, names in groups.items():
                _group(state, group, names)


def _group(state: Lab, group: str, names: Sequence[str]) -> None:
    st.caption(f"**{group}**")
    for start in range(0, len(names), 2):
        for name, column in zip(names[start : start + 2], st.columns(2), strict=False):
            shown = card(name)
            with column, st.container(border=True, key=f"dataset-card-{name}"):
                if (picture := thumbnail(name)) is not None:
                    st.image(picture, width=56, alt=f"Samples of {shown.title}")
                elif name in state.own:
                    st.caption(f":material/upload_file: {shown.n_inputs} inputs")
                else:
                    st.caption(f":material/download: {shown.download_bytes / 1e6:.0f} MB")
                st.button(
                    plain(shown.title),
                    key=f"dataset-{name}",
                    help=plain(f"{shown.description} Source: {shown.source}."),
                    type="primary" if name == state.config.dataset else "secondary",
                    width="stretch",
                    on_click=state.choose_dataset,
                    args=(name,),
                )


def _lambda(state: Lab) -> None:
    stops = lambda_stops(state.config)
    dataset = state.config.dataset
    key = f"lambda-{dataset}"

    def moved() -> None:
        # With Back the browser still sends the slider of the dataset before.
        if state.config.dataset == dataset:
            state.choose_lambda(float(st.session_state[key]))

    per_input = (
        f"= {number(state.lam / state.n_inputs)} per input" if state.lam else "(the plain autoencoder)"
    )
    # Not value=: with a key it counts only once, and lambda also changes with the epoch, by link and by Reset.
    st.session_state[key] = min(stops, key=lambda stop: abs(stop - state.lam))
    st.select_slider(
        f"{LAMBDA.label} {number(state.lam)} {per_input}",
        options=stops,
        format_func=number,
        key=key,
        on_change=moved,
        help=f"{LAMBDA.help} Losses here are summed over inputs; tutorials that take the mean over the d inputs write "
        "lambda / d, the value “per input”.",
    )


def _from_here(state: Lab) -> None:
    st.radio(
        "A new lambda holds",
        [False, True],
        index=int(state.from_here),
        format_func=lambda here: "from here on" if here else "from the start of training",
        key=f"from-here-{state.version}",
        horizontal=True,
        help="From the start: the same epoch, trained anew from the same initial weights. From here on: training "
        "goes on from the present weights, as a lambda schedule.",
        on_change=lambda: setattr(state, "from_here", bool(st.session_state[f"from-here-{state.version}"])),
    )


def _settings(state: Lab, *, gamma: bool) -> None:
    """Architecture and optimiser, and gamma where the page has a use for it, taken over together."""
    config, version = state.config, state.version
    with st.form(f"settings-{version}", border=False):
        units = st.columns(3)
        hidden = [
            units[i].number_input(
                f"Layer {i + 1}" + ("" if i == 0 else " (0: none)"),
                min_value=1 if i == 0 else 0,
                max_value=int(SETTINGS["hidden"].high),
                value=config.hidden[i] if i < len(config.hidden) else 0,
                help=SETTINGS["hidden"].help,
            )
            for i in range(3)
        ]
        columns = st.columns(2)
        changes: dict[str, Any] = {}
        for i, name in enumerate(("activation", "tied", "loss", "init", "optimizer")):
            changes[name] = _choice(columns[i % 2], name, getattr(config, name))
        with columns[1]:
            changes["learning_rate"] = st.number_input(
                SETTINGS["learning_rate"].label,
                SETTINGS["learning_rate"].low,
                SETTINGS["learning_rate"].high,
                config.learning_rate,
                format="%.5f",
                help=SETTINGS["learning_rate"].help,
            )
        wholes = ["batch_size", "epochs", "seed"]
        if state.card.max_train > state.card.n_train:
            wholes.append("samples")
        if config.dataset == "noise":
            wholes.append("dimensions")
        for i, name in enumerate(wholes):
            changes[name] = _whole(columns[i % 2], name, config)
        if gamma:
            with columns[len(wholes) % 2]:
                changes["curvature"] = st.number_input(
                    CURVATURE.label,
                    CURVATURE.low,
                    CURVATURE.high,
                    config.objectives[1].curvature,
                    format="%.4g",
                    help=CURVATURE.help,
                )
        if st.form_submit_button("Train with these", type="primary", width="stretch"):
            layers = [int(hidden[0]), *(int(n) for n in hidden[1:] if n)]
            try:
                state.choose(hidden=tuple(layers), **changes)
            except ConfigError as error:
                st.error(plain(str(error)))
            else:
                st.rerun()


def _choice(column: Any, name: str, value: Any) -> Any:
    setting = SETTINGS[name]
    named = dict(zip(setting.choices, setting.names, strict=True))
    return column.selectbox(
        setting.label,
        setting.choices,
        setting.choices.index(value),
        format_func=named.__getitem__,
        help=setting.help,
    )


def _whole(column: Any, name: str, config: Config) -> int:
    setting, shown = SETTINGS[name], card(config.dataset)
    default = {"samples": shown.n_train, "dimensions": shown.n_inputs}.get(name, 0)
    high = min(int(setting.high), shown.max_train) if name == "samples" else int(setting.high)
    value = getattr(config, name)
    return int(
        column.number_input(
            setting.label,
            int(setting.low),
            high,
            int(value if value is not None else default),
            help=setting.help,
        )
    )
