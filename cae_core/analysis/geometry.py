"""Geometry of the codes: along the data and across them, near the data and away, whole reconstruction and code.

**Tangent and normal directions** come from a local PCA: the first m principal components T(x) of the `NEIGHBOURS`
nearest training samples of x, about their mean, with m the same for all samples: the number of components that hold
`HELD` of the variance, median over the samples, at least 1 and at most d - 1. Everything orthogonal to T is normal.
The sensitivities are root mean squares over directions,

    tangent(x)^2 = ||J(x) T||_F^2 / m,        normal(x)^2 = (||J(x)||_F^2 - ||J(x) T||_F^2) / (d - m),

and their ratio is that of the means over x: 1 where the code does not know the data's directions.

**Whole reconstruction**: ``J_r = J_g(f(x)) J_f(x)``, (d, d), which a denoising autoencoder with small noise penalises
(Alain and Bengio, JMLR 15, 2014). **Locality**: mean ``||J_f||_F`` on held-out samples, half-way between two of them,
and on uniform noise in their box: a contraction that is local is weaker away from the data.
"""

from __future__ import annotations

import numpy as np
import torch
from jaxtyping import Float
from numpy.typing import NDArray
from torch import Tensor

from cae_core.analysis.contraction import contraction_ratio
from cae_core.analysis.models import display_tensor, ensemble_of
from cae_core.analysis.neighbours import accuracies, noisy
from cae_core.analysis.path import RATIO_SAMPLES, yardsticks
from cae_core.config import Config
from cae_core.datasets import Dataset, load
from cae_core.ensemble import Ensemble
from cae_core.frame import Frame
from cae_core.jacobian import jacobian, norm, squared_norm
from cae_core.measures import saturation, saturation_by_unit
from cae_core.samples import as_tensor, train_tensor
from cae_core.training import advance, init_state, make_frame, steps_per_epoch

Floats = NDArray[np.float64]

NEIGHBOURS = 20
"""Training samples of a local PCA."""

HELD = 0.8
"""Share of the variance about a sample that its tangent directions hold."""

SAMPLES = 100
"""Display samples whose dense Jacobians are taken, at most."""

PRODUCTS = 1e10
"""Products in the dense Jacobians of a member, about: fewer samples where one takes many."""

PROBE_SAMPLES = 5000
"""Training samples that a linear classifier is fitted on, at most."""

QUALITY_SAMPLES = 1000
"""Samples of trustworthiness, which compares all pairs."""


def tangent_basis(x: Float[Tensor, "n d"], train: Float[Tensor, "N d"]) -> Floats:
    """Tangent directions of samples by local PCA.

    Args:
        x: samples, (n, d) with d >= 2.
        train: where their neighbours are looked for, (N, d).

    Returns:
        Orthonormal rows, (n, m, d).
    """
    d = x.shape[1]
    nearest = torch.cdist(x, train).topk(min(NEIGHBOURS, len(train)), largest=False).indices
    about = train[nearest].double().numpy()
    about = about - about.mean(axis=1, keepdims=True)
    _, s, vt = np.linalg.svd(about, full_matrices=False)
    shares = np.cumsum(s**2, axis=1) / np.maximum((s**2).sum(axis=1, keepdims=True), np.finfo(float).tiny)
    needed = 1 + (shares < HELD).sum(axis=1)
    m = int(np.clip(np.median(needed), 1, min(d - 1, vt.shape[1])))
    basis: Floats = vt[:, :m]
    return basis


def sensitivities(J: Float[Tensor, "K n units d"], basis: Floats) -> tuple[Tensor, Tensor]:
    """Root mean square gain along tangent and normal directions, each (K, n)."""
    T = torch.from_numpy(basis).to(J.dtype)
    m, d = T.shape[1], T.shape[2]
    along = torch.einsum("knud,nmd->knum", J, T).square().sum(dim=(2, 3))
    across = (J.square().sum(dim=(2, 3)) - along).clamp_min(0)
    return (along / m).sqrt(), (across / (d - m)).sqrt()


def reconstruction_norm(ensemble: Ensemble, x: Float[Tensor, "n d"]) -> Float[Tensor, "K n"]:
    """``||J_r(x)||_F`` of the whole reconstruction, exact, one sample after the other to bound memory."""
    return torch.cat([_reconstruction_norm(ensemble, one) for one in torch.split(x, 1)], dim=1)


def _reconstruction_norm(ensemble: Ensemble, x: Tensor) -> Tensor:
    transposed = jacobian(ensemble, x).transpose(2, 3)  # d x units, and on through the decoder
    h = ensemble.encode(x)
    pairs = list(zip(ensemble.decoder_weights, ensemble.decoder_biases, strict=True))
    for V, c in pairs[:-1]:
        z = torch.baddbmm(c.unsqueeze(1), h, V)
        h = ensemble.activation.value(z.clone())
        transposed = torch.einsum("knds,kst->kndt", transposed, V)
        transposed = transposed * ensemble.activation.slope(z, h).unsqueeze(2)
    transposed = torch.einsum("knds,kst->kndt", transposed, pairs[-1][0])
    if ensemble.sigmoid_output:
        r = ensemble.reconstruct(x)
        transposed = transposed * (r * (1 - r)).unsqueeze(2)
    return transposed.square().sum(dim=(2, 3)).sqrt()


def locality(ensemble: Ensemble, data: Dataset, seed: int = 0) -> Float[Tensor, "K 3 n"]:
    """Norms on the display sample, half-way between random pairs of it, and on uniform noise in its box.

    Args:
        ensemble: the autoencoders.
        data: its display sample is held out.
        seed: of pairs and noise.

    Returns:
        ``||J_f||_F`` at n places of each kind.
    """
    x = data.x_display.astype(np.float64)
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(x))
    middle = (x[order] + x[np.roll(order, 1)]) / 2  # no sample with itself
    noise = rng.uniform(x.min(axis=0), x.max(axis=0), x.shape)
    return torch.stack([norm(ensemble, as_tensor(one, ensemble.dtype)) for one in (x, middle, noise)], dim=1)


@torch.no_grad()
def geometry(frame: Frame) -> dict[str, Floats]:
    """What the geometry of a frame's codes is.

    Args:
        frame: any number of members.

    Returns:
        ``radii`` (R,), ``median_distance``, ``largest_distance`` and the contraction ratios ``ratio``,
        ``ratio_tangent`` and ``ratio_normal`` (K, R); ``tangent`` and ``normal`` sensitivities (K, n), ``dimension`` m;
        ``reconstruction`` ``||J_r||_F`` (K, n) and ``code`` ``||J_f||_F`` of the same samples; ``places`` (K, 3, N),
        norms of `locality`; ``units`` (K, units), share of samples in which each unit is saturated, and ``samples``
        (K, N), share of units that are saturated in each sample. Tangent and normal are NaN for a single input.
    """
    ensemble, data = ensemble_of(frame), load(frame.config)
    x = display_tensor(ensemble, data)
    sticks = yardsticks(frame.config)
    radii, some = sticks["radii"], x[:RATIO_SAMPLES]
    few = x[: int(np.clip(PRODUCTS / (data.n_inputs**2 * max(frame.config.hidden)), 10, SAMPLES))]
    found = {
        "ratio": contraction_ratio(ensemble, some, radii),
        "reconstruction": reconstruction_norm(ensemble, few),
        "code": squared_norm(ensemble, few).sqrt(),
        "places": locality(ensemble, data),
        "units": saturation_by_unit(ensemble, x),
        "samples": saturation(ensemble, x),
    }
    dimension = np.array(np.nan)
    if data.n_inputs > 1:
        basis = tangent_basis(some, train_tensor(data, ensemble.dtype))
        dimension = np.array(float(basis.shape[1]))
        along = torch.from_numpy(_in_span(basis, 1))
        across = torch.from_numpy(_in_span(basis, 1, outside=True))
        found["ratio_tangent"] = contraction_ratio(ensemble, some, radii, directions=along)
        found["ratio_normal"] = contraction_ratio(ensemble, some, radii, directions=across)
        pairs = [
            sensitivities(jacobian(ensemble, one), basis[i : i + 1])
            for i, one in enumerate(torch.split(few, 1))
        ]
        found["tangent"], found["normal"] = (torch.cat(parts, dim=1) for parts in zip(*pairs, strict=True))
    else:
        for name, like in (
            ("ratio_tangent", "ratio"),
            ("ratio_normal", "ratio"),
            ("tangent", "code"),
            ("normal", "code"),
        ):
            found[name] = torch.full_like(found[like], torch.nan)
    scalars = {name: sticks[name] for name in ("radii", "median_distance", "largest_distance")}
    return {
        **{name: np.asarray(value, dtype=np.float64) for name, value in scalars.items()},
        "dimension": dimension,
        **{name: tensor.double().numpy() for name, tensor in found.items()},
    }


def over_seeds(config: Config, epoch: int, seeds: int) -> dict[str, Floats]:
    """Ratios that claims are made of, for a config's own seed and the next ones; the places are the same for all.

    Args:
        config: what to train; its own seed is the first.
        epoch: where to stop.
        seeds: how many, >= 2.

    Returns:
        ``mean`` and ``error`` (K, 3): mean over the seeds of three ratios, tangent to normal sensitivity and norms
        half-way and on noise to those on data, and its standard error.
    """
    data, rows = load(config), []
    for more in range(seeds):
        one = config.but(seed=(config.seed + more) % 2**31, epochs=max(1, epoch))
        begin = init_state(one, data, record=False)
        state = advance(one, data, begin, epoch * steps_per_epoch(one, data), record=False)
        found = geometry(make_frame(one, data, state))
        means = {name: found[name].mean(axis=1) for name in ("tangent", "normal")}
        places = found["places"].mean(axis=2)
        ratios = [
            means["tangent"] / means["normal"],
            places[:, 1] / places[:, 0],
            places[:, 2] / places[:, 0],
        ]
        rows.append(np.stack(ratios, axis=1))
    values = np.stack(rows)
    return {"mean": values.mean(axis=0), "error": values.std(axis=0, ddof=1) / np.sqrt(seeds)}


def _in_span(basis: Floats, seed: int, *, outside: bool = False) -> Floats:
    """A random unit vector for each sample within the span of its basis, or orthogonal to it."""
    n, m, d = basis.shape
    rng = np.random.default_rng(seed)
    if outside:
        v = rng.standard_normal((n, d))
        v -= np.einsum("nmd,nm->nd", basis, np.einsum("nmd,nd->nm", basis, v))
    else:
        v = np.einsum("nmd,nm->nd", basis, rng.standard_normal((n, m)))
    length = np.linalg.norm(v, axis=1, keepdims=True)
    unit: Floats = v / length
    return unit


@torch.no_grad()
def quality(frame: Frame) -> dict[str, Floats]:
    """What the codes keep: neighbourhoods, and classes with and without noise on the inputs.

    Args:
        frame: any number of members.

    Returns:
        ``trustworthiness`` (K,) of the codes of up to 1,000 display samples (Venna and Kaski, 2001: 1 where a code's 5
        nearest neighbours are neighbours in the input); ``neighbours`` and ``probe`` (K, 2), accuracy of the 5 nearest
        neighbours and of a linear classifier fitted on clean training codes, on clean test samples and on those with
        Gaussian noise of 0.3; NaN without labels.
    """
    from sklearn.manifold import trustworthiness

    ensemble, data = ensemble_of(frame), load(frame.config)
    x = data.x_display[:QUALITY_SAMPLES]
    codes = ensemble.encode(as_tensor(x, ensemble.dtype)).numpy()
    count = min(5, (len(x) - 1) // 2)
    versions = [data.x_test, noisy(data.x_test)]
    finite = np.isfinite(codes).all(axis=(1, 2))
    trust = [
        trustworthiness(x, one, n_neighbors=count) if good and count > 0 else np.nan
        for one, good in zip(codes, finite, strict=True)
    ]
    return {
        "trustworthiness": np.array(trust),
        "neighbours": accuracies(ensemble, data, versions),
        "probe": linear_probe(ensemble, data, versions),
    }


def linear_probe(ensemble: Ensemble, data: Dataset, inputs: list[NDArray[np.floating]]) -> Floats:
    """Accuracy of logistic regression on standardised codes, fitted on clean training codes.

    Args:
        ensemble: the autoencoders.
        data: with labels.
        inputs: versions of the test inputs, each (m, d).

    Returns:
        The accuracies, (K, number of versions); NaN without labels, with one class, or where codes are not finite.
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    found = np.full((ensemble.members, len(inputs)), np.nan)
    if data.y_train is None or data.y_test is None or len(np.unique(data.y_train[:PROBE_SAMPLES])) < 2:
        return found
    train = ensemble.encode(train_tensor(data, ensemble.dtype)[:PROBE_SAMPLES]).numpy()
    labels = data.y_train[:PROBE_SAMPLES]
    versions = [ensemble.encode(as_tensor(x, ensemble.dtype)).numpy() for x in inputs]
    for k, codes in enumerate(train):
        if np.isfinite(codes).all():
            probe = make_pipeline(StandardScaler(), LogisticRegression(max_iter=300)).fit(codes, labels)
            found[k] = [probe.score(version[k], data.y_test) for version in versions]
    return found
