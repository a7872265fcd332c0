"""Derivation: formula, code and picture of the penalty, step by step, on one sample and a small net."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from cae_core import derivation as code
from cae_core.figures import derivation as figures
from ui import derivation, live
from ui.bar import head
from ui.board import Panel
from ui.derivation import TALL, picture
from ui.session import keep_link, lab

TRAIN = str(Path(__file__).with_name("train.py"))

state = lab()
state.playing = False
head("Derivation", "the penalty step by step: formula, code and numbers", state, derivation.controls)
net = derivation.net()
column = "input" if net.layers == 1 else "unit below"
lam = state.lam or derivation.KERAS_LAMBDA * state.n_inputs
shown, found = live.gather(
    state, state.config, ("derivation:derive", state.sample, net.units, net.activation, net.layers, lam)
)
st.html(f'<p class="cl-words">{derivation.introduction(net, state.n_inputs, found)}</p>')

derivation.step(
    1,
    "What is minimised",
    r"\begin{gathered}\sum_i \left(r_i - x_i\right)^2 + \lambda\,\lVert J_f(x)\rVert_F^2\\"
    r"h = s(xW + b),\quad r = hV + c\end{gathered}",
    code.reconstruction_error,
    [
        derivation.sample(state, found["x"]),
        picture(
            "W", found["W"].T, "Weights W, transposed", ("unit", column), "Of the last encoder layer.", 7
        ),
    ],
    figures.check_error(found),
)
derivation.step(
    2,
    "The Jacobian by the chain rule",
    r"\begin{aligned}J_{ji} &= \frac{\partial h_j}{\partial x_i} = \frac{\partial h_j}{\partial z_j}"
    r"\frac{\partial z_j}{\partial x_i}\\&= h_j (1 - h_j)\, W_{ij},\quad z = xW + b\end{aligned}",
    code.jacobian_by_chain_rule,
    [
        picture("loop", found["loop"], "J by the formula", ("unit", column), "Entry by entry.", 6),
        picture(
            "exact", found["exact"], "J by differentiation", ("unit", "input"), "Of the whole encoder.", 6
        ),
    ],
    figures.check(found, "loop"),
)
derivation.step(
    3,
    "The same as a product",
    r"J = \operatorname{diag}\bigl(h \odot (1 - h)\bigr)\, W^\top",
    code.jacobian_as_a_product,
    [
        picture(
            "slopes",
            figures.slopes(found),
            "h (1 − h), and the true slope",
            ("row", "unit"),
            "Row 0: h (1 − h). Row 1: the slope s′(z) of this activation.",
            5,
        ),
        picture("product", found["product"], "diag(h (1 − h)) Wᵀ", ("unit", column), "The same J.", 7),
    ],
    figures.check(found, "product"),
)
derivation.step(
    4,
    "Its squared norm without J",
    r"\lVert J \rVert_F^2 = \sum_j \bigl(h_j (1 - h_j)\bigr)^2 \sum_i W_{ij}^2",
    code.squared_norm,
    [Panel("parts", figures.parts(found), 12, TALL)],
    figures.check_number(found, "penalty", "true", "numerical"),
)
derivation.step(
    5,
    "A batch at once",
    r"\lVert J(x_n) \rVert_F^2 = \sum_j \bigl(H_{nj} (1 - H_{nj})\bigr)^2 \sum_i W_{ij}^2",
    code.squared_norms_of_a_batch,
    [
        picture(
            "batch-slopes",
            found["batch_slopes"],
            "H (1 − H)",
            ("sample", "unit"),
            "Slopes of the batch.",
            5,
            TALL,
        ),
        Panel("batch", figures.batch(found["batch"], found["batch_exact"]), 7, TALL),
    ],
    figures.check_batch(found),
)
derivation.step(
    6,
    "The whole loss",
    r"\sum_i (r_i - x_i)^2 + \lambda \sum_j \bigl(h_j (1 - h_j)\bigr)^2 \sum_i W_{ij}^2",
    code.whole_loss,
    [Panel("terms", figures.terms(found, lam), 12, TALL)],
    figures.check_number(found, "loss", "true_loss", "numerical_loss"),
)
if derivation.published(state):
    st.switch_page(TRAIN)
keep_link(state)
