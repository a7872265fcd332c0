"""Downloads that a dataset needs before its first training: begun by a click, one a dataset, shared by all visitors."""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass
from urllib.parse import urlsplit

import streamlit as st

from cae_core.catalog import card
from cae_core.datasets import DATA_VARIABLE, fetch, files, ready
from cae_core.errors import DatasetUnavailable
from ui.plain import plain
from ui.runs import end_here
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
    """Let a page go on where the dataset's files are at hand; else offer a download, show it and stop the page."""
    name = state.config.dataset
    if name in _ready:
        return
    if ready(name):
        _ready.add(name)
        return
    if os.environ.get(DATA_VARIABLE):
        begin(name)  # a folder is looked into, nothing is downloaded: it tells at once which file is missing
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
    with st.container(border=True, key="download"):
        _offer(name)
        download = _downloads.get(name)
        if download is None:
            label = f"Download {_megabytes(name)}"
            st.button(label, icon=":material/download:", type="primary", on_click=begin, args=(name,))
        elif download.error:
            st.error(plain(download.error))
            st.caption("Where they come from:")
            st.code("\n".join(file.urls[0] for file in files(name)), language=None)
            st.button("Try again", icon=":material/refresh:", on_click=_again, args=(name,))
        else:
            done, total = download.done / 1e6, download.total / 1e6
            share = min(1.0, done / total) if total else 0.0
            amount = f"{done:.1f} of {total:.1f} MB" if total else "asking for the files"
            st.progress(share, f"Downloading {card(name).title}, once: {amount}")


def _again(name: str) -> None:
    _downloads.pop(name, None)
    begin(name)


def _offer(name: str) -> None:
    """What would be downloaded: title, source, size, licence and checksums."""
    known = card(name)
    st.markdown(f"**{known.title}** is not on this computer yet.")
    st.caption(
        f"{known.description} Source: {known.source}. Licence: {known.licence}. Size: {_megabytes(name)}."
    )
    with st.expander("Files and their SHA-256"):
        for file in files(name):
            size = f"{file.size:,} bytes" if file.exact else f"at most {file.size:,} bytes"
            st.caption(f"{file.name}, {size}, from {urlsplit(file.urls[0]).netloc}")
            st.code(file.sha256, language=None, wrap_lines=True)


def _megabytes(name: str) -> str:
    megabytes = f"{card(name).download_bytes / 1e6:.0f} MB"
    return megabytes if all(file.exact for file in files(name)) else f"at most {megabytes}"
