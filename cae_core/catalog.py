"""The datasets there are: what each is, and which settings show the method's effect on it.

Declarations, no arrays and no heavy imports: `Config` reads its per-dataset defaults here,
and pages read titles, descriptions and ranges. Loading is in `cae_core.datasets`.
"""

from __future__ import annotations

import atexit
import json
import os
import re
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from cae_core.errors import ConfigError

Kind = Literal["image", "points", "table"]

DISPLAY_LIMIT = 1000
"""Largest number of test samples that views show."""

POINT_NAMES = ("x", "y", "z")
"""Names of the coordinates of points."""


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
        licence: the data's licence, or what their authors ask for; empty where they are drawn here.
        group: heading that a menu puts it under.
        download_bytes: size of the files that must be downloaded once; 0 where nothing is.
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
    licence: str = ""
    group: str = "Images"
    download_bytes: int = 0

    @property
    def lam_middle(self) -> float:
        """Geometric middle of the positive range of lambda."""
        return float((self.lam_low * self.lam_high) ** 0.5)


_SKLEARN = "scikit-learn"
_QUARTERS = ("first quarter", "second quarter", "third quarter", "last quarter")

_PLANE: Mapping[str, object] = MappingProxyType(
    {
        "lam": 3.0,
        "hidden": (64, 64),
        "activation": "tanh",
        "init_scale": 1.5,
        "learning_rate": 5e-3,
        "batch_size": 200,
        "epochs": 120,
        "dtype": "float64",
    }
)
"""What shows the effect on points of the plane: the digits' default is a linear copy there.

In double precision: training multiplies a rounding by up to ten thousand here, so that in single precision two
processors disagree by 0.2 % in the end (measured), and a link would not show the same thing everywhere.
"""


def _points(name: str, title: str, description: str, source: str, **changes: Any) -> DatasetCard:
    """A card of a set of points, whose fields are alike."""
    values: dict[str, Any] = {
        "kind": "points",
        "n_inputs": 2,
        "n_train": 1000,
        "n_test": 500,
        "max_train": 5000,
        "lam_low": 0.1,
        "lam_high": 3000.0,
        "defaults": _PLANE,
        "class_names": _QUARTERS,
        "group": "Points",
    }
    return DatasetCard(
        name=name, title=title, description=description, source=source, **{**values, **changes}
    )


def _digits_like(name: str, title: str, description: str, source: str, **changes: Any) -> DatasetCard:
    """A card of 28x28 images in MNIST's format, whose fields are alike."""
    values: dict[str, Any] = {
        "kind": "image",
        "n_inputs": 784,
        "image_shape": (28, 28),
        "n_train": 10_000,
        "n_test": 1000,
        "max_train": 60_000,
        "lam_low": 2e-4,
        "lam_high": 60.0,
        "defaults": MappingProxyType({"lam": 0.1, "hidden": (256,), "epochs": 8}),
        "class_names": tuple("0123456789"),
        "group": "Downloads",
    }
    return DatasetCard(
        name=name, title=title, description=description, source=source, **{**values, **changes}
    )


_VARIATIONS = "Variations of MNIST"


def _variation(name: str, title: str, description: str, **changes: Any) -> DatasetCard:
    """A card of a variation of MNIST."""
    values: dict[str, Any] = {
        "max_train": 10_000,
        "lam_low": 2e-3,
        "defaults": MappingProxyType({"lam": 0.3, "hidden": (256,), "epochs": 8}),
        "licence": "CC BY-SA 3.0",
        "group": _VARIATIONS,
        "download_bytes": 11_594_722,
    }
    return _digits_like(
        name, title, description, "MNIST, varied here after Larochelle et al., 2007", **{**values, **changes}
    )


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
        licence="CC BY 4.0",
    ),
    _points(
        "moons",
        "Two moons",
        "Two interleaved half circles in the plane: the simplest picture of following a curve.",
        _SKLEARN,
        class_names=("upper moon", "lower moon"),
    ),
    _points(
        "circles",
        "Two circles",
        "A circle inside a circle: data without ends, and two of them.",
        _SKLEARN,
        class_names=("inner circle", "outer circle"),
    ),
    _points(
        "spiral",
        "Spiral",
        "A curve wound about its own start: neighbours in the plane may lie far apart along it.",
        "drawn here",
    ),
    _points(
        "line",
        "Noisy line",
        "Points scattered about a straight line: one direction of data, one of noise.",
        "drawn here",
    ),
    _points("sine", "Sine", "Points scattered about a sine wave.", "drawn here"),
    _points(
        "swiss_roll",
        "Swiss roll",
        "A sheet rolled up in space: two directions along it, one across.",
        _SKLEARN,
        n_inputs=3,
        n_test=1000,
    ),
    _points(
        "s_curve",
        "S-curve",
        "A sheet bent into an S in space: two directions along it, one across.",
        _SKLEARN,
        n_inputs=3,
    ),
    _points(
        "noise",
        "Noise",
        "Independent normal numbers, as many inputs as you like: there is nothing to find.",
        "drawn here",
        kind="table",
        group="Tables",
        n_inputs=16,
        lam_low=0.003,
        lam_high=30.0,
        defaults=MappingProxyType({"lam": 0.3, "hidden": (64,), "activation": "tanh", "epochs": 50}),
        class_names=(),
    ),
    DatasetCard(
        name="breast_cancer",
        title="Breast cancer",
        description="Thirty measurements of cell nuclei from 569 biopsies, standardised.",
        source="scikit-learn (UCI Breast Cancer Wisconsin, Diagnostic)",
        kind="table",
        n_inputs=30,
        n_train=399,
        n_test=170,
        max_train=399,
        lam_low=0.003,
        lam_high=300.0,
        defaults=MappingProxyType({"lam": 1.0, "epochs": 200}),
        class_names=("malignant", "benign"),
        licence="CC BY 4.0",
        group="Tables",
    ),
    DatasetCard(
        name="wine",
        title="Wine",
        description="Thirteen chemical measurements of 178 wines from three growers, standardised.",
        source="scikit-learn (UCI Wine)",
        kind="table",
        n_inputs=13,
        n_train=124,
        n_test=54,
        max_train=124,
        lam_low=0.01,
        lam_high=100.0,
        defaults=MappingProxyType(
            {"lam": 1.0, "hidden": (64,), "learning_rate": 5e-3, "batch_size": 32, "epochs": 300}
        ),
        class_names=("grower 1", "grower 2", "grower 3"),
        licence="CC BY 4.0",
        group="Tables",
    ),
    DatasetCard(
        name="patches",
        title="Image patches",
        description="12×12 grey windows of two photographs: skies, roofs, petals and many edges.",
        source="scikit-learn (its two sample photographs, china.jpg and flower.jpg)",
        kind="image",
        n_inputs=144,
        image_shape=(12, 12),
        n_train=4000,
        n_test=1000,
        max_train=4000,
        lam_low=0.003,
        lam_high=300.0,
        defaults=MappingProxyType({"lam": 0.1, "hidden": (196,), "epochs": 20}),
        licence="CC BY 2.0",
    ),
    DatasetCard(
        name="shapes",
        title="Shapes",
        description="Ellipses with known position, rotation and size: here the true tangent directions are known.",
        source="drawn here",
        kind="image",
        n_inputs=256,
        image_shape=(16, 16),
        n_train=4000,
        n_test=1000,
        max_train=20_000,
        lam_low=1e-3,
        lam_high=100.0,
        defaults=MappingProxyType({"lam": 0.1, "hidden": (128,), "epochs": 30}),
        class_names=("0° to 45°", "45° to 90°", "90° to 135°", "135° to 180°"),
    ),
    _digits_like(
        "mnist",
        "MNIST 28×28",
        "Handwritten digits as 28×28 grey images, the data of the paper; downloaded once (12 MB).",
        "LeCun, Cortes, Burges: the MNIST database of handwritten digits",
        licence="CC BY-SA 3.0",
        download_bytes=11_594_722,
    ),
    # The files of the next four were not at hand when these were written. Their ranges of lambda are MNIST's, widened
    # upwards by a factor of two: their total variance is up to one and a half times as large.
    _digits_like(
        "fashion_mnist",
        "Fashion-MNIST",
        "Ten kinds of clothes as 28×28 grey images, of MNIST's format and size; downloaded once (31 MB).",
        "Xiao, Rasul, Vollgraf: Fashion-MNIST (Zalando Research)",
        lam_high=120.0,
        class_names=(
            "T-shirt",
            "trouser",
            "pullover",
            "dress",
            "coat",
            "sandal",
            "shirt",
            "sneaker",
            "bag",
            "ankle boot",
        ),
        licence="MIT",
        download_bytes=30_878_645,
    ),
    _digits_like(
        "kmnist",
        "KMNIST",
        "Ten cursive Japanese characters as 28×28 grey images, of MNIST's format; downloaded once (21 MB).",
        "KMNIST Dataset (created by CODH), adapted from Kuzushiji Dataset (created by NIJL and others)",
        lam_high=120.0,
        class_names=("o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"),
        licence="CC BY-SA 4.0",
        download_bytes=21_240_888,
    ),
    DatasetCard(
        name="olivetti",
        title="Olivetti faces",
        description="Ten photographs each of 40 people, as 32×32 grey images; downloaded once (at most 5 MB).",
        source="AT&T Laboratories Cambridge, in the version of Sam Roweis that scikit-learn distributes",
        kind="image",
        n_inputs=1024,
        image_shape=(32, 32),
        n_train=320,
        n_test=80,
        max_train=320,
        lam_low=2e-4,
        lam_high=120.0,
        defaults=MappingProxyType({"lam": 0.1, "hidden": (192,), "batch_size": 32, "epochs": 60}),
        class_names=tuple(f"person {i + 1}" for i in range(40)),
        licence="no formal licence; give credit to AT&T Laboratories Cambridge",
        group="Downloads",
        download_bytes=5_000_000,
    ),
    DatasetCard(
        name="cifar10",
        title="CIFAR-10 grey",
        description="Ten kinds of animals and vehicles as 32×32 photographs in grey; downloaded once (170 MB).",
        source="Krizhevsky: Learning multiple layers of features from tiny images",
        kind="image",
        n_inputs=1024,
        image_shape=(32, 32),
        n_train=10_000,
        n_test=1000,
        max_train=50_000,
        lam_low=2e-4,
        lam_high=120.0,
        defaults=MappingProxyType({"lam": 0.1, "hidden": (192,), "epochs": 8}),
        class_names=(
            "airplane",
            "automobile",
            "bird",
            "cat",
            "deer",
            "dog",
            "frog",
            "horse",
            "ship",
            "truck",
        ),
        licence="no formal licence; cite Krizhevsky, 2009",
        group="Downloads",
        download_bytes=170_052_171,
    ),
    _variation(
        "mnist_rot",
        "MNIST rotated",
        "MNIST's digits, each turned by any angle; made here from MNIST's files.",
    ),
    _variation(
        "mnist_back_rand",
        "MNIST on noise",
        "MNIST's digits over uniform noise; made here from MNIST's files.",
        lam_high=10.0,
    ),
    _variation(
        "mnist_back_image",
        "MNIST on photographs",
        "MNIST's digits over pieces of two photographs; made here from MNIST's files.",
    ),
    _variation(
        "mnist_rot_back_image",
        "MNIST rotated on photographs",
        "MNIST's digits, turned by any angle, over pieces of two photographs; made here from MNIST's files.",
    ),
    DatasetCard(
        name="rectangles",
        title="Rectangles",
        description="Outlines of rectangles, tall or wide, white on black.",
        source="drawn here after Larochelle et al., 2007",
        kind="image",
        n_inputs=784,
        image_shape=(28, 28),
        n_train=5000,
        n_test=1000,
        max_train=10_000,
        lam_low=1e-3,
        lam_high=10.0,
        defaults=MappingProxyType({"lam": 0.1, "hidden": (256,), "epochs": 20}),
        class_names=("tall", "wide"),
        group=_VARIATIONS,
    ),
)

CATALOG: Mapping[str, DatasetCard] = MappingProxyType({card.name: card for card in _CARDS})


OWN = DatasetCard(
    name="own",
    title="Own data",
    description="Arrays that the caller brings.",
    source="the caller",
    kind="table",
    n_inputs=0,
    n_train=0,
    n_test=0,
    max_train=0,
    lam_low=1e-3,
    lam_high=10.0,
)
"""Card of arrays that come from outside; it is not in the catalog, because there is nothing to load."""


@dataclass(frozen=True, slots=True)
class OwnCard(DatasetCard):
    """What is known of a visitor's own data, kept by `cae_core.own.store`.

    Attributes:
        done: what was done to make them, one sentence a step.
        standardise_to: standard deviation that the split gives each input; None where it leaves them as they are.
    """

    done: tuple[str, ...] = ()
    standardise_to: float | None = None


OWN_VARIABLE = "CAE_OWN_DIR"
"""Environment variable that names the folder of own data; workers take it over from the process that starts them."""

OWN_PREFIX = "own-"
"""How the names of own data begin."""


def own_folder() -> Path:
    """The folder of own data; where none is named, one that ends with this process."""
    if not os.environ.get(OWN_VARIABLE):
        os.environ[OWN_VARIABLE] = tempfile.mkdtemp(prefix="contraction-lab-")
        atexit.register(shutil.rmtree, os.environ[OWN_VARIABLE], ignore_errors=True)
    return Path(os.environ[OWN_VARIABLE])


def own_card_file(name: str) -> Path:
    """The file of an own dataset's card.

    Args:
        name: ``own-`` and 32 hexadecimal digits.

    Returns:
        The file; it need not exist.

    Raises:
        ConfigError: this is no such name.
    """
    if not re.fullmatch(OWN_PREFIX + "[0-9a-f]{32}", name):
        raise ConfigError(
            f"The name of own data must be {OWN_PREFIX} and 32 hexadecimal digits. Got {name[:40]!r}. "
            "Bring the file again."
        )
    return own_folder() / f"{name}.json"


@lru_cache(maxsize=64)
def _own_card(name: str) -> OwnCard:
    values = json.loads(own_card_file(name).read_text(encoding="utf-8"))
    for key in ("image_shape", "class_names", "done"):
        values[key] = None if values[key] is None else tuple(values[key])
    values["defaults"] = MappingProxyType(values["defaults"])
    return OwnCard(**values)


def card(name: str) -> DatasetCard:
    """The card of a dataset.

    Args:
        name: a key of `CATALOG`, the name of own data that are kept, or ``own`` for arrays from outside.

    Returns:
        The dataset's card.

    Raises:
        ConfigError: there is no such dataset.
    """
    if name == OWN.name:
        return OWN
    if name.startswith(OWN_PREFIX):
        if not own_card_file(name).is_file():
            raise ConfigError(
                "Own data must still be kept. Got the name of some that are not. Bring the file again."
            )
        return _own_card(name)
    if name not in CATALOG:
        raise ConfigError(
            f"The dataset must be one of {', '.join(CATALOG)}. Got {name!r}. Choose one of these."
        )
    return CATALOG[name]
