"""What the page of maps is steered by: which map, what colours it, what is picked in it, and the files."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

import streamlit as st

from cae_core.figures.codes import BLIND
from cae_core.frame import Frame
from ui import live
from ui.board import Selection
from ui.session import Lab, lab

UMAP = "projection:umap_maps"

FILES = {
    "Codes, CSV": ("export:codes_csv", "codes.csv", "text/csv"),
    "Codes, NPZ": ("export:codes_npz", "codes.npz", "application/octet-stream"),
    "Norms and errors, CSV": ("export:norms_csv", "norms.csv", "text/csv"),
    "Weights, NPZ": ("export:weights_npz", "weights.npz", "application/octet-stream"),
}
"""Button, then what makes its file, the end of its name and its type."""

POLL = 0.5
"""Seconds between two looks at a fit that is on its way."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What a visitor wants to see.

    Attributes:
        which: ``"PCA"``, ``"UMAP"`` or ``"Both"``.
        colour: ``"Class"``, ``"Norm"`` or ``"Error"``.
        neighbours: UMAP's number of neighbours.
        distance: UMAP's smallest distance.
    """

    which: str
    colour: str
    neighbours: int
    distance: float


def controls(state: Lab, frame: Frame, shown: live.Display) -> Choice:
    """One line of controls above the maps."""
    with st.container(horizontal=True, key="controls", vertical_alignment="center", gap="small"):
        which = _switch("Map", ["PCA", "UMAP", "Both"], "codes-map")
        kinds = ["Class", "Norm", "Error"] if shown.y is not None else ["Norm", "Error"]
        with st.container(horizontal=True, width="content", vertical_alignment="center", gap="small"):
            st.caption("Colour", width="content")
            colour = _switch("Colour", kinds, f"codes-colour-{len(kinds)}")
        with st.popover("UMAP settings", icon=":material/tune:", disabled=which == "PCA"):
            top = min(100, len(shown.x) - 1)
            neighbours = st.slider(
                "Neighbours",
                min_value=2,
                max_value=top,
                value=min(15, top),
                key=f"codes-neighbours-{top}",
                persist_state="session",
                help="Few show small groups, many the whole.",
            )
            distance = st.slider(
                "Smallest distance",
                min_value=0.0,
                max_value=0.95,
                value=0.1,
                step=0.05,
                key="codes-distance",
                persist_state="session",
                help="How tightly UMAP may pack points.",
            )
        _downloads(state, frame)
    return Choice(which, colour, int(neighbours), round(float(distance), 2))


def _switch(label: str, options: list[str], key: str) -> str:
    chosen = st.segmented_control(
        label,
        options,
        default=options[0],
        required=True,
        key=key,
        label_visibility="collapsed",
        persist_state="session",
    )
    return str(chosen or options[0])


def _downloads(state: Lab, frame: Frame) -> None:
    with st.popover("Download", icon=":material/download:"):
        st.caption("A file is made when you click. Samples are numbered as on all pages.")
        for label, (path, name, mime) in FILES.items():
            st.download_button(
                label,
                data=lambda path=path: live.analysis(state, path, frame),
                file_name=f"{state.config.dataset}-epoch-{frame.epoch}-{name}",
                mime=mime,
                on_click="ignore",
                width="stretch",
                key=f"file-{path}",
            )


def chosen(state: Lab, count: int) -> list[int]:
    """The samples that are marked, the selected one first.

    Args:
        state: the visitor's; its sample is brought into range.
        count: number of display samples.

    Returns:
        Their positions in the display sample.
    """
    state.sample = min(state.sample, count - 1)
    dataset, ids = st.session_state.get("codes-chosen", ("", ()))
    if dataset != state.config.dataset or state.sample not in ids:
        return [state.sample]
    return [state.sample, *(i for i in ids if i != state.sample and i < count)]


def choose(picked: Selection) -> None:
    """A click selects one sample, a box or a lasso several; an empty one leaves the selected sample alone."""
    state = lab()
    if picked.ids and (picked.click or state.sample not in picked.ids):
        state.sample = picked.ids[0]
    st.session_state["codes-chosen"] = (state.config.dataset, picked.ids)


def umap_status(held: live.Later) -> None:
    """Say how far UMAP is, then what it cannot show; the page is run again once when it has come."""
    st.fragment(_umap_words, run_every=None if held.future.done() else POLL)(held, held.future.done())


def _umap_words(held: live.Later, drawn: bool) -> None:
    if held.future.done() and not drawn:
        st.rerun()
    text = held.error or BLIND
    if not held.future.done():
        doing = "UMAP is fitting both maps" if held.future.running() else "UMAP waits for its turn"
        text = f"{doing}: {held.seconds:.0f} s. A fit takes seconds, a server's first one 10 to 20 s more to compile."
    st.html(f'<p class="cl-words">{escape(text)}</p>')
    if held.error:
        st.button("Try again", icon=":material/refresh:", on_click=live.forget, args=(UMAP,))
