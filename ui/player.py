"""`player`: the lambda path as an instrument that draws without the server.

The browser gets the path in parts, the base and one part a moment of training, each as bytes in a hidden mount of its
own. Streamlit sends a message that the browser still has only by its hash, so a part travels once, however often the
page is run; in one mount for all, everything would travel again with each new part. What the player shows beside the
path, and where it stands, is a short message to its own mount. It reports a position when that has settled, never while
a handle moves.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from ui import mount

COLOURS = ("class", "norm", "error", "movement")
"""What may colour the points of a map: class, norm and error of the sample, and how far it moved from lambda 0."""

MAPS = ("pca", "umap")
"""Ways to draw codes in the plane."""

MAX_LAMBDA = 1e6
MAX_COUNT = 2**31 - 1

MODULE, STYLE = "player/player.js", "player/player.css"


@dataclass(frozen=True, slots=True)
class View:
    """Where a player stands.

    Attributes:
        lam: lambda, between the first and the last computed one.
        epoch: the epoch, rounded.
        sample: position of the selected sample in the display sample.
        colour: one of `COLOURS`.
        map: one of `MAPS`.
    """

    lam: float
    epoch: int
    sample: int
    colour: str
    map: str


def player(
    parts: Sequence[bytes],
    header: Mapping[str, Any],
    key: str,
    on_view: Callable[[View], None] | None = None,
) -> None:
    """Show a lambda path.

    Args:
        parts: the path as far as it is made, each part as `cae_core.paths` packs it.
        header: what is not part of the path: position, progress and sentences.
        key: name of the player on its page.
        on_view: called before the script runs again, with the position that a visitor chose.
    """

    def moved() -> None:
        if on_view is not None and (view := parse(st.session_state[key].get("view"))):
            on_view(view)

    message = json.dumps(header, allow_nan=False, separators=(",", ":")).encode()
    _player()(key=key, data=message, on_view_change=moved)
    st.fragment(_mounts)(parts, key)


def _mounts(parts: Sequence[bytes], key: str) -> None:
    # A fragment of their own: the name of the fragment is part of a message, and would change its hash.
    with st.container(key=f"parts-{key}"):  # taken out of the page's flow by `ui.theme`
        for i, part in enumerate(parts):
            _part()(key=f"{key}-part-{i}", data=part)


def parse(value: Any) -> View | None:
    """Check what came from a browser.

    Args:
        value: anything.

    Returns:
        The position, or None where the value is not one.
    """
    if not isinstance(value, Mapping):
        return None
    lam, epoch, sample = (value.get(name) for name in ("lam", "epoch", "sample"))
    colour, which = value.get("colour"), value.get("map")
    if not (_is_number(lam, MAX_LAMBDA) and _is_number(epoch, MAX_COUNT) and _is_number(sample, MAX_COUNT)):
        return None
    if sample != int(sample) or colour not in COLOURS or which not in MAPS:
        return None
    return View(float(lam) + 0.0, round(epoch), int(sample), colour, which)


def _is_number(value: Any, high: float) -> bool:
    return type(value) in (int, float) and 0 <= value <= high  # a NaN is not


def _player() -> Any:
    return mount.component(
        "player", MODULE, STYLE, failure="The player could not be loaded from this server. Reload the page."
    )


def _part() -> Any:
    return mount.component("player-part", MODULE, draw="part", drop="dropPart")
