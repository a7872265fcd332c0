"""Text that others wrote, as in a link, made safe for places where Streamlit reads Markdown."""

from __future__ import annotations

import re

MARKS = re.compile(r"([\\`*_\[\]{}<>|~$#!])")
"""What may begin emphasis, code, a link, a picture, a colour, HTML, a table or a formula."""

JOINTS = re.compile(r"(?<=[:@])(?=\S)|(?<=www)(?=\.)", re.IGNORECASE)
"""Where bare addresses, emoji and icons would be recognised although their letters mean nothing by themselves."""

JOINER = "\N{WORD JOINER}"


def plain(text: str) -> str:
    """A text as Markdown that shows it letter by letter: no links, pictures, colours, formulas or icons.

    Args:
        text: one line or more.

    Returns:
        One line of Markdown.
    """
    return MARKS.sub(r"\\\1", JOINTS.sub(JOINER, " ".join(text.split())))
