"""Paths made by a real engine: the same parts as in one process, in order, with UMAP, and with an end to trouble."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from itertools import pairwise

import numpy as np
import pytest

from cae_core.analysis.path import make_path
from cae_core.config import Config
from cae_core.engine import Engine
from cae_core.errors import ConfigError, EngineError
from cae_core.path import PathSpec
from cae_core.path_parts import unpack
from cae_core.paths import Paths, Progress
from cae_core.shipped import default_path

SMALL = Config.for_dataset("digits", samples=128, hidden=(8,), batch_size=32, epochs=12)


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    engine = Engine(train_lanes=1)
    yield engine
    engine.close()


def polled(
    paths: Paths, spec: PathSpec, *, umap: bool = False, see: Callable[[Progress], None] = lambda _: None
) -> Progress:
    end = time.monotonic() + 120
    while True:
        progress = paths.poll(spec, "visitor", umap=umap)
        see(progress)
        if progress.complete:
            return progress
        assert time.monotonic() < end, progress
        time.sleep(0.02)


def test_path_is_the_same_as_in_one_process_and_comes_frame_by_frame(engine: Engine) -> None:
    spec, paths, seen = PathSpec.of(SMALL, members=4, frames=6), Paths(engine), []
    found = polled(paths, spec, see=seen.append)
    assert found.error is None
    assert [unpack(part).header["kind"] for part in found.parts] == ["base", *["frame"] * 6]
    assert [unpack(part).header["epoch"] for part in found.parts[1:]] == list(spec.epochs)
    assert engine.epochs(spec.config) == list(spec.epochs)  # no frame that is of no use
    for part, other in zip(found.parts, make_path(spec), strict=True):
        one, two = unpack(part), unpack(other)
        assert one.header["kind"] == two.header["kind"]
        for name, array in two.arrays.items():
            wide = one.arrays[name].astype(np.float64)
            np.testing.assert_allclose(
                wide, array.astype(np.float64), atol=1 if array.dtype.kind in "iu" else 1e-5
            )
    for before, after in pairwise(seen):
        assert after.parts[: len(before.parts)] == before.parts
        assert (after.share is None) == after.complete
    assert {one.ready for one in seen} >= {0, 6}
    assert any("4 models together: epoch" in one.status for one in seen)


def test_maps_of_umap_come_after_the_frames(engine: Engine) -> None:
    spec, paths, seen = PathSpec.of(SMALL, members=2, frames=2, weight_decay=1e-3), Paths(engine), []
    found = polled(paths, spec, umap=True, see=seen.append)
    assert found.umap == "ready"
    last = unpack(found.parts[-1])
    assert last.header["kind"] == "umap"
    assert last.arrays["point"].shape == (3, 500, 2)
    assert {"UMAP is fitting map 3 of 3."} <= {one.umap_text for one in seen}
    assert len(polled(paths, spec).parts) == 3  # not sent where it is not wanted


def test_one_model_at_one_moment(engine: Engine) -> None:
    found = polled(Paths(engine), PathSpec.of(SMALL, members=1, frames=1))
    assert [unpack(part).header.get("epoch") for part in found.parts] == [None, 12]
    assert unpack(found.parts[1]).arrays["point"].shape == (1, 500, 2)


def test_shipped_path_needs_no_worker() -> None:
    engine = Engine()
    paths = Paths(engine, shipped=default_path)
    found = paths.poll(PathSpec.of(Config.for_dataset("moons")), "visitor", umap=True)
    assert found.complete
    assert found.umap == "ready"
    assert (found.ready, len(found.parts)) == (16, 18)
    assert engine.pids() == {"train": [], "analysis": [], "umap": [], "path": []}
    engine.close()


def test_what_cannot_be_trained_is_said_once_and_can_be_tried_again(engine: Engine) -> None:
    spec, paths = PathSpec.of(Config.for_dataset("moons", loss="cross_entropy"), members=2), Paths(engine)
    found = polled(paths, spec)
    assert found.error is not None
    assert found.error.startswith("Inputs must lie between 0 and 1 for cross-entropy.")
    paths.retry(spec)
    assert not paths.poll(spec, "visitor").complete


class Once:
    """An engine whose jobs fail, the first time each."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.failed: set[str] = set()

    def __getattr__(self, name: str) -> object:
        return getattr(self.engine, name)

    def submit(self, lane: str, path: str, *args: object, **kwargs: object) -> Future[object]:
        if path in self.failed:
            return self.engine.submit(lane, path, *args, **kwargs)
        self.failed.add(path)
        future: Future[object] = Future()
        future.set_exception(EngineError("The worker was lost. Try again."))
        return future


def test_numbers_that_failed_come_when_they_are_tried_again(engine: Engine) -> None:
    spec, paths = PathSpec.of(SMALL.but(seed=5), members=2, frames=2), Paths(Once(engine))
    for _ in range(2):  # the yardsticks, then the first piece
        assert polled(paths, spec).error == "The worker was lost. Try again."
        assert polled(paths, spec).error == "The worker was lost. Try again."
        paths.retry(spec)
    assert polled(paths, spec).error is None
    assert polled(paths, spec).ready == 2


def test_what_somebody_looks_at_is_not_forgotten(engine: Engine) -> None:
    paths = Paths(engine, keep=1)
    specs = [PathSpec.of(SMALL.but(seed=seed), members=2, frames=2) for seed in range(11, 15)]
    end = time.monotonic() + 120
    while not all(paths.poll(spec, spec.key).complete for spec in specs):
        assert time.monotonic() < end
        time.sleep(0.02)


def test_too_many_samples_for_the_engine_is_a_sentence(engine: Engine) -> None:
    with pytest.raises(ConfigError, match="parameters together"):
        Paths(engine).poll(PathSpec.of(Config.for_dataset("digits", hidden=(2000, 2000))), "visitor")


def test_few_paths_are_kept(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cae_core.paths.IDLE", 0.0)
    paths = Paths(engine, keep=2)
    specs = [PathSpec.of(SMALL.but(seed=seed), members=1, frames=1) for seed in range(3)]
    found = [polled(paths, spec) for spec in specs]
    assert list(paths._making) == [spec.key for spec in specs[1:]]
    assert polled(paths, specs[0]).parts == found[0].parts


def test_a_frame_that_was_dropped_is_trained_again() -> None:
    engine = Engine(train_lanes=1, frame_bytes=1)
    found = polled(Paths(engine), PathSpec.of(SMALL, members=2, frames=5))
    assert found.ready == 5
    engine.close()
