"""Every dataset: what its card promises, a fixed and clean split, and no more network than needed."""

from __future__ import annotations

import io
import socket
import subprocess
import sys

import numpy as np
import pytest

from cae_core.catalog import CATALOG, card
from cae_core.config import Config
from cae_core.datasets import Dataset, fetch, load, patches, ready, toy
from cae_core.datasets.dataset import split, standardise
from cae_core.datasets.thumbnails import SIZE, thumbnail
from cae_core.datasets.thumbnails.drawing import draw
from cae_core.errors import ConfigError

OFFLINE = tuple(name for name, known in CATALOG.items() if not known.download_bytes)


WITHOUT_THUMBNAIL = ("fashion_mnist", "kmnist", "olivetti", "cifar10")
"""Their files were not at hand, and a picture that is not of the data would be false."""


@pytest.fixture(params=OFFLINE)
def dataset(request: pytest.FixtureRequest) -> Dataset:
    return load(Config.for_dataset(request.param))


def rows(x: np.ndarray) -> set[bytes]:
    return {row.tobytes() for row in x}


def fresh(name: str, **changes: object) -> Dataset:
    """Loaded anew, not from the cache."""
    from cae_core.datasets import _load

    return _load(name, changes.get("samples"), changes.get("dimensions"), None)  # type: ignore[arg-type]


def test_sizes_are_those_of_the_card(dataset: Dataset) -> None:
    known = dataset.card
    assert dataset.x_train.shape == (known.n_train, known.n_inputs)
    assert dataset.x_test.shape == (known.n_test, known.n_inputs)
    assert dataset.x_train.dtype == dataset.x_test.dtype == np.float32
    assert len(dataset.feature_names) == known.n_inputs == len(set(dataset.feature_names))
    assert known.n_train <= known.max_train
    if known.image_shape:
        assert np.prod(known.image_shape) == known.n_inputs
        assert dataset.x_train.min() >= 0
        assert dataset.x_train.max() <= 1


def test_labels_are_those_of_the_card(dataset: Dataset) -> None:
    if not dataset.card.class_names:
        assert dataset.y_train is None
        assert dataset.y_test is None
        return
    for y, x in ((dataset.y_train, dataset.x_train), (dataset.y_test, dataset.x_test)):
        assert y is not None
        assert y.shape == (len(x),)
        assert y.dtype == np.int64
        assert set(y) == set(range(len(dataset.card.class_names)))


def test_splits_share_no_sample(dataset: Dataset) -> None:
    assert not rows(dataset.x_train) & rows(dataset.x_test)


def test_loading_again_gives_the_same_bits(dataset: Dataset) -> None:
    again = fresh(dataset.card.name)
    np.testing.assert_array_equal(again.x_train, dataset.x_train)
    np.testing.assert_array_equal(again.x_test, dataset.x_test)
    np.testing.assert_array_equal(again.y_train, dataset.y_train)


def test_fewer_samples_are_the_first_of_them_and_leave_the_test_split_alone(dataset: Dataset) -> None:
    fewer = load(Config.for_dataset(dataset.card.name, samples=50))
    np.testing.assert_array_equal(fewer.x_train, dataset.x_train[:50])
    np.testing.assert_array_equal(fewer.x_test, dataset.x_test)


def test_the_seed_of_the_weights_does_not_move_the_split(dataset: Dataset) -> None:
    other = load(Config.for_dataset(dataset.card.name, seed=7))
    np.testing.assert_array_equal(other.x_train, dataset.x_train)


def test_inputs_cannot_be_written_to(dataset: Dataset) -> None:
    with pytest.raises(ValueError, match="read-only"):
        dataset.x_train[0, 0] = 1.0


def test_more_samples_than_there_are_is_an_error(dataset: Dataset) -> None:
    with pytest.raises(ConfigError, match=r"training samples\. Got 50,000"):
        load(Config.for_dataset(dataset.card.name, samples=50_000))


def test_what_needs_no_download_opens_no_connection(
    dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    assert ready(dataset.card.name)
    fetch(dataset.card.name)
    fresh(dataset.card.name)


@pytest.mark.parametrize("name", ["breast_cancer", "wine"])
def test_tables_are_standardised_by_the_training_split_alone(name: str) -> None:
    table = load(Config.for_dataset(name))
    wide = table.x_train.astype(np.float64)
    np.testing.assert_allclose(wide.mean(axis=0), 0, atol=1e-6)
    np.testing.assert_allclose(wide.std(axis=0), 1, atol=1e-6)
    assert np.abs(table.x_test.mean(axis=0)).max() > 0.01  # the test split took no part


def test_standardising_ignores_what_the_test_split_holds() -> None:
    generator = np.random.default_rng(0)
    x = generator.normal(3.0, 2.0, (178, 13))
    first = split(card("wine"), x, None, None, standardise_to=1.0)
    test_rows = [int(np.argmin(np.abs(x - raw).sum(axis=1))) for raw in _raw(first, x)]
    x[test_rows] += 1000.0
    second = split(card("wine"), x, None, None, standardise_to=1.0)
    np.testing.assert_array_equal(second.x_train, first.x_train)
    assert (second.x_test > first.x_test + 100).all()


def _raw(dataset: Dataset, x: np.ndarray) -> np.ndarray:
    """The test split before it was standardised, found from the order of the first column."""
    order = np.argsort(x[:, 0])
    every = np.concatenate([dataset.x_train, dataset.x_test])
    rank = np.argsort(np.argsort(every[:, 0]))
    return x[order][rank[len(dataset.x_train) :]]


def test_a_constant_input_is_only_shifted() -> None:
    x = np.array([[5.0, 1.0], [5.0, 3.0]])
    np.testing.assert_allclose(standardise(x, x), [[0.0, -1.0], [0.0, 1.0]])


@pytest.mark.parametrize("d", [2, 5, 256])
def test_noise_has_as_many_inputs_as_asked_for(d: int) -> None:
    noise = load(Config.for_dataset("noise", dimensions=d))
    assert noise.n_inputs == d == len(noise.feature_names)
    covariance = np.cov(noise.x_train.T)
    assert np.abs(covariance - np.eye(d)).max() < 0.25


def test_dimensions_change_nothing_but_noise() -> None:
    assert load(Config.for_dataset("moons", dimensions=7)) is load(Config.for_dataset("moons"))


@pytest.mark.parametrize("name", [n for n in OFFLINE if CATALOG[n].kind == "points" and n != "noise"])
def test_points_have_the_scale_that_the_effect_needs(name: str) -> None:
    dataset = load(Config.for_dataset(name, samples=card(name).max_train))
    np.testing.assert_allclose(dataset.x_train.std(axis=0), toy.SCALE, rtol=1e-3)


@pytest.mark.parametrize("name", ["line", "sine", "spiral", "swiss_roll", "s_curve"])
def test_quarters_are_equally_full(name: str) -> None:
    dataset = load(Config.for_dataset(name, samples=card(name).max_train))
    assert dataset.y_train is not None
    assert dataset.y_test is not None
    counts = np.bincount(np.concatenate([dataset.y_train, dataset.y_test]))
    assert counts.max() - counts.min() <= 1


def test_inner_circle_is_inside() -> None:
    circles = load(Config.for_dataset("circles"))
    radius = np.linalg.norm(circles.x_train, axis=1)
    assert radius[circles.y_train == 0].max() < radius[circles.y_train == 1].min()


def test_training_and_test_patches_share_no_pixel() -> None:
    width, generator = 640, np.random.default_rng(0)
    train_bands = tuple(b for b in range(patches.BANDS) if b not in patches.TEST_BANDS)
    columns = []
    for bands in (train_bands, patches.TEST_BANDS):
        left = patches.positions(bands, 5000, 427, width, generator)[:, 1]
        columns.append(set((left[:, None] + np.arange(patches.SIDE)).ravel().tolist()))
    assert not columns[0] & columns[1]
    assert max(columns[0] | columns[1]) < width


def test_patches_lie_in_the_photographs_the_right_way_up() -> None:
    first = load(Config.for_dataset("patches")).x_test[0].reshape(12, 12)
    photograph = patches.photographs()[0].astype(np.float32)
    windows = np.lib.stride_tricks.sliding_window_view(photograph, (12, 12))
    assert (windows == first).all(axis=(2, 3)).any()


@pytest.mark.parametrize("name", list(CATALOG))
def test_cards_read_well(name: str) -> None:
    known = card(name)
    assert known.description.endswith(".")
    assert known.description.count(". ") == 0  # one sentence
    assert known.title
    assert known.source
    assert 0 < known.lam_low < known.lam_middle < known.lam_high
    default = Config.for_dataset(name).objectives
    assert default[0].lam == 0
    assert known.lam_low <= default[1].lam <= known.lam_high
    assert 1e3 <= known.lam_high / known.lam_low <= 1e6


def test_importing_the_catalog_loads_nothing_heavy() -> None:
    code = (
        "import sys, cae_core.catalog, cae_core.config; "
        "print(*{'numpy', 'sklearn', 'torch', 'pandas', 'pooch'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_importing_the_datasets_loads_neither_torch_nor_sklearn() -> None:
    code = (
        "import sys, cae_core.datasets; print(*{'sklearn', 'torch', 'requests', 'pooch'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


@pytest.mark.parametrize("name", [name for name in CATALOG if name not in WITHOUT_THUMBNAIL])
def test_thumbnails_are_small_pictures(name: str) -> None:
    picture = thumbnail(name)
    assert picture is not None
    assert picture[:8] == b"\x89PNG\r\n\x1a\n"
    assert picture[16:24] == (SIZE).to_bytes(4, "big") * 2
    assert len(picture) < 6000


@pytest.mark.parametrize("name", WITHOUT_THUMBNAIL)
def test_where_there_is_no_thumbnail_none_is_given(name: str) -> None:
    assert thumbnail(name) is None


@pytest.mark.parametrize("name", ["moons", "wine", "digits", "noise"])
def test_thumbnails_can_be_drawn_again(name: str) -> None:
    from PIL import Image

    drawn, shipped = (
        np.asarray(Image.open(io.BytesIO(png)).convert("RGBA"), dtype=float)
        for png in (draw(name), thumbnail(name) or b"")
    )
    assert np.abs(drawn - shipped).mean() < 2.0  # encoders of other versions may round otherwise
