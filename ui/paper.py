"""The shipped reproduction of the paper, as a page shows it: blocks of a report as HTML, and its figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape

import streamlit as st

from cae_core.figures.chart import Chart
from cae_core.paper.arguments import SHIPPED
from cae_core.paper.cells import Cells
from cae_core.paper.figures import charts
from cae_core.paper.settings import FULL
from cae_core.paper.story import Block, Heading, Table, Words, progress, story, summary

COMMAND = "python -m cae_core paper all"

CSS = """
.cl-paper h2 { font-size: 1.05rem; font-weight: 650; padding: 0; margin: 0.9rem 0 0.4rem; }
.cl-paper p { margin: 0.4rem 0; font-size: 0.92rem; max-width: 62rem; }
.cl-paper .cl-wide { --rule: color-mix(in srgb, currentColor 15%, transparent); overflow-x: auto;
  border: 1px solid var(--rule); border-radius: 12px; padding: 0.2rem 0 0.3rem; }
.cl-paper .cl-wide:focus-visible { outline: 2px solid currentColor; outline-offset: 2px; }
.cl-paper table { width: 100%; border-collapse: collapse; font-size: 0.84rem; line-height: 1.4; }
.cl-paper th, .cl-paper td { padding: 0.25rem 0.6rem; text-align: left; vertical-align: top; font-weight: 400; }
.cl-paper .cl-wide:not(.cl-narrow) th { width: 50%; }
.cl-paper thead th { font-size: 0.78rem; opacity: 0.8; white-space: nowrap; }
.cl-paper tbody tr { border-top: 1px solid var(--rule); }
.cl-paper .cl-narrow td, .cl-paper .cl-narrow th { white-space: nowrap; }
"""


@dataclass(frozen=True, slots=True)
class Report:
    """The report on the cells that come with the package.

    Attributes:
        summary: its result, and how much of the run is finished, as HTML.
        parts: heading -> what stands under it; the first is about the setting.
        charts: its figures by name.
    """

    summary: str
    parts: Mapping[str, Sequence[Block]]
    charts: Mapping[str, Chart]


@lru_cache(maxsize=1)
def shipped() -> Report | None:
    """The report, read once; None where no cells came along."""
    cells = Cells(SHIPPED)
    found = charts(FULL, cells)
    if not found:
        return None
    words = f"{summary(FULL, cells)} {progress(FULL, cells)}".strip()
    return Report(escape(words), _parts(story(FULL, cells, COMMAND)), found)


def _parts(blocks: Sequence[Block]) -> dict[str, list[Block]]:
    """A report cut at its headings; its summary stands apart."""
    found: dict[str, list[Block]] = {}
    for block in blocks:
        if isinstance(block, Heading):
            found[block.text] = []
        else:
            found[next(reversed(found))].append(block)
    first = next(iter(found.values()))
    del first[-1]
    return found


def show(title: str, blocks: Sequence[Block]) -> None:
    """A part of the report, with its heading where it has one."""
    body = f"<h2>{escape(title)}</h2>" if title else ""
    for block in blocks:
        if isinstance(block, Table):
            body += _table(title, block)
        elif isinstance(block, Words):
            body += f"<p>{escape(block.text)}</p>"
    st.html(f'<style>{CSS}</style><div class="cl-paper">{body}</div>')


def _table(title: str, table: Table) -> str:
    """A table that scrolls within itself; one of sentences breaks its lines instead."""
    head = "".join(f'<th scope="col">{escape(column)}</th>' for column in table.columns)
    rows = "".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in table.rows
    )
    kind = "cl-wide cl-narrow" if len(table.columns) > 2 else "cl-wide"
    return (
        f'<div class="{kind}" tabindex="0" role="region" aria-label="{escape(title)}">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )
