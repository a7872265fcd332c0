"""Perturbations do what their names say, and the same at every strength."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cae_core.analysis.perturbations import PERTURBATIONS, kinds, perturb
from cae_core.errors import ConfigError

SHAPE = (6, 8)
N = 200
X = np.random.default_rng(5).uniform(0.1, 0.9, (N, SHAPE[0] * SHAPE[1])).astype(np.float32)
DIRECTIONS = np.linalg.qr(np.random.default_rng(6).normal(size=(X.shape[1], X.shape[1])))[0][
    np.arange(N) % X.shape[1]
]


def perturbed(kind: str, strength: float, x: np.ndarray = X, **more: object) -> np.ndarray:
    directions = DIRECTIONS if kind == "singular" else None
    return perturb(x, kind, strength, **{"image_shape": SHAPE, "directions": directions, **more})


def test_every_kind_of_points_is_one_of_images_too() -> None:
    assert kinds(SHAPE) == tuple(PERTURBATIONS)
    assert kinds(None) == ("gaussian", "masking", "salt_pepper", "singular")
    for kind in PERTURBATIONS.values():
        assert 0 < kind.step <= kind.usual <= kind.top
        assert kind.top / kind.step == pytest.approx(round(kind.top / kind.step))


@pytest.mark.parametrize("kind", PERTURBATIONS)
def test_strength_0_is_the_clean_input(kind: str) -> None:
    np.testing.assert_array_equal(perturbed(kind, 0.0), X)


@pytest.mark.parametrize("kind", PERTURBATIONS)
@given(
    share=st.floats(0, 1), only=st.integers(0, N - 1), seed=st.integers(0, 1000), narrow=st.floats(0.1, 10)
)
def test_one_sample_is_perturbed_as_among_all(
    kind: str, share: float, only: int, seed: int, narrow: float
) -> None:
    about = {"seed": seed, "spread": narrow}
    directions = DIRECTIONS[only : only + 1] if kind == "singular" else None
    alone = perturbed(kind, share * PERTURBATIONS[kind].top, only=only, directions=directions, **about)
    assert alone.shape == (1, X.shape[1])
    np.testing.assert_array_equal(alone[0], perturbed(kind, share * PERTURBATIONS[kind].top, **about)[only])


def test_gaussian_noise_is_one_draw_in_units_of_the_spread() -> None:
    steps = [(perturbed("gaussian", s, spread=3.0) - X).astype(np.float64) for s in (0.5, 1.0, 2.0)]
    np.testing.assert_allclose(2 * steps[0], steps[1], atol=1e-5)
    np.testing.assert_allclose(4 * steps[0], steps[2], atol=1e-5)
    assert np.sqrt(np.square(steps[1]).sum(axis=1).mean()) == pytest.approx(3.0, rel=0.02)
    assert steps[1].mean() == pytest.approx(0, abs=0.02)


def test_lengths_follow_the_data() -> None:
    """Data three times as wide are moved three times as far, by default."""
    small, large = perturbed("gaussian", 1.0) - X, perturbed("gaussian", 1.0, 3 * X) - 3 * X
    np.testing.assert_allclose(3 * small, large, atol=1e-5)
    spread = np.sqrt(((X - X.mean(axis=0)) ** 2).sum(axis=1).mean())
    step = perturbed("singular", 0.7) - X
    np.testing.assert_allclose(np.linalg.norm(step, axis=1), 0.7 * spread, rtol=1e-4)
    np.testing.assert_allclose(step / (0.7 * spread), DIRECTIONS, atol=1e-5)


def test_masking_rate_and_growth() -> None:
    masked = [perturbed("masking", s) == 0 for s in (0.1, 0.3, 0.9)]
    assert [m.mean() for m in masked] == pytest.approx([0.1, 0.3, 0.9], abs=0.01)
    assert (masked[0] <= masked[1]).all()
    assert (masked[1] <= masked[2]).all()
    kept = ~masked[1]
    np.testing.assert_array_equal(perturbed("masking", 0.3)[kept], X[kept])


def test_salt_and_pepper_of_images_and_of_tables() -> None:
    x = X * np.linspace(1, 9, X.shape[1], dtype=np.float32)
    image, table = perturbed("salt_pepper", 0.4, x), perturb(x, "salt_pepper", 0.4)
    hit = image != x
    assert hit.mean() == pytest.approx(0.4, abs=0.02)
    assert set(np.unique(image[hit])) == {x.min(), x.max()}
    assert (image[hit] == x.max()).mean() == pytest.approx(0.5, abs=0.02)
    for column in range(x.shape[1]):
        changed = table[:, column] != x[:, column]
        assert set(table[changed, column]) <= {x[:, column].min(), x[:, column].max()}


def test_shift_by_whole_pixels_is_exact() -> None:
    images = X.reshape(-1, *SHAPE)
    for pixels in (1, 2):
        expected = np.zeros_like(images)
        expected[:, :, pixels:] = images[:, :, :-pixels]
        np.testing.assert_allclose(perturbed("shift", pixels).reshape(-1, *SHAPE), expected, atol=1e-7)


def test_shift_by_half_a_pixel_is_the_mean_of_two() -> None:
    images = np.pad(X.reshape(-1, *SHAPE), ((0, 0), (0, 0), (1, 0)))
    expected = (images[:, :, 1:] + images[:, :, :-1]) / 2
    np.testing.assert_allclose(perturbed("shift", 0.5).reshape(-1, *SHAPE), expected, atol=1e-6)


def test_rotation_is_clockwise_and_about_the_centre() -> None:
    # A bar from the centre up, turned by 45 degrees, lies to the upper right; what is at the centre stays.
    image = np.zeros((9, 9), dtype=np.float32)
    image[:5, 4] = 1
    turned = perturb(image.reshape(1, -1), "rotation", 45.0, image_shape=(9, 9)).reshape(9, 9)
    assert turned[4, 4] == pytest.approx(1)
    assert turned[2, 6] > 0.5
    assert turned[:, :4].max() < 0.5
    assert turned[0, 4] < 0.1
    # The same at a known point: (row -2, column 0) from the centre comes from (-2 cos, -2 sin).
    c = 2 * np.cos(np.pi / 4)
    ramp = np.add.outer(np.arange(9.0), 10 * np.arange(9.0)).astype(np.float32)
    found = perturb(ramp.reshape(1, -1), "rotation", 45.0, image_shape=(9, 9)).reshape(9, 9)
    assert found[2, 4] == pytest.approx((4 - c) + 10 * (4 - c), rel=1e-5)


@given(strength=st.floats(0, 0.8), seed=st.integers(0, 1000))
def test_occlusion_is_one_square_inside_the_image(strength: float, seed: int) -> None:
    hidden = (perturbed("occlusion", strength, seed=seed) == 0).reshape(-1, *SHAPE)
    side = strength * min(SHAPE)
    rows, columns = hidden.any(axis=2).sum(axis=1), hidden.any(axis=1).sum(axis=1)
    np.testing.assert_array_equal(hidden.sum(axis=(1, 2)), rows * columns)
    for count in (rows[rows > 0], columns[columns > 0]):
        assert (np.abs(count - side) < 1 + 1e-9).all()
    assert hidden.mean(axis=(1, 2)).mean() == pytest.approx(side**2 / X.shape[1], abs=0.03)


def test_occlusion_grows_about_its_place() -> None:
    hidden = [perturbed("occlusion", s) == 0 for s in (0.2, 0.5, 0.8)]
    assert (hidden[0] <= hidden[1]).all()
    assert (hidden[1] <= hidden[2]).all()


@pytest.mark.parametrize(
    ("kind", "strength", "more", "text"),
    [
        ("blur", 0.1, {}, "must be one of"),
        ("gaussian", 3.0, {}, "between 0 and 2"),
        ("masking", -0.1, {}, "between 0 and 0.9"),
        ("masking", float("nan"), {}, "between 0 and 0.9"),
        ("shift", 1.0, {"image_shape": None}, "must have images"),
        ("singular", 1.0, {"directions": None}, "must have directions"),
    ],
)
def test_clear_errors(kind: str, strength: float, more: dict, text: str) -> None:
    with pytest.raises(ConfigError, match=text):
        perturbed(kind, strength, **more)
