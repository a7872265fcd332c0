"""What lives as long as the server: started late, stopped cleanly."""

from __future__ import annotations

import gc
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import pytest

from cae_core.engine import Engine
from cae_core.errors import EngineError
from ui import server


class Warmed:
    """Counts calls of `Engine.warm` in place of workers that start."""

    def __init__(self) -> None:
        self.calls = 0
        self.called = threading.Event()

    def __call__(self, engine: Engine, *, lanes: int = 2, umap: bool = False) -> threading.Thread:
        self.calls += 1
        self.called.set()
        thread = threading.Thread(target=lambda: None)
        thread.start()
        return thread


@pytest.fixture(autouse=True)
def nobody_before() -> None:
    """No engine of other files."""
    server.stop()


@pytest.fixture
def warmed(monkeypatch: pytest.MonkeyPatch) -> Iterator[Warmed]:
    warmed = Warmed()
    monkeypatch.setattr(Engine, "warm", lambda *args, **kwargs: warmed(*args, **kwargs))
    monkeypatch.setattr(server, "GRACE", 0.05)
    monkeypatch.delenv("CAE_WARM", raising=False)
    yield warmed
    server.stop()


def test_one_engine_until_the_server_stops() -> None:
    engine = server.engine()
    assert server.engine() is engine
    assert not any(engine.pids().values())
    server.stop()
    with pytest.raises(EngineError, match="must be open"):
        engine.submit("analysis", "cae_core.work:ready")
    assert server.engine() is not engine
    server.stop()


def test_warm_up_waits_for_the_first_page_and_happens_once(warmed: Warmed) -> None:
    server.start()
    time.sleep(0.2)
    assert warmed.calls == 0
    server.page_delivered()
    server.page_delivered()
    assert warmed.called.wait(5.0)
    server.page_delivered()
    time.sleep(0.2)
    assert warmed.calls == 1


def test_warm_up_does_not_wait_for_ever(warmed: Warmed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "PATIENCE", 0.05)
    server.start()
    assert warmed.called.wait(5.0)
    server.page_delivered()
    time.sleep(0.2)
    assert warmed.calls == 1


def test_warm_up_can_be_switched_off(warmed: Warmed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAE_WARM", "0")
    monkeypatch.setattr(server, "PATIENCE", 0.0)
    server.start()
    server.page_delivered()
    assert not warmed.called.wait(0.3)


def test_a_page_without_a_server_warms_nothing(warmed: Warmed) -> None:
    server.page_delivered()
    assert not warmed.called.wait(0.3)


def test_a_stopped_server_does_not_warm_up(warmed: Warmed) -> None:
    server.start()
    server.page_delivered()
    server.stop()
    assert not warmed.called.wait(0.3)


def test_what_is_imported_is_set_aside_from_garbage_collection(warmed: Warmed) -> None:
    server.start()
    assert gc.get_freeze_count() > 0
    server.stop()
    assert gc.get_freeze_count() == 0


def test_neither_torch_nor_umap_is_loaded_to_serve() -> None:
    code = "import sys, ui.server; print(*{'torch', 'umap', 'numba'} & set(sys.modules))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == ""
