"""An uncaught error becomes one calm sentence; its traceback goes to the server's log."""

from __future__ import annotations

import logging

import streamlit as st

from cae_core.errors import ContractionLabError
from ui.plain import plain

UNKNOWN = "Something went wrong on this page. Reload it; if that does not help, the server's log says more."

log = logging.getLogger(__name__)


def calm(error: Exception) -> bool:
    """Show one sentence about an error on the page.

    Args:
        error: what was raised; one of ours has a sentence for the reader already.

    Returns:
        True: nothing more needs to be shown (the contract of `streamlit.App`'s ``on_script_error``).
    """
    if isinstance(error, ContractionLabError):
        st.error(plain(str(error)))
    else:
        log.error("A page raised an error.", exc_info=error)
        st.error(UNKNOWN)
    return True
