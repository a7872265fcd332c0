"""Figures as PNG and SVG, by kaleido and the system's Chromium: both optional."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from cae_core.figures.chart import Chart

WIDTH, HEIGHT, SCALE = 860, 520, 2

MISSING = (
    "Pictures (SVG, PNG) need kaleido and Chromium. Got {what}. "
    "Install both (pip install kaleido); the HTML has the figures without them."
)


def draw(found: Mapping[str, Chart], folder: Path) -> str:
    """Write every chart as SVG and PNG.

    Args:
        found: charts by name.
        folder: where the files go.

    Returns:
        Nothing, or the sentence that says why there are no pictures.
    """
    try:
        import kaleido  # noqa: F401 - asked for here, used by plotly
    except ImportError:
        return MISSING.format(what="no kaleido")
    import plotly.io as pio
    from choreographer.errors import BrowserFailedError, ChromeNotFoundError

    figures = []
    for chart in found.values():
        figure = chart.figure
        figure.update_layout(template="plotly_white", title={"text": chart.title})
        figures += [figure, figure]
    files = [folder / f"{name}.{kind}" for name in found for kind in ("svg", "png")]
    scales = [1, SCALE] * len(found)
    try:
        pio.write_images(figures, files, width=WIDTH, height=HEIGHT, scale=scales)
    except (BrowserFailedError, ChromeNotFoundError) as error:
        return MISSING.format(what=f"{type(error).__name__} from Chromium")
    return ""
