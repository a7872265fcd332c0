"""Paper: Table 1 and Figures 1 and 2 of Rifai et al. 2011, trained again here, with what holds and what does not."""

from __future__ import annotations

import streamlit as st

from ui import paper
from ui.bar import top
from ui.board import Panel, board
from ui.session import follow_link, keep_link, lab

TALL = {"errors": 210, "norms": 210}
"""Heights in pixels; the other figures are taller."""

state = lab()
follow_link(state)
top("Paper", "Table 1 and Figures 1 and 2 of Rifai et al. 2011, trained again on MNIST", state)
report = paper.shipped()
if report is None:
    st.info(f"No finished cells came with this copy. Make them with `{paper.COMMAND}`, which takes hours.")
else:
    st.html(f'<p class="cl-words">{report.summary}</p>')
    (_, setting), results, *more = report.parts.items()
    paper.show(*results)
    panels = [Panel(f"paper-{name}", chart, 6, TALL.get(name, 300)) for name, chart in report.charts.items()]
    board(panels, key="paper")
    for title, part in more:
        paper.show(title, part)
    paper.show("The setting", setting)
keep_link(state)
