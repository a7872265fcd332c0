"""The shell over a few pages. Streamlit would list those in a folder "pages" beside the script by itself."""

from __future__ import annotations

from pathlib import Path

from ui.shell import main

main(Path(__file__).with_name("shell_pages"))
