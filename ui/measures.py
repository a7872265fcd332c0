"""A row of numbers of both models, each with its name and one line that says what it means."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from cae_core.figures.chart import AE, CAE
from cae_core.figures.words import Measure

CSS = f"""
.cl-numbers {{ display: grid; grid-template-columns: repeat(auto-fit, minmax(15.5rem, 1fr)); gap: 0.35rem 1.6rem;
  margin: 0; padding: 0.1rem 1rem; border-radius: 0.6rem; background: var(--st-secondary-background-color); }}
.cl-numbers div {{ min-width: 0; }}
.cl-numbers dt {{ font-size: 0.8rem; font-weight: 650; }}
.cl-numbers dd {{ margin: 0; }}
.cl-numbers .cl-pair {{ display: flex; gap: 1.1rem; font-size: 1.15rem; font-weight: 650; line-height: 1.5; }}
.cl-numbers .cl-pair span::before {{ content: ""; display: inline-block; width: 0.6rem; height: 0.6rem;
  margin-right: 0.45rem; border-radius: 50%; background: {AE}; }}
.cl-numbers .cl-pair span + span::before {{ border-radius: 2px; background: {CAE}; }}
.cl-numbers .cl-what {{ font-size: 0.75rem; line-height: 1.35; opacity: 0.8; }}
.cl-unseen {{ position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }}
"""


def show(measures: Sequence[Measure]) -> None:
    """Show measures side by side.

    Args:
        measures: of both models.
    """
    rows = "".join(
        f'<div><dt>{escape(m.name)}</dt><dd class="cl-pair">{_one("plain", m.plain)}'
        f'{_one("contractive", m.contractive)}</dd><dd class="cl-what">{escape(m.explanation)}</dd></div>'
        for m in measures
    )
    st.html(f'<style>{CSS}</style><dl class="cl-numbers">{rows}</dl>')


def _one(model: str, value: str) -> str:
    return f'<span title="{model}"><i class="cl-unseen">{model}</i>{escape(value)}</span>'
