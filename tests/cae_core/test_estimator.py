"""The scikit-learn face: its contract, its numbers, and the path that is one ensemble."""

from __future__ import annotations

import pickle
import warnings

import numpy as np
import pytest
import torch
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import check_estimator

from cae_core import ContractiveAutoencoder, contraction_path
from cae_core.config import Config, Objective
from cae_core.datasets import Dataset
from cae_core.errors import ConfigError, DataError
from cae_core.training import train
from tests.cae_core.reference import Autoencoder, relative_error
from tests.cae_core.strategies import small_dataset

X = np.array(small_dataset(80).x_train)
QUICK = {"hidden_layer_sizes": (8,), "epochs": 10, "batch_size": 16, "random_state": 0}
LAMS = (0.0, 0.1, 3.0)


def quick(**changes: object) -> ContractiveAutoencoder:
    return ContractiveAutoencoder(**{**QUICK, **changes})


def naive(model: ContractiveAutoencoder) -> Autoencoder:
    parameters = [torch.from_numpy(p) for p in model.parameters_]
    return Autoencoder(parameters, len(model.hidden_layer_sizes), model.activation, model.tied, model.loss)


def test_scikit_learns_own_checks() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("default")
        results = check_estimator(ContractiveAutoencoder(epochs=10), on_fail=None, on_skip=None)
    failed = {r["check_name"]: r["exception"] for r in results if r["status"] not in {"passed", "skipped"}}
    assert failed == {}
    assert [r["check_name"] for r in results if r["status"] == "skipped"] == ["check_array_api_input"]
    assert len(results) > 40


@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "relu"])
@pytest.mark.parametrize("sizes", [(8,), (7, 9, 5)])
@pytest.mark.parametrize(("tied", "loss"), [(True, "squared_error"), (False, "cross_entropy")])
def test_numbers_of_a_fitted_model(activation: str, sizes: tuple[int, ...], tied: bool, loss: str) -> None:
    model = quick(activation=activation, hidden_layer_sizes=sizes, tied=tied, loss=loss).fit(X)
    member, x = naive(model), torch.from_numpy(X)
    codes = torch.stack([member.code(row) for row in x])
    reconstructions = torch.stack([member.reconstruction(row) for row in x])
    J = member.jacobians(x)
    assert model.jacobian(X).shape == (80, sizes[-1], X.shape[1])
    for found, expected in (
        (model.transform(X), codes),
        (model.inverse_transform(model.transform(X)), reconstructions),
        (model.jacobian(X), J),
        (model.jacobian_norm(X), J.flatten(1).norm(dim=1)),
    ):
        assert found.dtype == np.float64
        assert relative_error(torch.from_numpy(found), expected) < 1e-6
    assert model.score(X) == pytest.approx(-float((reconstructions - x).square().sum(dim=1).mean()))
    spread = float((codes - codes.mean(dim=0)).square().sum(dim=1).mean().sqrt())
    expected_rho = model.jacobian_norm(X) / np.sqrt(6) * np.sqrt(X.var(axis=0).sum()) / spread
    np.testing.assert_allclose(model.relative_contraction(X), expected_rho, rtol=1e-6)
    saturation = model.saturation(X)
    assert saturation.shape == (80,)
    assert np.isnan(saturation).all() == (activation == "relu")


def test_spreads_are_those_of_the_training_data() -> None:
    model = quick().fit(X)
    few = slice(0, 3)
    np.testing.assert_allclose(model.relative_contraction(X[few]), model.relative_contraction(X)[few])


def test_an_estimator_is_what_the_core_trains() -> None:
    model = quick(lam=0.5).fit(X)
    data = Dataset(card=small_dataset().card, x_train=X.copy(), x_test=X.copy())
    config = Config("own", (Objective(lam=0.5),), (8,), batch_size=16, epochs=10, seed=0, dtype="float64")
    flat = np.concatenate([p.ravel() for p in model.parameters_])
    np.testing.assert_array_equal(flat, train(config, data, record=False).parameters)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("sizes", [(8,), (16, 4)])
def test_a_path_is_its_models_fitted_alone(dtype: str, sizes: tuple[int, ...]) -> None:
    changes = {"hidden_layer_sizes": sizes, "epochs": 20}
    path = contraction_path(X.astype(dtype), LAMS, **{**QUICK, **changes})
    assert [model.lam for model in path] == list(LAMS)
    for lam, model in zip(LAMS, path, strict=True):
        alone = quick(lam=lam, **changes).fit(X.astype(dtype))
        assert model.get_params() == alone.get_params()
        for a, b in zip(model.parameters_, alone.parameters_, strict=True):
            assert a.dtype == b.dtype == dtype
            assert np.linalg.norm(a - b) <= 1e-5 * np.linalg.norm(b)
        for name in ("transform", "jacobian_norm", "relative_contraction"):
            a, b = getattr(model, name)(X), getattr(alone, name)(X)
            assert np.linalg.norm(a - b) <= 1e-5 * np.linalg.norm(b)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_path_on_digits_is_its_models_fitted_alone(dtype: str) -> None:
    """The default model, long enough for rounding to show if there were any difference."""
    digits = (load_digits().data[:448] / 16).astype(dtype)
    path = contraction_path(digits, (0.1, 1.0), epochs=30, random_state=1)
    for model in path:
        alone = ContractiveAutoencoder(lam=model.lam, epochs=30, random_state=1).fit(digits)
        for a, b in zip(model.parameters_, alone.parameters_, strict=True):
            assert np.linalg.norm(a - b) <= 1e-5 * np.linalg.norm(b)
    assert path[1].jacobian_norm(digits).mean() < path[0].jacobian_norm(digits).mean()
    assert path[1].score(digits) < path[0].score(digits)


def test_precision_goes_in_and_comes_out() -> None:
    for dtype in (np.float32, np.float64):
        model = quick().fit(X.astype(dtype))
        assert model.parameters_[0].dtype == dtype
        for other in (np.float32, np.float64):
            assert model.transform(X.astype(other)).dtype == other
    assert quick().fit((X * 10).astype(int)).parameters_[0].dtype == np.float64


def test_the_callers_array_is_left_alone() -> None:
    mine = X.copy()
    quick().fit(mine)
    assert mine.flags.writeable
    np.testing.assert_array_equal(mine, X)


def test_random_states() -> None:
    def codes(random_state: object) -> np.ndarray:
        return quick(random_state=random_state, epochs=1).fit(X).transform(X)

    np.testing.assert_array_equal(codes(3), codes(3))
    assert not np.array_equal(codes(3), codes(4))
    assert not np.array_equal(codes(None), codes(None))
    np.testing.assert_array_equal(codes(np.random.RandomState(1)), codes(np.random.RandomState(1)))
    np.testing.assert_array_equal(codes(2**32 - 1), codes(2**32 - 1))


def test_a_path_without_a_seed_shares_one() -> None:
    one, other = contraction_path(X, (0.1, 0.1), **{**QUICK, "random_state": None})
    np.testing.assert_allclose(one.transform(X), other.transform(X), rtol=1e-9)


def test_a_path_may_come_from_a_generator() -> None:
    assert len(contraction_path(X, (lam for lam in LAMS), **{**QUICK, "epochs": 1})) == 3


def test_it_lives_among_other_estimators() -> None:
    y = X[:, 0] > np.median(X[:, 0])
    pipeline = make_pipeline(StandardScaler(), quick(), LogisticRegression())
    assert pipeline.fit(X, y).score(X, y) > 0.9
    search = GridSearchCV(quick(epochs=3), {"lam": [0.0, 30.0]}, cv=2).fit(X)
    assert search.best_params_ == {"lam": 0.0}


def test_names_come_out() -> None:
    names = quick(hidden_layer_sizes=(5, 3), epochs=1).fit(X).get_feature_names_out()
    assert names.tolist() == [f"contractiveautoencoder{i}" for i in range(3)]


def test_a_fitted_model_survives_pickle_and_clone() -> None:
    model = quick().fit(X)
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(model)).transform(X), model.transform(X))
    assert clone(model).get_params() == model.get_params()


def test_the_loss_falls() -> None:
    curve = quick(epochs=40).fit(X).loss_curve_
    assert curve.shape == (40,)
    assert curve[-1] < 0.5 * curve[0]


def test_a_batch_may_be_larger_than_the_data() -> None:
    assert quick(batch_size=1000, epochs=1).fit(X).transform(X).shape == (80, 8)


def test_one_layer_may_be_a_number() -> None:
    assert quick(hidden_layer_sizes=8, epochs=1).fit(X).transform(X).shape == (80, 8)


@pytest.mark.parametrize(
    "change",
    [
        {"lam": -1.0},
        {"lam": np.nan},
        {"lam": "much"},
        {"hidden_layer_sizes": ()},
        {"hidden_layer_sizes": (4, 4, 4, 4)},
        {"activation": "gelu"},
        {"tied": "no"},
        {"loss": "hinge"},
        {"learning_rate": 0.0},
        {"batch_size": 0},
        {"batch_size": 10_001},
        {"epochs": 0},
    ],
    ids=str,
)
def test_parameters_that_are_refused(change: dict) -> None:
    with pytest.raises(ConfigError, match="must"):
        quick(**change).fit(X)


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        (X[:1], "minimum of 2"),
        (X[0], "2D"),
        (np.where(X > 0.9, np.nan, X), "NaN"),
        (np.where(X > 0.9, np.inf, X), "inf"),
        (X[:, :0], "0 feature"),
        (np.full((3, 2), "a"), "could not convert"),
    ],
)
def test_data_that_are_refused(bad: np.ndarray, says: str) -> None:
    with pytest.raises(DataError, match=says):
        quick().fit(bad)


def test_inputs_outside_0_to_1_are_refused_for_cross_entropy() -> None:
    with pytest.raises(DataError, match="between 0 and 1"):
        quick(loss="cross_entropy").fit(2 * X)


def test_data_that_do_not_fit_the_model_are_refused() -> None:
    model = quick(epochs=1).fit(X)
    for name in ("transform", "score", "jacobian", "jacobian_norm", "relative_contraction", "saturation"):
        with pytest.raises(DataError, match="6 features"):
            getattr(model, name)(X[:, :4])
    with pytest.raises(DataError, match=r"must have 8 columns\. Got 6"):
        model.inverse_transform(X)
    with pytest.raises(DataError, match="NaN"):
        model.inverse_transform(np.full((2, 8), np.nan))


def test_a_model_is_fitted_first() -> None:
    for name in ("transform", "inverse_transform", "score", "jacobian", "relative_contraction"):
        with pytest.raises(NotFittedError):
            getattr(quick(), name)(X)


def test_paths_that_are_refused() -> None:
    with pytest.raises(ConfigError, match="Got none"):
        contraction_path(X, ())
    with pytest.raises(ConfigError, match="Got lam, sedd"):
        contraction_path(X, LAMS, sedd=1, lam=3)
    with pytest.raises(ConfigError, match="lam must be between"):
        contraction_path(X, (0.1, -1.0))


def test_a_model_that_diverges_warns() -> None:
    with pytest.warns(ConvergenceWarning, match=r"stopped being finite in epoch 1.*smaller learning rate"):
        model = quick(activation="identity").fit((X[:8] * 1e19).astype(np.float32))
    assert np.isfinite(model.parameters_[0]).all()
