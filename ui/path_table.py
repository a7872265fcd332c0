"""The numbers of all models of a lambda path at one moment of training: a table, and a file of it."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from functools import lru_cache
from html import escape
from math import isfinite, isnan
from typing import Any

import streamlit as st

from cae_core.figures.parts import number
from cae_core.path import PathSpec
from cae_core.path_parts import member_rows, unpack
from cae_core.paths import Progress
from ui.session import Lab

COLUMNS = {
    "model": "Model",
    "lam_mean": "Per input",
    "reconstruction_error": "Error",
    "variance_lost": "Variance lost",
    "mean_norm": "Mean norm",
    "relative_contraction": "Rel. contraction",
    "saturation": "Saturated",
}
"""Columns of the table; the file has all that `cae_core.path_parts.member_rows` gives."""

SHARES = ("variance_lost", "saturation")

CURRENT = ' aria-current="true"'

CSS = """
.cl-rows { --rule: color-mix(in srgb, currentColor 15%, transparent); overflow-x: auto;
  border: 1px solid var(--rule); border-radius: 12px; padding-bottom: 0.4rem; }
.cl-rows:focus-visible { outline: 2px solid currentColor; outline-offset: 2px; }
.cl-rows table { width: 100%; border-collapse: collapse; font-size: 0.8rem; line-height: 1.35; }
.cl-rows caption { padding: 0.7rem 0.7rem 0.3rem; font-size: 0.93rem; font-weight: 700; text-align: left; }
.cl-rows caption span { float: right; font-size: 0.8rem; font-weight: 400; opacity: 0.8; }
.cl-rows th, .cl-rows td { padding: 0.2rem 0.7rem; text-align: right; white-space: nowrap; font-weight: 400; }
.cl-rows tbody th { min-width: 6.5rem; white-space: normal; }
.cl-rows thead th { font-size: 0.78rem; opacity: 0.8; }
.cl-rows th:first-child { text-align: left; }
.cl-rows tbody tr { border-top: 1px solid var(--rule); }
.cl-rows tr[aria-current] { background: rgba(150, 135, 90, 0.13); }
.cl-rows tr[aria-current] > * { font-weight: 700; }
"""


def rows(progress: Progress, spec: PathSpec, epoch: int) -> list[dict[str, Any]]:
    """The numbers of all models in the frame nearest to an epoch, of those that are there.

    Args:
        progress: how far a path is.
        spec: the path.
        epoch: the epoch looked at.

    Returns:
        One row a model (see `cae_core.path_parts.member_rows`); none before the first frame.
    """
    if not progress.ready:
        return []
    _, moment = spec.nearest(0.0, epoch)
    return _rows(progress.parts[0], progress.parts[1 + min(moment, progress.ready - 1)])


@lru_cache(maxsize=64)
def _rows(base: bytes, frame: bytes) -> list[dict[str, Any]]:
    return member_rows(unpack(base), unpack(frame))


def show(state: Lab, spec: PathSpec, found: Sequence[dict[str, Any]]) -> None:
    """The table, the model that the player shows the numbers of marked, and its download.

    Args:
        state: the visitor's.
        spec: the path.
        found: a row a model.
    """
    epoch = found[0]["epoch"]
    here = found[spec.nearest(state.lam, epoch)[0]]
    head = "".join(f'<th scope="col">{escape(title)}</th>' for title in COLUMNS.values())
    body = "".join(_line(row, row is here) for row in found)
    st.html(
        f'<style>{CSS}</style><div class="cl-rows" tabindex="0" role="region" aria-label="All models at epoch {epoch}">'
        f"<table><caption>All models <span>epoch {epoch} · test samples</span></caption>"
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )
    st.download_button(
        "Table, CSV",
        data=lambda: as_csv(found),
        file_name=f"{state.config.dataset}-lambda-path-epoch-{epoch}.csv",
        mime="text/csv",
        on_click="ignore",
        icon=":material/download:",
    )


def _line(row: dict[str, Any], here: bool) -> str:
    first, *others = (shown(row, name) for name in COLUMNS)
    cells = f'<th scope="row">{escape(first)}</th>' + "".join(f"<td>{escape(text)}</td>" for text in others)
    return f"<tr{CURRENT if here else ''}>{cells}</tr>"


def shown(row: dict[str, Any], name: str) -> str:
    """A cell of the table.

    Args:
        row: of a model.
        name: a key of `COLUMNS`.

    Returns:
        Its text: three digits or a share, "collapsed" for a contraction that has no spread to compare with.
    """
    value = row[name]
    if name == "model":
        return f"{value} · stopped in epoch {row['failed_epoch']}" if row["failed_epoch"] else str(value)
    if value is None or not isfinite(value) or (row["failed_epoch"] and name not in ("model", "lam_mean")):
        contraction = name == "relative_contraction" and value is not None and isnan(value)
        return "collapsed" if contraction and not row["failed_epoch"] else "–"
    return f"{value:.1%}" if name in SHARES else number(value)


def as_csv(found: Sequence[dict[str, Any]]) -> bytes:
    """The rows as CSV in UTF-8, numbers in full; empty where there is none."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(found[0])
    for row in found:
        values = ["" if v is None or (isinstance(v, float) and not isfinite(v)) else v for v in row.values()]
        writer.writerow(values)
    return file.getvalue().encode()
