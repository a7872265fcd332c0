"""The preview of a file that a visitor brought: what was understood, the choices, and what they make of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import streamlit as st

from cae_core.catalog import OwnCard, card
from cae_core.own.limits import LIMITS
from cae_core.own.model import Column, Preparation, Summary
from cae_core.own.reading import default_preparation
from cae_core.own.words import counted
from ui import live
from ui.own import LANE, Brought, add, later_of, steps, sweep
from ui.plain import plain
from ui.server import engine
from ui.session import Lab

LEAST_SIDE = 8
"""Shortest longest side of an image that the page offers, in pixels."""

MISSING = {"median": "fill with the column's median", "drop": "leave their rows out"}
SCALING = {"standard": "standardise (mean 0, deviation 1)", "0-1": "range 0 to 1", "none": "as they are"}
SAMPLING = {"random": "at random", "stratified": "by share of each class"}
KINDS = {"image": ("image",), "points": ("point",), "table": ("row of a table", "rows of a table")}


def preview(state: Lab) -> str | None:
    """What was understood of the file that was brought, the choices, and what they make of it.

    Args:
        state: the visitor's.

    Returns:
        The name of the dataset once the visitor has chosen to train on it.
    """
    brought: Brought | None = st.session_state.get("own-brought")
    if brought is None:
        return None
    if not _there(brought.looked, f"Reading {brought.filename}"):
        return None
    summary = brought.summary
    if summary is None:
        st.error(plain(brought.looked.error))
        return None
    understood = st.container()
    chosen = _choices(summary, brought.preparation or default_preparation(summary), brought.token)
    with understood:
        use = _understood(brought.filename, summary, chosen)
    if chosen != brought.preparation or brought.taken is None:
        sweep(state)
        future = engine().submit(
            LANE,
            "cae_core.own.store:take",
            str(brought.path),
            brought.filename,
            chosen,
            state.visitor,
            slot=(state.visitor, "own"),
        )
        brought.preparation, brought.taken = chosen, later_of("take", future)
    if not _there(brought.taken, "Preparing the samples"):
        _use(use, ready=False)
        return None
    name = brought.taken.result
    if name is None:
        _use(use, ready=False)
        use.error(plain(brought.taken.error))
        return None
    _made(name)
    if _use(use, ready=True):
        add(state, name, replace(brought, taken=None))
        return str(name)
    return None


def _use(place: Any, *, ready: bool) -> bool:
    return bool(
        place.button(
            "Train on these data",
            type="primary",
            icon=":material/play_arrow:",
            key=f"own-use-{ready}",
            disabled=not ready,
        )
    )


def _there(later: live.Later, doing: str) -> bool:
    """Whether an answer is there; while it is not, what is being done, and the page is run again when it comes."""
    if not later.future.done():
        live.wait_for([later.future], timeout=live.BLINK)
    if later.future.done():
        return True
    st.fragment(_doing, run_every=live.TICK)(later, doing)
    return False


def _doing(later: live.Later, doing: str) -> None:
    if later.future.done():
        st.rerun()
    st.info(f"{plain(doing)}: {later.seconds:.0f} s.", icon=":material/hourglass_top:")


def _understood(filename: str, summary: Summary, chosen: Preparation) -> Any:
    """What was understood, and the place for the button that goes on from there."""
    shape = counted(len(summary.columns), "column") if summary.columns else ""
    if summary.image_shape:
        shape = "{} × {} pixels each".format(*summary.image_shape)
    st.header("What was understood", anchor=False)
    words = [f"**{plain(filename)}**: {summary.form}", counted(summary.rows, *KINDS[summary.kind]), shape]
    st.markdown(" · ".join(word for word in words if word))
    for note in summary.notes:
        st.caption(plain(note))
    use = st.container()
    if not summary.columns:
        return use
    columns, head = st.tabs(["Columns", "First rows"])
    columns.dataframe(
        {
            "column": [column.name for column in summary.columns],
            "holds": [column.kind for column in summary.columns],
            "missing": [column.missing for column in summary.columns],
            "distinct": [column.distinct for column in summary.columns],
            "for example": [column.example for column in summary.columns],
            "what becomes of it": [_fate(column, chosen) for column in summary.columns],
        },
        height=min(245, 35 * len(summary.columns) + 38),
        hide_index=True,
        width="stretch",
    )
    names = [column.name for column in summary.columns]
    head.dataframe(
        {name: [row[i] if i < len(row) else "" for row in summary.head] for i, name in enumerate(names)},
        height=min(245, 35 * len(summary.head) + 38),
        hide_index=True,
        width="stretch",
    )
    return use


def _fate(column: Column, chosen: Preparation) -> str:
    """What becomes of a column."""
    if column.name == chosen.label:
        return "gives the classes"
    if chosen.square and column.kind in {"number", "constant"} and column.name not in chosen.left_out:
        return "a pixel"
    if column.kind not in {"number", "category"}:
        return f"left out: {column.note}" if column.note else "left out"
    if column.name in chosen.left_out:
        return f"left out: {column.note}" if column.note and not column.used else "left out"
    return column.note if column.used and column.note else "input"


def _choices(summary: Summary, now: Preparation, token: str) -> Preparation:
    """The widgets of `Preparation`, those that this file has a use for."""
    st.header("What becomes of it", anchor=False)
    left, right = st.columns(2)
    changes: dict[str, Any] = {}
    labels = [None, *summary.labels]
    if len(labels) > 1:
        changes["label"] = left.selectbox(
            "Classes from",
            labels,
            labels.index(now.label) if now.label in labels else 0,
            format_func=lambda one: "no classes" if one is None else one,
            key=f"own-label-{token}",
            help="Colours the maps; training never sees it.",
        )
    if summary.columns:
        if any(column.missing for column in summary.columns):
            changes["missing"] = _one(right, "Missing values", MISSING, now.missing, f"own-missing-{token}")
        label = changes.get("label")
        able = [
            column.name
            for column in summary.columns
            if column.kind in {"number", "category"} and column.name != label
        ]
        out = left.multiselect(
            "Columns to leave out",
            able,
            [name for name in now.left_out if name in able],
            key=f"own-out-{label}-{token}",
            help="Dates, text, constant and empty columns are left out anyway.",
        )
        changes["left_out"] = tuple(out)
    if summary.square:
        size = f"{summary.square} × {summary.square}"
        changes["square"] = left.checkbox(
            f"Rows are images of {size} pixels",
            now.square,
            key=f"own-square-{token}",
            help="The columns of numbers are the pixels, row by row from the left upper corner.",
        )
    changes["scaling"] = _one(right, "Scaling", SCALING, now.scaling, f"own-scaling-{token}")
    side = max(summary.image_shape or (0,))
    if side > LEAST_SIDE:
        chosen = left.slider(
            "Longest side, pixels", LEAST_SIDE, side, now.side or side, key=f"own-side-{token}"
        )
        changes["side"] = chosen if chosen < side else None
    most = max(min(summary.rows, LIMITS.samples), LIMITS.least_rows)
    limit = right.number_input(
        "Samples at most", LIMITS.least_rows, most, min(now.limit or most, most), key=f"own-limit-{token}"
    )
    changes["limit"] = int(limit) if limit < summary.rows else None
    if changes["limit"] and changes.get("label"):
        changes["sampling"] = _one(right, "Draw them", SAMPLING, now.sampling, f"own-sampling-{token}")
    return replace(now, **changes)


def _one(column: Any, label: str, names: dict[str, str], now: str, key: str) -> str:
    return str(
        column.selectbox(label, list(names), list(names).index(now), format_func=names.__getitem__, key=key)
    )


def _made(name: str) -> None:
    from cae_core.own import store

    made = card(name)
    assert isinstance(made, OwnCard)
    st.header("What was done, and what will be trained", anchor=False)
    if (picture := store.sheet_file(name)).exists():
        order = "class by class" if made.class_names else "evenly chosen"
        words = f"Some of the images as they will be trained on, {order}."
        st.image(picture.read_bytes(), alt=words)
        st.caption(words)
    steps(made)
