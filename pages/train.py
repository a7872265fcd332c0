"""Train: a contractive autoencoder beside a plain one, live."""

from __future__ import annotations

import streamlit as st

from cae_core.figures import curves, histogram, images, words
from ui import live
from ui.bar import head
from ui.board import Panel, board
from ui.server import engine
from ui.session import SPEEDS, Lab, keep_link, lab


def controls(state: Lab) -> None:
    """Play, Step, Reset, New seed and speed."""
    with st.container(horizontal=True, key="controls", vertical_alignment="center", gap="small"):
        play = "Pause" if state.playing else "Play"
        icon = ":material/pause:" if state.playing else ":material/play_arrow:"
        st.button(play, icon=icon, type="primary", key="play", on_click=state.toggle)
        st.button("Step", icon=":material/skip_next:", key="step", help="One epoch.", on_click=state.step)
        st.button(
            "Reset",
            icon=":material/replay:",
            key="reset",
            help="Same seed, same initial weights.",
            on_click=state.reset,
        )
        st.button("New seed", icon=":material/casino:", key="new-seed", on_click=state.new_seed)
        speed = st.segmented_control(
            "Speed",
            list(SPEEDS),
            default=state.speed,
            key=f"speed-{state.version}",
            label_visibility="collapsed",
        )
        if speed and speed != state.speed:
            state.choose_speed(speed)


def picture(state: Lab) -> None:
    """The progress line, the board and the sentence below it."""
    moving = not state.settled
    frame = state.advance()
    progress = engine().progress(state.config)
    if progress.error:
        live.show_failure(state, progress.error)
        return
    total, epoch = state.config.epochs, frame.epoch if frame else 0
    left = state.seconds_left()
    text = f"Epoch {epoch} of {total}" + (
        f" · about {left:.0f} s left" if left is not None and state.playing else ""
    )
    if not state.playing and epoch < state.epoch:
        text += f" · training on to epoch {state.epoch}"
    st.progress(min(1.0, epoch / total), text)
    shown = state.shown
    if shown is None:
        st.info("The first picture is on its way: a worker loads the data.", icon=":material/hourglass_top:")
    else:
        for note in shown.notes:
            st.warning(note)
        card, names = state.card, live.feature_names(state)
        about = {"kind": card.kind, "image_shape": card.image_shape, "feature_names": names}
        loss = "squared error" if state.config.loss == "squared_error" else "cross-entropy"
        low, high = images.scale(shown.view["gallery_input"], card.kind)
        before = state.ghost if state.ghost and shown is not state.ghost else None
        top = float(max(shown.history["norm_p90"].max() * 1.2, shown.view["norm"].max()))
        board(
            [
                Panel("error", curves.reconstruction_curves(shown.history, total, loss=loss), 3, 215),
                Panel("penalty", curves.penalty_curves(shown.history, total), 3, 215),
                Panel(
                    "norm", curves.norm_curves(shown.history, total, ghost=before and before.history), 3, 215
                ),
                Panel(
                    "histogram",
                    histogram.norm_histogram(
                        shown.view["norm"], top=top, ghost=before and before.view["norm"]
                    ),
                    3,
                    215,
                ),
                Panel(
                    "gallery",
                    images.gallery(
                        shown.view["gallery_input"],
                        shown.view["gallery"],
                        ids=shown.view["gallery_ids"],
                        low=low,
                        high=high,
                        **about,
                    ),
                    7,
                    205,
                ),
                Panel("filters", images.filters(shown.weights[0], **about), 5, 205),
            ],
            key="train",
        )
        st.html(f'<p class="cl-words">{words.comparison(shown)}</p>')
    if moving and state.settled:
        st.rerun()


state = lab()
head("Train", "two autoencoders from the same weights, on the same batches", state)
controls(state)
st.fragment(picture, run_every=None if state.settled else live.TICK)(state)
keep_link(state)
