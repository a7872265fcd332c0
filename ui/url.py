"""A visitor's cursor as query parameters and back: the same link shows the same thing.

Only what differs from the dataset's defaults is written. What comes is checked against `cae_core.config`: a value
out of range becomes the nearest valid one, one that makes no sense becomes the default, and a sentence says so.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from cae_core.catalog import CATALOG, OWN_PREFIX, card
from cae_core.config import CURVATURE, LAMBDA, SETTINGS, Config, Objective, Setting, check_size
from cae_core.errors import ConfigError
from cae_core.path import FRAMES, MEMBERS, PATH_SETTINGS, PathSpec
from ui.player import COLOURS, MAPS

SHARED = (
    "activation",
    "tied",
    "loss",
    "init",
    "init_scale",
    "optimizer",
    "learning_rate",
    "batch_size",
    "epochs",
    "seed",
    "samples",
    "dimensions",
)
"""Fields of `Config` that a URL carries one by one; hidden layers, lambda and its schedule have their own form."""

WHOLE = ("batch_size", "epochs", "seed", "samples", "dimensions", "members", "frames")

Parser = Callable[[str], tuple[Any, str]]
"""From a link's text to a value and a sentence, empty where the value is as the text says."""

CHANGES = 100
"""Changes of lambda that a link may carry."""


@dataclass(frozen=True, slots=True)
class PathChoice:
    """What a visitor chose of a lambda path; labels and ranges are in `cae_core.path.PATH_SETTINGS`.

    Attributes:
        members: number of lambdas.
        frames: number of moments of training.
        low: smallest lambda above 0, or None for the dataset's own.
        high: largest lambda, or None for the dataset's own.
        denoising: noise of a denoising autoencoder beside them; 0 is none.
        weight_decay: factor of an autoencoder with weight decay beside them; 0 is none.
    """

    members: int = MEMBERS
    frames: int = FRAMES
    low: float | None = None
    high: float | None = None
    denoising: float = 0.0
    weight_decay: float = 0.0

    def within(self, config: Config) -> PathChoice:
        """The same in the one form that it has for a dataset: an end of its own range is None."""
        shown = card(config.dataset)
        return replace(
            self,
            low=None if self.low == shown.lam_low else self.low,
            high=None if self.high == shown.lam_high else self.high,
        )

    def spec(self, config: Config) -> PathSpec:
        """The path of a config's dataset and settings.

        Args:
            config: its objectives are replaced.

        Returns:
            The path.

        Raises:
            ConfigError: the range of lambda is empty.
        """
        return PathSpec.of(config, **asdict(self))


@dataclass
class Cursor:
    """What a link says.

    Attributes:
        config: what is trained; the plain autoencoder first, the contractive one second.
        epoch: the epoch looked at.
        sample: position of the selected sample in the display sample.
        notices: a sentence for each value that had to be changed.
        colour: what colours the player's maps, one of `COLOURS`.
        map: how the player draws codes, one of `MAPS`.
        path: what the lambda path is made of.
    """

    config: Config
    epoch: int
    sample: int = 0
    notices: list[str] = field(default_factory=list)
    colour: str = COLOURS[0]
    map: str = MAPS[0]
    path: PathChoice = PathChoice()


def pair(config: Config, lam: float, schedule: tuple[tuple[int, float], ...] = ()) -> Config:
    """The config with a plain and a contractive member; of the latter what is not given stays."""
    return config.but(objectives=(Objective(), replace(config.objectives[1], lam=lam, schedule=schedule)))


def largest_lambda(dataset: str, path: PathChoice) -> float:
    """The end of the range of lambda: the dataset's, or the path's where that goes on."""
    return max(card(dataset).lam_high, path.high or 0.0)


def last_sample(config: Config) -> int:
    """The last position in the display sample."""
    return min(card(config.dataset).n_test, 1000) - 1


def write(cursor: Cursor) -> dict[str, str]:
    """Query parameters of a cursor: what differs from the defaults.

    Args:
        cursor: two members.

    Returns:
        Keys and values.
    """
    config, default = cursor.config, Config.for_dataset(cursor.config.dataset)
    found = {} if config.dataset == "digits" else {"dataset": config.dataset}
    mine, own = config.objectives[1], default.objectives[1]
    if mine.lam != own.lam:
        found[LAMBDA.url] = _text(mine.lam)
    if mine.schedule:
        found["then"] = ",".join(f"{epoch}:{_text(lam)}" for epoch, lam in mine.schedule)
    if mine.curvature:
        found[CURVATURE.url] = _text(mine.curvature)
    if config.hidden != default.hidden:
        found[SETTINGS["hidden"].url] = "-".join(map(str, config.hidden))
    for name in SHARED:
        value = getattr(config, name)
        if value != getattr(default, name) and value is not None:
            found[SETTINGS[name].url] = _text(value)
    if cursor.epoch != config.epochs:
        found["epoch"] = str(cursor.epoch)
    if cursor.sample:
        found["sample"] = str(cursor.sample)
    usual = Cursor(default, 0)
    for key in ("colour", "map"):
        if getattr(cursor, key) != getattr(usual, key):
            found[key] = getattr(cursor, key)
    for name, setting in PATH_SETTINGS.items():
        value = getattr(cursor.path, name)
        if value != getattr(usual.path, name):
            found[setting.url] = _text(value)
    return found


def read(parameters: Mapping[str, str], own: Collection[str] = ()) -> Cursor:
    """A cursor from query parameters, whatever they hold.

    Args:
        parameters: keys and values; unknown keys are passed over.
        own: names of the visitor's own data; those of others are out of a link's reach.

    Returns:
        A valid cursor, with a notice for each value that was changed.
    """
    notices: list[str] = []
    name = parameters.get("dataset", "digits")
    if name not in CATALOG and name not in own:
        notices.append(
            "Own data are seen only in the visit that brought them; this is the digits. Bring the file again."
            if name.startswith(OWN_PREFIX)
            else f"There is no dataset {name[:40]!r}; this is the digits."
        )
        name = "digits"
    config = Config.for_dataset(name)

    def take(key: str, parse: Parser, default: Any) -> Any:
        if key not in parameters:
            return default
        try:
            value, note = parse(parameters[key])
        except (ValueError, OverflowError):
            value, note = (
                default,
                f"The link's {key}={parameters[key][:40]!r} makes no sense; the default is used.",
            )
        if note:
            notices.append(note)
        return value

    asked = PathChoice(
        **{
            name: take(setting.url, _near_setting(setting, whole=name in WHOLE), getattr(PathChoice(), name))
            for name, setting in PATH_SETTINGS.items()
        }
    )
    path = _with_a_range(asked, config, notices)
    usual, top = config.objectives[1], largest_lambda(name, path)
    lam = take(LAMBDA.url, lambda text: _near(LAMBDA.label, float(text), 0.0, top), usual.lam)
    hidden = take(SETTINGS["hidden"].url, _hidden, config.hidden)
    changes: dict[str, Any] = {
        field: take(SETTINGS[field].url, _parser(field, name), getattr(config, field)) for field in SHARED
    }
    schedule = take("then", lambda text: _schedule(text, top), ())
    gamma = take(CURVATURE.url, _near_setting(CURVATURE, whole=False), 0.0)
    try:
        check_size(config.but(hidden=hidden, **changes))
    except ConfigError as error:
        notices.append(f"{error} The link's layers are passed over.")
        hidden = config.hidden
    try:
        curved = (Objective(), Objective(curvature=gamma))
        config = pair(config.but(hidden=hidden, objectives=curved, **changes), lam, schedule)
    except ConfigError as error:
        notices.append(str(error))
    epochs = config.epochs
    epoch = take("epoch", lambda text: _near("Epoch", int(text), 0, epochs), epochs)
    last = last_sample(config)
    sample = take("sample", lambda text: _near("Sample", int(text), 0, last), 0)
    return Cursor(
        config,
        int(epoch),
        int(sample),
        notices,
        colour=take("colour", _choice(COLOURS), COLOURS[0]),
        map=take("map", _choice(MAPS), MAPS[0]),
        path=path,
    )


def _with_a_range(path: PathChoice, config: Config, notices: list[str]) -> PathChoice:
    """The path, without its range of lambda where that holds none."""
    path = path.within(config)
    try:
        path.spec(config)
    except ConfigError as error:
        notices.append(f"{error} The link's range is passed over.")
        return replace(path, low=None, high=None)
    return path


def _parser(name: str, dataset: str) -> Parser:
    setting = SETTINGS[name]
    if setting.choices:
        return _choice(setting.choices)
    if name == "dimensions" and dataset != "noise":
        return lambda text: (
            None,
            f"Only noise has an adjustable number of dimensions. The link's {text[:40]!r} is passed over.",
        )
    high = min(setting.high, card(dataset).max_train) if name == "samples" else setting.high
    return _near_setting(replace(setting, high=high), whole=name in WHOLE)


def _choice(choices: Iterable[Any]) -> Parser:
    named = {_text(choice): choice for choice in choices}

    def choose(text: str) -> tuple[Any, str]:
        if text not in named:
            raise ValueError
        return named[text], ""

    return choose


def _near_setting(setting: Setting, *, whole: bool) -> Parser:
    kind = int if whole else float
    return lambda text: _near(setting.label, kind(text), kind(setting.low), kind(setting.high))


def _near(label: str, value: float, low: float, high: float) -> tuple[float, str]:
    """The nearest value in a range, and a sentence where that is another."""
    if not math.isfinite(value):
        raise ValueError
    nearest = min(max(value, low), high)
    if nearest == value:
        return nearest or type(nearest)(0), ""  # -0.0 would have a key of its own
    says, used = _said(value), _said(nearest)
    return (
        nearest,
        f"{label} must be between {_said(low)} and {_said(high)}. The link says {says}; {used} is used.",
    )


def _said(value: float) -> str:
    """A number in a sentence: whole ones in full, as long as they can be read."""
    return str(value) if isinstance(value, int) and abs(value) < 10**12 else f"{value:g}"


def _hidden(text: str) -> tuple[tuple[int, ...], str]:
    units = [int(part) for part in text.split("-")]
    setting, notes, kept = SETTINGS["hidden"], [], []
    if len(units) > 3:
        notes.append(
            f"An encoder has one to three layers. The link says {len(units)}; the first three are used."
        )
    for value in units[:3]:
        nearest, note = _near(setting.label, value, setting.low, setting.high)
        kept.append(int(nearest))
        notes += [note] if note else []
    return tuple(kept), " ".join(notes)


def _schedule(text: str, top: float) -> tuple[tuple[tuple[int, float], ...], str]:
    parts, pairs, notes = text.split(","), {}, []
    if len(parts) > CHANGES:
        notes.append(
            f"Lambda may change {CHANGES} times. The link says {len(parts)}; the first {CHANGES} are used."
        )
    for part in parts[:CHANGES]:
        epoch, _, lam = part.partition(":")
        start, late = _near("The epoch of a change", int(epoch), 1, int(SETTINGS["epochs"].high))
        value, note = _near(LAMBDA.label, float(lam), 0.0, top)
        if start in pairs:
            notes.append(f"Lambda changes twice at epoch {start} in the link; the last counts.")
        pairs[int(start)] = value
        notes += [sentence for sentence in (late, note) if sentence]
    more = [f"{len(notes) - 3} more were changed."] if len(notes) > 3 else []
    return tuple(sorted(pairs.items())), " ".join(notes[:3] + more)


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    if not isinstance(value, float):
        return str(value)
    short = f"{value:.6g}"
    return short if float(short) == value else repr(value)
