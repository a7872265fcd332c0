"""Controls that put samples in an order: what to sort by, which end first, classes and pages."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from cae_core.analysis.order import differences, ranked, within
from cae_core.frame import Frame

Ids = NDArray[np.int64]

SORTS = {
    "dataset order": None,
    "error, plain": ("error", 0),
    "error, contractive": ("error", 1),
    "norm, plain": ("norm", 0),
    "norm, contractive": ("norm", 1),
    "difference of the models": ("difference", 0),
}
"""What to sort by: a column of a frame's view and a model, or the distance between both models' reconstructions."""

ENDS = ("Largest", "Smallest")
PAGE = "grid-page"


def choose(
    frame: Frame,
    reconstructions: NDArray[np.floating],
    labels: NDArray[np.integer] | None,
    class_names: Sequence[str],
    size: int | None,
) -> Ids:
    """Draw the controls and say which samples they ask for.

    Args:
        frame: with error and norm of the display sample.
        reconstructions: of the display sample, (2, n, d).
        labels: class of each sample, (n,), or None.
        class_names: names of the classes, in order of label.
        size: samples on a page; None puts all on one, where an order means nothing.

    Returns:
        Positions of the samples to show, in order.
    """
    count = reconstructions.shape[1]
    if size is None and labels is None:
        return np.arange(count)
    with st.container(horizontal=True, key="order", vertical_alignment="bottom", gap="small"):
        values, largest = (None, True) if size is None else _sorting(frame, reconstructions)
        found = ranked(within(labels, _classes(labels, class_names), count), values, largest=largest)
        return found if size is None else _page(found, size)


def _sorting(frame: Frame, reconstructions: NDArray[np.floating]) -> tuple[NDArray[np.floating] | None, bool]:
    """What to sort by, and whether the largest comes first."""
    by = SORTS[
        st.selectbox("Sort by", list(SORTS), key="sort", width=230, on_change=_first, persist_state="session")
    ]
    if by is None:
        return None, True
    end = st.segmented_control(
        "First",
        ENDS,
        default=ENDS[0],
        key="sort-end",
        width="content",
        on_change=_first,
        persist_state="session",
    )
    column, model = by
    values = differences(reconstructions) if column == "difference" else frame.view[column][model]
    return values, end != ENDS[1]


def _classes(labels: NDArray[np.integer] | None, names: Sequence[str]) -> list[int]:
    if labels is None:
        return []
    chosen: list[int] = st.multiselect(
        "Classes",
        range(len(names)),
        format_func=names.__getitem__,
        key=f"classes-{'-'.join(names)}",
        width=180,
        placeholder="all",
        on_change=_first,
        persist_state="session",
    )
    return chosen


def _page(found: Ids, size: int) -> Ids:
    pages = max(1, ceil(len(found) / size))
    at = st.session_state[PAGE] = max(0, min(st.session_state.get(PAGE, 0), pages - 1))
    for name, icon, by, off in (
        ("Previous", "chevron_left", -1, at == 0),
        ("Next", "chevron_right", 1, at == pages - 1),
    ):
        more: dict[str, Any] = {
            "icon": f":material/{icon}:",
            "disabled": off,
            "on_click": _turn,
            "args": (by,),
        }
        st.button(name, key=f"page-{name.lower()}", **more)
    st.caption(f"page {at + 1} of {pages}  \n{len(found)} samples", width="content")
    return found[at * size : (at + 1) * size]


def _first() -> None:
    """Another order begins at its start."""
    st.session_state[PAGE] = 0


def _turn(by: int) -> None:
    st.session_state[PAGE] = st.session_state.get(PAGE, 0) + by
