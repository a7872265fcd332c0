"""What to train: the one source of every default, range, label, help text and URL key.

A `Config` names a dataset and K objectives, which share everything else: architecture, initial
weights, batches and noise. Two equal configs give the same weights, bit for bit.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from itertools import pairwise
from types import MappingProxyType
from typing import Any

from cae_core.catalog import card
from cae_core.errors import ConfigError

ACTIVATIONS = ("sigmoid", "tanh", "softplus", "relu", "identity")
LOSSES = ("squared_error", "cross_entropy")
OPTIMIZERS = ("adam", "sgd")
INITS = ("glorot", "paper")
DTYPES = ("float32", "float64")


@dataclass(frozen=True, slots=True)
class Setting:
    """How one field of `Config` is checked, shown and written into a URL.

    Attributes:
        label: what a page calls it.
        help: one sentence for a tooltip.
        url: key in a URL; empty where a URL does not carry it.
        low: smallest value allowed.
        high: largest value allowed.
        choices: the values allowed, where they can be listed.
        names: what a page calls the choices, in their order.
    """

    label: str
    help: str
    url: str = ""
    low: float = -math.inf
    high: float = math.inf
    choices: tuple[Any, ...] = ()
    names: tuple[str, ...] = ()


LAMBDA = Setting(
    "Lambda",
    "Weight of the contractive penalty: the squared Frobenius norm of the encoder's Jacobian, mean over the samples.",
    "lam",
    0.0,
    1e6,
)

CURVATURE = Setting(
    "Curvature gamma",
    "Weight of the penalty on the change of the Jacobian near a sample (CAE+H); 0 is none.",
    "gamma",
    0.0,
    1e6,
)

SETTINGS: Mapping[str, Setting] = MappingProxyType(
    {
        "hidden": Setting(
            "Hidden units",
            "Units of each encoder layer, first to last; the last is the code. One to three layers.",
            "hidden",
            1,
            2048,
        ),
        "activation": Setting(
            "Activation",
            "The encoder's elementwise function. Sigmoid and tanh can contract by saturating; a ReLU cannot: its slope "
            "is constant on either side.",
            "act",
            choices=ACTIVATIONS,
            names=("sigmoid", "tanh", "softplus", "ReLU", "identity (linear)"),
        ),
        "tied": Setting(
            "Tied weights",
            "The decoder uses the encoder's weights transposed, as in the paper. Untied, the encoder "
            "can shrink and the decoder undo it.",
            "tied",
            choices=(True, False),
            names=("tied", "untied"),
        ),
        "loss": Setting(
            "Reconstruction loss",
            "Squared error with a linear output, or cross-entropy with a sigmoid output for data in 0 to 1.",
            "loss",
            choices=LOSSES,
            names=("squared error", "cross-entropy"),
        ),
        "init": Setting(
            "Initial weights",
            "Uniform in ±sqrt(6/(d+h)) (Glorot), or four times as wide, as in the authors' code.",
            "init",
            choices=INITS,
            names=("Glorot", "authors' (4 times as wide)"),
        ),
        "init_scale": Setting("Initial scale", "Factor on the initial weights' range.", "scale", 0.01, 10.0),
        "optimizer": Setting(
            "Optimiser",
            "Adam, or plain stochastic gradient descent.",
            "opt",
            choices=OPTIMIZERS,
            names=("Adam", "SGD"),
        ),
        "learning_rate": Setting("Learning rate", "Step size of the optimiser.", "lr", 1e-6, 10.0),
        "batch_size": Setting("Batch size", "Samples in one training step.", "batch", 1, 10_000),
        "epochs": Setting("Epochs", "Passes over the training samples.", "epochs", 1, 10_000),
        "seed": Setting(
            "Seed", "Seeds initial weights, batches and noise; never the split.", "seed", 0, 2**31 - 1
        ),
        "samples": Setting("Training samples", "How many training samples are used.", "samples", 10, 60_000),
        "dimensions": Setting("Dimensions", "Number of inputs of the noise dataset.", "dim", 2, 256),
        "dtype": Setting("Precision", "Floating-point type of all arithmetic.", choices=DTYPES),
    }
)


def check(name: str, value: Any, *, whole: bool = False) -> Any:
    """Check a value against a field's `Setting`.

    Args:
        name: a key of `SETTINGS`.
        value: what came.
        whole: whether it must be a whole number.

    Returns:
        The value.

    Raises:
        ConfigError: the value is not allowed.
    """
    setting = SETTINGS[name]
    if setting.choices:
        if value not in setting.choices:
            raise ConfigError(
                f"{setting.label} must be one of {', '.join(map(str, setting.choices))}. Got {value!r}. "
                "Choose one of these."
            )
        return value
    number = _number(name, value)
    if whole and number != int(number):
        raise ConfigError(f"{setting.label} must be a whole number. Got {value!r}. Round it.")
    if not setting.low <= number <= setting.high:
        raise ConfigError(
            f"{setting.label} must be between {setting.low:g} and {setting.high:g}. Got {number:g}. "
            "Choose a value in that range."
        )
    return value


def _number(name: str, value: Any) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = math.nan
    if isinstance(value, bool) or not math.isfinite(number):
        raise ConfigError(f"{name} must be a finite number. Got {value!r}. Give a number.")
    return number


@dataclass(frozen=True, slots=True)
class Objective:
    """What one member of the ensemble minimises, beside its reconstruction error.

    The loss is ``mean_batch( error(x, r(x~)) + lam ||J_f(x~)||_F^2 + curvature E ||J_f(x~) - J_f(x~ + eps)||_F^2 ) +
    weight_decay * sum W_ij^2``, where ``x~`` is x, or x corrupted by Gaussian noise or by masking (a denoising
    autoencoder), and eps small Gaussian noise (`cae_core.curvature`). All zeros is the plain autoencoder.

    Attributes:
        lam: lambda, the weight of the contractive penalty, >= 0.
        weight_decay: factor on the sum of the squared weights, >= 0.
        gaussian: standard deviation of the Gaussian noise on the inputs, >= 0.
        masking: probability that an input is set to 0, in [0, 1).
        schedule: (epoch, lambda) pairs in increasing order of epoch; each replaces lambda from that epoch on.
        curvature: gamma, the weight of the curvature penalty (CAE+H), >= 0.
    """

    lam: float = 0.0
    weight_decay: float = 0.0
    gaussian: float = 0.0
    masking: float = 0.0
    schedule: tuple[tuple[int, float], ...] = ()
    curvature: float = 0.0

    def __post_init__(self) -> None:
        for name, top in (
            ("lam", 1e6),
            ("weight_decay", 1e6),
            ("gaussian", 1e3),
            ("masking", 0.999),
            ("curvature", 1e6),
        ):
            value = _number(name, getattr(self, name))
            if not 0.0 <= value <= top:
                raise ConfigError(
                    f"{name} must be between 0 and {top:g}. Got {value:g}. Choose a value in that range."
                )
            object.__setattr__(self, name, value)
        pairs = tuple((int(epoch), _number("schedule", lam)) for epoch, lam in self.schedule)
        if any(epoch < 1 or not 0.0 <= lam <= 1e6 for epoch, lam in pairs) or any(
            a[0] >= b[0] for a, b in pairwise(pairs)
        ):
            raise ConfigError(
                "A lambda schedule must be (epoch, lambda) pairs with increasing epochs from 1 on and lambda "
                f"between 0 and 1e6. Got {pairs}. Sort the pairs and check their values."
            )
        object.__setattr__(self, "schedule", pairs)

    def lam_at(self, epoch: int) -> float:
        """Lambda in force during an epoch (0 is the first)."""
        lam = self.lam
        for start, value in self.schedule:
            if epoch >= start:
                lam = value
        return lam

    @property
    def contractive(self) -> bool:
        """Whether the contractive penalty is ever in force."""
        return self.lam > 0 or any(lam > 0 for _, lam in self.schedule)

    @property
    def label(self) -> str:
        """A short name for tables and legends."""
        parts = []
        if self.contractive or self.curvature > 0:
            lams = " → ".join(f"{lam:g}" for lam in (self.lam, *(v for _, v in self.schedule)))
            parts.append(f"CAE+H {lams}, gamma {self.curvature:g}" if self.curvature > 0 else f"CAE {lams}")
        if self.gaussian > 0:
            parts.append(f"DAE Gaussian {self.gaussian:g}")
        if self.masking > 0:
            parts.append(f"DAE masking {self.masking:g}")
        if self.weight_decay > 0:
            parts.append(f"AE + weight decay {self.weight_decay:g}")
        return " + ".join(parts) or "AE"


@dataclass(frozen=True, slots=True)
class Config:
    """A dataset, K objectives, and what all K autoencoders share.

    Attributes:
        dataset: a key of `cae_core.catalog.CATALOG`.
        objectives: one `Objective` a member, in the order of the ensemble.
        hidden: units of each encoder layer, one to three.
        activation: one of `ACTIVATIONS`.
        tied: whether the decoder mirrors the encoder's weights.
        loss: one of `LOSSES`.
        init: one of `INITS`.
        init_scale: factor on the range of the initial weights.
        optimizer: one of `OPTIMIZERS`.
        learning_rate: step size.
        batch_size: samples a step.
        epochs: passes over the training samples.
        seed: of weights, batches and noise.
        samples: number of training samples, or None for the dataset's default; the default itself becomes None.
        dimensions: number of inputs of the noise dataset, or None for its default; the default itself becomes None, and
            so does any number for another dataset.
        dtype: one of `DTYPES`.
    """

    dataset: str = "digits"
    objectives: tuple[Objective, ...] = (Objective(), Objective(lam=0.1))
    hidden: tuple[int, ...] = (128,)
    activation: str = "sigmoid"
    tied: bool = True
    loss: str = "squared_error"
    init: str = "glorot"
    init_scale: float = 1.0
    optimizer: str = "adam"
    learning_rate: float = 3e-3
    batch_size: int = 64
    epochs: int = 60
    seed: int = 0
    samples: int | None = None
    dimensions: int | None = None
    dtype: str = "float32"
    _hash: str = field(default="", init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        known = card(self.dataset)
        object.__setattr__(self, "hidden", tuple(self.hidden))
        object.__setattr__(self, "objectives", tuple(self.objectives))
        if not 1 <= len(self.hidden) <= 3:
            raise ConfigError(
                f"The encoder must have one to three layers. Got {len(self.hidden)}. "
                "Give one to three numbers of units."
            )
        if not self.objectives or not all(isinstance(o, Objective) for o in self.objectives):
            raise ConfigError(
                f"objectives must be one Objective or more. Got {self.objectives!r}. Give a tuple of Objective."
            )
        # One type a field: equal configs must give the same hash, whether 64, 64.0 or a NumPy number came.
        object.__setattr__(
            self, "hidden", tuple(int(check("hidden", units, whole=True)) for units in self.hidden)
        )
        for name in ("batch_size", "epochs", "seed", "samples", "dimensions"):
            if name in {"samples", "dimensions"} and getattr(self, name) is None:
                continue
            object.__setattr__(self, name, int(check(name, getattr(self, name), whole=True)))
        # What is the default anyway, or not used, is None: one config, one hash.
        if self.samples == known.n_train:
            object.__setattr__(self, "samples", None)
        if self.dataset != "noise" or self.dimensions == known.n_inputs:
            object.__setattr__(self, "dimensions", None)
        object.__setattr__(self, "tied", bool(check("tied", self.tied)))
        for name in ("init_scale", "learning_rate"):
            object.__setattr__(self, name, float(check(name, getattr(self, name))))
        for name in ("activation", "loss", "init", "optimizer", "dtype"):
            object.__setattr__(self, name, str(check(name, getattr(self, name))))
        values = asdict(self)
        for name in ("_hash", "epochs"):
            values.pop(name)
        for objective in values["objectives"]:
            if objective["curvature"] == 0:  # what is not there does not change the key of what is
                objective.pop("curvature")
        object.__setattr__(self, "_hash", hashlib.sha256(repr(values).encode()).hexdigest()[:16])

    @classmethod
    def for_dataset(cls, dataset: str, **changes: Any) -> Config:
        """The default config of a dataset: AE and CAE at the dataset's default lambda.

        Args:
            dataset: a key of the catalog.
            **changes: fields to set; ``lam`` (a number or a sequence of numbers) sets the objectives.

        Returns:
            The config.

        Raises:
            ConfigError: a name or value is not valid.
        """
        defaults = dict(card(dataset).defaults)
        lam = changes.pop("lam", None)
        default_lam = defaults.pop("lam", None)
        if "objectives" not in changes:
            if lam is None:
                lam = (0.0, default_lam if default_lam is not None else 0.1)
            lams = lam if isinstance(lam, (tuple, list)) else (0.0, lam)
            changes["objectives"] = tuple(Objective(lam=value) for value in lams)
        known = {f.name for f in fields(cls) if f.init}
        unknown = sorted(set(changes) - known)
        if unknown:
            raise ConfigError(
                f"Settings must be among {', '.join(sorted(known))}. Got {', '.join(unknown)}. Check the spelling."
            )
        return cls(dataset=dataset, **{**defaults, **changes})

    def but(self, **changes: Any) -> Config:
        """A copy with some fields changed."""
        return replace(self, **changes)

    @property
    def key(self) -> str:
        """A hash of everything that decides the weights, the length of training aside."""
        return self._hash

    @property
    def n_members(self) -> int:
        """K, the number of autoencoders in the ensemble."""
        return len(self.objectives)


MAX_PARAMETERS = 5_000_000
"""Parameters of one model that a page trains: 20 MB in single precision, beside as much twice for the optimiser."""


def count_parameters(config: Config) -> int:
    """Number of parameters of one model, for a dataset in the catalog."""
    sizes = (config.dimensions or card(config.dataset).n_inputs, *config.hidden)
    weights = sum(a * b for a, b in pairwise(sizes)) * (1 if config.tied else 2)
    return weights + sum(sizes[1:]) + sum(sizes[:-1])


def check_size(config: Config) -> None:
    """Check that a model is small enough for a server with many visitors; the library itself has no such bound.

    Args:
        config: of a dataset in the catalog.

    Raises:
        ConfigError: the model has more than `MAX_PARAMETERS`.
    """
    count = count_parameters(config)
    if count > MAX_PARAMETERS:
        sizes = (config.dimensions or card(config.dataset).n_inputs, *config.hidden)
        raise ConfigError(
            f"A model must have at most {MAX_PARAMETERS:,} parameters. Got {count:,} in {' → '.join(map(str, sizes))}. "
            "Choose fewer hidden units."
        )
