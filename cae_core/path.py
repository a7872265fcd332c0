"""What a lambda path is: one ensemble over many lambdas, looked at in a few epochs.

The members are the plain autoencoder (lambda 0) and lambdas at equal ratios over a range; they are trained together,
from the same weights, on the same batches. A denoising and a weight-decay autoencoder may join them. The epochs looked
at are 0, 1, ... and then apart by about the same ratio, up to the last.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from math import floor, log
from types import MappingProxyType

import numpy as np

from cae_core.catalog import DISPLAY_LIMIT, card
from cae_core.config import Config, Objective, Setting, count_parameters
from cae_core.errors import ConfigError

PATH_SETTINGS: Mapping[str, Setting] = MappingProxyType(
    {
        "members": Setting(
            "Values of lambda", "How many lambdas are trained together, lambda 0 included.", "members", 1, 64
        ),
        "frames": Setting(
            "Moments of training",
            "How many epochs are kept, the first and the last included.",
            "frames",
            1,
            64,
        ),
        "low": Setting("Smallest lambda above 0", "Where the range of lambda begins.", "from", 1e-9, 1e6),
        "high": Setting(
            "Largest lambda",
            "Where the range of lambda ends; the dataset's own range ends in collapse.",
            "to",
            1e-9,
            1e6,
        ),
        "denoising": Setting(
            "Denoising autoencoder",
            "Standard deviation of the Gaussian noise on the inputs of one more model; 0 is none.",
            "dae",
            0.0,
            1e3,
        ),
        "weight_decay": Setting(
            "Weight decay",
            "Factor on the sum of the squared weights of one more model; 0 is none.",
            "decay",
            0.0,
            1e6,
        ),
    }
)
"""Labels, ranges, help texts and URL keys of what makes a path, beside its config."""

MEMBERS, FRAMES = 16, 16
"""Numbers of lambdas and of epochs by default."""

MAX_PARAMETERS = 4_000_000
"""Parameters of all members together that a page trains: 16 MB a frame in single precision."""

MAX_POINTS = 400_000
"""Points of all members and moments together that a page shows: 5 MB at most; by default 256,000 at most."""


def lambda_values(low: float, high: float, count: int) -> tuple[float, ...]:
    """Lambda 0, then values at equal ratios from `low` to `high`.

    Args:
        low: the smallest lambda above 0.
        high: the largest.
        count: number of values, lambda 0 included.

    Returns:
        Increasing values; those between the ends in as few digits as tell them apart, at least two.

    Raises:
        ConfigError: the range is empty, or a number is out of its own range.
    """
    for name, value in (("members", count), ("low", low), ("high", high)):
        _check(name, value)
    if count <= 2:
        return (0.0, high)[:count]
    inner = np.geomspace(low, high, count - 1)[1:-1].tolist() if low < high else []
    for digits in (2, 3, 4, 6, 17):
        values = (0.0, low, *(float(f"{value:.{digits}g}") for value in inner), high)
        if all(a < b for a, b in pairwise(values)):
            return values
    raise ConfigError(
        f"The largest lambda must be above the smallest, by enough for {count - 1} values. Got {low:g} to {high:g}. "
        "Choose a wider range."
    )


def frame_epochs(total: int, count: int) -> tuple[int, ...]:
    """Epochs from 0 to the last, apart by about the same ratio as far as whole epochs allow.

    Args:
        total: the last epoch, >= 1.
        count: how many; where there are fewer epochs, each is taken, and of one, the last.

    Returns:
        Increasing epochs, with 0 (where count > 1) and `total` among them.

    Raises:
        ConfigError: the number is out of its range.
    """
    _check("frames", count)
    if count == 1:
        return (total,)
    if count > total:
        return tuple(range(total + 1))

    def steps(ratio: float) -> list[float]:
        found = [0.0]
        while len(found) < count:
            found.append(max(found[-1] + 1, found[-1] * ratio))
        return found

    low, high = 1.0, float(max(total, 2))
    for _ in range(100):
        middle = (low * high) ** 0.5
        low, high = (middle, high) if steps(middle)[-1] < total else (low, middle)
    return (
        *(floor(epoch + 0.5) for epoch in steps(low)[:-1]),
        total,
    )  # at least 1 apart, so rounded distinct


def _check(name: str, value: float) -> None:
    setting = PATH_SETTINGS[name]
    if not setting.low <= value <= setting.high:
        raise ConfigError(
            f"{setting.label} must be between {setting.low:g} and {setting.high:g}. Got {value:g}. "
            "Choose a value in that range."
        )


@dataclass(frozen=True)
class PathSpec:
    """What a path is made of.

    Attributes:
        config: the members: those of `lams`, then the marks.
        epochs: the epochs looked at, increasing, the last being the config's.
        lams: lambdas of the first members, increasing, beginning with 0.
    """

    config: Config
    epochs: tuple[int, ...]
    lams: tuple[float, ...]

    @classmethod
    def of(
        cls,
        config: Config,
        *,
        members: int = MEMBERS,
        frames: int = FRAMES,
        low: float | None = None,
        high: float | None = None,
        denoising: float = 0.0,
        weight_decay: float = 0.0,
    ) -> PathSpec:
        """The path of a config's dataset, architecture and optimiser; its objectives are replaced.

        Args:
            config: what to train.
            members: number of lambdas, lambda 0 included.
            frames: number of epochs looked at, as far as there are so many.
            low: smallest lambda above 0; by default the dataset's.
            high: largest lambda; by default the dataset's, which ends in collapse.
            denoising: standard deviation of the noise of a denoising member; 0 is none.
            weight_decay: factor of a member with weight decay; 0 is none.

        Returns:
            The path.

        Raises:
            ConfigError: a number is out of its range, or the range of lambda is empty.
        """
        known = card(config.dataset)
        low, high = known.lam_low if low is None else low, known.lam_high if high is None else high
        lams = lambda_values(low, high, members)
        objectives = [Objective(lam=lam) for lam in lams]
        for name, value in (("denoising", denoising), ("weight_decay", weight_decay)):
            _check(name, value)
            if value > 0:
                objectives.append(
                    Objective(gaussian=value) if name == "denoising" else Objective(weight_decay=value)
                )
        return cls(config.but(objectives=tuple(objectives)), frame_epochs(config.epochs, frames), lams)

    @property
    def marks(self) -> tuple[Objective, ...]:
        """The members beyond those of `lams`."""
        return self.config.objectives[len(self.lams) :]

    def nearest(self, lam: float, epoch: float) -> tuple[int, int]:
        """The member and the moment that a player shows the numbers of.

        Args:
            lam: a lambda; nearness is on the handle's scale, by ratios above the smallest lambda and linear below.
            epoch: an epoch; nearness is linear between moments.

        Returns:
            Index of the member among `lams` and of the moment among `epochs`; halfway, the later one.
        """
        lams, last = self.lams, len(self.lams) - 1
        member = min(max(bisect_right(lams, lam) - 1, 0), last)
        if member < last:
            low, high = lams[member], lams[member + 1]
            share = log(lam / low) / log(high / low) if low > 0 else lam / high
            member += share >= 0.5
        moment = min(max(bisect_right(self.epochs, epoch) - 1, 0), len(self.epochs) - 1)
        if moment < len(self.epochs) - 1:
            first, second = self.epochs[moment], self.epochs[moment + 1]
            moment += (epoch - first) / (second - first) >= 0.5
        return member, moment

    @cached_property
    def key(self) -> str:
        """A hash of everything that decides the path's numbers."""
        return hashlib.sha256(f"{self.config.key} {self.epochs}".encode()).hexdigest()[:16]


def neighbour(spec: PathSpec, index: int) -> int:
    """The member whose map a member's map starts from: the one before it, or of a mark the plain autoencoder."""
    return max(0, index - 1) if index < len(spec.lams) else 0


def check_size(spec: PathSpec) -> None:
    """Check that a path is small enough for a server with many visitors; the library itself has no such bound.

    Args:
        spec: of a dataset in the catalog.

    Raises:
        ConfigError: its models have more than `MAX_PARAMETERS` parameters together, or its maps more than `MAX_POINTS`.
    """
    count = count_parameters(spec.config) * spec.config.n_members
    if count > MAX_PARAMETERS:
        raise ConfigError(
            f"The models of a path must have at most {MAX_PARAMETERS:,} parameters together. Got {count:,}. "
            "Choose fewer hidden units or fewer values of lambda."
        )
    points = spec.config.n_members * len(spec.epochs) * min(card(spec.config.dataset).n_test, DISPLAY_LIMIT)
    if points > MAX_POINTS:
        raise ConfigError(
            f"A path must have at most {MAX_POINTS:,} points in its maps. Got {points:,}: "
            f"{spec.config.n_members} models at {len(spec.epochs)} moments. Choose fewer of either."
        )
