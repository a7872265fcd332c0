"""Links: what is written comes back, and whatever comes is made valid, with a sentence for each change."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from cae_core.catalog import CATALOG, card
from cae_core.config import SETTINGS, Config, check_size
from cae_core.errors import ConfigError
from cae_core.path import PATH_SETTINGS
from ui.player import COLOURS, MAPS
from ui.url import SHARED, WHOLE, Cursor, PathChoice, largest_lambda, pair, read, write

PATH_KEYS = tuple(setting.url for setting in PATH_SETTINGS.values())
KEYS = (
    *("dataset", "lam", "then", "hidden", "epoch", "sample", "colour", "map"),
    *(SETTINGS[name].url for name in SHARED),
    *PATH_KEYS,
)


def value_of(name: str, dataset: str) -> st.SearchStrategy[Any]:
    """Any valid value of a field of `Config`."""
    setting = SETTINGS[name]
    if setting.choices:
        return st.sampled_from(setting.choices)
    if name == "samples":
        return st.none() | st.integers(int(setting.low), card(dataset).max_train)
    if name == "dimensions":
        whole = st.integers(int(setting.low), int(setting.high))
        return st.none() | whole if dataset == "noise" else st.none()
    if name in WHOLE:
        return st.integers(int(setting.low), int(setting.high))
    return st.floats(setting.low, setting.high)


@st.composite
def paths(draw: st.DrawFn, dataset: str) -> PathChoice:
    """Any path that a visitor can choose."""
    shown = card(dataset)
    numbers = {
        name: draw(st.none() | st.floats(PATH_SETTINGS[name].low, PATH_SETTINGS[name].high))
        for name in ("low", "high", "denoising", "weight_decay")
    }
    low, high = numbers["low"] or shown.lam_low, numbers["high"] or shown.lam_high
    assume(low < high and numbers["low"] != shown.lam_low and numbers["high"] != shown.lam_high)
    whole = {name: draw(st.integers(1, 64)) for name in ("members", "frames")}
    return PathChoice(**{name: value for name, value in (numbers | whole).items() if value is not None})


@st.composite
def cursors(draw: st.DrawFn) -> Cursor:
    """Any cursor that a visitor can reach."""
    dataset = draw(st.sampled_from(list(CATALOG)))
    shown = card(dataset)
    usual = Config.for_dataset(dataset)
    fields = draw(st.sets(st.sampled_from(SHARED)))
    changes = {name: draw(value_of(name, dataset)) for name in SHARED if name in fields}
    if draw(st.booleans()):
        changes["hidden"] = tuple(draw(st.lists(st.integers(1, 2048), min_size=1, max_size=3)))
    lams = st.floats(0, shown.lam_high)
    try:
        check_size(usual.but(**changes))
    except ConfigError:
        assume(False)
    schedule = draw(st.dictionaries(st.integers(1, 10_000), lams, max_size=5))
    lam = draw(st.just(usual.objectives[1].lam) | lams)
    config = pair(usual.but(**changes), lam, tuple(sorted(schedule.items())))
    epoch = draw(st.just(config.epochs) | st.integers(0, config.epochs))
    return Cursor(
        config,
        epoch,
        draw(st.integers(0, min(shown.n_test, 1000) - 1)),
        colour=draw(st.sampled_from(COLOURS)),
        map=draw(st.sampled_from(MAPS)),
        path=draw(st.just(PathChoice()) | paths(dataset)),
    )


def garbage() -> st.SearchStrategy[str]:
    """Texts that a link may hold: any, and numbers that are nearly right."""
    numbers = st.integers() | st.floats() | st.integers(-(10**400), 10**400)
    nearly = st.lists(st.integers(-3, 3000), max_size=6)
    return (
        st.text(max_size=30)
        | numbers.map(str)
        | nearly.map(lambda values: "-".join(map(str, values)))
        | nearly.map(lambda values: ",".join(f"{v}:{v / 7}" for v in values))
        | st.sampled_from(
            ["", "nan", "-inf", "inf", "-0", "1e400", "0x10", "1_0", "٣", "true", "None", "own"]
        )
    )


@settings(max_examples=300, deadline=None, derandomize=True)
@given(cursor=cursors())
def test_round_trip(cursor: Cursor) -> None:
    link = write(cursor)
    back = read(link)
    assert back == cursor
    assert back.config.key == cursor.config.key
    assert write(back) == link
    assert set(link) <= set(KEYS)
    assert all(isinstance(value, str) and value for value in link.values())


@settings(max_examples=500, deadline=None, derandomize=True)
@example(link={"lam": "11", "from": "11", "to": "11"}, dataset="digits", more={})
@given(
    link=st.dictionaries(st.sampled_from(KEYS), garbage(), max_size=8),
    dataset=st.sampled_from(list(CATALOG)),
    more=st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=2),
)
def test_garbage_becomes_a_valid_cursor(link: dict[str, str], dataset: str, more: dict[str, str]) -> None:
    cursor = read({"dataset": dataset} | more | link)
    shown = card(cursor.config.dataset)
    assert 0 <= cursor.epoch <= cursor.config.epochs
    assert 0 <= cursor.sample < min(shown.n_test, 1000)
    top = largest_lambda(cursor.config.dataset, cursor.path)
    assert shown.lam_high <= top
    assert 0 <= cursor.config.objectives[1].lam <= top
    assert all(0 <= lam <= top for _, lam in cursor.config.objectives[1].schedule)
    assert cursor.config.samples is None or cursor.config.samples <= shown.max_train
    assert cursor.config.dimensions is None or shown.name == "noise"
    assert cursor.colour in COLOURS
    assert cursor.map in MAPS
    assert len(cursor.path.spec(cursor.config).lams) == cursor.path.members
    assert all(notice.endswith(".") and len(notice) < 500 for notice in cursor.notices)
    # What was made valid stays as it is, and says nothing any more.
    again = read(write(cursor))
    assert again.config.key == cursor.config.key
    assert again == replace(cursor, notices=[])


@settings(max_examples=300, deadline=None, derandomize=True)
@given(key=st.sampled_from(KEYS), text=garbage())
def test_a_value_that_is_not_used_as_it_is_gets_a_sentence(key: str, text: str) -> None:
    """One key at a time: without a notice the value is there, in the form in which it is written."""
    cursor = read({key: text})
    assert len(cursor.notices) <= (
        2 if key in ("from", "to") else 1
    )  # in range, but no range with the other end
    if cursor.notices:
        return
    if key in ("lam", "lr", "scale"):
        setting = {"lam": cursor.config.objectives[1].lam, "lr": cursor.config.learning_rate}
        assert setting.get(key, cursor.config.init_scale) == float(text)
    elif key in ("epoch", "sample", "epochs", "batch", "seed", "samples"):
        names = {"epoch": cursor.epoch, "sample": cursor.sample, "batch": cursor.config.batch_size}
        assert names.get(key, getattr(cursor.config, key, None)) == int(text)
    elif key in PATH_KEYS:
        name = next(name for name, setting in PATH_SETTINGS.items() if setting.url == key)
        own = {"low": card("digits").lam_low, "high": card("digits").lam_high}.get(name)
        assert (getattr(cursor.path, name) or own or 0) == (int if name in WHOLE else float)(text)
    elif key == "hidden":
        assert cursor.config.hidden == tuple(int(part) for part in text.split("-"))
    elif key == "then":
        assert len(cursor.config.objectives[1].schedule) == len(text.split(","))
    else:
        assert write(cursor).get(key, text) == text


def test_defaults_make_an_empty_link() -> None:
    for name in CATALOG:
        config = Config.for_dataset(name)
        wanted = {} if name == "digits" else {"dataset": name}
        assert write(Cursor(config, config.epochs)) == wanted
        assert read(wanted) == Cursor(config, config.epochs)


@pytest.mark.parametrize(
    ("link", "found", "sentence"),
    [
        (
            {"lam": "1e9"},
            lambda c: c.config.objectives[1].lam == 10,
            "Lambda must be between 0 and 10. The link says 1e+09; 10 is",
        ),
        ({"lam": "-1"}, lambda c: c.config.objectives[1].lam == 0, "The link says -1; 0 is used."),
        ({"lam": "much"}, lambda c: c.config.objectives[1].lam == 0.1, "lam='much' makes no sense"),
        ({"seed": "3000000000"}, lambda c: c.config.seed == 2147483647, "3000000000; 2147483647 is used."),
        ({"epoch": "61"}, lambda c: c.epoch == 60, "Epoch must be between 0 and 60. The link says 61; 60"),
        ({"epochs": "5", "epoch": "6"}, lambda c: c.epoch == 5, "Epoch must be between 0 and 5."),
        ({"sample": "500"}, lambda c: c.sample == 499, "Sample must be between 0 and 499."),
        ({"sample": "-3"}, lambda c: c.sample == 0, "Sample must be between 0 and 499."),
        ({"hidden": "0-5000"}, lambda c: c.config.hidden == (1, 2048), "Hidden units must be between 1 and"),
        ({"hidden": "9-8-7-6"}, lambda c: c.config.hidden == (9, 8, 7), "The link says 4; the first three"),
        (
            {"dataset": "mnist", "hidden": "2048-2048-2048"},
            lambda c: c.config.hidden == (256,),
            "at most 5,000,000",
        ),
        ({"hidden": "wide"}, lambda c: c.config.hidden == (128,), "hidden='wide' makes no sense"),
        ({"act": "step"}, lambda c: c.config.activation == "sigmoid", "act='step' makes no sense"),
        ({"tied": "yes"}, lambda c: c.config.tied, "tied='yes' makes no sense"),
        ({"samples": "60000"}, lambda c: c.config.samples is None, "between 10 and 1297"),
        ({"dim": "5"}, lambda c: c.config.dimensions is None, "Only noise has"),
        ({"dataset": "faces"}, lambda c: c.config == Config(), "no dataset 'faces'"),
        ({"dataset": "own"}, lambda c: c.config == Config(), "no dataset 'own'"),
        ({"then": "0:1"}, lambda c: c.config.objectives[1].schedule == ((1, 1.0),), "0; 1 is used"),
        ({"then": "3:99"}, lambda c: c.config.objectives[1].schedule == ((3, 10.0),), "99; 10 is used"),
        ({"then": "3:1,3:2"}, lambda c: c.config.objectives[1].schedule == ((3, 2.0),), "changes twice"),
        ({"colour": "blue"}, lambda c: c.colour == "class", "colour='blue' makes no sense"),
        ({"map": "tsne"}, lambda c: c.map == "pca", "map='tsne' makes no sense"),
        ({"members": "500"}, lambda c: c.path.members == 64, "Values of lambda must be between 1 and 64."),
        ({"frames": "0"}, lambda c: c.path.frames == 1, "Moments of training must be between 1 and 64."),
        ({"from": "20"}, lambda c: c.path == PathChoice(), "Got 20 to 10. Choose a wider range. The link's"),
        ({"from": "-1"}, lambda c: c.path.low == 1e-9, "Smallest lambda above 0 must be between 1e-09 and"),
        ({"from": "3", "to": "2"}, lambda c: c.path == PathChoice(), "Got 3 to 2."),
        ({"dae": "-1"}, lambda c: c.path.denoising == 0, "-1; 0 is used."),
        ({"decay": "lots"}, lambda c: c.path.weight_decay == 0, "decay='lots' makes no sense"),
        ({"then": "soon"}, lambda c: c.config.objectives[1].schedule == (), "then='soon' makes no sense"),
    ],
)
def test_the_nearest_valid_value_and_the_sentence(link: dict[str, str], found: Any, sentence: str) -> None:
    cursor = read(link)
    assert found(cursor)
    assert len(cursor.notices) == 1
    assert sentence in cursor.notices[0]


def test_each_changed_value_has_its_notice() -> None:
    cursor = read({"lam": "99", "hidden": "0", "epochs": "-4", "act": "what", "sample": "1"})
    assert len(cursor.notices) == 4
    assert cursor.sample == 1


def test_a_datasets_own_range_of_lambda_is_not_in_the_link() -> None:
    wine = card("wine")
    cursor = read({"dataset": "wine", "from": str(wine.lam_low), "to": str(wine.lam_high), "members": "16"})
    assert cursor.path == PathChoice()
    assert write(cursor) == {"dataset": "wine"}


def test_negative_zero_is_zero() -> None:
    assert read({"lam": "-0"}).config.key == read({"lam": "0"}).config.key
    assert read({"lam": "-0"}).notices == []


def test_a_long_text_makes_a_short_notice() -> None:
    for key in KEYS:
        assert all(len(notice) < 500 for notice in read({key: "9" * 5000}).notices)
        assert all(len(notice) < 500 for notice in read({key: ",".join(["0:-1"] * 2000)}).notices)
