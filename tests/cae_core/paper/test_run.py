"""Computing cells: resuming after a kill, two processes at once, the time limit; and the whole command."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from cae_core.__main__ import main
from cae_core.paper.arguments import SHIPPED
from cae_core.paper.cells import Cells
from cae_core.paper.data import parts
from cae_core.paper.finetuning import Tuning, fine_tune
from cae_core.paper.run import Folders, run
from cae_core.paper.schedule import jobs
from cae_core.paper.settings import FULL, Check, Classifier, Model, classifiers, models
from cae_core.paper.table import picks
from tests.cae_core.paper.made import SMALL, grid

ROOT = Path(__file__).resolve().parents[3]

PROGRAM = """
import sys
from pathlib import Path
import torch
torch.set_num_threads(1)
from cae_core.paper.run import Folders, run
from tests.cae_core.paper.made import SMALL
folder = Path(sys.argv[1])
print("begun", flush=True)
run(SMALL, Folders(folder / "cells", (), folder / "weights"), workers=1)
"""


def folders(path: Path) -> Folders:
    return Folders(path / "cells", (), path / "weights")


def contents(path: Path) -> dict[str, dict[str, Any]]:
    """What the cells hold, but when and how fast they were made."""
    cells = {file.name: json.loads(file.read_text()) for file in (path / "cells").glob("*.json")}
    return {
        name: {key: value for key, value in cell.items() if key not in {"seconds", "made"}}
        for name, cell in cells.items()
    }


def same(found: dict[str, dict[str, Any]], wanted: dict[str, dict[str, Any]]) -> None:
    """The same cells; where a job was cut, a model was trained in another company, and rounding may differ."""
    assert found.keys() == wanted.keys()
    for name, cell in wanted.items():
        assert found[name].keys() == cell.keys()
        for key in ("method", "value", "rate", "seed", "model", "tuning_rate"):
            assert found[name].get(key) == cell.get(key)
        for key in ("norm", "saturated", "ratio", "training_error", "validation_loss"):
            if key in cell:
                assert found[name][key] == pytest.approx(cell[key], rel=1e-3)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run from beginning to end."""
    path = tmp_path_factory.mktemp("whole")
    assert run(SMALL, folders(path), workers=1)
    return path


def start(path: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(path)], cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )


def test_a_killed_run_goes_on_to_the_same_cells(whole: Path, tmp_path: Path) -> None:
    process = start(tmp_path)
    end = time.monotonic() + 120
    while not list(tmp_path.glob("cells/*.json")) and time.monotonic() < end:
        time.sleep(0.02)
    process.kill()
    process.wait(30)
    assert 0 < len(contents(tmp_path)) < len(contents(whole))
    assert run(SMALL, folders(tmp_path), workers=1)
    same(contents(tmp_path), contents(whole))


def test_without_weights_the_model_is_trained_again(whole: Path, tmp_path: Path) -> None:
    """Another machine has the cells of pretraining, but not the weights; alone, rounding may differ."""
    (tmp_path / "cells").mkdir()
    for file in (whole / "cells").glob("*.json"):
        if "tuning_rate" not in json.loads(file.read_text()):
            (tmp_path / "cells" / file.name).write_bytes(file.read_bytes())
    assert run(SMALL, folders(tmp_path), workers=1)
    found, wanted = contents(tmp_path), contents(whole)
    same(found, wanted)


def test_two_processes_on_one_folder_share_the_work(whole: Path, tmp_path: Path) -> None:
    processes = [start(tmp_path) for _ in range(2)]
    assert [process.wait(120) for process in processes] == [0, 0]
    same(contents(tmp_path), contents(whole))


def test_spawned_workers_make_the_same_cells(
    whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Whatever the main script is, as here that of a page, workers do not run it.
    page = tmp_path / "page.py"
    page.write_text("raise SystemExit('The main script was run again.')")
    monkeypatch.setattr(sys.modules["__main__"], "__file__", str(page), raising=False)
    monkeypatch.setattr(sys.modules["__main__"], "__spec__", None, raising=False)
    one = replace(SMALL, seeds=1)
    assert run(one, folders(tmp_path), workers=2)
    found = contents(tmp_path)
    assert found == {name: contents(whole)[name] for name in found}
    assert len(found) == 3 + 3 + 2  # every model, with the first rate, and the middle ones with the other


def test_fine_tuning_on_all_images_ends_with_the_last_epoch(tmp_path: Path, whole: Path) -> None:
    check = Check("all images", (("tuning_all", True),))
    shutil.copytree(whole, tmp_path, dirs_exist_ok=True)
    assert run(replace(SMALL, checks=(check,)), folders(tmp_path), workers=1)
    new = [cell for name, cell in contents(tmp_path).items() if name not in contents(whole)]
    assert sorted((cell["method"], cell["seed"], cell["stage"]) for cell in new) == [
        (method, seed, "fine-tuning") for method in ("ae", "cae") for seed in (0, 1)
    ]
    data = parts(SMALL.dataset)
    for cell in new:
        with np.load(tmp_path / "weights" / f"{cell['model']}.npz") as kept:
            W, b = (torch.from_numpy(kept[name])[None] for name in ("W", "b"))
        tuning = Tuning(
            (cell["tuning_rate"],), SMALL.tuning_batch_size, SMALL.tuning_epochs, 99, cell["seed"]
        )
        (alone,), (less,) = (fine_tune(part, W, b, tuning) for part in (data.with_validation(), data))
        assert (cell["best_epoch"], cell["validation_error"]) == (SMALL.tuning_epochs, None)
        assert cell["test_error"] == pytest.approx(alone.test[-1], abs=0.006)  # two of the test digits
        assert abs(less.test[-1] - alone.test[-1]) > 0.012
        assert len(alone.test) == SMALL.tuning_epochs
    train, validation = len(data.train[0]), len(data.validation[0])
    x, y = data.with_validation().train
    assert x.shape == (train + validation, 64)
    np.testing.assert_array_equal(x[train:], data.validation[0])
    np.testing.assert_array_equal(y[train:], data.validation[1])


def test_work_that_is_held_is_not_begun(tmp_path: Path) -> None:
    cells = Cells(tmp_path)
    with cells.claim("job") as held, Cells(tmp_path).claim("job") as again:
        assert (held, again) == (True, False)
    with Cells(tmp_path).claim("job") as later:
        assert later


def test_after_the_minutes_nothing_is_begun(tmp_path: Path) -> None:
    assert not run(SMALL, folders(tmp_path), workers=1, minutes=0)
    assert contents(tmp_path) == {}


def test_progress_says_how_much_is_left(tmp_path: Path) -> None:
    lines: list[str] = []
    run(SMALL, folders(tmp_path), workers=1, say=lines.append)
    assert "0 of 8 cells, then 1 more seeds of what validation picks" in lines[0]


def test_other_seeds_train_what_was_picked_alone(tmp_path: Path) -> None:
    low, _ = SMALL.tuning_rates
    cells = grid(tmp_path, {("cae", 1.0, low): (0.01, 0.9), ("ae", 0.0, low): (0.01, 0.9)})
    wanted = {(pick.model.method, pick.model.value) for pick in picks(SMALL, cells).values()}
    later = [one for job in jobs(SMALL, cells) for one in job.missing(cells)]
    trained = {(m.method, m.value) for m in later if isinstance(m, Model)}
    assert trained == wanted == {("cae", 1.0), ("ae", 0.0)}
    assert {m.seed for m in later if isinstance(m, Model)} == {1}


def test_checks_come_last_and_train_no_more_than_they_change(tmp_path: Path) -> None:
    low, _ = SMALL.tuning_rates
    cells = grid(tmp_path, {("cae", 1.0, low): (0.01, 0.9), ("ae", 0.0, low): (0.01, 0.9)})
    checks = (
        Check("nine epochs", (("epochs", 9),)),
        Check("other fine-tuning", (("tuning_batch_size", 5),), tuning_rate=0.2),
    )
    *_, trained, tuned, alone = jobs(replace(SMALL, seeds=1, checks=checks), cells)
    assert {
        (row.rate, row.model.experiment.epochs) for row in alone.cells if isinstance(row, Classifier)
    } == {(0.2, SMALL.epochs)}
    assert alone.ready(cells)
    assert not tuned.ready(cells)
    assert [
        (m.method, m.value, m.experiment.epochs, m.seed) for m in trained.cells if isinstance(m, Model)
    ] == [
        ("cae", 1.0, 9, 0),
        ("ae", 0.0, 9, 0),
    ]
    assert len(tuned.cells) == 2


def test_the_cells_that_come_along_are_those_of_the_experiment() -> None:
    cells = Cells(SHIPPED)
    known = {one.key for job in jobs(FULL, cells) for one in job.cells}
    assert {file.stem for file in SHIPPED.glob("*.json")} == known


def test_a_damaged_cell_is_named(tmp_path: Path) -> None:
    model = models(SMALL, 0)[0]
    (tmp_path / f"{model.key}.json").write_text("{")
    with pytest.raises(ValueError, match="Remove the file"):
        Cells(tmp_path).get(model.key)


def test_keys_tell_apart_what_decides() -> None:
    model = models(SMALL, 0)[0]
    rows = [
        model.key,
        replace(model, seed=1).key,
        replace(model, rate=1.0).key,
        replace(model, experiment=replace(SMALL, epochs=3)).key,
        *(row.key for row in classifiers(model)),
        replace(classifiers(model)[0], model=replace(model, experiment=replace(SMALL, patience=1))).key,
    ]
    assert len(set(rows)) == len(rows)
    assert replace(model, experiment=replace(SMALL, patience=1, seeds=7)).key == model.key


def test_all_quick_from_end_to_end(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    begin = time.monotonic()
    assert main(["paper", "all", "--quick", "--out", str(tmp_path)]) == 0
    assert time.monotonic() - begin < 60
    printed = capsys.readouterr().out
    assert "Table 1, here and in the paper" in printed
    assert "The run is complete" in printed
    text, page = (tmp_path / "report.md").read_text(), (tmp_path / "report.html").read_text()
    for words in ("1.14 %", "What does not reproduce", "python -m cae_core paper all --quick"):
        assert words in text
        assert words in page
    for name in ("errors", "norms", "figure1", "figure2", "path-error", "path-saturation"):
        assert f"({name}.svg)" in text
        json.loads((tmp_path / f"{name}.json").read_text())
    assert (tmp_path / "plotly.min.js").is_file()
    before = contents(tmp_path)
    assert main(["paper", "table1", "--quick", "--minutes", "1", "--out", str(tmp_path)]) == 0
    assert contents(tmp_path) == before


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--seeds", "0"], "--seeds must be between 1 and 100"),
        (["--epochs", "0"], "Epochs must be between"),
        (["--minutes", "-1"], "--minutes must be at least 0"),
        (["--workers", "0"], "--workers must be at least 1"),
        (["--out", "/proc/nothing"], "--out must be a folder that can be written"),
        (["--minutes", "0", "--fresh"], "A table needs a finished classifier"),
    ],
)
def test_what_is_not_possible_gets_a_sentence(
    arguments: list[str], words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = arguments if "--out" in arguments else [*arguments, "--out", str(tmp_path)]
    assert main(["paper", "table1", "--quick", *given]) == 2
    assert words in capsys.readouterr().err


def test_a_gpu_that_is_not_there_gets_a_sentence(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    import torch

    if torch.cuda.is_available():
        pytest.skip("There is a GPU.")
    assert main(["paper", "table1", "--quick", "--device", "cuda", "--out", str(tmp_path)]) == 2
    assert "--device cuda needs a GPU" in capsys.readouterr().err
