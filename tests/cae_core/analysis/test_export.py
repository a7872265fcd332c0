"""Files to take away: read back by the tools that readers use."""

from __future__ import annotations

import csv
import json
from io import BytesIO, StringIO

import numpy as np
import pytest

from cae_core.analysis import export
from cae_core.analysis.models import codes
from cae_core.config import Config, Objective
from cae_core.datasets import load
from cae_core.ensemble import Layout
from cae_core.frame import Frame
from cae_core.work import train_chunk

PAIR = (Objective(), Objective(lam=0.5))


def frame_of(dataset: str, **changes: object) -> Frame:
    return train_chunk(Config.for_dataset(dataset, objectives=PAIR, **changes), None, until=0).frames[-1]


@pytest.fixture(scope="module")
def digits() -> Frame:
    return frame_of("digits", samples=64, hidden=(5,))


def rows(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(data.decode())))


def test_codes_csv(digits: Frame) -> None:
    found, values = rows(export.codes_csv(digits)), codes(digits)
    n = values.shape[1]
    assert [row["model"] for row in found] == ["ae"] * n + ["cae"] * n
    assert [int(row["sample"]) for row in found] == [*range(n), *range(n)]
    table = np.array([[float(row[f"h{j + 1}"]) for j in range(5)] for row in found]).reshape(2, n, 5)
    np.testing.assert_allclose(table, values, rtol=1e-6)
    np.testing.assert_allclose([float(row["norm"]) for row in found], digits.view["norm"].ravel(), rtol=1e-6)
    labels = load(digits.config).y_display
    assert [int(row["label"]) for row in found[:n]] == list(labels)
    assert all(row["class"] == row["label"] for row in found)


def test_norms_csv(digits: Frame) -> None:
    found = rows(export.norms_csv(digits))
    for name in ("norm", "error"):
        for k, model in enumerate(("ae", "cae")):
            numbers = [float(row[f"{name}_{model}"]) for row in found]
            np.testing.assert_allclose(numbers, digits.view[name][k], rtol=1e-6)


def test_no_labels_are_empty_cells() -> None:
    frame = frame_of("noise", hidden=(4,))
    assert {row["label"] + row["class"] for row in rows(export.norms_csv(frame))} == {""}
    with np.load(BytesIO(export.codes_npz(frame)), allow_pickle=False) as file:
        assert "label" not in file.files


def test_codes_npz(digits: Frame) -> None:
    with np.load(BytesIO(export.codes_npz(digits)), allow_pickle=False) as file:
        np.testing.assert_array_equal([file["codes_ae"], file["codes_cae"]], codes(digits))
        np.testing.assert_array_equal(file["sample"], np.arange(len(file["label"])))
        np.testing.assert_array_equal(file["label"], load(digits.config).y_display)
        assert json.loads(str(file["config"]))["hidden"] == [5]
        assert int(file["epoch"]) == 0


def test_files_of_runs_that_share_a_frame_are_the_same(digits: Frame) -> None:
    longer = digits.for_config(digits.config.but(epochs=digits.config.epochs + 1))
    with np.load(BytesIO(export.weights_npz(longer)), allow_pickle=False) as file:
        found = json.loads(str(file["config"]))
    with np.load(BytesIO(export.weights_npz(digits)), allow_pickle=False) as file:
        assert json.loads(str(file["config"])) == found
    assert "epochs" not in found


@pytest.mark.parametrize("tied", [True, False])
def test_weights_npz_rebuild_the_codes(tied: bool) -> None:
    frame = frame_of("digits", samples=64, hidden=(5, 3), tied=tied)
    names = export.parameter_names(2, tied=tied)
    shapes = Layout.of(frame.config, 64).shapes
    x = load(frame.config).x_display
    with np.load(BytesIO(export.weights_npz(frame)), allow_pickle=False) as file:
        for model in ("ae", "cae"):
            assert [file[f"{model}_{name}"].shape for name in names] == [shape[1:] for shape in shapes]
        assert ("cae_V2" in file.files) == (not tied)
        h = x
        for layer in "12":
            h = 1 / (1 + np.exp(-(h @ file[f"cae_W{layer}"] + file[f"cae_b{layer}"])))
    np.testing.assert_allclose(h, codes(frame)[1], atol=1e-5)


def test_a_text_is_no_formula() -> None:
    for begin in "=+-@\t\r":
        assert export.as_text(begin + "A1") == "'" + begin + "A1"
    assert export.as_text("a = b") == "a = b"
