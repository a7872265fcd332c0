"""What lives as long as the server: engine and lambda paths, made when first needed; `app.py` starts and stops them.

Warming workers takes both cores for some seconds, so it waits until the first page has been delivered, or until
nobody has come for `PATIENCE` seconds. ``CAE_WARM=0`` in the environment switches it off.
"""

from __future__ import annotations

import gc
import os
import threading

from cae_core.catalog import own_folder
from cae_core.engine import Engine
from cae_core.paths import Paths
from cae_core.shipped import default_path, default_run

GRACE = 5.0
"""Seconds between the end of the first page's script and the warm-up: its browser is still loading."""

PATIENCE = 20.0
"""Seconds without a visitor after which the warm-up begins anyway."""

_lock = threading.RLock()
_engine: Engine | None = None
_paths: Paths | None = None
_appointment: threading.Timer | None = None
_delivered = False


def engine() -> Engine:
    """The server's one engine, made at the first call; no worker runs before there is work."""
    global _engine
    with _lock:
        if _engine is None:
            own_folder()  # its workers take the folder over
            _engine = Engine()
            _engine.adopt([default_run()])
        return _engine


def paths() -> Paths:
    """The server's one maker of lambda paths; visitors who look at the same path share it."""
    global _paths
    with _lock:
        if _paths is None:
            _paths = Paths(engine(), default_path)
        return _paths


def start() -> None:
    """Begin: set aside everything imported so far, so that no later garbage collection walks it."""
    global _delivered
    _delivered = False
    gc.collect()
    gc.freeze()
    if os.environ.get("CAE_WARM", "1") != "0":
        _appoint(PATIENCE)


def page_delivered() -> None:
    """Tell that a page's script has ended; after the first one workers are warmed. Cheap, and harmless in tests."""
    global _delivered
    with _lock:
        if _delivered or _appointment is None:
            return
        _delivered = True
        if not _appointment.finished.is_set():
            _appointment.cancel()
            _appoint(GRACE)


def stop() -> None:
    """Let go of what `start`, `engine` and `paths` made."""
    global _engine, _paths, _appointment
    with _lock:
        ended, _engine, _paths = _engine, None, None
        appointment, _appointment = _appointment, None
    if appointment is not None:
        appointment.cancel()
    if ended is not None:
        ended.close()
    gc.unfreeze()


def _appoint(seconds: float) -> None:
    """Warm up after some seconds."""
    global _appointment
    with _lock:
        _appointment = threading.Timer(seconds, _warm)
        _appointment.daemon = True
        _appointment.start()


def _warm() -> None:
    """Start the workers, then set aside what the first page imported."""
    with _lock:
        if _appointment is None:
            return
        _appointment.finished.set()  # too late to be put off
        warming = engine().warm(umap=True)
    warming.join()
    gc.collect()
    gc.freeze()
