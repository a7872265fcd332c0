"""The datasets there are: what each is, and which settings show the method's effect on it.

Pure declarations, no arrays and no heavy imports: `Config` reads its per-dataset defaults here,
and pages read titles, descriptions and ranges. Loading is in `cae_core.datasets`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from cae_core.errors import ConfigError

Kind = Literal["image", "points", "table"]


@dataclass(frozen=True, slots=True)
class DatasetCard:
    """What is known of a dataset before it is loaded.

    Attributes:
        name: key in configs and URLs.
        title: what a page calls it.
        description: one sentence.
        source: where the data come from.
        kind: how a sample is drawn: an image, a point in 2-D or 3-D, or a row of features.
        n_inputs: d, the number of inputs (for noise the default of an adjustable number).
        image_shape: (rows, columns) of an image.
        n_train: default number of training samples.
        n_test: number of test samples.
        max_train: the largest number of training samples there are.
        lam_low: smallest positive lambda on the slider.
        lam_high: largest lambda on the slider; it loses at least 80 % of the variance.
        defaults: `Config` fields that differ from the class's defaults for this dataset.
        class_names: names of the classes, in order of label; empty without labels.
    """

    name: str
    title: str
    description: str
    source: str
    kind: Kind
    n_inputs: int
    n_train: int
    n_test: int
    max_train: int
    lam_low: float
    lam_high: float
    image_shape: tuple[int, int] | None = None
    defaults: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    class_names: tuple[str, ...] = ()

    @property
    def lam_middle(self) -> float:
        """Geometric middle of the positive range of lambda."""
        return float((self.lam_low * self.lam_high) ** 0.5)


_CARDS = (
    DatasetCard(
        name="digits",
        title="Digits 8×8",
        description="Handwritten digits as 8×8 grey images, small enough to train while you watch.",
        source="scikit-learn (UCI Optical Recognition of Handwritten Digits)",
        kind="image",
        n_inputs=64,
        image_shape=(8, 8),
        n_train=1297,
        n_test=500,
        max_train=1297,
        lam_low=1e-3,
        lam_high=10.0,
        class_names=tuple("0123456789"),
    ),
)

CATALOG: Mapping[str, DatasetCard] = MappingProxyType({card.name: card for card in _CARDS})


def card(name: str) -> DatasetCard:
    """The card of a dataset.

    Args:
        name: a key of `CATALOG`.

    Returns:
        The dataset's card.

    Raises:
        ConfigError: there is no such dataset.
    """
    if name not in CATALOG:
        raise ConfigError(
            f"The dataset must be one of {', '.join(CATALOG)}. Got {name!r}. Choose one of these."
        )
    return CATALOG[name]
