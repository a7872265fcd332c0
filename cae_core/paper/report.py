"""What the command prints and writes: a table in the terminal, and one report in Markdown and in HTML.

The report is a list of blocks that either format can write. The HTML file holds everything but plotly.js, which is
copied beside it from the installed plotly; where a browser cannot load that, the pictures stand in its place.
"""

from __future__ import annotations

import html
import json
import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from cae_core.errors import DataError
from cae_core.figures.chart import Chart
from cae_core.paper.cells import Cells, write_whole
from cae_core.paper.figures import charts
from cae_core.paper.pictures import draw
from cae_core.paper.settings import Experiment
from cae_core.paper.story import Heading, Table, Words, story

PLOTLY = "plotly.min.js"

FIGURES = {"figure1": ("figure1",), "figure2": ("figure2",), "table1": ()}
"""Figures of each command but ``all``, which draws every one."""


def give(what: str, experiment: Experiment, cells: Cells, out: Path, command: str) -> None:
    """Print the table, and write what was asked for.

    Args:
        what: ``table1``, ``figure1``, ``figure2`` or ``all``.
        experiment: what was trained.
        cells: what is finished.
        out: folder to write into.
        command: what to give to get the same.

    Raises:
        DataError: nothing is finished yet.
    """
    found = charts(experiment, cells)
    if not found:
        raise DataError("A table needs a finished classifier at least. Got none. Give more minutes.")
    blocks = story(experiment, cells, command)
    print(as_text(blocks))
    names = FIGURES.get(what, tuple(found))
    if not names:
        return
    out.mkdir(parents=True, exist_ok=True)
    missing = draw({name: found[name] for name in names}, out)
    for name in names:
        write_whole(out / f"{name}.json", (json.dumps(plain(found[name]), allow_nan=False) + "\n").encode())
    shutil.copyfile(_plotly(), out / PLOTLY)
    if what == "all":
        write_whole(out / "report.md", as_markdown(blocks, found).encode())
        write_whole(out / "report.html", as_html(blocks, found).encode())
        print(f"{out / 'report.html'}, {out / 'report.md'}", file=sys.stderr)
    else:
        text = as_html([Heading(found[name].title) for name in names], {name: found[name] for name in names})
        write_whole(out / f"{what}.html", text.encode())
        print(out / f"{what}.html", file=sys.stderr)
    if missing:
        print(missing, file=sys.stderr)


def plain(chart: Chart) -> dict[str, Any]:
    """A chart's figure as JSON that Plotly reads."""
    spec: dict[str, Any] = json.loads(chart.figure.to_json())
    spec["layout"].pop("template", None)
    return spec


def as_text(blocks: Sequence[Any]) -> str:
    """The report as a terminal shows it."""
    lines = []
    for block in blocks:
        if isinstance(block, Heading):
            lines += ["", block.text, "-" * len(block.text)]
        elif isinstance(block, Words):
            lines.append(block.text)
        elif isinstance(block, Table):
            lines += _aligned([list(block.columns), *map(list, block.rows)])
    return "\n".join(lines).strip()


def _aligned(cells: list[list[str]]) -> list[str]:
    widths = [max(len(row[i]) for row in cells) for i in range(len(cells[0]))]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in cells
    ]


def as_markdown(blocks: Sequence[Any], found: Mapping[str, Chart]) -> str:
    """The report as Markdown, with the pictures that lie beside it."""
    lines = []
    for block in blocks:
        if isinstance(block, Heading):
            lines.append(f"{'#' * block.level} {block.text}\n")
        elif isinstance(block, Words):
            lines.append(f"{block.text}\n")
        elif isinstance(block, Table):
            lines.append("| " + " | ".join(block.columns) + " |")
            lines.append("|" + "---|" * len(block.columns))
            lines += [
                "| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in block.rows
            ]
            lines.append("")
    lines.append("## Figures\n")
    for name, chart in found.items():
        lines.append(f"### {chart.title}\n\n![{chart.alt}]({name}.svg)\n\n{chart.caption}\n")
    return "\n".join(lines)


STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #22201c;
  background: #fffdf8; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; margin: 1rem 0; font-size: 0.92rem; }
.wide { overflow-x: auto; white-space: nowrap; } .sentences th { width: 50%; }
th, td { text-align: left; padding: 0.3rem 0.8rem 0.3rem 0; border-bottom: 1px solid #ddd6c8; }
figure { margin: 1.5rem 0; } figure img { max-width: 100%; } figcaption { font-size: 0.9rem; color: #57524a; }
.plot { min-height: 26rem; }
"""

SCRIPT = """
for (const plot of document.querySelectorAll(".plot")) {
  if (!window.Plotly) break;
  const spec = JSON.parse(plot.querySelector("script").textContent);
  plot.replaceChildren();
  Plotly.newPlot(plot, spec.data, { ...spec.layout, margin: { t: 10 },
    paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)" },
    { responsive: true, displaylogo: false });
}
"""


def as_html(blocks: Sequence[Any], found: Mapping[str, Chart]) -> str:
    """The report as one HTML page."""
    parts = []
    for block in blocks:
        if isinstance(block, Heading):
            parts.append(f"<h{block.level}>{html.escape(block.text)}</h{block.level}>")
        elif isinstance(block, Words):
            parts.append(f"<p>{html.escape(block.text)}</p>")
        elif isinstance(block, Table):
            head = "".join(f"<th scope=col>{html.escape(column)}</th>" for column in block.columns)
            rows = "".join(
                "<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>"
                for row in block.rows
            )
            kind = "wide" if len(block.columns) > 2 else "sentences"
            parts.append(f'<div class="{kind}"><table><tr>{head}</tr>{rows}</table></div>')
    parts.append("<h2>Figures</h2>")
    for name, chart in found.items():
        spec = json.dumps(plain(chart), allow_nan=False).replace("</", "<\\/")
        alt = html.escape(chart.alt)
        parts.append(
            f'<figure><h3>{html.escape(chart.title)}</h3><div class="plot" role="img" aria-label="{alt}">'
            f'<script type="application/json">{spec}</script><img src="{name}.svg" alt="{alt}"></div>'
            f"<figcaption>{html.escape(chart.caption)}</figcaption></figure>"
        )
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>The paper reproduced</title><style>{STYLE}</style></head><body>\n"
        + "\n".join(parts)
        + f'\n<script src="{PLOTLY}"></script><script>{SCRIPT}</script></body></html>\n'
    )


def _plotly() -> Path:
    import plotly

    return Path(plotly.__file__).parent / "package_data" / PLOTLY
