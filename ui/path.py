"""What the page of the lambda path is made of: the choice of a path, the player that fills as frames come, words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

import streamlit as st

from cae_core.errors import ConfigError, ContractionLabError
from cae_core.figures.codes import BLIND
from cae_core.figures.parts import number
from cae_core.frame import Frame
from cae_core.path import PATH_SETTINGS, PathSpec
from cae_core.paths import Progress
from ui import path_table
from ui.plain import plain
from ui.player import View, player
from ui.server import paths
from ui.session import Lab, lab
from ui.url import WHOLE, PathChoice

KEPT = 0.1
"""Share of variance lost up to which a model is said to keep the data."""

LOST = 0.5
"""Share of variance lost from which the flattest model shows what a low norm may be worth."""


SOON = 0.1
"""Seconds between two looks at a path until its first frame."""

LATER = 0.8
"""Seconds between two looks at a path after its first frame: each makes the browser draw, on cores that train."""


# ---- what it is made of


def controls(state: Lab) -> None:
    """The popover in the bar: range and number of lambdas, moments, and other models beside them."""
    spec = state.path.spec(state.config)
    with st.popover(_summary(spec), width="stretch", icon=":material/conversion_path:"):
        st.caption("All models are trained together, from the same initial weights, on the same batches.")
        _form(state)


def _summary(spec: PathSpec) -> str:
    reach = f"0 to {spec.lams[-1]:g} in {len(spec.lams)} values" if len(spec.lams) > 1 else "0 alone"
    marks = "".join(f" · {objective.label}" for objective in spec.marks)
    moments = len(spec.epochs)
    return f"**Lambda {reach}**{marks} · {moments} {'moment' if moments == 1 else 'moments'} of training"


def _form(state: Lab) -> None:
    chosen = PathChoice(
        low=state.card.lam_low, high=state.card.lam_high, members=state.path.members, frames=state.path.frames
    )
    now = {name: value for name, value in asdict(state.path).items() if value is not None}
    now = asdict(chosen) | now
    with st.form(f"path-{state.version}", border=False):
        columns = st.columns(2)
        values: dict[str, Any] = {}
        for i, (name, setting) in enumerate(PATH_SETTINGS.items()):
            kind = int if name in WHOLE else float
            extra = {} if kind is int else {"format": "%g", "step": kind(now[name]) / 10 or 0.1}
            values[name] = kind(
                columns[i % 2].number_input(
                    setting.label + (" (0: none)" if setting.low == 0 else ""),
                    kind(setting.low),
                    kind(setting.high),
                    kind(now[name]),
                    help=setting.help,
                    **extra,
                )
            )
        if st.form_submit_button("Make this path", type="primary", width="stretch"):
            try:
                state.choose_path(PathChoice(**values).within(state.config))
            except ConfigError as error:
                st.error(plain(str(error)))
            else:
                st.rerun()


# ---- the player


def look(state: Lab) -> Progress:
    """How far the visitor's path is; asking for it is what makes it.

    Args:
        state: the visitor's.

    Returns:
        Its progress.

    Raises:
        ConfigError: its models are too large.
    """
    visitor = (state.visitor, "path")  # the models of the session's lambda have a cursor of their own
    return paths().poll(state.path.spec(state.config), visitor, umap=state.map == "umap")


def show(state: Lab) -> Progress | None:
    """The player, with new frames as they come; when the last one has come, the page is run again.

    Args:
        state: the visitor's.

    Returns:
        How far the path is now; None where there can be none.
    """
    try:
        now = look(state)
    except ContractionLabError as error:
        st.error(plain(str(error)))
        return None
    if now.complete:
        # Not in a fragment: a new position runs the page by itself. The container keeps the player's place.
        with st.container():
            _instrument(state, now, _take)
    else:
        st.fragment(_filling, run_every=LATER if now.ready else SOON)(state, _stage(now))
    return now


def _stage(progress: Progress) -> tuple[bool, bool, bool]:
    """What the rest of the page, and how often to look, depends on."""
    return progress.ready > 0, progress.ready == progress.frames, progress.complete


def _filling(state: Lab, stage: tuple[bool, bool, bool]) -> None:
    try:
        progress = look(state)
    except ContractionLabError as error:  # a fragment is beyond the reach of the page's own net
        st.error(plain(str(error)))
        return
    if _stage(progress) != stage:
        st.rerun()
    _instrument(state, progress, _take_and_rerun)


def _instrument(state: Lab, progress: Progress, on_view: Callable[[View], None]) -> None:
    spec = state.path.spec(state.config)
    if sentence := progress.error or (progress.umap_text if progress.umap == "failed" else ""):
        st.error(plain(sentence))
        st.button("Try again", icon=":material/refresh:", on_click=paths().retry, args=(spec,))
    parts = (
        progress.parts if progress.ready else ()
    )  # the base alone would be sent again with the first frame
    player(parts, header(state, spec, progress), key="path", on_view=on_view)


def _take(view: View) -> None:
    lab().take_view(view)


def _take_and_rerun(view: View) -> None:
    _take(view)
    st.rerun()  # all of the page, not the player alone: link and detail follow


def shown_model(state: Lab, frame: Frame) -> str:
    """What the detail below the player is of: lambda and epoch, and whether training stopped.

    Args:
        state: the visitor's.
        frame: of the pair of models.

    Returns:
        A few words.
    """
    stopped = int(frame.failed_epoch[1])
    return f"lambda {state.lam:g}, epoch {frame.epoch}" + (f", stopped in {stopped}" if stopped else "")


def header(state: Lab, spec: PathSpec, progress: Progress) -> dict[str, Any]:
    """What the player shows beside the path.

    Args:
        state: where to stand.
        spec: the path.
        progress: how far it is.

    Returns:
        Plain values.
    """
    version, view = state.for_player()
    if view.colour == "class" and not state.card.class_names:
        view = View(view.lam, view.epoch, view.sample, "norm", view.map)
    return {
        "path": spec.key,
        "version": version,
        "at": asdict(view),
        "frames": progress.frames,
        "status": progress.status,
        "progress": progress.share,
        "umap": {"state": progress.umap, "text": progress.umap_text},
        "blind": BLIND,
        "advice": advice(
            path_table.rows(progress, spec, spec.epochs[-1]) if progress.ready == progress.frames else []
        ),
    }


def advice(rows: Sequence[dict[str, Any]]) -> str:
    """Two sentences: what a good lambda looks like here, and why the lowest norm is no goal.

    Args:
        rows: numbers of the members of the last frame that is there; those of marks are passed over.

    Returns:
        The sentences.
    """
    steps = [row for row in rows if row["lam"] is not None and not row["failed_epoch"]]
    good, why = (
        "A good lambda lowers the norm while reconstructions still lose little of the variance.",
        "“The lower the norm, the better” is false: a code that tells no samples apart has the lowest of all.",
    )
    if len(steps) < 2 or not steps[0]["epoch"] or steps[0]["lam"]:
        return f"{good} {why}"
    kept = next((i for i, row in enumerate(steps) if not row["variance_lost"] <= KEPT), len(steps)) - 1
    if kept > 0:
        best, norms = steps[kept], [number(steps[i]["mean_norm"]) for i in (0, kept)]
        good = (
            f"A good lambda lowers the norm and keeps the data: up to {best['lam']:g} here, reconstructions lose at "
            f"most {100 * KEPT:.0f} % of the variance, while the mean norm goes from {norms[0]} to {norms[1]}."
        )
    flattest = min(steps, key=lambda row: row["mean_norm"])
    if flattest["variance_lost"] >= LOST:
        lost = f"{100 * min(1.0, flattest['variance_lost']):.0f} %"
        why = (
            f"“The lower the norm, the better” is false: lambda {flattest['lam']:g} has the lowest and has lost {lost} "
            "of the variance; a code that tells no samples apart is flat everywhere."
        )
    return f"{good} {why}"
