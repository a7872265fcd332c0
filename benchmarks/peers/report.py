"""The cells as one Markdown file with tables, one JSON and two plots: what is shipped in docs/peers/."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.peers.tasks import BOUNDED, COUNTS, PEERS, TASKS

Cell = Mapping[str, Any]
Cells = Mapping[tuple[str, str, int], Cell]
"""Cells by peer, task and number of lambdas."""

BEST = ("keras-jax", "keras-jax-defaults", "keras-tensorflow", "keras-tensorflow-defaults", "keras-torch")
"""The peers that the targets are about."""

REACH = (
    (
        "a path of 16 lambdas of the digits, 64-128, over 60 epochs, compilation included",
        "digits-64-128",
        "run_s",
        25.0,
    ),
    ("a steady epoch of 16 lambdas, digits 64-32", "digits-64-32", "steady_s", 12.0),
    ("a steady epoch of 16 lambdas, digits 64-128", "digits-64-128", "steady_s", 12.0),
    ("a steady epoch of 16 lambdas, MNIST-10k 784-64", "mnist-784-64", "steady_s", 4.0),
    ("a steady epoch of 16 lambdas, MNIST-10k 784-144", "mnist-784-144", "steady_s", 4.0),
)
"""What is to be reached against the fastest Keras: what, task, field of the cells, how many times faster."""


def write(folder: Path) -> None:
    """Write the report on what lies in ``folder/cells``.

    Args:
        folder: where README.md, peers.json and the plots go; plots only where kaleido is installed.
    """
    found = [
        json.loads(file.read_text(encoding="utf-8")) for file in sorted((folder / "cells").glob("*.json"))
    ]
    cells = {(c["peer"], c["task"], c["count"]): c for c in found if "peer" in c}
    growth = [c for c in found if "axis" in c]
    (folder / "peers.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    plots = draw(folder, cells, growth)
    (folder / "README.md").write_text(markdown(cells, growth, plots), encoding="utf-8")


def draw(folder: Path, cells: Cells, growth: Sequence[Cell]) -> list[str]:
    """Draw the plots that there are numbers for.

    Args:
        folder: where they go.
        cells: of the peers.
        growth: lines of the growth plot.

    Returns:
        Names of the files; none without kaleido.
    """
    try:
        import kaleido  # noqa: F401
    except ImportError:
        return []
    from benchmarks.peers.plots import growth_figure, peers_figure

    wanted: list[tuple[str, Any, Callable[[Any], Any]]] = [
        ("peers.svg", cells, peers_figure),
        ("growth.svg", growth, growth_figure),
    ]
    names = []
    for name, numbers, figure in wanted:
        if numbers:
            figure(numbers).write_image(folder / name)
            names.append(name)
    return names


def markdown(cells: Cells, growth: Sequence[Cell], plots: Sequence[str]) -> str:
    """The report as text.

    Args:
        cells: of the peers.
        growth: lines of the growth plot.
        plots: names of the plots beside it.

    Returns:
        Markdown.
    """
    every = [*cells.values(), *growth]
    parts = [
        "# The same model elsewhere, and ours",
        _origin(every),
        "## In short",
        _reach_table(cells, growth),
        *(["![Milliseconds per model and epoch, by peer](peers.svg)"] if "peers.svg" in plots else []),
        "## What was measured",
        MEANING,
    ]
    for task in TASKS.values():
        mine = {key: cell for key, cell in cells.items() if key[1] == task.name}
        if mine:
            parts += [f"## {task.name}, {task.epochs} epochs", _task_table(mine, task.name)]
    if growth:
        parts += [
            "## How our cost grows",
            *(["![Growth](growth.svg)"] if "growth.svg" in plots else []),
            _growth(growth),
        ]
    return "\n\n".join(parts) + "\n"


MEANING = """\
One sigmoid layer with tied weights, linear output, squared error summed over the inputs, batch 64, Adam at 3e-3. Each
row is a process of its own; the lambdas are those of the dataset's path, and 0.1 where there is one.

- **steady**: milliseconds per model and epoch, median of all epochs but each model's first: compilation out.
- **with start**: the whole run over models and epochs: building, compilation and first calls in. **run** is that run in
  seconds, from the first call after the imports; **imports** come before it.
- **norm**: largest relative difference, over 16 samples, between the peer's own squared norm in single precision and
  central differences of its own encoder in double precision. About 1e-6 is rounding: the norm is right.
- **error, mean norm**: of the last model, over the training samples: did all train the same thing? (Not where a run was
  cut short.)
- **peak**: largest resident memory of the process up to the end of training, imports included.
- ×: how many times ours with one thread is faster per steady epoch.

Peers use as many threads as they take by default, which is both cores; ours is what the app runs, one thread a process,
and once more with two. Ours trains sixteen lambdas as one ensemble. Keras and PyTorch train them one after the other,
as their users do: lambda is a variable, so that Keras compiles once for all sixteen, and "an epoch a call" is
`steps_per_execution`. Rows marked * are too slow to be run whole: 24 steps a model, scaled to whole epochs."""


def _origin(every: Sequence[Cell]) -> str:
    others = max((cell["others"] for cell in every if "others" in cell), default=0.0)
    unknown = sum("others" not in cell for cell in every)
    aside = f" ({unknown} of {len(every)} rows: not taken down)" if unknown else ""
    missing = len(PEERS) * len(TASKS) * len(COUNTS) - sum("peer" in cell for cell in every)
    lacking = f" Rows that have not been measured yet: {missing}." if missing else ""
    days = sorted({cell["date"] for cell in every})
    versions = sorted({f"{name} {known}" for cell in every for name, known in cell["versions"].items()})
    machines = sorted({cell["machine"] for cell in every})
    return (
        f"Made by `make bench-peers`, {' to '.join(sorted({days[0], days[-1]}))}, on {'; '.join(machines)}, with "
        f"{', '.join(versions)}. The numbers are in [peers.json](peers.json), a file a row in [cells](cells). While a "
        f"row was measured, other work took at most {others:.0%} of the processor's time{aside}.{lacking}"
        if every
        else "Nothing has been measured yet: run `make bench-peers`."
    )


def _reach_table(cells: Cells, growth: Sequence[Cell]) -> str:
    rows = [
        "| against the fastest Keras | fastest Keras | ours | times faster, one and two threads | target | | "
        "arithmetic floor, one and two threads |",
        "|---|---|---|---|---|---|---|",
    ]
    rates = _rates(growth)
    open_ = []
    for what, task, field, target in REACH:
        keras = [(cells[peer, task, 16][field], peer) for peer in BEST if (peer, task, 16) in cells]
        ours = [cells[peer, task, 16][field] for peer in ("ours", "ours-2") if (peer, task, 16) in cells]
        if not keras or not ours:
            continue
        fastest, peer = min(keras)
        ratios = [fastest / one for one in ours]
        floors = [floor_seconds(task, rate) for _, rate in sorted(rates.items())]
        if field == "run_s":
            floors = [16 * TASKS[task].epochs * floor for floor in floors]
        rows.append(
            f"| {what} | {_time(fastest)} ({PEERS[peer]}) | {' / '.join(map(_time, ours))} "
            f"| {' / '.join(f'{ratio:.1f}' for ratio in ratios)} | {target:g} "
            f"| {'reached' if max(ratios) >= target else 'missed'} "
            f"| {' / '.join(f'{_time(floor)}: {fastest / floor:.1f} times' for floor in floors)} |"
        )
        if floors and max(ratios) < target <= fastest / min(floors):
            multiples = " and ".join(f"{one / floor:.1f}" for one, floor in zip(ours, floors, strict=False))
            open_.append(f"{what} (ours takes {multiples} times the floor)")
    allowed = f"\n\nMissed although the floor would allow it: {'; '.join(open_)}." if open_ else ""
    return "\n".join(rows) + (
        "\n\nA steady epoch is that of one model, a sixteenth where sixteen are trained together. The last column is "
        "the time of the matrix products alone, at the rate that this machine reaches on large ones, and how many "
        "times faster than the fastest Keras code would be that did nothing else: no target above it can be met."
        f"{allowed}{_alone(cells)}"
    )


def _alone(cells: Cells) -> str:
    """Where Keras trains one model faster than ours, in a sentence; empty where it does not."""
    found = []
    for task in TASKS:
        ours = [cells[peer, task, 1]["steady_s"] for peer in ("ours", "ours-2") if (peer, task, 1) in cells]
        keras = [(cells[peer, task, 1]["steady_s"], peer) for peer in BEST if (peer, task, 1) in cells]
        if ours and keras and min(keras)[0] < min(ours):
            fastest, peer = min(keras)
            found.append(f"{task} {_time(fastest)} ({PEERS[peer]}) against {_time(min(ours))}")
    words = "; ".join(found)
    return f"\n\nOne model alone takes longer here than in Keras: an epoch of {words}." if found else ""


def _rates(growth: Sequence[Cell]) -> dict[int, float]:
    """Threads -> operations a second, the highest rate that was seen."""
    found: dict[int, float] = {}
    for line in growth:
        found[line["threads"]] = max(line["rate"], found.get(line["threads"], 0.0))
    return found


def floor_seconds(task_name: str, rate: float) -> float:
    """Seconds per model and epoch of the five matrix products of a step, at a rate in operations a second."""
    task = TASKS[task_name]
    inputs, samples = {"digits": (64, 1297), "mnist": (784, 10_000)}[task.dataset]
    return 5 * 2 * samples * inputs * task.units / rate


def _task_table(cells: Cells, task: str) -> str:
    rows = [
        "| | lambdas | steady, ms | × | with start, ms | run, s | imports, s | peak, MB | norm | error | mean norm |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for count in sorted({count for _, _, count in cells}):
        ours = cells.get(("ours", task, count))
        for peer, label in PEERS.items():
            cell = cells.get((peer, task, count))
            if cell is None:
                continue
            slow = peer in BOUNDED
            ratio = f"{cell['steady_s'] / ours['steady_s']:.1f}" if ours else ""
            end = ("", "") if slow else (f"{cell['error']:.3f}", f"{cell['norm']:.3f}")
            rows.append(
                f"| {label}{' *' if slow else ''} | {count} | {cell['steady_s'] * 1e3:.2f} | {ratio} "
                f"| {cell['epoch_s'] * 1e3:.2f} | {cell['run_s']:.1f} | {cell['import_s']:.1f} "
                f"| {cell['peak_mb']:.0f} | {cell['norm_error']:.0e} | {end[0]} | {end[1]} |"
            )
    return "\n".join(rows)


def _growth(growth: Sequence[Cell]) -> str:
    base = {name: value for line in growth for name, value in line["base"].items()}
    still = ", ".join(f"{value:,} {name}" for name, value in base.items())
    rates = [
        f"up to {rate / 1e9:.0f} GFLOP/s with {n} thread(s)" for n, rate in sorted(_rates(growth).items())
    ]
    rows = [
        f"An epoch of all members in milliseconds, beside its floor; what does not grow is at {still}. The floor is "
        "the five matrix products of a step at the rate of a product of 1024 x 1024 matrices, measured before each "
        f"line: {', '.join(rates)}.",
        "",
        "| grows | to | threads | ms | floor, ms | times the floor |",
        "|---|---|---|---|---|---|",
    ]
    for line in growth:
        for value, seconds, floor in zip(line["values"], line["seconds"], line["floor"], strict=True):
            rows.append(
                f"| {line['axis']} | {value:,} | {line['threads']} | {seconds * 1e3:.1f} | {floor * 1e3:.1f} "
                f"| {seconds / floor:.1f} |"
            )
    return "\n".join(rows)


def _time(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds >= 1 else f"{seconds * 1e3:.2f} ms"
