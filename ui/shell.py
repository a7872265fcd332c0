"""The frame around every page: title, theme, navigation, and the last net under an error."""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from streamlit.errors import FragmentHandledException
from streamlit.navigation.page import StreamlitPage
from streamlit.runtime.scriptrunner import StopException

from ui import runs, server, theme
from ui.errors import calm

PAGES = Path(__file__).resolve().parent.parent / "pages"

# Streamlit fetches emoji and Material icons from other hosts; a file comes from here.
ICON = str(Path(__file__).with_name("icon.svg"))

SECTIONS: dict[str, dict[str, str]] = {
    "Start": {"path": "Lambda path", "data": "Your data"},
    "Train and look": {
        "train": "Train",
        "reconstructions": "Reconstructions",
        "codes": "Codes",
        "jacobian": "Jacobian",
        "sensitivity": "Sensitivity",
        "draw": "Draw",
    },
    "Understand": {
        "derivation": "Derivation",
        "mistakes": "Common mistakes",
        "geometry": "Geometry",
        "plane": "Plane",
        "walk": "Walk",
        "paper": "Paper",
    },
}
"""Section, then file in `pages/` and its name in the navigation."""

OPENS = "train"
"""The page at ``/``; where it is not there, the first one is."""


def pages(folder: Path = PAGES) -> dict[str, list[StreamlitPage]]:
    """The navigation: every page of `SECTIONS` whose file exists.

    Args:
        folder: where the files are.

    Returns:
        Pages by section; a section without pages is left out.
    """
    found: dict[str, list[StreamlitPage]] = {}
    for section, names in SECTIONS.items():
        for name, title in names.items():
            if (folder / f"{name}.py").is_file():
                page = st.Page(folder / f"{name}.py", title=title, url_path=name, default=name == OPENS)
                found.setdefault(section, []).append(page)
    return found


def main(folder: Path = PAGES) -> None:
    """Draw the frame and run the page that the address asks for."""
    runs.begin_here()
    st.set_page_config(page_title="Contraction Lab", page_icon=ICON, layout="wide", initial_sidebar_state=232)
    theme.apply()
    found = pages(folder)
    if not found:
        st.error("Contraction Lab needs its pages. Found none in the folder pages/. Install it again.")
        return
    page = st.navigation(found)
    try:
        page.run()
    except (StopException, FragmentHandledException):
        runs.forget_fragments()
        raise
    except Exception as error:  # noqa: BLE001 - the last net: `calm` logs what it does not know
        calm(error)
    server.page_delivered()


if __name__ == "__main__":
    main()
