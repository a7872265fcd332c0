"""What lives as long as the server: started and stopped by the lifespan of `app.py`."""

from __future__ import annotations

import gc


def start() -> None:
    """Set aside everything imported so far, so that no later garbage collection walks it."""
    gc.collect()
    gc.freeze()


def stop() -> None:
    """Let go of what `start` made."""
    gc.unfreeze()
