"""The shell over the pages beside this file."""

from __future__ import annotations

from pathlib import Path

from ui.shell import main

main(
    Path(__file__).parent / "shell_pages"
)  # not "pages": Streamlit would list those of a folder beside the script itself
