"""`plane`: the plane under a plain, a contractive and a denoising model, drawn in the browser from one message."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ui import mount
from ui.session import Lab

STUDY = "plane:study"
LAMBDAS = 8
"""Positive lambdas, at equal ratios over the dataset's range."""

NOISE = 0.1
"""Standard deviation of the denoising model's noise, as a share of the data's spread."""

Arrays = Mapping[str, NDArray[Any]]


def lambdas(state: Lab) -> tuple[float, ...]:
    """The positive lambdas of the visitor's dataset."""
    low, high = state.card.lam_low, state.card.lam_high
    return tuple(float(f"{lam:.2g}") for lam in np.geomspace(low, high, LAMBDAS))


def message(found: Arrays, lams: Sequence[float], noise: float, lam: float) -> bytes:
    """What the browser draws, as JSON with arrays in base64; norms in 256 steps from 0 to the largest of all models.

    Args:
        found: what `cae_core.analysis.plane.study` gives.
        lams: lambda of the plain and the contractive members, 0 first.
        noise: of the denoising member.
        lam: where the handle should stand.

    Returns:
        The message.
    """
    norm = np.nan_to_num(found["norm"], posinf=0.0)
    top = float(norm.max()) or 1.0
    arrays = {
        "norm": np.rint(255 * norm / top).astype(np.uint8),
        "moved": found["moved"].astype(np.float32),
        "axes": found["axes"].astype(np.float32),
        "at": found["at"].astype(np.float32),
        "x": found["x"].astype(np.float32),
        "y": found["y"].astype(np.int32),
    }
    return json.dumps(
        {
            "lams": [float(one) for one in lams],
            "start": int(np.abs(np.array(lams) - lam).argmin()),
            "noise": noise,
            "low": found["low"].tolist(),
            "high": found["high"].tolist(),
            "side": norm.shape[1],
            "lattice": found["moved"].shape[1],
            "ellipses": found["axes"].shape[1],
            "rank": found["axes"].shape[2],
            "longest": float(np.nan_to_num(np.linalg.norm(found["axes"], axis=3), posinf=0.0).max()),
            **{name: _numbers(found[name]) for name in ("on_data", "over_plane", "lost")},
            "arrays": {name: packed(array) for name, array in arrays.items()},
        },
        allow_nan=False,
        separators=(",", ":"),
    ).encode()


def _numbers(values: NDArray[np.floating]) -> list[float | None]:
    """Five digits after the point; what is no number is a gap."""
    return [round(value, 5) if np.isfinite(value) else None for value in values.tolist()]


def packed(array: NDArray[Any]) -> dict[str, str]:
    """An array as ``{"dtype", "data"}``, its bytes in base64."""
    return {"dtype": array.dtype.str[1:], "data": base64.b64encode(np.ascontiguousarray(array)).decode()}


def plane(data: bytes, key: str) -> None:
    """Show the planes.

    Args:
        data: a `message`.
        key: name on its page.
    """
    _plane()(key=key, data=data)


def _plane() -> Any:
    return mount.component(
        "plane",
        "plane.js",
        "plane.css",
        failure="The plane could not be loaded from this server. Reload the page.",
    )
