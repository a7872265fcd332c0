"""How a run of a page ends early."""

from __future__ import annotations

from typing import NoReturn

from streamlit.runtime.scriptrunner import StopException


def end_here() -> NoReturn:
    """End this run: what is shown stays, and what a visitor did meanwhile comes next.

    ``st.stop`` also gives up what waits for the end of the run (Streamlit 1.67), as everything does that comes from
    within a fragment: a handle moved at the wrong moment would never reach the page.

    Raises:
        StopException: what ``st.stop`` raises.
    """
    raise StopException
