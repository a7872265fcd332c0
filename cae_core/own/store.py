"""Own data between processes: a card and a file of arrays a dataset, in the folder that `CAE_OWN_DIR` names.

Images have a picture of some of them beside it.

A dataset's name is ``own-`` and 128 bits of a hash over the visitor's secret, the file and what was done with it. So
the same file with another preparation is another dataset with another config, and nobody finds a name by guessing.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

import numpy as np

from cae_core.catalog import OWN_PREFIX, OwnCard, card, own_card_file, own_folder
from cae_core.datasets.own import own_arrays_file
from cae_core.datasets.toy import SCALE
from cae_core.own.limits import LIMITS, Limits
from cae_core.own.model import Preparation, Prepared
from cae_core.own.sheet import sheet, spread

TEST_SHARE = 0.3
"""Share of the samples that is kept for tests, up to `MAX_TEST` of them."""

MAX_TEST = 1000
MAX_TRAIN = 10_000
"""Training samples that a config takes unless it asks for more."""

STEPS = 1250
"""Steps of training that a default config takes, about as many as the digits'."""

WIDE = 100.0
"""Size of a number above which data that are not scaled get a warning."""


def take(path: str, filename: str, preparation: Preparation, secret: str, limits: Limits = LIMITS) -> str:
    """Read a visitor's file, prepare it and keep it: the whole way, for a worker.

    Args:
        path: the file, or a folder of images.
        filename: what the visitor calls it.
        preparation: what to do with it.
        secret: the visitor's; without it nobody finds the dataset.
        limits: how large the file may be.

    Returns:
        The dataset's name.

    Raises:
        DataError: the file cannot be read, or nothing is left of it to train on.
    """
    from cae_core.own.reading import prepare

    prepared = prepare(path, filename, preparation, limits)
    return keep(prepared, Path(filename).stem or filename, filename, secret, preparation)


def keep(
    prepared: Prepared, title: str, source: str, secret: str, preparation: Preparation | None = None
) -> str:
    """Keep samples as a dataset.

    Args:
        prepared: the samples.
        title: what pages call it.
        source: where it came from.
        secret: the visitor's.
        preparation: what was done, where they come from a file.

    Returns:
        The dataset's name.
    """
    names = json.dumps(prepared.feature_names).encode()  # an array of texts is as wide as the longest
    arrays: dict[str, Any] = {"x": prepared.x, "feature_names": np.frombuffer(names, dtype=np.uint8)}
    if prepared.y is not None:
        arrays["y"] = prepared.y
    what = (secret, source, preparation, prepared.kind, prepared.image_shape, prepared.class_names)
    digest = hashlib.sha256(repr((*what, prepared.standardise, prepared.done)).encode())
    for array in arrays.values():
        digest.update(np.ascontiguousarray(array).tobytes())
    made = _card(OWN_PREFIX + digest.hexdigest()[:32], title, source, prepared)
    (visit_folder(secret) / made.name).touch()
    with _replacing(own_arrays_file(made.name)) as file:
        np.savez(file, **arrays)
    if prepared.image_shape is not None:
        shown = prepared.x[spread(len(prepared.x), prepared.y)]
        with _replacing(sheet_file(made.name)) as file:
            file.write(sheet(shown, prepared.image_shape))
    with _replacing(own_card_file(made.name)) as file:
        file.write(json.dumps(asdict(made)).encode())
    return made.name


def visit_folder(secret: str) -> Path:
    """A visitor's folder: what was brought, and an empty file named after each dataset made of it."""
    folder = _place(secret)
    folder.mkdir(exist_ok=True)
    return folder


def _place(secret: str) -> Path:
    return own_folder() / f"visit-{hashlib.sha256(secret.encode()).hexdigest()[:32]}"


def sheet_file(name: str) -> Path:
    """The file with a picture of some of the images of own data; there is none for other samples."""
    return own_card_file(name).with_suffix(".png")


def sweep(secret: str, keep: Iterable[str] = ()) -> None:
    """Remove a visitor's datasets but some.

    Args:
        secret: the visitor's.
        keep: names of those that stay.
    """
    stay = set(keep)
    for made in visit_folder(secret).glob(f"{OWN_PREFIX}*"):
        if made.name not in stay:
            forget([made.name])
            made.unlink(missing_ok=True)


def end_visit(secret: str) -> None:
    """Remove all that a visitor brought and made."""
    if _place(secret).is_dir():  # not where nothing was brought, nor where all has gone at the server's end
        sweep(secret)
        shutil.rmtree(_place(secret), ignore_errors=True)


def forget(names: Iterable[str]) -> None:
    """Remove datasets; those that are not there are passed over."""
    for name in names:
        own_card_file(name).unlink(missing_ok=True)
        own_arrays_file(name).unlink(missing_ok=True)
        sheet_file(name).unlink(missing_ok=True)


def _card(name: str, title: str, source: str, prepared: Prepared) -> OwnCard:
    n, d = prepared.x.shape
    n_test = min(MAX_TEST, max(2, math.floor(TEST_SHARE * n)))
    n_train = min(n - n_test, MAX_TRAIN)
    points = prepared.kind == "points"
    scale = SCALE if points else 1.0
    lam_low, lam_high, defaults = _settings(prepared, n_train)
    return OwnCard(
        name=name,
        title=title[:40],
        description=f"Own data: {n:,} samples of {d:,} inputs.",
        source=source[:80],
        kind=prepared.kind,
        n_inputs=d,
        image_shape=prepared.image_shape,
        n_train=n_train,
        n_test=n_test,
        max_train=n - n_test,
        lam_low=lam_low,
        lam_high=lam_high,
        defaults=defaults,
        class_names=prepared.class_names,
        standardise_to=scale if prepared.standardise else None,
        done=(*prepared.done, *_said(prepared, scale, n_train, n_test)),
    )


def _settings(prepared: Prepared, n_train: int) -> tuple[float, float, dict[str, Any]]:
    """Smallest and largest lambda, and defaults: those of the sets in the catalog that are most like it."""
    if prepared.kind == "points":
        like = card("moons")
        return like.lam_low, like.lam_high, dict(like.defaults) | _run(n_train, 200)
    batch = 64 if n_train >= 300 else 32
    d = prepared.x.shape[1]
    if prepared.kind == "image":
        low, lam = (0.003, 1.0) if prepared.standardise else (1e-3, 0.1)
        return low, 300.0, {"lam": lam, "hidden": (128 if d <= 144 else 256,)} | _run(n_train, batch)
    table = {"lam": 1.0, "hidden": (128 if d > 20 else 64,)} | _run(n_train, batch)
    return 0.003, 300.0, table


def _run(n_train: int, batch: int) -> dict[str, int]:
    """Batch size and epochs of about `STEPS` steps."""
    batch = min(batch, n_train)
    epochs = round(STEPS / math.ceil(n_train / batch))
    return {"batch_size": batch, "epochs": min(300, max(8, epochs))}


def _said(prepared: Prepared, scale: float, n_train: int, n_test: int) -> list[str]:
    """What the split did, in sentences."""
    said = []
    if prepared.standardise:
        times = f", then multiplied by {scale:g}" if scale != 1 else ""
        said.append(f"Inputs were standardised by the samples that are not test samples{times}.")
    elif (largest := float(np.abs(prepared.x).max())) > WIDE:
        said.append(f"Inputs reach {largest:.3g} in size: training may diverge unless they are standardised.")
    said.append(f"{n_test:,} samples were drawn for the test split; {n_train:,} of the others train.")
    return said


@contextmanager
def _replacing(path: Path) -> Iterator[IO[bytes]]:
    """A file that takes its name when it is whole."""
    descriptor, temporary = tempfile.mkstemp(dir=own_folder(), suffix=".part")
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
