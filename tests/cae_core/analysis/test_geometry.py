"""Geometry against dense Jacobians, hand-made nets, a plane, a circle and scikit-learn itself."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.manifold import trustworthiness
from sklearn.neighbors import KNeighborsClassifier
from sklearn.preprocessing import StandardScaler
from torch.func import jacrev

from cae_core.analysis.contraction import contraction_ratio
from cae_core.analysis.geometry import (
    geometry,
    linear_probe,
    locality,
    over_seeds,
    quality,
    reconstruction_norm,
    sensitivities,
    tangent_basis,
)
from cae_core.analysis.models import ensemble_of
from cae_core.analysis.neighbours import noisy
from cae_core.config import Config
from cae_core.datasets import load
from cae_core.ensemble import Ensemble, Layout, initial_parameters
from cae_core.frame import Frame
from cae_core.jacobian import jacobian
from cae_core.measures import saturation, saturation_by_unit
from cae_core.training import init_state, make_frame, train


def ensemble_with(config: Config, d: int) -> Ensemble:
    """Members that differ, biases that are not 0."""
    flat = initial_parameters(config, d)
    flat += 0.4 * torch.randn(flat.shape, dtype=flat.dtype, generator=torch.Generator().manual_seed(5))
    return Ensemble.of(config, Layout.of(config, d).split(flat))


def linear(W: np.ndarray, dataset: str = "moons") -> Ensemble:
    """One encoder ``h = x W``, twice."""
    config = Config.for_dataset(dataset, hidden=(W.shape[1],), activation="identity", dtype="float64")
    flat = torch.zeros(Layout.of(config, len(W)).size, dtype=torch.float64)
    parts = Layout.of(config, len(W)).split(flat)
    parts[0][:] = torch.from_numpy(W)
    return Ensemble.of(config, parts)


@pytest.mark.parametrize("tied", [True, False])
@pytest.mark.parametrize("loss", ["squared_error", "cross_entropy"])
@pytest.mark.parametrize("hidden", [(7,), (6, 4), (6, 5, 3)])
def test_norm_of_the_whole_reconstruction(hidden: tuple[int, ...], loss: str, tied: bool) -> None:
    config = Config.for_dataset(
        "digits", hidden=hidden, loss=loss, tied=tied, dtype="float64", activation="softplus"
    )
    ensemble = ensemble_with(config, 5)
    x = torch.rand(4, 5, dtype=torch.float64, generator=torch.Generator().manual_seed(2))
    found = reconstruction_norm(ensemble, x)
    for k in range(2):
        for n in range(4):
            J = jacrev(lambda one, k=k: ensemble.reconstruct(one[None])[k, 0])(x[n])
            assert found[k, n].item() == pytest.approx(J.norm().item(), rel=1e-10)


def test_sensitivities_of_a_hand_made_net() -> None:
    x = torch.zeros(3, 2, dtype=torch.float64)
    J = jacobian(linear(np.diag([3.0, 1.0])), x)
    for basis, expected in ((np.array([[[1.0, 0.0]]]), (3, 1)), (np.array([[[0.0, 1.0]]]), (1, 3))):
        tangent, normal = sensitivities(J, np.repeat(basis, 3, axis=0))
        assert tangent[0].tolist() == pytest.approx([expected[0]] * 3)
        assert normal[0].tolist() == pytest.approx([expected[1]] * 3)


def test_sensitivities_against_single_directions() -> None:
    config = Config.for_dataset("digits", hidden=(6,), dtype="float64")
    ensemble = ensemble_with(config, 5)
    x = torch.rand(3, 5, dtype=torch.float64, generator=torch.Generator().manual_seed(2))
    full = np.linalg.qr(np.random.default_rng(0).standard_normal((3, 5, 5)))[0]
    J = jacobian(ensemble, x)
    tangent, normal = sensitivities(J, full[:, :2])
    for k in range(2):
        for n in range(3):
            gains = [np.linalg.norm(J[k, n].numpy() @ v) for v in full[n]]
            assert tangent[k, n].item() == pytest.approx(np.sqrt(np.mean(np.square(gains[:2]))))
            assert normal[k, n].item() == pytest.approx(np.sqrt(np.mean(np.square(gains[2:]))))


def test_tangents_of_a_circle_and_of_a_plane() -> None:
    rng = np.random.default_rng(0)
    angles = rng.uniform(0, 2 * np.pi, 2000)
    circle = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    basis = tangent_basis(torch.from_numpy(circle[:50]), torch.from_numpy(circle))
    assert basis.shape == (50, 1, 2)
    along = np.stack([-np.sin(angles[:50]), np.cos(angles[:50])], axis=1)
    assert np.abs((basis[:, 0] * along).sum(axis=1)).min() > 0.999
    frame = np.linalg.qr(rng.standard_normal((5, 2)))[0].T
    flat = rng.standard_normal((2000, 2)) @ frame
    basis = tangent_basis(torch.from_numpy(flat[:20]), torch.from_numpy(flat))
    assert basis.shape == (20, 2, 5)
    np.testing.assert_allclose(
        basis @ basis.transpose(0, 2, 1), np.broadcast_to(np.eye(2), (20, 2, 2)), atol=1e-10
    )
    np.testing.assert_allclose(np.linalg.norm(basis @ frame.T, axis=(1, 2)), np.sqrt(2), rtol=1e-10)


def test_a_linear_code_moves_alike_everywhere_and_by_its_direction() -> None:
    ensemble = linear(np.diag([3.0, 1.0]))
    data = load(Config.for_dataset("moons"))
    places = locality(ensemble, data)
    np.testing.assert_allclose(places.numpy(), np.sqrt(10))
    x = torch.zeros(4, 2, dtype=torch.float64)
    along = torch.tensor([[1.0, 0.0]] * 4, dtype=torch.float64)
    ratios = contraction_ratio(ensemble, x, np.array([0.1, 5.0]), directions=along)
    np.testing.assert_allclose(ratios.numpy(), 3.0)


def test_places_of_a_net_whose_norm_tells_where_it_is() -> None:
    """One softplus unit with W = e_1: ||J|| = sigmoid(x_1), and the norms give back the places' first coordinate."""
    config = Config.for_dataset("moons", hidden=(1,), activation="softplus", dtype="float64")
    layout = Layout.of(config, 2)
    flat = torch.zeros(layout.size, dtype=torch.float64)
    layout.split(flat)[0][:, 0, 0] = 1.0
    data = load(Config.for_dataset("moons"))
    norms = locality(Ensemble.of(config, layout.split(flat)), data, seed=4)[1].numpy()
    on_data, between, noise = np.log(norms / (1 - norms))
    x = data.x_display[:, 0].astype(np.float64)
    np.testing.assert_allclose(on_data, x, atol=1e-9)
    pairs = (x[:, None] + x[None]) / 2
    pairs[np.diag_indices(len(x))] = np.inf  # half-way between two: never a sample itself
    assert np.abs(pairs[:, :, None] - between[None, None, :50]).min(axis=(0, 1)).max() < 1e-9
    assert between.mean() == pytest.approx(x.mean(), abs=1e-9)  # each sample is in two pairs
    width = np.ptp(x)
    assert x.min() <= noise.min() < x.min() + 0.05 * width
    assert x.max() - 0.05 * width < noise.max() <= x.max()
    assert noise.mean() == pytest.approx((x.min() + x.max()) / 2, abs=0.06 * width)
    assert noise.std() == pytest.approx(width / np.sqrt(12), rel=0.1)


def test_saturation_by_unit_and_by_sample_have_one_mean() -> None:
    config = Config.for_dataset("digits", hidden=(12,), init_scale=10.0)
    data = load(config)
    ensemble = Ensemble.of(config, Layout.of(config, 64).split(initial_parameters(config, 64)))
    x = torch.from_numpy(data.x_display.copy())
    by_unit = saturation_by_unit(ensemble, x)
    assert by_unit.shape == (2, 12)
    torch.testing.assert_close(by_unit.mean(dim=1), saturation(ensemble, x).mean(dim=1))
    h = ensemble.encode(x)[0, :, 3]
    saturated = ((h < 0.05) | (h > 0.95)).double().mean()
    assert 0 < saturated < 1
    assert by_unit[0, 3].item() == pytest.approx(saturated.item())


@pytest.fixture(scope="module")
def frame() -> Frame:
    config = Config.for_dataset("digits", epochs=6)
    data = load(config)
    return make_frame(config, data, train(config, data, record=False))


def test_geometry_of_digits(frame: Frame) -> None:
    found = geometry(frame)
    assert found["ratio"].shape == found["ratio_normal"].shape == (2, len(found["radii"]))
    # as the radius goes to 0, the root mean square ratio tends to ||J|| / sqrt(d); here the mean is not far from it
    np.testing.assert_allclose(found["ratio"][:, 0], found["code"].mean(axis=1) / 8, rtol=0.1)
    # and along a tangent or a normal direction to those sensitivities
    for name in ("tangent", "normal"):
        np.testing.assert_allclose(found[f"ratio_{name}"][:, 0], found[name].mean(axis=1), rtol=0.1)
    assert found["code"][1].mean() < found["code"][0].mean()
    assert found["reconstruction"].shape == (2, 100)
    assert found["dimension"] == 6
    data = load(frame.config)
    codes = ensemble_of(frame).encode(torch.from_numpy(data.x_display.copy())).numpy()
    assert found["samples"].shape == (2, len(data.x_display))
    np.testing.assert_allclose(found["samples"], ((codes < 0.05) | (codes > 0.95)).mean(axis=2))


def test_over_seeds_is_the_mean_of_single_ones(frame: Frame) -> None:
    config = frame.config.but(epochs=60)
    found = over_seeds(config, 6, 2)
    largest = over_seeds(config.but(seed=2**31 - 1), 0, 2)  # the next one is 0
    assert np.isfinite(largest["mean"]).all()
    ratios = []
    for seed in (0, 1):
        one = frame.config.but(seed=seed)
        data = load(one)
        single = geometry(make_frame(one, data, train(one, data, record=False)))
        places = single["places"].mean(axis=2)
        ratios.append(
            (
                single["tangent"].mean(axis=1) / single["normal"].mean(axis=1),
                places[:, 1] / places[:, 0],
                places[:, 2] / places[:, 0],
            )
        )
    for column in range(3):
        pair = [one[column] for one in ratios]
        np.testing.assert_allclose(found["mean"][:, column], np.mean(pair, axis=0))
        np.testing.assert_allclose(found["error"][:, column], np.abs(pair[0] - pair[1]) / 2)


def test_quality_is_scikit_learns(frame: Frame) -> None:
    found, data, ensemble = quality(frame), load(frame.config), ensemble_of(frame)
    with torch.no_grad():
        display, train_codes, test, noise = (
            ensemble.encode(torch.from_numpy(np.array(x)))[1].numpy()
            for x in (data.x_display, data.x_train, data.x_test, noisy(data.x_test))
        )
    assert found["trustworthiness"][1] == pytest.approx(
        trustworthiness(data.x_display, display, n_neighbors=5)
    )
    voters = KNeighborsClassifier(5).fit(train_codes, data.y_train)
    assert found["neighbours"][1].tolist() == [voters.score(one, data.y_test) for one in (test, noise)]
    scaler = StandardScaler().fit(train_codes)
    probe = LogisticRegression(max_iter=300).fit(scaler.transform(train_codes), data.y_train)
    expected = [probe.score(scaler.transform(one), data.y_test) for one in (test, noise)]
    assert found["probe"][1].tolist() == pytest.approx(expected, abs=0.01)


def test_without_labels_there_is_no_accuracy() -> None:
    config = Config.for_dataset("noise", epochs=1, hidden=(4,))
    data = load(config)
    frame = make_frame(config, data, init_state(config, data))
    assert np.isnan(quality(frame)["probe"]).all()
    assert np.isfinite(quality(frame)["trustworthiness"]).all()
    assert np.isnan(linear_probe(ensemble_of(frame), data, [data.x_test])).all()
