"""The command line: its table, its file, and what it says when something is not possible."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cae_core import __main__ as command_line
from cae_core.catalog import CATALOG
from cae_core.config import Config
from cae_core.datasets import DATA_VARIABLE
from cae_core.path_parts import read_path, unpack

FIELDS = {
    "lam",
    "reconstruction_error",
    "variance_lost",
    "mean_norm",
    "relative_contraction",
    "saturation",
    "knn_clean",
    "knn_noisy",
}


@pytest.fixture(scope="module")
def digits(tmp_path_factory: pytest.TempPathFactory) -> tuple[subprocess.CompletedProcess[str], dict]:
    """What the README's command gives, in a process of its own."""
    file = tmp_path_factory.mktemp("run") / "digits.json"
    command = "train --dataset digits --lam 0 0.1 1 --epochs 60 --json"
    found = subprocess.run(
        [sys.executable, "-m", "cae_core", *command.split(), str(file)],
        capture_output=True,
        text=True,
        check=True,
    )
    return found, json.loads(file.read_text())


def test_a_path_is_written_and_its_models_are_listed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "path.npz"
    asked = (
        "path --dataset wine --epochs 3 --hidden 8 --members 3 --frames 2 --denoising 0.3 --low 0.5 --high 50"
    )
    assert command_line.main([*asked.split(), "--out", str(file)]) == 0
    shown = capsys.readouterr().out
    assert [row[0] for row in rows(shown)] == ["0", "0.5", "50", "DAE"]
    assert f"{file}: 2 moments of 4 models" in shown
    parts = [unpack(part) for part in read_path(file)]
    assert [part.header["kind"] for part in parts] == ["base", "frame", "frame"]
    assert [one["lam"] for one in parts[0].header["members"]] == [0, 0.5, 50]


@pytest.mark.parametrize("out", ["missing/path.npz", "."])
def test_a_path_that_cannot_be_written_is_not_trained(
    tmp_path: Path, out: str, capsys: pytest.CaptureFixture[str]
) -> None:
    began = time.monotonic()
    assert command_line.main(["path", "--dataset", "mnist", "--out", str(tmp_path / out)]) == 2
    assert time.monotonic() - began < 5
    assert "--out" in capsys.readouterr().err


def rows(text: str) -> list[list[str]]:
    return [line.split() for line in text.split("\n\n")[0].splitlines()[1:]]


def test_the_norm_falls_and_the_error_rises_with_lambda(digits: tuple) -> None:
    models = digits[1]["models"]
    norms, errors = ([m[key] for m in models] for key in ("mean_norm", "reconstruction_error"))
    assert norms == sorted(norms, reverse=True)
    assert errors == sorted(errors)
    assert norms[2] < 0.5 * norms[0]
    assert errors[2] > 5 * errors[0]


def test_the_table_has_one_row_a_model(digits: tuple) -> None:
    table = rows(digits[0].stdout)
    assert [row[0] for row in table] == ["0", "0.1", "1"]
    assert all(len(row) == 9 for row in table)
    assert [float(row[4]) for row in table] == [
        pytest.approx(m["mean_norm"], abs=1e-3) for m in digits[1]["models"]
    ]


def test_the_mean_convention_stands_beside_lambda(digits: tuple) -> None:
    assert float(rows(digits[0].stdout)[2][1]) == pytest.approx(1 / 64, rel=1e-2)
    assert "lambda/d" in digits[0].stdout
    assert "d = 64" in digits[0].stdout


def test_the_file_has_the_numbers_and_the_config(digits: tuple) -> None:
    found = digits[1]
    assert all(set(model) >= FIELDS for model in found["models"])
    assert [m["lam"] for m in found["models"]] == [0.0, 0.1, 1.0]
    assert found["config"]["epochs"] == 60
    assert found["config"]["hidden"] == [128]
    assert not any(name.startswith("_") for name in found["config"])
    assert all(0.8 < m["knn_noisy"] < m["knn_clean"] <= 1 for m in found["models"])


def test_progress_is_shown_where_there_is_no_terminal(digits: tuple) -> None:
    lines = digits[0].stderr.split("\n")
    assert "Training 3 models on digits: 100%  epoch 60.0/60" in digits[0].stderr
    assert len(lines) < 40


def run(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, str, str]:
    status = command_line.main([str(word) for word in words])
    captured = capsys.readouterr()
    return status, captured.out, captured.err


def test_a_dash_where_there_are_no_labels(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "noise.json"
    words = ("--hidden", 5, 3, "--epochs", 1, "--activation", "relu", "--samples", 50, "--json", file)
    status, out, _ = run(capsys, "train", "--dataset", "noise", "--dimensions", 4, *words)
    assert status == 0
    assert [row[-3:] for row in rows(out)] == [["–"] * 3] * 2
    found = json.loads(file.read_text())
    assert found["models"][0]["knn_clean"] is None
    assert found["models"][0]["saturation"] is None
    assert found["config"]["dimensions"] == 4


def test_defaults_are_those_of_the_dataset(monkeypatch: pytest.MonkeyPatch) -> None:
    def config_of(words: str) -> Config:
        return command_line._config(command_line._parser().parse_args(["train", *words.split()]))

    for name in CATALOG:
        assert config_of(f"--dataset {name}") == Config.for_dataset(name)
    everything = (
        "--dataset moons --lam 0.5 --hidden 9 8 --activation relu --untied --loss cross_entropy --init paper "
        "--init-scale 2 --optimizer sgd --learning-rate 0.1 --batch-size 7 --epochs 3 --seed 5 --samples 99 "
        "--dtype float64"
    )
    config = config_of(everything)
    assert [o.lam for o in config.objectives] == [0.5]
    assert (config.hidden, config.activation, config.tied, config.loss) == (
        (9, 8),
        "relu",
        False,
        "cross_entropy",
    )
    assert (config.init, config.init_scale, config.optimizer, config.learning_rate) == (
        "paper",
        2.0,
        "sgd",
        0.1,
    )
    assert (config.batch_size, config.epochs, config.seed, config.samples) == (7, 3, 5, 99)
    assert config.dtype == "float64"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("--dataset imagenet", "The dataset must be one of"),
        ("--lam -1", "lam must be between 0"),
        ("--samples 2000", "has 1,297 training samples"),
        ("--hidden 1 2 3 4", "one to three layers"),
        ("--epochs 0", "Epochs must be between 1"),
        ("--dataset wine --loss cross_entropy", "between 0 and 1 for cross-entropy"),
        ("--dataset own", "A dataset to load must be one of"),
        ("--json /nowhere/at/all.json", "folder of --json must exist"),
    ],
)
def test_what_is_not_possible_is_one_sentence(
    capsys: pytest.CaptureFixture[str], words: str, says: str
) -> None:
    status, out, err = run(capsys, "train", *words.split())
    assert status == 2
    assert out == ""
    assert says in err
    assert "Traceback" not in err
    assert len(err.strip().splitlines()) == 1


def test_a_folder_without_files(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: object
) -> None:
    monkeypatch.setenv(DATA_VARIABLE, "elsewhere")  # restored afterwards
    status, _, err = run(capsys, "train", "--dataset", "mnist", "--data-dir", tmp_path)
    assert status == 2
    assert str(tmp_path) in err


def test_an_unknown_option_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        command_line.main(["train", "--activation", "gelu"])
    assert caught.value.code == 2
    assert "invalid choice" in capsys.readouterr().err


def test_an_interruption_is_clean(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(command_line, "_run", interrupt)
    status, _, err = run(capsys, "train")
    assert status == 130
    assert err == "Interrupted: nothing was written.\n"


def test_the_datasets_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "datasets")
    assert status == 0
    assert [line.split()[0] for line in out.splitlines()] == list(CATALOG)


def test_help_is_made_of_the_settings(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        command_line.main(["train", "--help"])
    out = " ".join(capsys.readouterr().out.split())
    assert "Units of each encoder layer" in out
    assert "CAE_DATA_DIR" in out
