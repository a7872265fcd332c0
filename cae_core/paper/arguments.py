"""``python -m cae_core paper table1|figure1|figure2|all``: arguments, and what they do."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from cae_core.config import check
from cae_core.errors import ConfigError
from cae_core.paper.settings import EXPERIMENTS, QUICK, Experiment, experiment_for

WHAT = {
    "table1": "print our Table 1 beside the paper's, and what holds",
    "figure1": "draw contraction ratio against radius",
    "figure2": "draw the singular value spectrum",
    "all": "write one report, Markdown and HTML, with all figures",
}

SHIPPED = Path(__file__).resolve().parents[1] / "shipped" / "paper"
"""Finished cells that come with the package."""

OUT = Path("out/paper")


def add_paper(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.set_defaults(command=paper)
    parser.add_argument(
        "what", choices=WHAT, help="; ".join(f"{name}: {text}" for name, text in WHAT.items())
    )
    parser.add_argument("--dataset", choices=EXPERIMENTS, help="mnist by default, digits with --quick")
    parser.add_argument("--epochs", type=int, metavar="N", help="epochs of pretraining")
    parser.add_argument("--seeds", type=int, metavar="N", help="seeds; the first one trains the whole grid")
    parser.add_argument(
        "--device", choices=("auto", "cpu", "cuda"), default="auto", help="auto: a GPU where there is one"
    )
    parser.add_argument(
        "--minutes", type=float, metavar="M", help="begin nothing after M minutes; 0: show what is finished"
    )
    parser.add_argument("--quick", action="store_true", help="a few epochs on digits: under a minute")
    parser.add_argument("--workers", type=int, metavar="N", help="worker processes; by default one a core")
    parser.add_argument("--out", type=Path, default=OUT, metavar="DIR", help=f"folder of the report; {OUT}")
    parser.add_argument("--cells", type=Path, metavar="DIR", help="folder of finished cells; DIR/cells")
    parser.add_argument("--fresh", action="store_true", help="do not take finished cells that are shipped")
    parser.add_argument("--data-dir", metavar="DIR", help="folder with files of datasets (sets CAE_DATA_DIR)")


def experiment_of(parsed: argparse.Namespace) -> Experiment:
    """The experiment that was asked for.

    Args:
        parsed: the arguments.

    Returns:
        The dataset's experiment with what was asked for.

    Raises:
        ConfigError: a number is not allowed.
    """
    experiment = experiment_for(parsed.dataset or ("digits" if parsed.quick else "mnist"))
    changes = dict(QUICK) if parsed.quick else {}
    if parsed.epochs is not None:
        changes["epochs"] = int(check("epochs", parsed.epochs, whole=True))
    if parsed.seeds is not None:
        if not 1 <= parsed.seeds <= 100:
            raise ConfigError(f"--seeds must be between 1 and 100. Got {parsed.seeds}. Choose fewer or more.")
        changes["seeds"] = parsed.seeds
    for name, least in (("minutes", 0), ("workers", 1)):
        value = getattr(parsed, name)
        if value is not None and not least <= value < 1e6:
            raise ConfigError(f"--{name} must be at least {least}. Got {value:g}. Choose a larger number.")
    return replace(experiment, **changes)


def device_of(asked: str) -> str:
    """``cpu`` or ``cuda``.

    Args:
        asked: ``auto``, ``cpu`` or ``cuda``.

    Returns:
        The device.

    Raises:
        ConfigError: a GPU was asked for, and torch finds none.
    """
    if asked == "cpu":
        return asked
    import torch

    if torch.cuda.is_available():
        return "cuda"
    if asked == "cuda":
        raise ConfigError(
            "--device cuda needs a GPU and a torch built for it. Got none. Leave it out, or install that torch."
        )
    return "cpu"


def paper(parsed: argparse.Namespace) -> None:
    """Compute what is missing, and print or write what was asked for."""
    from cae_core.paper import report
    from cae_core.paper.run import Folders, run, say

    experiment = experiment_of(parsed)
    device = device_of(parsed.device)
    _get_data(parsed, experiment)
    folder = parsed.cells or parsed.out / "cells"
    also = () if parsed.fresh else (SHIPPED,)
    folders = Folders(folder, also, parsed.out / "weights")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        raise ConfigError(
            f"--out must be a folder that can be written. Got {folder}. Choose another."
        ) from error
    workers = parsed.workers or (1 if parsed.quick or device == "cuda" else os.cpu_count() or 1)
    try:
        run(experiment, folders, workers=workers, device=device, minutes=parsed.minutes, say=say)
    except KeyboardInterrupt:
        print(f"Interrupted. Finished cells are kept in {folder}: the same command goes on.", file=sys.stderr)
        raise SystemExit(130) from None
    report.give(parsed.what, experiment, folders.open(), parsed.out, command_of(parsed))


def command_of(parsed: argparse.Namespace) -> str:
    """The command, as a report names it."""
    given = {name: getattr(parsed, name) for name in ("dataset", "epochs", "seeds")}
    flags = [f"--{name} {value}" for name, value in given.items() if value is not None]
    return " ".join(["python -m cae_core paper", parsed.what, *flags, *(["--quick"] if parsed.quick else [])])


def _get_data(parsed: argparse.Namespace, experiment: Experiment) -> None:
    from cae_core.datasets import DATA_VARIABLE, fetch

    if parsed.data_dir is not None:
        os.environ[DATA_VARIABLE] = parsed.data_dir
    fetch(experiment.dataset)
