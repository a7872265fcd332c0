"""What the experiment trains: methods, what each may choose, and what all share.

A **model** is a method with one value of what it may choose, one learning rate and one seed; a **classifier** is a
model fine-tuned with one learning rate. The first seed trains the whole grid; the others only what validation picked.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from cae_core.config import Config, Objective
from cae_core.errors import ConfigError

FORMAT = 1
"""Version of what a cell holds and of how it is computed."""


@dataclass(frozen=True, slots=True)
class Method:
    """A row of the table.

    Attributes:
        key: its short name.
        name: what tables call it.
        short: what legends call it.
        chooses: the field of `Objective` that it may choose, or empty.
        colour: its colour in figures.
        dash: its line there, a second cue beside the colour.
        symbol: its marker.
        label: what it chooses, in words.
    """

    key: str
    name: str
    short: str
    chooses: str
    colour: str
    dash: str
    symbol: str
    label: str = ""

    def objective(self, value: float) -> Objective:
        """What a model of this method minimises."""
        given: dict[str, Any] = {self.chooses: value} if self.chooses else {}
        return Objective(**given)


METHODS: Mapping[str, Method] = MappingProxyType(
    {
        method.key: method
        for method in (
            Method("cae", "CAE", "CAE", "lam", "#dd7427", "dash", "square", "lambda"),
            Method("gaussian", "DAE, Gaussian", "Gaussian", "gaussian", "#2e9c6a", "dot", "diamond", "noise"),
            Method(
                "masking", "DAE, masking", "masking", "masking", "#8a5cf0", "dashdot", "triangle-up", "masked"
            ),
            Method(
                "decay", "AE + weight decay", "decay", "weight_decay", "#7f7f7f", "longdash", "x", "decay"
            ),
            Method("ae", "AE", "AE", "", "#3b6fb6", "solid", "circle"),
        )
    }
)
"""The paper's methods but the RBM, which has no encoder that this library trains, in the paper's order."""


@dataclass(frozen=True, slots=True)
class Check:
    """Another setting for CAE and AE as picked, at every seed: does it decide the result?

    Attributes:
        words: what is different, in a few words.
        detail: the same in full, where those do not say all.
        changes: (field of `Experiment`, its value).
        lam: lambda of the CAE, or None for that of the pick.
        rate: learning rate of pretraining, or None for that of the pick.
        tuning_rate: learning rate of fine-tuning, or None for that of the pick.
    """

    words: str
    changes: tuple[tuple[str, Any], ...]
    detail: str = ""
    lam: float | None = None
    rate: float | None = None
    tuning_rate: float | None = None

    def of(self, pick: Classifier) -> Classifier:
        """What is trained in place of a pick."""
        model = pick.model
        return Classifier(
            replace(
                model,
                experiment=replace(model.experiment, **dict(self.changes)),
                value=self.lam if self.lam is not None and model.method == "cae" else model.value,
                rate=self.rate or model.rate,
            ),
            self.tuning_rate or pick.rate,
        )


@dataclass(frozen=True, slots=True)
class Experiment:
    """All that decides the numbers.

    Attributes:
        dataset: ``mnist`` or ``digits``.
        hidden: number of units.
        grid: (method, values it may choose, in increasing order), the first method to train first.
        rates: learning rates of pretraining to choose from; all but the first are tried at the middle value alone.
        optimizer: of pretraining, one of `cae_core.config.OPTIMIZERS`.
        batch_size: samples in a step of pretraining.
        epochs: of pretraining.
        tuning_rates: learning rates of fine-tuning to choose from, in the same way.
        tuning_batch_size: samples in a step of fine-tuning.
        tuning_epochs: of fine-tuning, at most.
        patience: epochs without a lower validation error after which fine-tuning stops.
        tuning_all: whether fine-tuning sees the validation images, too; the last epoch counts then.
        seeds: how many.
        checks: what else is tried of CAE and AE as picked.
        spectrum_samples: validation samples of a mean spectrum.
        measured_samples: validation samples of norm, saturation and contraction ratio.
    """

    dataset: str
    hidden: int
    grid: tuple[tuple[str, tuple[float, ...]], ...]
    rates: tuple[float, ...]
    optimizer: str
    batch_size: int
    epochs: int
    tuning_rates: tuple[float, ...]
    tuning_batch_size: int
    tuning_epochs: int
    patience: int
    seeds: int
    tuning_all: bool = False
    checks: tuple[Check, ...] = ()
    spectrum_samples: int = 100
    measured_samples: int = 1000


@dataclass(frozen=True, slots=True)
class Model:
    """One autoencoder of an experiment.

    Attributes:
        experiment: what it is part of.
        method: a key of `METHODS`.
        value: of what the method may choose; 0 where it may choose nothing.
        rate: learning rate.
        seed: of weights, batches and noise.
    """

    experiment: Experiment
    method: str
    value: float
    rate: float
    seed: int

    @property
    def config(self) -> Config:
        """Its config: an ensemble of one."""
        one = self.experiment
        return Config(
            dataset=one.dataset,
            objectives=(METHODS[self.method].objective(self.value),),
            hidden=(one.hidden,),
            loss="cross_entropy",
            init="paper",
            optimizer=one.optimizer,
            learning_rate=self.rate,
            batch_size=one.batch_size,
            epochs=one.epochs,
            seed=self.seed,
        )

    @property
    def key(self) -> str:
        """A hash of all that decides its numbers."""
        one = self.experiment
        return _hash(
            {
                "stage": "pretraining",
                "dataset": one.dataset,
                "hidden": one.hidden,
                "method": self.method,
                "value": self.value,
                "optimizer": one.optimizer,
                "rate": self.rate,
                "batch_size": one.batch_size,
                "epochs": one.epochs,
                "seed": self.seed,
                "samples": [one.measured_samples, one.spectrum_samples],
            }
        )

    @property
    def name(self) -> str:
        """What a line about it calls it."""
        method = METHODS[self.method]
        return f"{method.name} {self.value:g}" if method.chooses else method.name


@dataclass(frozen=True, slots=True)
class Classifier:
    """A model fine-tuned with one learning rate.

    Attributes:
        model: where its first layer comes from.
        rate: learning rate of fine-tuning.
    """

    model: Model
    rate: float

    def at(self, seed: int) -> Classifier:
        """The same at another seed."""
        return replace(self, model=replace(self.model, seed=seed))

    @property
    def key(self) -> str:
        """A hash of all that decides its numbers."""
        one = self.model.experiment
        return _hash(
            {
                "stage": "fine-tuning",
                "model": self.model.key,
                "rate": self.rate,
                "batch_size": one.tuning_batch_size,
                "epochs": one.tuning_epochs,
                "schedule": "linear to 0",
                "patience": one.patience,
                **({"all": True} if one.tuning_all else {}),
            }
        )


def models(experiment: Experiment, seed: int) -> list[Model]:
    """The whole grid at one seed: every value at the first learning rate, the middle one at the others, too."""
    first, *others = experiment.rates
    grid = [(first, method, value) for method, values in experiment.grid for value in values]
    grid += [(rate, method, middle(values)) for rate in others for method, values in experiment.grid]
    return [Model(experiment, method, value, rate, seed) for rate, method, value in grid]


def middle(values: tuple[float, ...]) -> float:
    """The value at which further learning rates are tried; of an even number, the larger one."""
    return values[len(values) // 2]


def classifiers(model: Model) -> list[Classifier]:
    """A model at the first learning rate of fine-tuning; at the others, too, where only these are varied."""
    experiment = model.experiment
    rates = experiment.tuning_rates
    alone = model.rate == experiment.rates[0] and model.value == middle(dict(experiment.grid)[model.method])
    return [Classifier(model, rate) for rate in (rates if alone else rates[:1])]


FULL = Experiment(
    dataset="mnist",
    hidden=1000,
    grid=(
        ("cae", (0.03, 0.1, 0.3, 1.0, 3.0)),
        ("gaussian", (0.1, 0.3, 0.5, 0.7)),
        ("masking", (0.1, 0.25, 0.5)),
        ("decay", (1e-4, 1e-3, 1e-2)),
        ("ae", (0.0,)),
    ),
    rates=(2e-3, 1e-3, 4e-3),
    optimizer="adam",
    batch_size=100,
    epochs=20,
    tuning_rates=(1.0, 0.5, 2.0),
    tuning_batch_size=20,
    tuning_epochs=20,
    patience=8,
    seeds=3,
    checks=(
        Check("5 epochs of pretraining", (("epochs", 5),)),
        Check("60 epochs of pretraining", (("epochs", 60),)),
        Check(
            "pretraining by gradient descent",
            (("optimizer", "sgd"), ("batch_size", 20), ("epochs", 20)),
            "20 epochs, batches of 20, rate 0.1, lambda 0.1",
            lam=0.1,
            rate=0.1,
        ),
        Check(
            "fine-tuning in larger batches",
            (("tuning_batch_size", 50), ("tuning_epochs", 16), ("patience", 6)),
            "batches of 50, rate 2, at most 16 epochs, until the validation error has not fallen for 6",
            tuning_rate=2.0,
        ),
        Check(
            "longer fine-tuning",
            (("tuning_epochs", 60), ("patience", 60)),
            "60 epochs, over which the rate falls to 0, without an early end",
        ),
        Check(
            "fine-tuning with 10,000 images more",
            (("tuning_all", True),),
            "the validation images; with nothing left to choose an epoch by, the last one counts",
        ),
    ),
)
"""The experiment on MNIST."""

DIGITS = Experiment(
    dataset="digits",
    hidden=128,
    grid=(
        ("cae", (0.03, 0.1, 0.3)),
        ("gaussian", (0.1, 0.3)),
        ("masking", (0.1, 0.25)),
        ("decay", (1e-5, 1e-3)),
        ("ae", (0.0,)),
    ),
    rates=(3e-3,),
    optimizer="adam",
    batch_size=50,
    epochs=40,
    tuning_rates=(0.5, 0.1),
    tuning_batch_size=20,
    tuning_epochs=40,
    patience=8,
    seeds=3,
    checks=(Check("80 epochs of pretraining", (("epochs", 80),)),),
)
"""The same on the small digits that are bundled."""

EXPERIMENTS: Mapping[str, Experiment] = MappingProxyType({one.dataset: one for one in (FULL, DIGITS)})
"""By dataset."""

QUICK: Mapping[str, Any] = MappingProxyType(
    {
        "epochs": 10,
        "tuning_epochs": 10,
        "seeds": 2,
        "checks": (Check("20 epochs of pretraining", (("epochs", 20),)),),
    }
)
"""What ``--quick`` changes."""


def experiment_for(dataset: str) -> Experiment:
    """The experiment on a dataset.

    Args:
        dataset: its key.

    Returns:
        The experiment.

    Raises:
        ConfigError: there is none.
    """
    if dataset not in EXPERIMENTS:
        raise ConfigError(
            f"The dataset of the paper's experiment must be one of {', '.join(EXPERIMENTS)}. Got {dataset!r}. "
            "Choose one of these."
        )
    return EXPERIMENTS[dataset]


def _hash(values: Mapping[str, Any]) -> str:
    text = json.dumps({"format": FORMAT, **values}, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
