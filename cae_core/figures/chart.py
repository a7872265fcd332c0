"""`Chart`: a Plotly figure with everything a reader needs beside it.

A figure is kept as the plain dictionary that Plotly's JSON schema describes, with no template in it: building
one costs microseconds, and the process that serves pages need not import plotly. `Chart.figure` gives the
`plotly.graph_objects.Figure` for notebooks and files.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import plotly.graph_objects as go

AE, CAE = "#3b6fb6", "#dd7427"
"""Colours of the two models, everywhere: blue circle and solid line, orange square and dashed line."""

Column = Sequence[Any] | NDArray[Any]


@dataclass(frozen=True, slots=True)
class Chart:
    """A figure, its words and the numbers behind it.

    Attributes:
        title: two words or so.
        spec: ``{"data": [...], "layout": {...}}`` in Plotly's JSON schema, without template or colours of the page.
        yardstick: what the axes are fixed to, in grey beside the title.
        caption: one sentence: what it shows and how to read it.
        alt: a text alternative made from the numbers.
        table: the columns behind the chart, all of the same length.
        model: ``"ae"`` or ``"cae"`` where the chart is about one model alone.
    """

    title: str
    spec: dict[str, Any]
    yardstick: str = ""
    caption: str = ""
    alt: str = ""
    table: Mapping[str, Column] = field(default_factory=dict)
    model: str | None = None

    @property
    def figure(self) -> go.Figure:
        """The same as a `plotly.graph_objects.Figure`, validated by plotly."""
        import plotly.graph_objects as go

        return go.Figure(self.spec)


def typed(values: Column) -> dict[str, str]:
    """An array as Plotly's typed array: a quarter of the size of JSON numbers, and exact.

    Args:
        values: numbers, one- or two-dimensional.

    Returns:
        ``{"dtype", "bdata"}``, and ``"shape"`` for two dimensions.
    """
    array = np.ascontiguousarray(values)
    if array.dtype == np.float64:
        array = array.astype(np.float32)
    if array.dtype in (np.int64, np.uint64):
        array = array.astype(np.int32)
    code = {"f": "f", "i": "i", "u": "u", "b": "u"}[array.dtype.kind] + str(array.dtype.itemsize)
    packed = {"dtype": code, "bdata": base64.b64encode(array.tobytes()).decode()}
    if array.ndim == 2:
        packed["shape"] = f"{array.shape[0]}, {array.shape[1]}"
    return packed
