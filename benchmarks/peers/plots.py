"""The two plots of the report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from benchmarks.peers.tasks import BOUNDED, PEERS, TASKS

OURS, THEIRS, FLOOR = "#0072b2", "#999999", "#d55e00"
"""Colours that stay apart for colour-blind readers."""

FONT = {"family": "DejaVu Sans, Arial, sans-serif", "size": 13}


def peers_figure(cells: Mapping[tuple[str, str, int], Mapping[str, Any]]) -> go.Figure:
    """Milliseconds per model and epoch of every peer with sixteen lambdas, a panel a task, on a logarithmic axis.

    Args:
        cells: by peer, task and number of lambdas.

    Returns:
        Dots for the steady epoch, rings for the whole run with its start.
    """
    tasks = [name for name in TASKS if any(key[1:] == (name, 16) for key in cells)]
    if not tasks:
        return go.Figure()
    figure = make_subplots(1, len(tasks), shared_yaxes=True, subplot_titles=tasks, horizontal_spacing=0.03)
    for column, task in enumerate(tasks, 1):
        peers = [peer for peer in PEERS if (peer, task, 16) in cells]
        names = [_label(peer) for peer in peers]
        colors = [OURS if peer.startswith("ours") else THEIRS for peer in peers]
        for field, symbol, label in (
            ("steady_s", "circle", "steady epoch"),
            ("epoch_s", "circle-open", "with start"),
        ):
            figure.add_scatter(
                x=[cells[peer, task, 16][field] * 1e3 for peer in peers],
                y=names,
                mode="markers",
                marker={"color": colors, "size": 10, "symbol": symbol, "line": {"width": 2, "color": colors}},
                name=label,
                showlegend=column == 1,
                row=1,
                col=column,
            )
    figure.update_xaxes(type="log", title_text="ms per model and epoch", dtick=1, title_font_size=12)
    figure.update_yaxes(
        categoryorder="array", categoryarray=[*map(_label, PEERS)], autorange="reversed", automargin=True
    )
    return _laid_out(figure, "Sixteen lambdas: ours in one ensemble, the others one after the other", -0.2)


def _label(peer: str) -> str:
    return PEERS[peer] + (" *" if peer in BOUNDED else "")


def growth_figure(growth: Sequence[Mapping[str, Any]]) -> go.Figure:
    """Seconds an epoch over members, samples, inputs and units, beside the floor of the matrix products.

    Args:
        growth: lines as `growth.line` gives them.

    Returns:
        A panel an axis, both axes logarithmic; solid with one thread, dashed with two.
    """
    axes = list(dict.fromkeys(line["axis"] for line in growth))
    figure = make_subplots(1, len(axes), subplot_titles=axes, horizontal_spacing=0.05)
    for line in growth:
        column, threads = axes.index(line["axis"]) + 1, line["threads"]
        dash = "solid" if threads == 1 else "dash"
        word = f"{threads} thread{'s' * (threads > 1)}"
        for field, color, label in (("seconds", OURS, f"ours, {word}"), ("floor", FLOOR, f"floor, {word}")):
            figure.add_scatter(
                x=line["values"],
                y=[1e3 * value for value in line[field]],
                mode="lines+markers",
                line={"color": color, "dash": dash},
                marker_size=6,
                name=label,
                legendgroup=label,
                showlegend=column == 1,
                row=1,
                col=column,
            )
    figure.update_xaxes(type="log", dtick=1)
    figure.update_yaxes(type="log", dtick=1)
    figure.update_yaxes(title_text="ms an epoch, all members", col=1)
    return _laid_out(figure, "How our cost grows, and the time of the matrix products alone", -0.15)


def _laid_out(figure: go.Figure, title: str, legend: float) -> go.Figure:
    """A row of panels under a title, with the legend at that height below them."""
    return figure.update_layout(
        template="plotly_white",
        width=1150,
        height=430,
        font=FONT,
        title=title,
        legend={"orientation": "h", "y": legend},
        margin={"t": 80, "r": 20},
    )
