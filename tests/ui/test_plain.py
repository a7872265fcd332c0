"""Text from a link shows as it stands, whatever Markdown it holds."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui.plain import JOINER, plain


@pytest.mark.parametrize(
    "text",
    [
        "[click](https://example.org)",
        "![](https://example.org/a.png)",
        "**loud** _soft_ `code` ~gone~",
        ":red[alarm] :smile: :material/delete:",
        "$x^2$ <b>bold</b> # title",
        "www.example.org me@example.org",
    ],
)
def test_nothing_is_left_to_recognise(text: str) -> None:
    shown = plain(text)
    assert not re.search(r"(?<!\\)[\[\]*_`~$<>#!]", shown)
    assert not re.search(r"://|:\w|www\.|@\w", shown, re.IGNORECASE)


def test_a_usual_sentence_stays() -> None:
    sentence = "Lambda must be between 0 and 10. The link says 1e+09; 10 is used."
    assert plain(sentence) == sentence


@given(st.text())
def test_no_letter_is_lost(text: str) -> None:
    shown = re.sub(r"\\(.)", r"\1", plain(text)).replace(JOINER, "")
    assert shown == " ".join(text.split()).replace(JOINER, "")
    assert "\n" not in shown
