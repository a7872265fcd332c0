"""The plane: norm, field and ellipses against finite differences, NumPy's SVD and the model itself."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from cae_core.analysis.plane import ELLIPSES, LATTICE, SIDE, pictures, spread_out, square_about, study
from cae_core.config import Config
from cae_core.datasets import Dataset, load
from cae_core.ensemble import Ensemble, Layout, initial_parameters
from cae_core.errors import DataError

CONFIG = Config.for_dataset("moons", dtype="float64", hidden=(8, 5), init_scale=2.0)


@pytest.fixture(scope="module")
def data() -> Dataset:
    return load(CONFIG)


@pytest.fixture(scope="module")
def ensemble() -> Ensemble:
    flat = initial_parameters(CONFIG, 2)
    flat += 0.3 * torch.randn(flat.shape, dtype=flat.dtype, generator=torch.Generator().manual_seed(3))
    return Ensemble.of(CONFIG, Layout.of(CONFIG, 2).split(flat))


def jacobian(ensemble: Ensemble, place: np.ndarray, member: int) -> np.ndarray:
    """J by central differences, (units, 2)."""
    step, columns = 1e-6, []
    for axis in np.eye(2):
        ends = torch.from_numpy(np.stack([place + step * axis, place - step * axis]))
        plus, minus = ensemble.encode(ends)[member].numpy()
        columns.append((plus - minus) / (2 * step))
    return np.stack(columns, axis=1)


def test_norms_field_and_ellipses(ensemble: Ensemble, data: Dataset) -> None:
    found = pictures(ensemble, data)
    low, high = found["low"], found["high"]
    assert (low < data.x_display.min(axis=0)).all()
    assert (data.x_display.max(axis=0) < high).all()
    for member, row, column in ((0, 0, 0), (1, 10, 50), (1, 63, 2)):
        place = low + (high - low) * (np.array([column, row]) + 0.5) / SIDE
        expected = np.linalg.norm(jacobian(ensemble, place, member))
        assert found["norm"][member, row, column] == pytest.approx(expected, rel=1e-6)
    for member, row, column in ((0, 0, 32), (1, 20, 7)):
        place = low + (high - low) * np.array([column, row]) / (LATTICE - 1)
        expected = ensemble.reconstruct(torch.from_numpy(place[None]))[member, 0].numpy()
        np.testing.assert_allclose(found["moved"][member, row, column], expected, rtol=1e-12)
    for member, m in ((0, 0), (1, 5)):
        _, s, vt = np.linalg.svd(
            jacobian(ensemble, found["at"][m].astype(float), member), full_matrices=False
        )
        axes = found["axes"][member, m]
        np.testing.assert_allclose(np.linalg.norm(axes, axis=1), s, rtol=1e-6)
        np.testing.assert_allclose(np.abs((axes * vt).sum(axis=1)), s, rtol=1e-6)
    assert found["over_plane"] == pytest.approx(found["norm"].mean(axis=(1, 2)))
    assert found["axes"].shape == (2, ELLIPSES, 2, 2)


def test_chosen_samples_are_far_from_each_other(data: Dataset) -> None:
    chosen = spread_out(data.x_display, 20)
    assert len(set(chosen.tolist())) == 20
    x = data.x_display[chosen]
    between = np.linalg.norm(x[:, None] - x[None], axis=2) + 1e9 * np.eye(20)
    to_chosen = np.linalg.norm(data.x_display[:, None] - x[None], axis=2).min(axis=1)
    assert to_chosen.max() <= between.min() + 1e-6  # a cover as fine as the packing: Gonzalez's guarantee


def test_the_square_is_square_and_survives_a_single_place() -> None:
    low, high = square_about(np.array([[0.0, 1.0], [4.0, 2.0]]))
    np.testing.assert_allclose(high - low, [5.2, 5.2])
    low, high = square_about(np.array([[2.0, 1.0], [2.0, 1.0]]))
    np.testing.assert_allclose(high - low, [1.3, 1.3])


def test_a_study_trains_all_three_kinds_from_the_same_weights() -> None:
    config = Config.for_dataset("moons", epochs=20)
    found = study(config, (3.0,), 0.3)
    assert found["norm"].shape == (3, SIDE, SIDE)
    plain, contractive, denoising = found["on_data"]
    assert contractive < 0.6 * plain
    assert contractive < found["over_plane"][1]  # flat where the data are
    assert denoising > 0.7 * plain  # it is not the encoder that it flattens
    assert (found["lost"] < 0.1).all()


def test_other_numbers_of_inputs_are_refused() -> None:
    with pytest.raises(DataError, match=r"two inputs. Got 64"):
        study(Config.for_dataset("digits"), (1.0,), 0.1)
