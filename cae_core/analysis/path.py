"""What a lambda path shows of a frame, and the yardsticks that all its frames share."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from cae_core.alignment import aligned, turned
from cae_core.analysis.contraction import contraction_ratio, pair_distances
from cae_core.analysis.models import codes, display_sample, display_tensor, ensemble_of
from cae_core.analysis.projection import pca, umap_layout
from cae_core.analysis.spectrum import MEAN_SAMPLES
from cae_core.config import Config
from cae_core.datasets import load
from cae_core.frame import Frame
from cae_core.jacobian import singular_values
from cae_core.path import PathSpec, neighbour
from cae_core.path_parts import Piece, base_part, frame_part, umap_part, unpack
from cae_core.training import advance, init_state, make_frame, steps_per_epoch

Floats = NDArray[np.floating]

RADII = 16
"""Number of radii of a contraction curve."""

RATIO_SAMPLES = 250
"""Samples over which a contraction ratio is averaged: the first ones of the display sample."""

LARGE_RANK, FEW_SAMPLES = 128, 25
"""Above this rank the mean spectrum is taken over few samples: one of 784 -> 256 takes 5 ms."""

NEXT_EPOCHS = 100
"""UMAP's epochs where a layout starts from its neighbour's: half of those from PCA."""


def yardsticks(config: Config) -> dict[str, NDArray[Any]]:
    """What all frames of a path share.

    Args:
        config: names the dataset.

    Returns:
        What `display_sample` gives, and ``radii`` (from a hundredth of the median distance between two display samples
        to twice the largest, at equal ratios), ``median_distance``, ``largest_distance``, ``spectrum_samples`` and
        ``ratio_samples``.
    """
    display = display_sample(config)
    n, d = display["x"].shape
    radii, median, largest = _distances(config.dataset, config.samples, config.dimensions)
    return {
        **display,
        "radii": radii,
        "median_distance": np.array(median),
        "largest_distance": np.array(largest),
        "spectrum_samples": np.array(min(n, _spectrum_samples(d, config.hidden[-1]))),
        "ratio_samples": np.array(min(n, RATIO_SAMPLES)),
    }


@lru_cache(maxsize=8)
def _distances(dataset: str, samples: int | None, dimensions: int | None) -> tuple[Floats, float, float]:
    """Radii, median and largest distance between two display samples."""
    x = load(Config.for_dataset(dataset, samples=samples, dimensions=dimensions)).x_display
    median, largest = pair_distances(x)
    smallest = 0.01 * (median or largest)
    return np.geomspace(smallest, 2 * largest, RADII), median, largest


def _spectrum_samples(d: int, units: int) -> int:
    return MEAN_SAMPLES if min(d, units) <= LARGE_RANK else FEW_SAMPLES


@torch.no_grad()
def piece(frame: Frame) -> Piece:
    """Maps, mean spectra and contraction curves of all members of a frame.

    Args:
        frame: any number of members.

    Returns:
        The piece; its points are not yet turned onto their neighbours.
    """
    config, dataset = frame.config, load(frame.config)
    # Before the first step all members are the same.
    different = frame.config.n_members if frame.epoch > 0 else 1
    ensemble = ensemble_of(frame if frame.epoch > 0 else frame.member(0))
    x = display_tensor(ensemble, dataset)
    maps = [pca(one) for one in ensemble.encode(x).float().numpy()]
    few = x[: _spectrum_samples(dataset.n_inputs, config.hidden[-1])]
    radii, _, _ = _distances(config.dataset, config.samples, config.dimensions)
    arrays = (
        np.stack([scores for scores, _ in maps]).astype(np.float32),
        np.array([share for _, share in maps]),
        singular_values(ensemble, few).mean(dim=1).float().numpy(),
        contraction_ratio(ensemble, x[:RATIO_SAMPLES], radii).float().numpy(),
    )
    return Piece(*(np.repeat(array, config.n_members // different, axis=0) for array in arrays))


def umap_beside(frame: Frame, start: Floats | None = None) -> Floats:
    """UMAP of one member's codes of the display sample, from its neighbour's layout and turned onto it.

    Args:
        frame: one member.
        start: the layout of the member before it, (n, 2); without one the fit starts from the PCA.

    Returns:
        The layout, (n, 2).

    Raises:
        DataError: there are too few samples, or the codes are not finite.
    """
    values = codes(frame)[0]
    if start is None:
        return umap_layout(values)
    return turned(umap_layout(values, start=start, epochs=NEXT_EPOCHS), start)


def make_path(
    spec: PathSpec, *, umap: bool = False, report: Callable[[str, float], None] = lambda *_: None
) -> list[bytes]:
    """Train a path and put its numbers into parts, in this process.

    Args:
        spec: what to make.
        umap: whether to fit UMAP to the codes of the last frame, too.
        report: called now and then with what is being done, and its share done.

    Returns:
        The parts, as `cae_core.path_parts.read_path` reads them.

    Raises:
        ConfigError: the dataset has fewer samples than asked for.
        DatasetUnavailable: its files are missing.
    """
    config, dataset = spec.config, load(spec.config)
    per_epoch = steps_per_epoch(config, dataset)
    parts = [base_part(spec, yardsticks(config))]
    base, state, before, frame = unpack(parts[0]), init_state(config, dataset, record=False), None, None
    for index, epoch in enumerate(spec.epochs):
        while state.step < epoch * per_epoch:
            steps = min(max(1, per_epoch // 4), epoch * per_epoch - state.step)
            state = advance(config, dataset, state, steps, record=False)
            report("Training", state.step / (config.epochs * per_epoch))
        frame = make_frame(config, dataset, state)
        computed = piece(frame)
        before = aligned(computed.points, len(spec.lams), before)
        parts.append(frame_part(spec, index, frame, computed, before, base))
    if umap and frame is not None:
        maps: list[Floats] = []
        for index in range(config.n_members):
            maps.append(umap_beside(frame.member(index), maps[neighbour(spec, index)] if maps else None))
            report("UMAP", (index + 1) / config.n_members)
        parts.append(umap_part(spec, np.stack(maps)))
    return parts
