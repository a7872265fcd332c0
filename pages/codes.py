"""Codes: both models' codes in the plane, true to scale by PCA and by neighbours with UMAP."""

from __future__ import annotations

from html import escape

import streamlit as st

from cae_core.figures import codes, images
from cae_core.frame import Frame
from ui import live
from ui.bar import head
from ui.board import Panel, Selection, board
from ui.session import Lab, keep_link, lab

UMAP = "projection:umap_maps"
TALL = 400
FILES = {
    "Codes, CSV": ("export:codes_csv", "codes.csv", "text/csv"),
    "Codes, NPZ": ("export:codes_npz", "codes.npz", "application/octet-stream"),
    "Norms and errors, CSV": ("export:norms_csv", "norms.csv", "text/csv"),
    "Weights, NPZ": ("export:weights_npz", "weights.npz", "application/octet-stream"),
}


def controls(state: Lab, frame: Frame, shown: live.Display) -> tuple[str, str, int, float]:
    """Which map, what colours it, UMAP's settings and the files."""
    with st.container(horizontal=True, key="controls", vertical_alignment="center", gap="small"):
        which = switch("Map", ["PCA", "UMAP", "Both"], "codes-map")
        kinds = ["Class", "Norm", "Error"] if shown.y is not None else ["Norm", "Error"]
        with st.container(horizontal=True, width="content", vertical_alignment="center", gap="small"):
            st.caption("Colour", width="content")
            colour = switch("Colour", kinds, f"codes-colour-{len(kinds)}")
        with st.popover("UMAP settings", icon=":material/tune:", disabled=which == "PCA"):
            top = min(100, len(shown.x) - 1)
            neighbours = st.slider(
                "Neighbours",
                2,
                top,
                min(15, top),
                key=f"codes-neighbours-{top}",
                persist_state="session",
                help="Few show small groups, many the whole.",
            )
            distance = st.slider(
                "Smallest distance",
                0.0,
                0.95,
                0.1,
                0.05,
                key="codes-distance",
                persist_state="session",
                help="How tightly UMAP may pack points.",
            )
        with st.popover("Download", icon=":material/download:"):
            st.caption("Made when you click; samples are numbered as on all pages.")
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
    return which, colour, neighbours, distance


def switch(label: str, options: list[str], key: str) -> str:
    """One of a few."""
    return str(
        st.segmented_control(
            label,
            options,
            default=options[0],
            required=True,
            key=key,
            label_visibility="collapsed",
            persist_state="session",
        )
    )


def chosen(state: Lab, count: int) -> list[int]:
    """The samples that are marked, the selected one first."""
    state.sample = min(state.sample, count - 1)
    dataset, ids = st.session_state.get("codes-chosen", ("", ()))
    if dataset != state.config.dataset or state.sample not in ids:
        return [state.sample]
    return [state.sample, *(i for i in ids if i != state.sample and i < count)]


def choose(picked: Selection) -> None:
    """A click selects one sample, a box or lasso several."""
    state = lab()
    if picked.ids and (picked.click or state.sample not in picked.ids):
        state.sample = picked.ids[0]
    st.session_state["codes-chosen"] = (state.config.dataset, picked.ids)


def umap_words(held: live.Later) -> None:
    """What UMAP is doing, or what it cannot show; asks again while it is on its way."""
    if held.future.done() and st.session_state.get("codes-waited"):
        st.session_state["codes-waited"] = False
        st.rerun()
    text = held.error or codes.BLIND
    if not held.future.done():
        st.session_state["codes-waited"] = True
        turn = "UMAP is fitting both maps" if held.future.running() else "UMAP waits for its turn"
        text = f"{turn}: {held.seconds:.0f} s. It takes seconds; the first fit of a server compiles for 10 to 20 s."
    st.html(f'<p class="cl-words">{escape(text)}</p>')
    if held.error:
        st.button("Try again", icon=":material/refresh:", on_click=live.forget, args=(UMAP,))


state = lab()
head("Codes", "where each model puts the same samples", state)
frame = live.frame_or_wait(state)
shown, pca, back = live.gather(state, frame, "projection:pca_maps", "models:reconstructions")
which, colour, neighbours, distance = controls(state, frame, shown)
norms, errors, marked = frame.view["norm"], frame.view["error"], chosen(state, len(shown.x))
colouring = codes.by_norm(norms) if colour == "Norm" else codes.by_error(errors)
if colour == "Class" and shown.y is not None:
    colouring = codes.by_class(shown.y, state.card.class_names)
held = live.later(state, UMAP, frame, neighbours, distance) if which != "PCA" else None
fitted = held.result if held is not None else None
waiting = held is not None and not held.future.done()
maps = codes.code_maps(
    pca["points"], colouring, explained=pca["explained"], chosen=marked, waiting=which == "UMAP" and waiting
)
free = codes.awaited_maps()
if fitted is not None:
    free = codes.code_maps(fitted["points"], colouring, picture="UMAP", chosen=marked)
    maps = free if which == "UMAP" else maps
picked = codes.Picked(
    ids=marked,
    inputs=shown.x[marked],
    reconstructions=back[:, marked],
    norms=norms[:, marked],
    errors=errors[:, marked],
    names=[] if shown.y is None else [state.card.class_names[label] for label in shown.y[marked]],
    kind=state.card.kind,
    image_shape=state.card.image_shape,
    feature_names=shown.feature_names,
    limits=images.scale(shown.x, state.card.kind),
    cloud=shown.x,
)
panels = [
    Panel("plain", maps[0], 4, TALL, select=True),
    Panel("contractive", maps[1], 4, TALL, select=True),
    Panel("selected", codes.selected_sample(picked), 4, TALL),
]
if which == "Both":
    panels += [Panel(f"free-{k}", chart, 6, TALL, select=True) for k, chart in enumerate(free)]
panels += [Panel(f"also-{i}", chart, 3, 130) for i, chart in enumerate(codes.also_selected(picked))]
board(panels, key="codes", on_select=choose)
words = codes.spread_in_words(frame.view["code_spread"], pca["explained"])
st.html(f'<p class="cl-words">{escape(words)}</p>')
if held is not None:
    st.fragment(umap_words, run_every=0.5 if waiting else None)(held)
keep_link(state)
