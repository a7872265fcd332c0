"""Frames and results that are kept: least recently used goes first, what somebody looks at stays."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np

from cae_core.frame import Frame

Key = tuple[str, int]
"""(config key, epoch)"""


class FrameCache:
    """Frames by (config key, epoch), bounded by bytes. Not thread-safe.

    Args:
        limit: bytes; exceeded only by frames that are pinned or looked at.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.nbytes = 0
        self._frames: OrderedDict[Key, Frame] = OrderedDict()
        self._epochs: dict[str, list[int]] = {}
        self._pinned: set[Key] = set()

    def __len__(self) -> int:
        return len(self._frames)

    def __contains__(self, key: Key) -> bool:
        return key in self._frames

    def put(self, frame: Frame, *, pin: bool = False) -> None:
        """Keep a frame; pinned, it stays for good."""
        key = (frame.config.key, frame.epoch)
        if pin:
            self._pinned.add(key)
        if key in self._frames:
            self._frames.move_to_end(key)
            return
        self._frames[key] = frame
        self.nbytes += frame.nbytes
        insort(self._epochs.setdefault(key[0], []), key[1])

    def get(self, key: Key) -> Frame | None:
        """A frame, which counts as used, or None."""
        frame = self._frames.get(key)
        if frame is not None:
            self._frames.move_to_end(key)
        return frame

    def newest(self, run: str, up_to: int | None = None) -> Key | None:
        """Key of a run's last kept frame, not after `up_to`."""
        epochs = self._epochs.get(run, [])
        place = len(epochs) if up_to is None else bisect_right(epochs, up_to)
        return (run, epochs[place - 1]) if place else None

    def epochs(self, run: str) -> list[int]:
        """The epochs of a run that are kept, in order."""
        return list(self._epochs.get(run, []))

    def shrink(self, keep: Iterable[Key]) -> None:
        """Drop the least recently used frames until the bytes are within the limit.

        Args:
            keep: keys of frames that somebody looks at.
        """
        if self.nbytes <= self.limit:
            return
        kept = self._pinned.union(keep)
        for key in [key for key in self._frames if key not in kept]:
            self.nbytes -= self._frames.pop(key).nbytes
            self._epochs[key[0]].remove(key[1])
            if not self._epochs[key[0]]:
                del self._epochs[key[0]]
            if self.nbytes <= self.limit:
                return


def size_of(value: Any) -> int:
    """Bytes of the arrays in a result, and a little for everything else."""
    if isinstance(value, np.ndarray):
        return value.nbytes
    if isinstance(value, (str, bytes)):
        return len(value)
    if isinstance(value, Mapping):
        return sum(map(size_of, value.values()))
    if isinstance(value, (list, tuple)):
        return sum(map(size_of, value))
    if is_dataclass(value):
        return sum(size_of(getattr(value, f.name)) for f in fields(value))
    return 64
