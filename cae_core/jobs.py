"""Jobs of one lane: answers to questions, kept by key; a question that nobody asks any more is not answered."""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from collections.abc import Hashable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

from cae_core import work
from cae_core.cache import size_of
from cae_core.errors import EngineError
from cae_core.lanes import Lane

QUEUE_LIMIT = 256
"""Jobs that wait; the oldest is given up for a new one, one that only slots wait for before others."""


@dataclass(eq=False)
class Job:
    """A call that waits or runs.

    Attributes:
        path: ``module:function`` inside ``cae_core``.
        args: its arguments.
        kwargs: its named arguments.
        key: names the result, where it is to be kept.
        timeout: seconds after which the worker counts as hung.
        future: the result to come.
        slots: who waits for it.
        kept: whether somebody without a slot waits for it, so that it is given up last.
    """

    path: str
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    key: Hashable | None
    timeout: float
    future: Future[Any] = field(default_factory=Future)
    slots: set[Hashable] = field(default_factory=set)
    kept: bool = False


class Jobs:
    """The queue of a lane, the thread that works it off, and the results that are kept.

    Args:
        lane: does the work.
        result_bytes: memory for results.
    """

    def __init__(self, lane: Lane, result_bytes: int) -> None:
        self.lane = lane
        self._result_bytes = result_bytes
        self._changed = threading.Condition()
        self._queue: deque[Job] = deque()
        self._results: OrderedDict[Hashable, tuple[Future[Any], int]] = OrderedDict()
        self._thread: threading.Thread | None = None
        self._closed = False

    def submit(self, job: Job, slot: Hashable | None) -> Future[Any]:
        """Put a job into the queue, or find its result.

        Args:
            job: what to do.
            slot: who waits, and what for.

        Returns:
            The future result, of an earlier job where that has the same key.

        Raises:
            EngineError: the queue is closed.
        """
        with self._changed:
            if self._closed:
                raise EngineError(
                    "The engine must be open. Got a job after it was closed. Start the server again."
                )
            waiting: Job | None = job
            if job.key is not None and job.key in self._results:
                self._results.move_to_end(job.key)
                future = self._results[job.key][0]
                waiting = next((other for other in self._queue if other.future is future), None)
            else:
                future = job.future
                self._queue.append(job)
                if job.key is not None:
                    self._results[job.key] = (future, 0)
            if waiting is not None and slot is None:
                waiting.kept = True
            elif waiting is not None:
                waiting.slots.add(slot)
            self._give_up_stale(waiting, slot)
            self._start()
            self._changed.notify_all()
            return future

    def close(self) -> None:
        """Cancel what waits, end the worker and the thread."""
        with self._changed:
            self._closed = True
            while self._queue:
                self._drop(self._queue[0])
            self._changed.notify_all()
        self.lane.close()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(timeout=5.0)

    def _give_up_stale(self, job: Job | None, slot: Hashable | None) -> None:
        """Drop waiting jobs that nobody wants any more, and the oldest where too many wait."""
        if slot is not None:
            for other in [other for other in self._queue if other is not job and slot in other.slots]:
                other.slots.discard(slot)
                if not other.slots and not other.kept:
                    self._drop(other)
        while len(self._queue) > QUEUE_LIMIT:
            self._drop(next((other for other in self._queue if not other.kept), self._queue[0]))

    def _drop(self, job: Job) -> None:
        self._queue.remove(job)
        job.future.cancel()
        if job.key is not None:
            self._results.pop(job.key, None)

    def _start(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._loop, name=self.lane.kind, daemon=True)
            self._thread.start()

    def _loop(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._closed or self._queue)
                if self._closed:
                    return
                job = self._queue.popleft()
                job.future.set_running_or_notify_cancel()
            self._run(job)

    def _run(self, job: Job) -> None:
        try:
            result = self.lane.run(work.call, job.path, *job.args, timeout=job.timeout, **job.kwargs)
        except Exception as error:  # noqa: BLE001 - whatever it is, it belongs to who asked
            with self._changed:
                self._results.pop(job.key, None)
            job.future.set_exception(error)
            return
        with self._changed:
            if job.key is not None:
                self._results[job.key] = (job.future, size_of(result))
        job.future.set_result(result)
        with self._changed:
            self._shrink()

    def _shrink(self) -> None:
        """Drop the results that were asked for longest ago; what is still computed stays."""
        size = sum(size for _, size in self._results.values())
        for key, (future, part) in list(self._results.items())[:-1]:
            if size <= self._result_bytes:
                return
            if future.done():
                del self._results[key]
                size -= part
