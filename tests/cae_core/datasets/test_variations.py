"""Variations of MNIST and rectangles: what was done to each digit, and that nothing leaks between splits."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.ndimage import label

from cae_core.config import Config
from cae_core.datasets import load, patches, ready, rectangles, variations
from tests.cae_core.datasets.files import REAL_MNIST, needs_mnist

NAMES = ("mnist_rot", "mnist_back_rand", "mnist_back_image", "mnist_rot_back_image")
FEW = 300


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAE_DATA_DIR", str(REAL_MNIST))


def test_a_quarter_turn_is_exact_and_half_a_turn_twice_is_none() -> None:
    x = np.random.default_rng(0).random((3, 28, 28), dtype=np.float32)
    quarter = variations.rotated(x, np.array([0.0, np.pi / 2, np.pi]))
    for i in range(3):
        np.testing.assert_allclose(quarter[i], np.rot90(x[i], i), atol=1e-5)


def test_between_pixels_it_is_linear() -> None:
    rows, columns = np.mgrid[:28, :28] - 13.5
    turned = variations.rotated(columns[None].astype(np.float32), np.array([0.3]))[0]
    inner = np.hypot(rows, columns) < 12  # a plane stays a plane under linear interpolation
    expected = columns * np.cos(0.3) - rows * np.sin(0.3)
    np.testing.assert_allclose(turned[inner], expected[inner], atol=1e-4)


@needs_mnist
@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("name", NAMES)
def test_same_digits_same_split_and_the_same_again(name: str) -> None:
    plain = load(Config.for_dataset("mnist", samples=FEW))
    varied = load(Config.for_dataset(name, samples=FEW))
    assert ready(name)
    np.testing.assert_array_equal(varied.y_train, plain.y_train)
    np.testing.assert_array_equal(varied.y_test, plain.y_test)
    assert varied.x_train.shape == plain.x_train.shape
    for x in (varied.x_train, varied.x_test):
        assert 0 <= x.min() < x.max() <= 1
        assert x.dtype == np.float32
    more = load(Config.for_dataset(name, samples=2 * FEW))
    np.testing.assert_array_equal(more.x_train[:FEW], varied.x_train)
    np.testing.assert_array_equal(more.x_test, varied.x_test)


@needs_mnist
@pytest.mark.usefixtures("folder")
def test_digits_lie_over_their_backgrounds() -> None:
    plain = load(Config.for_dataset("mnist", samples=FEW)).x_train
    for name in ("mnist_back_rand", "mnist_back_image"):
        varied = load(Config.for_dataset(name, samples=FEW)).x_train
        assert (varied >= plain).all()
        np.testing.assert_array_equal(varied[plain == 1], 1)
    noise = load(Config.for_dataset("mnist_back_rand", samples=FEW)).x_train[plain == 0]
    np.testing.assert_allclose(np.quantile(noise, [0.25, 0.5, 0.75]), [0.25, 0.5, 0.75], atol=0.01)


@needs_mnist
@pytest.mark.usefixtures("folder")
def test_turning_keeps_most_of_the_ink() -> None:
    plain = load(Config.for_dataset("mnist", samples=FEW)).x_train.sum(axis=1)
    turned = load(Config.for_dataset("mnist_rot", samples=FEW)).x_train.sum(axis=1)
    np.testing.assert_allclose(turned, plain, rtol=0.15)
    np.testing.assert_allclose(turned.mean(), plain.mean(), rtol=0.01)


@pytest.mark.parametrize("part", [0, 1])
def test_backgrounds_come_from_their_own_bands_and_have_texture(part: int) -> None:
    train = tuple(band for band in range(patches.BANDS) if band not in patches.TEST_BANDS)
    bands = (train, patches.TEST_BANDS)[part]
    found = variations._backgrounds(40, bands, np.random.default_rng(3))
    assert found.std(axis=(1, 2)).min() >= variations.TEXTURE * 0.999
    for i, photograph in enumerate(patches.photographs()):
        grey = photograph.astype(np.float32)
        windows = np.lib.stride_tricks.sliding_window_view(grey, (28, 28))
        for window in found[i::2][:5]:
            rows, columns = np.nonzero(windows[:, :, 0, 0] == window[0, 0])
            places = [c for r, c in zip(rows, columns, strict=True) if (windows[r, c] == window).all()]
            width = grey.shape[1] // patches.BANDS
            assert any(c // width == (c + 27) // width and c // width in bands for c in places)


def test_rectangles_are_one_closed_outline_of_their_class() -> None:
    dataset = load(Config.for_dataset("rectangles", samples=200))
    for x, y in ((dataset.x_train, dataset.y_train), (dataset.x_test[:200], dataset.y_test)):
        assert y is not None
        for image, wide in zip(x.reshape(-1, 28, 28), y, strict=False):
            rows, columns = np.nonzero(image)
            height, width = np.ptp(rows) + 1, np.ptp(columns) + 1
            assert min(height, width) >= rectangles.SHORTEST
            assert abs(width - height) >= rectangles.DIFFERENCE
            assert wide == (width > height)
            assert image.sum() == 2 * (height + width) - 4
            assert label(image)[1] == 1
            assert set(np.unique(image)) == {0.0, 1.0}
