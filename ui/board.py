"""`board`: several charts in one mount, updated in place.

Each panel is a card with title, yardstick, plot, caption, table and export. The browser keeps one plot per
panel and hands new numbers to ``Plotly.react``: the plot's node, zoom and selection stay, and no frame is blank.
A panel that has not changed is not drawn again, whatever else on the board has.

The message holds numbers and words only; script and style come from `ui.assets`, once.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import numpy as np
import streamlit as st

from cae_core.figures.chart import Chart, Column, typed
from ui import assets, mount

MAX_IDS = 100_000
MAX_ID = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Panel:
    """One card of a board.

    Attributes:
        key: name within its board; the card with this name keeps its node over updates.
        chart: what it shows.
        span: width in twelfths of the board, on a wide screen.
        height: height of the plot in pixels.
        select: whether clicks, box and lasso report ids.
        ratio: largest height as a share of the board's width, for pictures with square cells; they would leave most of
            a fixed height empty on a narrow screen.
    """

    key: str
    chart: Chart
    span: int = 4
    height: int = 260
    select: bool = False
    ratio: float | None = None


@dataclass(frozen=True, slots=True)
class Selection:
    """What a visitor picked in a panel.

    Attributes:
        panel: key of the panel.
        ids: of the samples picked, from each point's ``customdata`` (an int, or the first entry of a list);
            empty where a selection was cleared or the point has no id.
        x: horizontal coordinate of a click, in data units, where it is a number.
        y: vertical coordinate of a click.
        click: whether it was a click (or Enter), not a box or a lasso.
    """

    panel: str
    ids: tuple[int, ...]
    x: float | None
    y: float | None
    click: bool


def board(
    panels: Sequence[Panel], key: str, on_select: Callable[[Selection], None] | None = None
) -> Selection | None:
    """Show panels as a grid of cards.

    Args:
        panels: the cards, in reading order, with distinct keys.
        key: name of the board on its page.
        on_select: called before the script runs again, with what was picked.

    Returns:
        What was picked to cause this run, or None.
    """
    keys = frozenset(panel.key for panel in panels if panel.select)

    def picked() -> None:
        if on_select is not None and (selection := parse(st.session_state[key].get("select"), keys)):
            on_select(selection)

    result = _component()(key=key, data=message(panels), on_select_change=picked)
    return parse(result.get("select"), keys)


def parse(value: Any, keys: frozenset[str]) -> Selection | None:
    """Check what came from a browser.

    Args:
        value: anything.
        keys: of the panels that may be picked in.

    Returns:
        The selection, or None where the value is not one.
    """
    if not isinstance(value, Mapping):
        return None
    panel, ids, click = value.get("panel"), value.get("ids"), value.get("click")
    if not isinstance(panel, str) or panel not in keys or not isinstance(click, bool):
        return None
    if not isinstance(ids, list) or len(ids) > MAX_IDS or not all(map(_is_id, ids)):
        return None
    return Selection(
        panel, tuple(dict.fromkeys(ids)), _number(value.get("x")), _number(value.get("y")), click
    )


def message(panels: Sequence[Panel]) -> bytes:
    """The panels as JSON, each with a version that changes with its content.

    Args:
        panels: the cards.

    Returns:
        ``[{"v": version, "p": panel}, ...]``, as bytes: a mapping would be serialised twice on its way.
    """
    bodies = (_json(_describe(panel)) for panel in panels)
    versions = ((blake2b(body.encode(), digest_size=8).hexdigest(), body) for body in bodies)
    return ("[" + ",".join(f'{{"v":"{v}","p":{body}}}' for v, body in versions) + "]").encode()


def _describe(panel: Panel) -> dict[str, Any]:
    chart = panel.chart
    return {
        "key": panel.key,
        "span": panel.span,
        "height": panel.height,
        "select": panel.select,
        "ratio": panel.ratio,
        "title": chart.title,
        "yardstick": chart.yardstick,
        "caption": chart.caption,
        "alt": chart.alt,
        "model": chart.model,
        "spec": chart.spec,
        "table": [{"name": name, "values": _column(values)} for name, values in chart.table.items()],
    }


def _column(values: Column) -> Any:
    if isinstance(values, np.ndarray):
        return typed(values) if values.dtype.kind in "iuf" and values.ndim == 1 else values.tolist()
    return list(values)


def _json(value: Any) -> str:
    try:
        return json.dumps(value, default=_plain, allow_nan=False, separators=(",", ":"))
    except ValueError:  # a NaN or an infinity: JSON has neither, and a gap is what a chart shows there
        return json.dumps(_finite(value), default=_plain, allow_nan=False, separators=(",", ":"))


def _plain(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return typed(value) if value.dtype.kind in "iuf" else value.tolist()
    if isinstance(value, np.generic):
        item = value.item()
        return item if not isinstance(item, float) or math.isfinite(item) else None
    return str(value)


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {name: _finite(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(item) for item in value]
    return value


def _is_id(value: Any) -> bool:
    return type(value) is int and 0 <= value <= MAX_ID


def _number(value: Any) -> float | None:
    return float(value) if type(value) in (int, float) and abs(value) < 1e300 else None


def _component() -> Any:
    return mount.component(
        "board",
        "board.js",
        "board.css",
        ready=f'load(at("{assets.address(assets.PLOTLY)}"))',
        failure="The charts could not be loaded from this server. Reload the page.",
    )
