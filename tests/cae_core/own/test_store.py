"""Own data as datasets: kept, loaded, trained on in another process, removed."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_iris, load_wine

from cae_core.__main__ import main
from cae_core.catalog import OWN_VARIABLE, OwnCard, card
from cae_core.config import Config
from cae_core.datasets import load
from cae_core.engine import Engine
from cae_core.errors import ConfigError
from cae_core.own import store
from cae_core.own.model import Preparation, Prepared
from cae_core.training import make_frame, train


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(OWN_VARIABLE, str(tmp_path))
    return tmp_path


def samples(n: int = 60, d: int = 5, **changes: object) -> Prepared:
    rng = np.random.default_rng(3)
    x = (rng.normal(size=(n, d)) * 7 + 3).astype(np.float32)
    y = np.arange(n, dtype=np.int64) % 3
    values = {"y": y, "class_names": ("a", "b", "c"), "feature_names": tuple(f"f{i}" for i in range(d))}
    return Prepared(x, "table", **{**values, **changes})  # type: ignore[arg-type]


def test_what_was_kept_is_loaded_with_its_labels_and_names() -> None:
    prepared = samples()
    name = store.keep(prepared, "Mine", "mine.csv", "secret")
    dataset = load(Config.for_dataset(name))
    both = np.concatenate([dataset.x_test, dataset.x_train])
    labels = np.concatenate([dataset.y_test, dataset.y_train])
    order = np.lexsort(both.T)
    expected = np.lexsort(prepared.x.T)
    np.testing.assert_array_equal(both[order], prepared.x[expected])
    np.testing.assert_array_equal(labels[order], prepared.y[expected])
    assert dataset.feature_names == prepared.feature_names
    assert len(dataset.x_test) == 18


def test_standardising_takes_no_test_sample_into_account() -> None:
    dataset = load(Config.for_dataset(store.keep(samples(standardise=True), "Mine", "mine.csv", "s")))
    np.testing.assert_allclose(dataset.x_train.std(axis=0), 1.0, rtol=1e-5)
    np.testing.assert_allclose(dataset.x_train.mean(axis=0), 0.0, atol=1e-5)


@pytest.mark.parametrize(
    "change",
    [
        {"secret": "other"},
        {"source": "other.csv"},
        {"preparation": Preparation(missing="drop")},
        {"prepared": samples(61)},
    ],
    ids=lambda change: next(iter(change)),
)
def test_another_visitor_file_or_preparation_is_another_config(change: dict[str, object]) -> None:
    values: dict[str, object] = {"prepared": samples(), "title": "Mine", "source": "mine.csv", "secret": "s"}
    one, again, other = (store.keep(**{**values, **more}) for more in ({}, {}, change))  # type: ignore[arg-type]
    assert one == again != other
    assert Config.for_dataset(one).key != Config.for_dataset(other).key


def test_what_was_removed_is_told_in_one_sentence() -> None:
    name = store.keep(samples(), "Mine", "mine.csv", "of a dataset that nobody has loaded")
    config = Config.for_dataset(name)
    store.forget([name, name])
    with pytest.raises(ConfigError, match="Bring the file again"):
        card(name)
    with pytest.raises(ConfigError, match="Bring the file again"):
        load(config)


def test_the_end_of_a_visit_leaves_nothing_of_it_and_all_of_the_others(folder: Path) -> None:
    mine = [store.keep(samples(n), "Mine", "mine.csv", "I") for n in (60, 70)]
    theirs = store.keep(samples(), "Theirs", "mine.csv", "they")
    (store.visit_folder("I") / "file-1").write_bytes(b"what was brought")
    store.sweep("I", mine[:1])
    assert card(mine[0]).n_inputs == 5
    with pytest.raises(ConfigError):
        card(mine[1])
    store.end_visit("I")
    assert {path.name for path in folder.iterdir()} == {
        f"{theirs}.json",
        f"{theirs}.npz",
        store.visit_folder("they").name,
    }


def test_long_names_of_inputs_take_no_more_room_than_their_letters(folder: Path) -> None:
    prepared = samples(feature_names=("x" * 100_000, "b", "c", "d", "e"))
    name = store.keep(prepared, "Mine", "mine.csv", "s")
    assert (folder / f"{name}.npz").stat().st_size < 150_000
    assert load(Config.for_dataset(name)).feature_names == prepared.feature_names


@pytest.mark.parametrize("name", ["own-", "own-../../etc/passwd", "own-" + "g" * 32, "own-" + "a" * 32])
def test_a_name_that_is_none_reaches_no_file(name: str) -> None:
    with pytest.raises(ConfigError):
        card(name)


def test_a_worker_trains_on_own_data_as_this_process_does() -> None:
    config = Config.for_dataset(store.keep(samples(), "Mine", "mine.csv", "s"), hidden=(8,), epochs=2)
    here = make_frame(config, load(config), train(config, load(config)))
    with closing(Engine()) as engine:
        engine.request(config, 2, "visitor")
        there = engine.wait(config, 2)
    np.testing.assert_array_equal(there.weights[0], here.weights[0])


@pytest.mark.parametrize(
    ("prepared", "keeps"),
    [
        pytest.param(
            Prepared(load_wine().data.astype(np.float32), "table", standardise=True), 0.2, id="wine"
        ),
        pytest.param(
            Prepared(load_iris().data.astype(np.float32), "table", standardise=True), 0.2, id="iris"
        ),
    ],
)
def test_the_defaults_keep_the_data_and_the_largest_lambda_loses_them(
    prepared: Prepared, keeps: float
) -> None:
    d = prepared.x.shape[1]
    named = Prepared(
        prepared.x, "table", feature_names=tuple(f"f{i}" for i in range(d)), standardise=prepared.standardise
    )
    name = store.keep(named, "Mine", "mine.csv", "s")
    known = card(name)
    config = Config.for_dataset(name, lam=(0.0, Config.for_dataset(name).objectives[1].lam, known.lam_high))
    dataset = load(config)
    lost = make_frame(config, dataset, train(config, dataset)).view["variance_lost"]
    assert lost[0] <= lost[1] < keeps
    assert lost[2] > 0.8


def test_the_command_line_trains_on_a_file_and_says_what_was_done(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rng = np.random.default_rng(0)
    lines = [
        "a,b,c,kind",
        *(f"{a:.3f},{b:.3f},{c:.3f},{'xy'[i % 2]}" for i, (a, b, c) in enumerate(rng.normal(size=(40, 3)))),
    ]
    file, out = tmp_path / "mine.csv", tmp_path / "out.json"
    file.write_text("\n".join(lines))
    assert main(["train", "--data", str(file), "--leave-out", "c", "--epochs", "2", "--json", str(out)]) == 0
    told = capsys.readouterr()
    assert "40 rows and 4 columns were read from CSV." in told.err
    written = json.loads(out.read_text())
    assert written["data"]["file"] == "mine.csv"
    assert written["models"][0]["inputs"] == 2
    assert any("left out by choice: c" in step for step in written["data"]["done"])
    made = card(written["config"]["dataset"])
    assert isinstance(made, OwnCard)
    assert made.class_names == ("x", "y")


@pytest.mark.parametrize(
    "arguments", [["--data", "nowhere.csv"], ["--label", "a"]], ids=["no such file", "no file"]
)
def test_the_command_line_refuses_what_makes_no_sense(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["train", *arguments]) == 2
    assert "--data must name" in capsys.readouterr().err or arguments[0] == "--label"
