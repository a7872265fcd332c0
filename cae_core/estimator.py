"""The scikit-learn face: `ContractiveAutoencoder`, and `contraction_path` for many lambdas at once.

    mean_n [ error(x_n, g(f(x_n))) + lam ||J_f(x_n)||_F^2 ]

with the error summed over the d inputs, as in the paper (Rifai et al., ICML 2011). Where the error is the mean over the
inputs instead, as in many tutorials, the same model has ``lam / d``.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator
from typing import Any, Self

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils import Tags, check_array, check_random_state
from sklearn.utils.validation import check_is_fitted, validate_data

from cae_core import jacobian, measures
from cae_core.catalog import OWN
from cae_core.config import Config, Objective
from cae_core.datasets import SPREAD_LIMIT, Dataset
from cae_core.ensemble import Ensemble, Layout
from cae_core.errors import ConfigError, DataError
from cae_core.frame import stopped
from cae_core.samples import as_tensor
from cae_core.training import train

Array = NDArray[np.floating]

_LARGEST_SEED = 2**31 - 1
_PRECISIONS = [np.float64, np.float32]


class ContractiveAutoencoder(ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Contractive autoencoder: codes that resist small changes of their inputs.

    Minimises ``mean_n [ error(x_n, g(f(x_n))) + lam ||J_f(x_n)||_F^2 ]``, the error summed over the d inputs.
    Where a text takes its mean over the inputs, its lambda is ``lam / d`` of this one: 1e-4 at d = 784 is 0.078 here.

    float32 is computed in float32, everything else in float64.
    Inputs are used as they come: scale them to comparable ranges first.

    Args:
        hidden_layer_sizes: units of each encoder layer, one to three; the last is the code.
        lam: lambda, the weight of the penalty, >= 0; 0 is the plain autoencoder.
        activation: ``sigmoid``, ``tanh``, ``softplus``, ``relu`` or ``identity``.
        tied: whether the decoder has the encoder's weights, transposed.
        loss: ``squared_error`` with a linear output, or ``cross_entropy`` with a sigmoid output for inputs in 0 to 1.
        learning_rate: step size of Adam.
        batch_size: samples a step; all of them where there are fewer.
        epochs: passes over the samples.
        random_state: seed of weights and batches, a `RandomState`, or None for another seed at each fit.
        curvature: gamma, the weight of the penalty on the change of the Jacobian near a sample (CAE+H), >= 0;
            its noise has a standard deviation of 0.1 in the inputs' units (`cae_core.curvature.SIGMA`).

    Attributes:
        n_features_in_: d, the number of inputs.
        feature_names_in_: names of the inputs, where X had names.
        parameters_: W_1 (d, s_1), b_1 (s_1,), ..., then the decoder's (W untied,) c_L ... c_1.
        loss_curve_: reconstruction error of each epoch, as met during training, (epochs,).
        input_spread_: root mean squared distance of the training inputs to their mean.
        code_spread_: the same of their codes.

    Raises:
        ConfigError: (in `fit`) a parameter is out of its range.
        DataError: the samples are no finite table with the right number of columns.

    References:
        Rifai, Vincent, Muller, Glorot, Bengio, "Contractive Auto-Encoders: Explicit Invariance During Feature
        Extraction", ICML 2011; for `curvature`, Rifai et al., "Higher Order Contractive Auto-Encoder", ECML 2011.

    Examples:
        >>> from sklearn.datasets import load_digits
        >>> X = load_digits().data / 16
        >>> model = ContractiveAutoencoder(lam=1.0, epochs=2, random_state=0).fit(X)
        >>> model.transform(X).shape
        (1797, 128)
    """

    def __init__(
        self,
        hidden_layer_sizes: tuple[int, ...] = (128,),
        lam: float = 0.1,
        activation: str = "sigmoid",
        tied: bool = True,
        loss: str = "squared_error",
        learning_rate: float = 3e-3,
        batch_size: int = 64,
        epochs: int = 60,
        random_state: int | np.random.RandomState | None = None,
        curvature: float = 0.0,
    ) -> None:
        self.hidden_layer_sizes = hidden_layer_sizes
        self.lam = lam
        self.activation = activation
        self.tied = tied
        self.loss = loss
        self.learning_rate = learning_rate
        self.batch_size = batch_size
        self.epochs = epochs
        self.random_state = random_state
        self.curvature = curvature

    def fit(self, X: ArrayLike, y: object = None) -> Self:
        """Train on samples.

        Args:
            X: samples, (n, d), n >= 2.
            y: ignored.

        Returns:
            The estimator.
        """
        _fit_together([self], X)
        return self

    def transform(self, X: ArrayLike) -> Array:
        """Codes ``h = f(x)``.

        Args:
            X: samples, (n, d).

        Returns:
            The codes, (n, units).
        """
        ensemble, x = self._seen(X)
        return _member(torch.cat([ensemble.encode(block) for block in _blocks(x)], dim=1))

    def inverse_transform(self, X: ArrayLike) -> Array:
        """Reconstructions ``g(h)`` from codes.

        Args:
            X: codes, (n, units).

        Returns:
            The reconstructions, (n, d).

        Raises:
            DataError: the codes are no finite table with one column a unit.
        """
        check_is_fitted(self)
        try:
            codes = check_array(X, dtype=_PRECISIONS, input_name="codes")
        except ValueError as error:
            raise DataError(str(error)) from error
        if codes.shape[1] != self._n_features_out:
            raise DataError(
                f"Codes must have {self._n_features_out} columns. Got {codes.shape[1]}. Give what `transform` gives."
            )
        ensemble, h = self._ensemble(codes)
        return _member(torch.cat([ensemble.decode(block[None]) for block in _blocks(h)], dim=1))

    def score(self, X: ArrayLike, y: object = None) -> float:
        """Minus the mean over X of ``||g(f(x)) - x||^2``, the squared error summed over the inputs.

        Args:
            X: samples, (n, d).
            y: ignored.

        Returns:
            The score, <= 0; greater is a better reconstruction.
        """
        ensemble, x = self._seen(X)
        return -float(measures.errors(ensemble, x).double().mean())

    def jacobian(self, X: ArrayLike) -> Array:
        """``J_ji = dh_j/dx_i``, exact: n x units x d numbers.

        Args:
            X: samples, (n, d).

        Returns:
            The Jacobians, (n, units, d).
        """
        ensemble, x = self._seen(X)
        return _member(jacobian.jacobian(ensemble, x))

    def jacobian_norm(self, X: ArrayLike) -> Array:
        """``||J_f(x)||_F``, not squared; the penalty is the mean of its square.

        Args:
            X: samples, (n, d).

        Returns:
            The norms, (n,).
        """
        ensemble, x = self._seen(X)
        return _member(jacobian.norm(ensemble, x))

    def relative_contraction(self, X: ArrayLike) -> Array:
        """``rho(x) = ||J_f(x)||_F / sqrt(d) * spread(inputs) / spread(codes)``, spreads over the training samples.

        1 for a similarity map; below 1 where a random direction moves the code less, relative to spread, than the
        data's own directions do. A linear projection already does that: compare it at equal data and d only.

        Args:
            X: samples, (n, d).

        Returns:
            The relative contraction, (n,); NaN where the codes have collapsed.
        """
        ensemble, x = self._seen(X)
        spread = torch.tensor([self.code_spread_], dtype=torch.float64)
        norms = jacobian.norm(ensemble, x)
        return _member(measures.relative_contraction(norms, self.n_features_in_, self.input_spread_, spread))

    def saturation(self, X: ArrayLike) -> Array:
        """Share of saturated code units: sigmoid outside 0.05 to 0.95, tanh beyond 0.95 in size.

        Args:
            X: samples, (n, d).

        Returns:
            The shares, (n,); NaN for unbounded activations.
        """
        ensemble, x = self._seen(X)
        return _member(measures.saturation(ensemble, x))

    @property
    def _n_features_out(self) -> int:
        """Units of the code, for `get_feature_names_out`."""
        return int(self.parameters_[2 * len(self._config.hidden) - 1].shape[0])

    def _config_for(self, dtype: str, seed: int) -> Config:
        """The config of this estimator's parameters."""
        sizes = self.hidden_layer_sizes
        return Config(
            dataset=OWN.name,
            objectives=(Objective(lam=self.lam, curvature=self.curvature),),
            hidden=tuple(sizes) if isinstance(sizes, Iterable) else (sizes,),
            activation=self.activation,
            tied=self.tied,
            loss=self.loss,
            learning_rate=self.learning_rate,
            batch_size=self.batch_size,
            epochs=self.epochs,
            seed=seed,
            dtype=dtype,
        )

    def _seen(self, X: ArrayLike) -> tuple[Ensemble, torch.Tensor]:
        """The fitted autoencoder, and samples to give to it, in the samples' precision."""
        check_is_fitted(self)
        return self._ensemble(_validated(self, X, reset=False, dtype=_PRECISIONS))

    def _ensemble(self, x: Array) -> tuple[Ensemble, torch.Tensor]:
        """The fitted autoencoder as an ensemble of one, and x, in the precision of x."""
        parameters = [torch.from_numpy(p.astype(x.dtype))[None] for p in self.parameters_]
        return Ensemble.of(self._config, parameters), as_tensor(x, parameters[0].dtype)

    def __sklearn_tags__(self) -> Tags:
        tags: Tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags


def contraction_path(X: ArrayLike, lams: Iterable[float], **parameters: Any) -> list[ContractiveAutoencoder]:
    """Train a contractive autoencoder for each lambda, all in one ensemble.

    All share initial weights and batches, and each equals the one that `ContractiveAutoencoder.fit` gives alone with
    the same seed, at a fraction of the time.

    Args:
        X: samples, (n, d), n >= 2.
        lams: the lambdas, each >= 0.
        **parameters: of `ContractiveAutoencoder`, without ``lam``.

    Returns:
        The fitted estimators, in the order of the lambdas.

    Raises:
        ConfigError: a parameter is unknown or out of its range, or there is no lambda.
        DataError: the samples are no finite table.
    """
    known = set(ContractiveAutoencoder().get_params()) - {"lam"}
    unknown = sorted(set(parameters) - known)
    if unknown:
        raise ConfigError(
            f"Parameters must be among {', '.join(sorted(known))}. Got {', '.join(unknown)}. Check the spelling."
        )
    estimators = [ContractiveAutoencoder(lam=lam, **parameters) for lam in lams]
    if not estimators:
        raise ConfigError("A path must have one lambda or more. Got none. Give a list of numbers.")
    _fit_together(estimators, X)
    return estimators


def _fit_together(estimators: list[ContractiveAutoencoder], X: ArrayLike) -> None:
    """Fit estimators that differ in lambda only, in one ensemble."""
    for estimator in estimators:
        x = _validated(estimator, X, reset=True, dtype=_PRECISIONS, ensure_min_samples=2)
    first = estimators[0]
    alone = [estimator._config_for(x.dtype.name, 0) for estimator in estimators]
    objectives = tuple(config.objectives[0] for config in alone)
    config = alone[0].but(objectives=objectives, seed=_seed(first.random_state))
    own = np.array(x)
    dataset = Dataset(card=OWN, x_train=own, x_test=own)
    state = train(config, dataset, record=False)
    parameters = Layout.of(config, dataset.n_inputs).split(torch.from_numpy(state.parameters))
    spreads = measures.code_spread(
        Ensemble.of(config, parameters), as_tensor(own[:SPREAD_LIMIT], parameters[0].dtype)
    )
    for k, estimator in enumerate(estimators):
        estimator._config = config.but(objectives=(objectives[k],))
        estimator.parameters_ = tuple(p[k].numpy().copy() for p in parameters)
        estimator.loss_curve_ = state.history[1:, 0, k].copy()
        estimator.input_spread_ = dataset.train_spread
        estimator.code_spread_ = float(spreads[k])
        if state.failed_epoch[k]:
            note = stopped(objectives[k], int(state.failed_epoch[k]))
            warnings.warn(note, ConvergenceWarning, stacklevel=3)


def _validated(estimator: ContractiveAutoencoder, X: ArrayLike, **checks: Any) -> Array:
    """X as a finite table, by scikit-learn's own checks.

    Args:
        estimator: what is fitted or applied.
        X: samples, (n, d).
        **checks: of scikit-learn's `validate_data`.

    Returns:
        The table.

    Raises:
        DataError: it is none.
    """
    try:
        x: Array = validate_data(estimator, X, **checks)
    except ValueError as error:
        raise DataError(str(error)) from error
    return x


def _seed(random_state: object) -> int:
    """The seed of a config: a small number is itself, so that it gives what the command line gives."""
    if isinstance(random_state, (int, np.integer)) and 0 <= random_state <= _LARGEST_SEED:
        return int(random_state)
    return int(check_random_state(random_state).randint(_LARGEST_SEED))


def _blocks(x: torch.Tensor) -> Iterator[torch.Tensor]:
    """Blocks of samples that bound the memory of hidden layers."""
    yield from torch.split(x, measures.BLOCK)


def _member(result: torch.Tensor) -> Array:
    """The only member's part of a result."""
    array: Array = result[0].numpy()
    return array
