"""A visitor's own data: the files that are brought, and the datasets that were made of them.

Reading is work for a worker. A file is inspected once; each choice of what to do with it makes a dataset anew, so that
what the page says was done has been done. It becomes the visitor's when it is used.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePath
from typing import Any
from uuid import uuid4

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from cae_core.catalog import OwnCard, card
from cae_core.config import Config
from cae_core.errors import DataError
from cae_core.own.limits import LIMITS
from cae_core.own.model import Preparation, Prepared, Summary
from ui import live
from ui.plain import plain
from ui.server import engine
from ui.session import Lab

IMAGES = (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".webp", ".tif", ".tiff")
"""Endings of images."""

TYPES = ("csv", "tsv", "txt", "parquet", "npy", "npz", "zip", *(ending[1:] for ending in IMAGES))
"""Endings that the browser offers; the content decides."""

MOST = 6
"""Own datasets that a visitor has at once."""

LANE = "path"
"""The lane that reads files: not the one that answers sliders."""


@dataclass
class Brought:
    """A file that a visitor brought.

    Attributes:
        path: where it lies meanwhile.
        filename: what the visitor calls it.
        looked: what it holds, once a worker has looked.
        preparation: what to do with it.
        taken: the dataset made of it so, once a worker has made it.
        token: a part of the keys of its widgets: each file has its own.
    """

    path: Path
    filename: str
    looked: live.Later
    preparation: Preparation | None = None
    taken: live.Later | None = field(default=None, repr=False)
    token: str = field(default_factory=lambda: uuid4().hex)

    @property
    def summary(self) -> Summary | None:
        """What it holds, or None while that is not known."""
        return self.looked.result


# ---- bringing files


def bring(state: Lab) -> None:
    """The uploader; what is new takes the place of what waits: images together, of other files the last."""
    files = st.file_uploader(
        "Bring a file",
        type=list(TYPES),
        accept_multiple_files=True,
        max_upload_size=LIMITS.file_bytes // 2**20,
        key="own-files",
        help="Several images are packed into one archive. Files stay on this server and end with your visit.",
    )
    ids = tuple(file.file_id for file in files)
    chosen = _chosen(files)
    if ids and ids != st.session_state.get("own-ids"):
        st.session_state["own-ids"] = ids
        try:
            if (size := sum(file.size for file in chosen)) > LIMITS.file_bytes:
                raise DataError(
                    f"Files must have at most {LIMITS.file_bytes // 2**20} MB together. Got {size / 2**20:.0f} MB. "
                    "Bring fewer."
                )
            _begin(state, [(file.name, file.getvalue()) for file in chosen])
        except DataError as error:
            st.session_state.pop("own-brought", None)
            st.error(plain(str(error)))
    if len(chosen) < len(files):
        told = plain(chosen[-1].name) if len(chosen) == 1 else f"the {len(chosen)} images"
        st.caption(f"One dataset at a time: of these files, {told} counted, which came last.")


def _chosen(files: Sequence[Any]) -> Sequence[Any]:
    """Of several files the last, or all images where that is one."""
    images = [file for file in files if PurePath(file.name.lower()).suffix in IMAGES]
    return images if images and images[-1] is files[-1] else files[-1:]


def _begin(state: Lab, files: Sequence[tuple[str, bytes]]) -> None:
    name, content = files[-1]
    if len(files) > 1:
        from cae_core.own.images import pack_images

        name, content = f"{len(files)} images", pack_images(files)
    from cae_core.own import store

    path = store.visit_folder(state.visitor) / f"file-{uuid4().hex}"
    path.write_bytes(content)
    look_at(state, path, name)


def look_at(state: Lab, path: Path, filename: str) -> None:
    """Have a file inspected, to be shown by `preview`.

    Args:
        state: the visitor's.
        path: the file.
        filename: what the visitor calls it.
    """
    brought = st.session_state.get("own-brought")
    if brought is not None:
        _let_go(state, brought)
    engine().warm(lanes=1)  # training is likely to follow
    future = engine().submit(
        LANE, "cae_core.own.reading:inspect", str(path), filename, slot=(state.visitor, "own")
    )
    st.session_state["own-brought"] = Brought(path, filename, later_of("inspect", future))


def later_of(what: str, future: Future[Any]) -> live.Later:
    """An answer of a worker's, from now on."""
    return live.Later((what,), future, time.monotonic())


def _let_go(state: Lab, brought: Brought) -> None:
    """Remove a file that no dataset of the visitor's is made of."""
    if all(kept is None or brought.path != kept.path for kept in state.own.values()):
        brought.path.unlink(missing_ok=True)


def sweep(state: Lab) -> None:
    """Remove what was made for a look and is not used."""
    from cae_core.own import store

    store.sweep(state.visitor, state.own)


# ---- what a visitor has


def add(state: Lab, name: str, brought: Brought | None) -> None:
    """Make a dataset the visitor's, and the one looked at.

    Args:
        state: the visitor's.
        name: of a dataset that is kept.
        brought: the file that it was made of, if it was one.
    """
    state.own.pop(name, None)
    state.own[name] = brought
    for oldest in list(state.own)[: max(0, len(state.own) - MOST)]:
        remove(state, oldest)
    state.choose_dataset(name)


def remove(state: Lab, name: str) -> None:
    """Remove a dataset of the visitor's; where it was looked at, the digits are."""
    brought = state.own.pop(name)
    if state.config.dataset == name:
        state.choose_dataset("digits")
    waiting: Brought | None = st.session_state.get("own-brought")
    if waiting is not None:
        waiting.taken = None
    if brought is not None and (waiting is None or waiting.path != brought.path):
        _let_go(state, brought)
    sweep(state)


def change(brought: Brought) -> None:
    """Open the choices that a dataset was made by again; where they are open, they stay as they are."""
    now: Brought | None = st.session_state.get("own-brought")
    if now is None or (now.path, now.preparation) != (brought.path, brought.preparation):
        st.session_state["own-brought"] = replace(brought, taken=None, token=uuid4().hex)


def shelf(state: Lab) -> None:
    """The visitor's own datasets: what was done to each; use it, change it, remove it."""
    if not state.own:
        return
    st.header("Your datasets in this visit", anchor=False)
    for name, brought in reversed(state.own.items()):
        made = card(name)
        assert isinstance(made, OwnCard)
        with st.container(border=True, key=f"own-card-{name}"):
            st.markdown(f"**{plain(made.title)}** · {plain(made.description)}")
            with st.expander("What was done"):
                steps(made)
            with st.container(horizontal=True, gap="small"):
                here = name == state.config.dataset
                st.button(
                    "In use" if here else "Use",
                    key=f"own-use-{name}",
                    disabled=here,
                    on_click=state.choose_dataset,
                    args=(name,),
                )
                if brought is not None:
                    st.button("Change", key=f"own-change-{name}", on_click=change, args=(brought,))
                st.button("Remove", key=f"own-remove-{name}", on_click=remove, args=(state, name))


def steps(made: OwnCard) -> None:
    """What was done to make a dataset, and the settings that came of it.

    Args:
        made: its card.
    """
    st.markdown("\n".join(f"{i}. {plain(step)}" for i, step in enumerate(made.done, start=1)))
    config = Config.for_dataset(made.name)
    units = " → ".join(map(str, (made.n_inputs, *config.hidden)))
    st.caption(
        f"Defaults: {units} {config.activation} units, {config.epochs} epochs in batches of {config.batch_size}, "
        f"lambda {config.objectives[1].lam:g} on a slider from {made.lam_low:g} to {made.lam_high:g}."
    )


def adopt_points(state: Lab, points: NDArray[np.floating], classes: NDArray[np.integer]) -> None:
    """Make points that a visitor placed the dataset looked at.

    Args:
        state: the visitor's.
        points: in the plane, (n, 2), at the scale they shall be trained on.
        classes: their classes, (n,), 0 and up.

    Raises:
        DataError: they are too few, all the same, or not finite.
    """
    x = np.asarray(points, dtype=np.float32).reshape(-1, 2)
    if len(x) < LIMITS.least_rows or not np.isfinite(x).all() or len(np.unique(x, axis=0)) < 2:
        raise DataError(
            f"Training needs at least {LIMITS.least_rows} points that are not all the same. Got {len(x)}. Place more."
        )
    from cae_core.own import store

    found, y = np.unique(np.asarray(classes, dtype=np.int64), return_inverse=True)
    prepared = Prepared(
        x=x,
        kind="points",
        y=y.astype(np.int64),
        class_names=tuple(f"class {label + 1}" for label in found),
        feature_names=("x", "y"),
        done=(f"{len(x)} points were placed by hand.",),
    )
    add(state, store.keep(prepared, "My points", "drawn by hand", state.visitor), None)


def limits_in_words() -> str:
    """What a file may be, in one line."""
    return (
        f"At most {LIMITS.file_bytes // 2**20} MB and {LIMITS.columns:,} columns; {LIMITS.least_rows} to "
        f"{LIMITS.samples:,} samples; images are resized to at most {LIMITS.side} × {LIMITS.side}."
    )
