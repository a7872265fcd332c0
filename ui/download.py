"""Downloads that a dataset needs before its first training: one at a time a dataset, shared by all visitors."""

from __future__ import annotations

import threading
from dataclasses import dataclass

import streamlit as st

from cae_core.catalog import card
from cae_core.datasets import fetch, ready
from cae_core.errors import DatasetUnavailable
from ui.ending import end_here
from ui.plain import plain
from ui.session import Lab

TICK = 0.5
"""Seconds between two looks at a download."""


@dataclass
class Download:
    """A download under way or failed.

    Attributes:
        done: bytes that have come.
        total: bytes in all, 0 while that is not known.
        error: why it failed, in one sentence.
    """

    done: int = 0
    total: int = 0
    error: str = ""

    def report(self, done: int, total: int) -> None:
        """Take down how far it is."""
        self.done, self.total = done, total


_lock = threading.Lock()
_downloads: dict[str, Download] = {}
_ready: set[str] = set()


def files_or_wait(state: Lab) -> None:
    """Let a page go on where the dataset's files are at hand; else get them, show how far that is and stop the page."""
    name = state.config.dataset
    if name in _ready:
        return
    if ready(name):
        _ready.add(name)
        return
    begin(name)
    state.playing = False
    _waiting(state, name)
    end_here()


def begin(name: str) -> Download:
    """Start a dataset's download, or find the one that is under way or has failed.

    Args:
        name: a key of the catalog.

    Returns:
        The download.
    """
    with _lock:
        if name not in _downloads:
            _downloads[name] = Download()
            threading.Thread(target=_run, args=(name, _downloads[name]), daemon=True).start()
        return _downloads[name]


def _run(name: str, download: Download) -> None:
    try:
        fetch(name, download.report)
    except DatasetUnavailable as error:
        download.error = str(error)
    else:
        with _lock:
            _ready.add(name)
            _downloads.pop(name, None)


@st.fragment(run_every=TICK)
def _waiting(state: Lab, name: str) -> None:
    if name in _ready or state.config.dataset != name:
        st.rerun()
    download = begin(name)
    if download.error:
        st.error(plain(download.error))
        st.button("Try again", icon=":material/refresh:", on_click=_downloads.pop, args=(name, None))
        return
    done, total = download.done / 1e6, download.total / 1e6
    share = min(1.0, done / total) if total else 0.0
    amount = f"{done:.1f} of {total:.1f} MB" if total else "asking for the files"
    st.progress(share, f"Downloading {card(name).title}, once: {amount}")
