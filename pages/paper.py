"""Paper: Table 1 and Figures 1 and 2 of Rifai et al. 2011, trained again here, with what holds and what does not."""

from __future__ import annotations

import streamlit as st

from ui import paper
from ui.bar import top
from ui.board import Panel, board
from ui.session import keep_link, lab

TALL = 270

state = lab()
top("Paper", "Table 1 and Figures 1 and 2 of Rifai et al. 2011, trained again on MNIST", state)
blocks, charts = paper.shipped()
if not blocks:
    st.info(f"No finished cells came with this copy. Make them with `{paper.COMMAND}`, which takes hours.")
else:
    first, *rest = paper.parts(blocks).items()
    results, *more = rest
    paper.show(*results)
    board([Panel(f"paper-{name}", chart, 4, TALL) for name, chart in charts.items()], key="paper")
    for title, part in more:
        paper.show(title, part)
    paper.show("The setting", first[1])
keep_link(state)
