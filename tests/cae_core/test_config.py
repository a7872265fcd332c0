"""Configs: what is refused, and when two are the same."""

from __future__ import annotations

import math
import pickle
import subprocess
import sys
from dataclasses import FrozenInstanceError, fields, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cae_core
from cae_core.catalog import CATALOG, card
from cae_core.config import SETTINGS, Config, Objective
from cae_core.errors import ConfigError, ContractionLabError
from tests.cae_core.strategies import architectures, objectives, schedules


@pytest.mark.parametrize(
    "change",
    [
        {"dataset": "imagenet"},
        {"objectives": ()},
        {"objectives": (0.1,)},
        {"hidden": ()},
        {"hidden": (4, 3, 2, 1)},
        {"hidden": (0,)},
        {"hidden": (4097,)},
        {"hidden": (2.5,)},
        {"activation": "gelu"},
        {"tied": "yes"},
        {"loss": "hinge"},
        {"init": "zeros"},
        {"init_scale": 0.0},
        {"optimizer": "lion"},
        {"learning_rate": -1e-3},
        {"learning_rate": "fast"},
        {"batch_size": 0},
        {"batch_size": 1.5},
        {"epochs": True},
        {"epochs": None},
        {"seed": -1},
        {"seed": 2**31},
        {"samples": 9},
        {"dimensions": 1},
        {"dtype": "float16"},
    ],
    ids=str,
)
def test_what_a_config_refuses(change: dict) -> None:
    with pytest.raises(ConfigError, match=r"must .*Got ") as caught:
        Config(**change)
    assert isinstance(caught.value, ValueError)
    assert isinstance(caught.value, ContractionLabError)


@pytest.mark.parametrize("name", ["lam", "weight_decay", "gaussian", "masking"])
@pytest.mark.parametrize("value", [-1e-9, math.nan, math.inf, 1e7, "much", None, True])
def test_what_an_objective_refuses(name: str, value: object) -> None:
    with pytest.raises(ConfigError, match=name):
        Objective(**{name: value})


@pytest.mark.parametrize(
    "schedule", [((0, 1.0),), ((3, 1.0), (3, 2.0)), ((5, 1.0), (3, 2.0)), ((3, -1.0),), ((3, math.nan),)]
)
def test_what_a_schedule_refuses(schedule: tuple) -> None:
    with pytest.raises(ConfigError, match="schedule"):
        Objective(schedule=schedule)


def test_masking_everything_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"masking must be between 0 and 0\.999"):
        Objective(masking=1.0)


@given(lam=st.floats(0, 100), schedule=schedules(), epoch=st.integers(0, 40))
def test_lambda_of_an_epoch(lam: float, schedule: tuple, epoch: int) -> None:
    expected = lam
    for e in range(epoch + 1):
        expected = dict(schedule).get(e, expected)
    assert Objective(lam=lam, schedule=schedule).lam_at(epoch) == expected


@pytest.mark.parametrize(
    ("objective", "label"),
    [
        (Objective(), "AE"),
        (Objective(lam=0.1), "CAE 0.1"),
        (Objective(lam=0.0, schedule=((3, 2.0),)), "CAE 0 → 2"),
        (Objective(gaussian=0.3), "DAE Gaussian 0.3"),
        (Objective(masking=0.25), "DAE masking 0.25"),
        (Objective(weight_decay=0.01), "AE + weight decay 0.01"),
    ],
)
def test_labels(objective: Objective, label: str) -> None:
    assert objective.label == label


@given(architecture=architectures(), members=st.lists(objectives(), min_size=1, max_size=3))
def test_equal_configs_have_one_key(architecture: dict, members: list[Objective]) -> None:
    config = Config(objectives=tuple(members), **architecture)
    again = Config(objectives=list(members), **{**architecture, "hidden": list(architecture["hidden"])})
    assert config == again
    assert hash(config) == hash(again)
    assert config.key == again.key
    assert pickle.loads(pickle.dumps(config)) == config


def test_other_number_types_are_the_same_config() -> None:
    plain = Config(hidden=(64,), batch_size=32, epochs=5, seed=1, samples=100, learning_rate=1.0, tied=True)
    odd = Config(
        hidden=(np.int64(64),),
        batch_size=32.0,
        epochs=np.int32(5),
        seed=np.int64(1),
        samples=100.0,
        learning_rate=1,
        tied=1,
    )
    assert odd.key == plain.key
    assert type(odd.hidden[0]) is type(odd.batch_size) is type(odd.samples) is int
    assert odd.tied is True


def test_the_key_is_of_the_weights() -> None:
    """Every setting changes it, the number of epochs aside: weights at epoch 10 are the same in a run of 20 or 60."""
    config = Config("noise")
    others = {
        "dataset": "wine",
        "objectives": (Objective(),),
        "hidden": (64,),
        "activation": "tanh",
        "tied": False,
        "loss": "cross_entropy",
        "init": "paper",
        "init_scale": 2.0,
        "optimizer": "sgd",
        "learning_rate": 0.1,
        "batch_size": 10,
        "seed": 1,
        "samples": 100,
        "dimensions": 5,
        "dtype": "float64",
    }
    keys = {config.but(**{name: value}).key for name, value in others.items()}
    assert len(keys | {config.key}) == len(others) + 1
    assert config.but(epochs=1).key == config.key
    assert {f.name for f in fields(Config)} == {*others, "epochs", "_hash"}


@pytest.mark.parametrize("dataset", CATALOG)
def test_a_default_said_aloud_is_the_same_config(dataset: str) -> None:
    config, known = Config.for_dataset(dataset), card(dataset)
    assert config.but(samples=known.n_train) == config
    assert config.but(dimensions=16) == config
    assert config.but(samples=known.n_train, dimensions=16).key == config.key
    assert config.but(samples=50).samples == 50
    assert config.but(dimensions=5).dimensions == (5 if dataset == "noise" else None)


def test_the_key_is_the_same_in_another_process() -> None:
    code = "from cae_core.config import Config; print(Config().key)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == Config().key


def test_a_config_is_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        Config().seed = 3  # type: ignore[misc]


@pytest.mark.parametrize("dataset", CATALOG)
def test_defaults_of_every_dataset_are_valid(dataset: str) -> None:
    config = Config.for_dataset(dataset)
    assert config.dataset == dataset
    assert config.n_members == 2
    assert [o.contractive for o in config.objectives] == [False, True]


def test_defaults_of_a_dataset_may_be_changed() -> None:
    config = Config.for_dataset("mnist", lam=(0, 1, 2), seed=3)
    assert config.hidden == CATALOG["mnist"].defaults["hidden"]
    assert [o.lam for o in config.objectives] == [0, 1, 2]
    assert config.seed == 3
    assert [o.lam for o in Config.for_dataset("mnist", lam=2.5).objectives] == [0, 2.5]
    assert Config.for_dataset("mnist", objectives=(Objective(),)).n_members == 1


def test_an_unknown_setting_is_named() -> None:
    with pytest.raises(ConfigError, match="Got hiden, sed"):
        Config.for_dataset("digits", hiden=(3,), sed=1)


def test_every_setting_is_a_field_with_a_text() -> None:
    names = {f.name for f in fields(Config)}
    assert set(SETTINGS) <= names
    for setting in SETTINGS.values():
        assert setting.label
        assert setting.help.endswith(".")
        assert len(setting.names) in {0, len(setting.choices)}
    urls = [s.url for s in SETTINGS.values() if s.url]
    assert len(set(urls)) == len(urls)


def test_a_copy_with_changes_is_checked() -> None:
    with pytest.raises(ConfigError):
        replace(Config(), epochs=0)


@pytest.mark.parametrize(
    "modules", ["cae_core", "cae_core.config, cae_core.catalog, cae_core.frame, cae_core.errors"]
)
def test_light_modules_load_no_heavy_ones(modules: str) -> None:
    heavy = ("torch", "sklearn", "umap", "numba", "streamlit", "scipy", "plotly")
    code = f"import sys, {modules}; print([name for name in {heavy} if name in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_the_package_exports_lazily() -> None:
    code = "import sys; from cae_core import Config, Objective, ContractionLabError; print('torch' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "False"
    assert all(getattr(cae_core, name).__name__ == name for name in cae_core.__all__)
    with pytest.raises(AttributeError, match="'nothing'"):
        _ = cae_core.nothing
