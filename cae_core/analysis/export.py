"""Codes, norms and weights of a frame as files to take away: CSV for spreadsheets, NPZ for NumPy.

Samples are named by their position in the display sample, which is the same for every config of a dataset.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from dataclasses import asdict
from io import BytesIO, StringIO

import numpy as np
from numpy.typing import NDArray

from cae_core.analysis.models import codes
from cae_core.datasets import load
from cae_core.frame import Frame

MODELS = ("ae", "cae")
"""Names of the two members in a file."""


def codes_csv(frame: Frame) -> bytes:
    """Codes of the display sample: a row a model and sample, with its label, norm and error.

    Args:
        frame: two members.

    Returns:
        UTF-8 text: ``model, sample, label, class, norm, error, h1, h2, ...``.
    """
    values = codes(frame)
    labels, names = _labels(frame)
    head = ["model", "sample", "label", "class", "norm", "error"]
    head += [f"h{j + 1}" for j in range(values.shape[2])]

    def rows() -> Iterable[list[str]]:
        for k, model in enumerate(MODELS):
            norms, errors = frame.view["norm"][k], frame.view["error"][k]
            for i, code in enumerate(values[k]):
                numbers = [f"{value:.7g}" for value in (norms[i], errors[i], *code)]
                yield [model, str(i), labels[i], names[i], *numbers]

    return _csv(head, rows())


def norms_csv(frame: Frame) -> bytes:
    """Norms and errors of the display sample, a row a sample.

    Args:
        frame: two members.

    Returns:
        UTF-8 text: ``sample, label, class, norm_ae, norm_cae, error_ae, error_cae``.
    """
    labels, names = _labels(frame)
    numbers = np.concatenate([frame.view["norm"], frame.view["error"]]).T
    head = [
        "sample",
        "label",
        "class",
        *(f"{name}_{model}" for name in ("norm", "error") for model in MODELS),
    ]
    rows = ([str(i), labels[i], names[i], *(f"{v:.7g}" for v in row)] for i, row in enumerate(numbers))
    return _csv(head, rows)


def codes_npz(frame: Frame) -> bytes:
    """Codes of the display sample as arrays.

    Args:
        frame: two members.

    Returns:
        An NPZ file: ``codes_ae`` and ``codes_cae`` (n, units), ``sample`` (n,), ``label`` (n,) and ``class_names``
        where there are classes, ``norm`` and ``error`` (2, n), ``config`` as JSON, ``epoch``.
    """
    values = codes(frame)
    dataset = load(frame.config)
    arrays: dict[str, NDArray[np.generic]] = {f"codes_{m}": values[k] for k, m in enumerate(MODELS)}
    arrays |= {"sample": np.arange(values.shape[1])}
    if dataset.y_display is not None:
        arrays |= {"label": dataset.y_display, "class_names": np.array(dataset.card.class_names)}
    arrays |= {"norm": frame.view["norm"], "error": frame.view["error"]}
    return _npz(frame, arrays)


def weights_npz(frame: Frame) -> bytes:
    """All parameters of both models by name.

    ``h_l = s(h_{l-1} W_l + b_l)`` and back ``g_{l-1} = s(g_l V_l + c_l)``; ``V_l = W_l^T`` is not in the file
    where weights are tied.

    Args:
        frame: two members.

    Returns:
        An NPZ file: ``ae_W1, ae_b1, ..., cae_c1``, ``config`` as JSON, ``epoch``.
    """
    names = parameter_names(len(frame.config.hidden), tied=frame.config.tied)
    pairs = list(zip(names, frame.weights, strict=True))
    return _npz(frame, {f"{model}_{name}": w[k] for k, model in enumerate(MODELS) for name, w in pairs})


def parameter_names(depth: int, *, tied: bool) -> list[str]:
    """Names in the order of `Layout.shapes`.

    Args:
        depth: L, the number of encoder layers.
        tied: whether the decoder has no weights of its own.

    Returns:
        ``W1, b1, ..., WL, bL, (VL,) cL, ..., (V1,) c1``.
    """
    encoder = [f"{letter}{layer}" for layer in range(1, depth + 1) for letter in "Wb"]
    return encoder + [
        f"{letter}{layer}" for layer in range(depth, 0, -1) for letter in ("c" if tied else "Vc")
    ]


def _labels(frame: Frame) -> tuple[list[str], list[str]]:
    """Label and class name of every display sample, for a CSV; empty where there are none."""
    dataset = load(frame.config)
    labels = dataset.y_display
    if labels is None:
        return [""] * len(dataset.x_display), [""] * len(dataset.x_display)
    names = dataset.card.class_names
    return [str(y) for y in labels], [as_text(names[y]) if y < len(names) else "" for y in labels]


def as_text(cell: str) -> str:
    """A text that no spreadsheet takes for a formula: one that begins like it gets an apostrophe.

    Source: OWASP, "CSV Injection". Numbers of ours, which may begin with a minus, do not come here.

    Args:
        cell: the text, which may be a visitor's.

    Returns:
        The text to write.
    """
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


def _csv(head: list[str], rows: Iterable[list[str]]) -> bytes:
    file = StringIO(newline="")
    csv.writer(file).writerows((head, *rows))
    return file.getvalue().encode()


def _npz(frame: Frame, arrays: dict[str, NDArray[np.generic]]) -> bytes:
    # Without the number of epochs: runs that differ in nothing else share their frames, and so this file.
    config = {name: value for name, value in asdict(frame.config).items() if name not in {"_hash", "epochs"}}
    file = BytesIO()
    np.savez_compressed(
        file,
        allow_pickle=False,
        config=np.array(json.dumps(config)),
        epoch=np.array(frame.epoch),
        **arrays,
    )
    return file.getvalue()
