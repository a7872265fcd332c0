"""The engine, with real worker processes: who waits gets frames, whatever happens to a worker."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from cae_core import work
from cae_core.config import Config
from cae_core.datasets import load
from cae_core.engine import Engine
from cae_core.errors import ConfigError, EngineError
from cae_core.frame import Frame
from cae_core.lanes import LocalWorker
from cae_core.shipped import default_run
from tests.cae_core import engine_work

ROOT = Path(__file__).resolve().parents[2]

SMALL = Config.for_dataset("digits", samples=128, hidden=(8,), batch_size=32)
LONG = 100_000
VARIANCE = "cae_core.datasets.dataset:total_variance"
POINTS = np.array([[0.0, 0.0], [2.0, 0.0]])


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    engine = Engine(train_lanes=2)
    engine.warm().join()
    yield engine
    engine.close()


def until(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "It did not happen in time."
        time.sleep(0.005)


def undisturbed(config: Config, epochs: int) -> Frame:
    """The frame that one call in this process makes."""
    from cae_core.training import advance, init_state, make_frame, steps_per_epoch

    dataset = load(config)
    steps = epochs * steps_per_epoch(config, dataset)
    return make_frame(config, dataset, advance(config, dataset, init_state(config, dataset), steps))


def assert_same_bits(frame: Frame, other: Frame) -> None:
    assert frame.epoch == other.epoch
    for a, b in zip(frame.weights, other.weights, strict=True):
        np.testing.assert_array_equal(a, b, strict=True)
    for name, column in frame.history.items():
        np.testing.assert_array_equal(column, other.history[name])
    for name, values in frame.view.items():
        np.testing.assert_array_equal(values, other.view[name])


def test_frames_are_those_of_one_undisturbed_run(engine: Engine) -> None:
    frame = engine.wait(SMALL, 7)
    assert_same_bits(frame, undisturbed(SMALL, 7))
    assert engine.epochs(SMALL) == list(range(8))
    progress = engine.progress(SMALL)
    assert (progress.epoch, progress.running, progress.error) == (7, False, None)


def test_an_equal_config_of_another_length_shares_frames(engine: Engine) -> None:
    engine.wait(SMALL, 3)
    longer = SMALL.but(epochs=500)
    frame = engine.frame(longer, 3)
    assert frame is not None
    assert frame.config == longer


def test_visitors_who_only_look_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cae_core.engine.MAX_RUNS", 4)
    frame = default_run()
    looked_at = Engine(train_lanes=1, idle_seconds=0.05)
    try:
        looked_at.adopt([frame])
        for visitor in range(40):
            looked_at.request(frame.config, frame.epoch, visitor)
            time.sleep(0.01)
        assert len(looked_at._cursors) <= 9
        assert looked_at.pids() == {"train": [], "analysis": [], "umap": [], "path": []}
        assert looked_at.frame(frame.config, frame.epoch) is not None
    finally:
        looked_at.close()


def test_ten_visitors_all_progress(engine: Engine) -> None:
    configs = [SMALL.but(seed=seed) for seed in range(100, 110)]
    for number, config in enumerate(configs):
        engine.request(config, LONG, visitor=number)
    began = time.monotonic()
    until(lambda: all(engine.progress(config).epoch >= 2 for config in configs))
    assert time.monotonic() - began < 10.0
    for number in range(10):
        engine.release(number)
    until(lambda: not any(engine.progress(config).running for config in configs))


def test_pause_stops_within_half_a_second_inside_a_long_epoch(engine: Engine) -> None:
    config = Config.for_dataset("digits", hidden=(1024,), batch_size=1, seed=7)
    engine.request(config, LONG, visitor="v")
    until(lambda: engine.progress(config).step >= 1)
    engine.request(config, 0, visitor="v")
    time.sleep(0.5)
    paused = engine.progress(config)
    assert not paused.running
    assert paused.epoch < 5
    time.sleep(0.6)
    assert engine.progress(config) == paused


def test_another_config_takes_the_visitor_along(engine: Engine) -> None:
    left, entered = SMALL.but(seed=201), SMALL.but(seed=202)
    engine.request(left, LONG, visitor="v")
    until(lambda: engine.progress(left).epoch >= 1)
    engine.request(entered, LONG, visitor="v")
    assert not engine.progress(left).running
    until(lambda: engine.progress(entered).epoch >= 1)
    engine.release("v")


def test_the_visitor_who_wants_more_decides(engine: Engine) -> None:
    config = SMALL.but(seed=301)
    engine.request(config, 1, visitor="modest")
    engine.request(config, 30, visitor="keen")
    assert engine.progress(config).target == 30
    until(lambda: engine.frame(config, 30) is not None)
    assert engine.frame(config, 1) is not None


def test_a_closed_page_costs_nothing() -> None:
    with_short_memory = Engine(train_lanes=1, idle_seconds=1.0)
    try:
        config = SMALL.but(seed=401)
        with_short_memory.request(config, 1)
        until(lambda: with_short_memory.frame(config, 1) is not None, 60.0)
        with_short_memory.request(config, LONG)
        until(lambda: not with_short_memory.progress(config).running)
        time.sleep(0.5)
        reached = with_short_memory.progress(config).epoch
        assert reached > 1
        time.sleep(0.6)
        assert with_short_memory.progress(config).epoch == reached
    finally:
        with_short_memory.close()


@pytest.fixture(scope="module")
def trap(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("engine") / "trap"


@pytest.fixture(scope="module")
def troubled(trap: Path) -> Iterator[Engine]:
    engine = Engine(
        train_lanes=1,
        chunk_timeout=10.0,
        train_chunk=partial(engine_work.troubled, trap=trap),
        frame_bytes=200_000,
    )
    engine.warm().join()
    yield engine
    engine.close()


def test_a_killed_worker_costs_one_chunk(troubled: Engine, trap: Path) -> None:
    config = SMALL.but(seed=501)
    troubled.wait(config, 2)
    trap.touch()
    troubled.request(config, 6)
    until(trap.with_suffix(".pid").exists)
    os.kill(int(trap.with_suffix(".pid").read_text()), signal.SIGKILL)
    trap.with_suffix(".pid").unlink()
    assert_same_bits(troubled.wait(config, 6, 150.0), undisturbed(config, 6))


def test_a_hung_worker_is_replaced(troubled: Engine, trap: Path) -> None:
    config = SMALL.but(seed=502)
    troubled.wait(config, 2)
    trap.touch()
    assert_same_bits(troubled.wait(config, 6, 150.0), undisturbed(config, 6))
    hung = int(trap.with_suffix(".pid").read_text())
    assert hung not in troubled.pids()["train"]
    with pytest.raises(ProcessLookupError):
        os.kill(hung, 0)


def test_dropped_frames_are_made_again(troubled: Engine) -> None:
    config = SMALL.but(seed=503)
    first = troubled.wait(config, 1)
    troubled.request(config, 60, visitor="v")
    until(lambda: troubled.frame(config, 60) is not None)
    assert troubled.frame(config, 1) is None
    assert troubled._frames.nbytes <= 200_000 + first.nbytes
    assert_same_bits(troubled.wait(config, 1), first)
    assert troubled.frame(config, 60) is not None, "What somebody looks at is kept."


def test_a_worker_that_always_dies_is_given_up() -> None:
    engine = Engine(train_lanes=1, train_chunk=engine_work.hopeless)
    try:
        with pytest.raises(EngineError, match="2 attempts"):
            engine.wait(SMALL, 1, 150.0)
        assert "2 attempts" in (engine.progress(SMALL).error or "")
        assert not engine.progress(SMALL).running
    finally:
        engine.close()


def in_threads(kind: str) -> Executor:
    return ThreadPoolExecutor(1)


def test_any_executor_serves_and_errors_are_told() -> None:
    engine = Engine(train_lanes=1, executor_factory=in_threads, train_chunk=engine_work.faulty)
    try:
        with pytest.raises(EngineError, match="ZeroDivisionError"):
            engine.wait(SMALL, 1, 10.0)
        assert engine.submit("analysis", VARIANCE, POINTS).result(10.0) == 1.0
    finally:
        engine.close()


def test_adopted_frames_are_there_without_work() -> None:
    engine = Engine(train_lanes=1)
    try:
        engine.adopt([undisturbed(SMALL, 2)])
        engine.request(SMALL, 2)
        assert engine.frame(SMALL, 2) is not None
        assert not engine.progress(SMALL).running
        assert not any(engine.pids().values())
    finally:
        engine.close()


def test_jobs(engine: Engine) -> None:
    first = engine.submit("analysis", VARIANCE, POINTS, key="variance")
    assert first.result(20.0) == 1.0
    assert engine.submit("analysis", VARIANCE, POINTS, key="variance") is first
    with pytest.raises(ConfigError, match="Got 'nothing'"):
        engine.submit("analysis", "cae_core.catalog:card", "nothing", key="bad").result(20.0)
    with pytest.raises(ConfigError, match="os:getcwd"):
        engine.submit("analysis", "os:getcwd").result(20.0)
    assert engine.submit("analysis", VARIANCE, POINTS, key="bad").result(20.0) == 1.0


def test_a_newer_question_replaces_one_that_waits() -> None:
    gate = threading.Event()

    class Gated(ThreadPoolExecutor):
        def submit(self, function, /, *args, **kwargs):  # type: ignore[no-untyped-def]
            return super().submit(lambda: (gate.wait(10.0), function(*args, **kwargs))[1])

    engine = Engine(executor_factory=lambda kind: Gated(1))
    try:
        ask = partial(engine.submit, "analysis", VARIANCE, POINTS)
        running = ask(key=0, slot="anna")
        until(running.running)
        stale = [ask(key=number, slot="anna") for number in range(1, 5)]
        shared = ask(key=5, slot="anna")
        assert ask(key=5, slot="ben") is shared
        newest = ask(key=6, slot="anna")
        gate.set()
        assert newest.result(10.0) == shared.result(10.0) == running.result(10.0) == 1.0
        assert all(future.cancelled() for future in stale)
        assert not ask(key=1, slot="anna").cancelled()
    finally:
        gate.set()
        engine.close()


def test_a_closed_engine_says_so() -> None:
    engine = Engine()
    engine.close()
    with pytest.raises(EngineError, match="must be open"):
        engine.request(SMALL, 1)
    with pytest.raises(EngineError, match="must be open"):
        engine.submit("analysis", VARIANCE, POINTS)


def test_workers_end_with_the_engine() -> None:
    engine = Engine(train_lanes=1)
    engine.submit("analysis", "cae_core.work:ready").result(60.0)
    (pid,) = engine.pids()["analysis"]
    engine.close()
    until(lambda: not _alive(pid), 5.0)


def test_workers_end_with_a_killed_server() -> None:
    code = (
        "import time; from cae_core.engine import Engine\n"
        "if __name__ == '__main__':\n"
        "    print(Engine().submit('analysis', 'cae_core.work:ready').result(60), flush=True); time.sleep(60)"
    )
    server = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    with server:
        assert server.stdout is not None
        pid = int(server.stdout.readline())
        server.kill()
    until(lambda: not _alive(pid), 5.0)


def test_the_process_that_hands_out_work_loads_neither_torch_nor_umap() -> None:
    code = "import sys, cae_core.engine; print(*{'torch', 'umap', 'numba', 'streamlit'} & set(sys.modules))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == ""


def test_a_chunk_does_not_depend_on_its_budget() -> None:
    whole = work.train_chunk(SMALL, None, 3, budget=60.0)
    assert [frame.epoch for frame in whole.frames] == [0, 1, 2, 3]
    state, frames = None, dict[int, Frame]()
    while 3 not in frames:
        chunk = work.train_chunk(SMALL, state, 3, budget=0.0, known=frozenset(frames))
        assert state is None or chunk.state.step <= state.step + 1
        state = chunk.state
        frames |= {frame.epoch: frame for frame in chunk.frames}
    assert list(frames) == [0, 1, 2, 3]
    for frame in whole.frames:
        assert_same_bits(frames[frame.epoch], frame)


def test_a_slow_frame_is_left_to_the_next_chunk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(work._frame_seconds, SMALL.key, 60.0)
    chunk = work.train_chunk(SMALL, None, 1, budget=30.0)
    assert (chunk.state.step, chunk.frames) == (0, ())
    chunk = work.train_chunk(SMALL, chunk.state, 0, budget=30.0)
    assert (chunk.state.step, len(chunk.frames)) == (0, 1)


def _alive(pid: int) -> bool:
    status = Path(f"/proc/{pid}/status")
    return status.exists() and "State:\tZ" not in status.read_text()


def test_workers_do_not_run_the_main_script_again(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "print('ran', flush=True)\n"
        "from cae_core.engine import Engine\n"
        "engine = Engine()\n"
        "print(engine.submit('analysis', 'cae_core.work:ready').result(60) > 0, flush=True)\n"
        "engine.close()\n"
    )
    run = subprocess.run(
        [sys.executable, str(script)],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert run.stdout.splitlines() == ["ran", "True"]


@pytest.mark.parametrize("kind", ["train", "path"])
def test_a_worker_computes_with_one_thread_and_only_one_that_trains_loads_torch_at_once(kind: str) -> None:
    worker = LocalWorker(kind)
    try:
        assert worker.submit(engine_work.loaded, "torch").result(150) == (kind == "train")
        assert worker.submit(engine_work.threads).result(150) == {1}
    finally:
        worker.kill()
