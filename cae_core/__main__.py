"""Command line.

- ``python -m cae_core train --dataset digits --lam 0 0.1 1`` trains one model a lambda and prints their measures;
- ``python -m cae_core path --dataset digits --out FILE`` trains a whole lambda path, and keeps its frames in a file;
- ``python -m cae_core train --data FILE`` does so with your own data, as ``path --data FILE`` does;
- ``python -m cae_core paper table1`` reproduces the paper's experiment (`cae_core.paper`);
- ``python -m cae_core datasets`` lists the datasets.

All models of a call are one ensemble. Lambda multiplies a penalty beside an error that is summed over the d inputs;
where a text takes its mean over inputs, its lambda is ``lam/d``.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, get_args

from tqdm import tqdm

from cae_core.catalog import CATALOG, OwnCard, card
from cae_core.config import CURVATURE, LAMBDA, SETTINGS, Config
from cae_core.errors import ConfigError, ContractionLabError
from cae_core.frame import stopped
from cae_core.own.limits import LIMITS
from cae_core.own.model import Missing, Sampling, Scaling
from cae_core.paper.arguments import add_paper
from cae_core.path import PATH_SETTINGS, PathSpec

_CHUNK = 25
"""Steps between two looks at the progress bar."""

_PREPARATION = ("label", "leave_out", "missing", "scaling", "side", "limit", "sampling", "square")
"""Arguments that say what becomes of own data."""

_FILE_BYTES = 2 * 2**30
"""Largest file of own data, packed and unpacked: on one's own machine it may be larger than on a page."""

_BAR = "{desc}: {percentage:3.0f}%|{bar}| epoch {n:.1f}/{total:g} [{elapsed}<{remaining}]"

_COLUMNS: tuple[tuple[str, str, str], ...] = (
    ("lam", "lambda", "g"),
    ("lam_mean", "lambda/d", ".3g"),
    ("reconstruction_error", "error", ".3f"),
    ("variance_lost", "lost", ".1%"),
    ("mean_norm", "norm", ".3f"),
    ("relative_contraction", "relative", ".3f"),
    ("saturation", "saturated", ".1%"),
    ("knn_clean", "5-NN", ".3f"),
    ("knn_noisy", "5-NN noisy", ".3f"),
)
"""Columns of the table: key, heading, format."""

_LEGEND = """\
lambda    for an error summed over the d = {d} inputs; lambda/d is the same for a mean over the inputs
error     squared reconstruction error of the test split, summed over inputs; lost: its share of the split's variance
norm      mean of ||J(x)||_F over the test split; relative: the same, free of scale (1 is a similarity map)
saturated share of code units outside 0.05-0.95 (tanh: beyond 0.95 in size)
5-NN      accuracy of 5 nearest neighbours among the training codes, clean and with Gaussian noise of 0.3"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Args:
        arguments: what follows the program's name, or None for the process's own.

    Returns:
        The exit status: 0, 2 where something asked for is not possible, 130 when interrupted.
    """
    parsed = _parser().parse_args(arguments)
    command: Callable[[argparse.Namespace], None] = parsed.command
    try:
        command(parsed)
    except ContractionLabError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("Interrupted: nothing was written.", file=sys.stderr)
        return 130
    return 0


def _parser() -> argparse.ArgumentParser:
    """The parser; help texts and choices are those of `SETTINGS`."""
    parser = argparse.ArgumentParser(prog="python -m cae_core", description="Contractive autoencoders.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    listing = commands.add_parser("datasets", help="list the datasets")
    listing.set_defaults(command=_datasets)
    train = commands.add_parser("train", help="train one model a lambda and print a table of measures")
    train.set_defaults(command=_train)
    train.add_argument("--lam", type=float, nargs="+", metavar="LAMBDA", help=LAMBDA.help)
    train.add_argument(
        "--curvature",
        type=float,
        default=0.0,
        metavar="GAMMA",
        help=f"{CURVATURE.help} For every model with a lambda above 0.",
    )
    _add_config(train)
    train.add_argument(
        "--json", type=Path, metavar="FILE", help="write the numbers and the config there, too"
    )
    path = commands.add_parser(
        "path", help="train a lambda path, keep its frames and print a table of measures"
    )
    path.set_defaults(command=_path)
    path.add_argument("--out", type=Path, required=True, metavar="FILE", help="NPZ file for the path")
    for name, setting in PATH_SETTINGS.items():
        whole = name in {"members", "frames"}
        flag = f"--{name.replace('_', '-')}"
        path.add_argument(
            flag, type=int if whole else float, metavar="N" if whole else "X", help=setting.help
        )
    path.add_argument("--umap", action="store_true", help="fit UMAP to the codes of the last epoch, too")
    _add_config(path)
    add_paper(commands.add_parser("paper", help="reproduce Table 1 and Figures 1 and 2 of the paper"))
    return parser


def _add_config(train: argparse.ArgumentParser) -> None:
    """Arguments for everything that a config holds beside its objectives."""
    train.add_argument("--dataset", default="digits", metavar="NAME", help=f"one of {', '.join(CATALOG)}")
    train.add_argument("--hidden", type=int, nargs="+", metavar="UNITS", help=SETTINGS["hidden"].help)
    for name in ("activation", "loss", "init", "optimizer", "dtype"):
        setting = SETTINGS[name]
        train.add_argument(f"--{name}", choices=setting.choices, help=setting.help)
    train.add_argument("--tied", action=argparse.BooleanOptionalAction, help=SETTINGS["tied"].help)
    train.add_argument("--untied", dest="tied", action="store_false", help="the same as --no-tied")
    train.set_defaults(tied=None)
    for name, kind in (
        ("epochs", int),
        ("batch_size", int),
        ("learning_rate", float),
        ("init_scale", float),
        ("seed", int),
        ("samples", int),
        ("dimensions", int),
    ):
        flag = f"--{name.replace('_', '-')}"
        train.add_argument(flag, type=kind, metavar="N", help=SETTINGS[name].help)
    train.add_argument("--data-dir", metavar="DIR", help="folder with files of datasets (sets CAE_DATA_DIR)")
    own = train.add_argument_group("own data")
    own.add_argument(
        "--data",
        type=Path,
        metavar="FILE",
        help="CSV, Parquet, NPY, NPZ, ZIP of images, or a folder of images",
    )
    own.add_argument("--label", metavar="COLUMN", help="column with the classes; an empty name: none")
    own.add_argument("--leave-out", nargs="+", metavar="COLUMN", help="columns that are no inputs")
    own.add_argument("--missing", choices=get_args(Missing), help="what becomes of rows with missing values")
    own.add_argument("--scaling", choices=get_args(Scaling), help="what becomes of the numbers")
    own.add_argument("--side", type=int, metavar="N", help="longest side of an image in pixels, at most 32")
    own.add_argument("--limit", type=int, metavar="N", help="most samples to take")
    own.add_argument(
        "--square",
        action=argparse.BooleanOptionalAction,
        help="the rows of a table are square images, a column a pixel (taken for so where all are whole from 0 to 255)",
    )
    own.add_argument("--sampling", choices=get_args(Sampling), help="how a limit chooses samples")


def _own_data(parsed: argparse.Namespace) -> None:
    """Take own data in, say what was done, and let the dataset be theirs."""
    given = {name: vars(parsed)[name] for name in _PREPARATION if vars(parsed)[name] is not None}
    if parsed.data is None:
        if given:
            flags = ", ".join(f"--{name.replace('_', '-')}" for name in given)
            raise ConfigError(f"{flags} must come with --data. Got none. Name the file.")
        return
    from cae_core.own.reading import default_preparation, inspect
    from cae_core.own.store import take

    if not parsed.data.exists():
        raise ConfigError(
            f"--data must name a file or folder that exists. Got {parsed.data}. Correct the name."
        )
    given["left_out"] = tuple(given.pop("leave_out", ()))
    if "label" in given:
        given["label"] = given["label"] or None
    limits = replace(LIMITS, file_bytes=_FILE_BYTES, unpacked_bytes=_FILE_BYTES)
    path, name = str(parsed.data), parsed.data.name
    usual = default_preparation(inspect(path, name, limits))
    given["left_out"] = given["left_out"] or usual.left_out
    parsed.dataset = take(path, name, replace(usual, **given), "", limits)
    made = card(parsed.dataset)
    assert isinstance(made, OwnCard)
    print("\n".join(made.done), file=sys.stderr)


def _datasets(_: argparse.Namespace) -> None:
    """Print the datasets, one a line."""
    width = max(map(len, CATALOG))
    for name, known in CATALOG.items():
        print(f"{name:{width}}  {known.description}")


def _train(parsed: argparse.Namespace) -> None:
    """Train, print the table and write the JSON file."""
    _own_data(parsed)
    config = _with_curvature(_config(parsed), parsed.curvature)
    if parsed.json is not None:
        _check_folder("--json", parsed.json)
    _get_data(parsed)
    rows, notes = _run(config)
    print(_table(rows))
    print()
    print(_LEGEND.format(d=rows[0]["inputs"]))
    for note in notes:
        print(note, file=sys.stderr)
    if parsed.json is not None:
        _write(parsed.json, config, rows)


def _path(parsed: argparse.Namespace) -> None:
    """Train a path, write its file and print the table of its last epoch."""
    import torch

    from cae_core.analysis.path import make_path
    from cae_core.path_parts import member_rows, unpack, write_path

    _own_data(parsed)
    given = {name: getattr(parsed, name) for name in PATH_SETTINGS if getattr(parsed, name) is not None}
    spec = PathSpec.of(_config(parsed), **given)
    _check_folder("--out", parsed.out)
    _get_data(parsed)
    torch.set_num_threads(1)
    with _bar(spec.config) as bar:

        def report(doing: str, share: float) -> None:
            if doing == "UMAP":
                bar.set_description(f"UMAP of {spec.config.n_members} models, {share:.0%}", refresh=False)
            else:
                bar.update(share * spec.config.epochs - bar.n)

        parts = make_path(spec, umap=parsed.umap, report=report)
    write_path(parsed.out, parts)
    last = parts[len(spec.epochs)]
    rows = member_rows(unpack(parts[0]), unpack(last))
    print(_table(rows, tuple(column for column in _COLUMNS if column[0] in rows[0])))
    print()
    print(_LEGEND.format(d=unpack(parts[0]).header["d"]).rsplit("\n", 1)[0])
    size = parsed.out.stat().st_size / 1e6
    print(f"\n{parsed.out}: {len(spec.epochs)} moments of {spec.config.n_members} models, {size:.1f} MB")
    for objective, epoch in zip(spec.config.objectives, unpack(last).header["failed"], strict=True):
        if epoch:
            print(stopped(objective, epoch), file=sys.stderr)


def _check_folder(option: str, file: Path) -> None:
    """Refuse a file that cannot be written, before anything is trained."""
    if not file.absolute().parent.is_dir():
        raise ConfigError(
            f"The folder of {option} must exist. Got {file}. Make the folder first, or choose another."
        )
    if file.is_dir() or not os.access(file if file.exists() else file.absolute().parent, os.W_OK):
        raise ConfigError(f"{option} must name a file that can be written. Got {file}. Choose another.")


def _get_data(parsed: argparse.Namespace) -> None:
    """Get the dataset's files, from the folder named or by download."""
    from cae_core.datasets import DATA_VARIABLE, fetch

    if parsed.data_dir is not None:
        os.environ[DATA_VARIABLE] = parsed.data_dir
    fetch(parsed.dataset, _Download())


def _config(parsed: argparse.Namespace) -> Config:
    """The dataset's default config with what was asked for."""
    values = vars(parsed)
    given = {name: values[name] for name in ("lam", *SETTINGS) if values.get(name) is not None}
    if "hidden" in given:
        given["hidden"] = tuple(given["hidden"])
    if "lam" in given:
        given["lam"] = tuple(given["lam"])
    return Config.for_dataset(parsed.dataset, **given)


def _with_curvature(config: Config, gamma: float) -> Config:
    """The config with the curvature penalty on its contractive members."""
    if gamma and not any(objective.contractive for objective in config.objectives):
        raise ConfigError("--curvature must come with a lambda above 0. Got none. Name one with --lam.")
    return config.but(
        objectives=tuple(
            replace(objective, curvature=gamma) if objective.contractive else objective
            for objective in config.objectives
        )
    )


def _run(config: Config) -> tuple[list[dict[str, Any]], tuple[str, ...]]:
    """Train with a progress bar.

    Args:
        config: what to train.

    Returns:
        The measures, one row a model, and a sentence for each model whose training stopped.
    """
    import torch

    from cae_core.analysis.neighbours import accuracies, noisy
    from cae_core.datasets import load
    from cae_core.ensemble import Ensemble
    from cae_core.training import advance, init_state, make_frame, steps_per_epoch

    torch.set_num_threads(1)  # two threads on two busy cores are many times slower than one
    dataset = load(config)
    per_epoch = steps_per_epoch(config, dataset)
    total, state = config.epochs * per_epoch, init_state(config, dataset, record=False)
    with _bar(config) as bar:
        while state.step < total:
            steps = min(_CHUNK, total - state.step)
            state = advance(config, dataset, state, steps, record=False)
            bar.update(steps / per_epoch)
    frame = make_frame(config, dataset, state)
    ensemble = Ensemble.of(config, [torch.from_numpy(w) for w in frame.weights])
    neighbours = accuracies(ensemble, dataset, [dataset.x_test, noisy(dataset.x_test)])
    rows = [
        {
            "model": objective.label,
            "inputs": dataset.n_inputs,
            "lam": objective.lam,
            "lam_mean": objective.lam / dataset.n_inputs,
            "curvature": objective.curvature,
            "reconstruction_error": float(frame.view["reconstruction_error"][k]),
            "variance_lost": float(frame.view["variance_lost"][k]),
            "mean_norm": float(frame.view["norm"][k].mean()),
            "relative_contraction": float(frame.view["relative_contraction"][k]),
            "saturation": float(frame.view["saturation"][k]),
            "knn_clean": float(neighbours[k, 0]),
            "knn_noisy": float(neighbours[k, 1]),
        }
        for k, objective in enumerate(config.objectives)
    ]
    return rows, frame.notes


def _bar(config: Config) -> tqdm[Any]:
    """A bar in epochs; where nobody watches a terminal, a line every ten seconds."""
    models = "1 model" if config.n_members == 1 else f"{config.n_members} models"
    terminal = sys.stderr.isatty()
    return tqdm(
        total=config.epochs,
        desc=f"Training {models} on {_name(config)}",
        bar_format=_BAR if terminal else _BAR.replace("|{bar}|", " ") + "\n",
        mininterval=0.1 if terminal else 10.0,
        file=sys.stderr,
    )


def _name(config: Config) -> str:
    """What a line calls a dataset: its key, or the name of one's own file."""
    known = card(config.dataset)
    return known.title if isinstance(known, OwnCard) else known.name


class _Download:
    """A progress bar that appears when a download starts."""

    def __init__(self) -> None:
        self.bar: tqdm[Any] | None = None

    def __call__(self, done: int, total: int) -> None:
        """Show the bytes done of all bytes."""
        if self.bar is None:
            self.bar = tqdm(total=total, desc="Downloading", unit="B", unit_scale=True, file=sys.stderr)
        self.bar.update(done - self.bar.n)
        if done >= total:
            self.bar.close()


def _table(rows: list[dict[str, Any]], columns: Sequence[tuple[str, str, str]] = _COLUMNS) -> str:
    """The rows as text, right-aligned; a dash where there is no number."""
    cells = [[heading for _, heading, _ in columns]]
    cells += [[_cell(row, key, form) for key, _, form in columns] for row in rows]
    widths = [max(len(line[i]) for line in cells) for i in range(len(columns))]
    lines = ["  ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True)) for line in cells]
    return "\n".join(lines)


def _cell(row: dict[str, Any], key: str, form: str) -> str:
    value = row[key]
    if value is None:
        return str(row["model"]) if key == "lam" else "–"
    if math.isfinite(value):
        return format(value, form)
    return "collapsed" if key == "relative_contraction" else "–"


def _write(path: Path, config: Config, rows: list[dict[str, Any]]) -> None:
    """Write the numbers and the config as JSON; null where there is no number."""
    settings = {name: value for name, value in asdict(config).items() if not name.startswith("_")}
    models = [
        {
            key: value if not isinstance(value, float) or math.isfinite(value) else None
            for key, value in row.items()
        }
        for row in rows
    ]
    known = card(config.dataset)
    data = {"data": {"file": known.source, "done": known.done}} if isinstance(known, OwnCard) else {}
    text = json.dumps({"config": settings, **data, "models": models}, indent=2, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
