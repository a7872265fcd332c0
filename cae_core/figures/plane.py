"""What a plane under a plain, contractive ones and a denoising model shows, in words made from its numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cae_core.figures.parts import number
from cae_core.figures.words import COLLAPSED

KEPT = 0.02
"""Share of variance lost up to which a model still follows the data."""

Found = Mapping[str, NDArray[Any]]


def what_to_see(found: Found, lams: Sequence[float]) -> str:
    """How far the norm falls while the data are kept, where it is low, how thin ellipses are, and where codes collapse.

    Args:
        found: of `cae_core.analysis.plane.study`: the plain model, those over lambda, the denoising one.
        lams: lambda of the plain and the contractive models, 0 first.

    Returns:
        Plain text.
    """
    count = len(lams)
    lost, data, plane = (found[name][:count] for name in ("lost", "on_data", "over_plane"))
    kept = [k for k in range(1, count) if lost[k] <= KEPT]
    collapsed = [k for k in range(1, count) if lost[k] >= COLLAPSED]
    told = []
    if kept and data[0] > 0:
        k = kept[-1]
        ratio, plain = data[k] / plane[k], data[0] / plane[0]
        told.append(
            f"up to lambda {lams[k]:g}, where {lost[k]:.1%} of the variance is lost, the norm on the data falls by "
            f"{1 - data[k] / data[0]:.0%}; it is then {_times(ratio)} its mean over the plane (plain {_times(plain)}): "
            + _local(ratio, plain)
        )
        if found["axes"].shape[2] == 2:
            told.append(
                f"of the ellipses half are more than {_times(elongation(found, k))} as long as wide "
                f"(plain {_times(elongation(found, 0))})"
            )
    if collapsed:
        told.append(
            f"from lambda {lams[collapsed[0]]:g} on the code has collapsed, and the grid shrinks to a spot"
        )
    return f"What to see: {'; '.join(told)}." if told else "Here no lambda keeps the data."


def _local(ratio: float, plain: float) -> str:
    """In words, how the contraction is spread over the plane."""
    if ratio < min(1, plain):
        return "flatter on the data than around them"
    return (
        "it falls more on the data than around them" if ratio < plain else "it does not fall more on the data"
    )


def elongation(found: Found, k: int) -> float:
    """Median over the chosen samples of ``s_1 / s_2``, length over width of a model's ellipses."""
    first, second = np.linalg.norm(found["axes"][k], axis=2).T
    return float(np.median(first / np.maximum(second, np.finfo(float).tiny)))


def _times(value: float) -> str:
    return f"{number(float(value))} times"
