"""A lane: one worker that does one job at a time, and is replaced when it dies or hangs.

Any `concurrent.futures.Executor` serves as the worker. The default is `LocalWorker`, one spawned process; where an
executor has no ``kill(grace)``, as one of a cluster, a hung job is abandoned instead of killed. A job is a pure
function of its arguments, so that running it again after its worker was lost gives the same result.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor, wait
from multiprocessing.context import SpawnContext, SpawnProcess
from types import ModuleType
from typing import Any

from cae_core import work
from cae_core.errors import EngineError

ExecutorFactory = Callable[[str], Executor]
"""Makes the worker of a lane of the kind named: ``train``, ``analysis``, ``umap`` or ``path``."""


class _Spawned(SpawnProcess):
    """A spawned process that does not run its parent's main script again.

    Python runs ``__main__`` anew in every spawned process, and Streamlit puts the page's script there.
    """

    def start(self) -> None:
        """Start, with an empty main module to take along."""
        with _main_lock:
            main = sys.modules["__main__"]
            sys.modules["__main__"] = ModuleType("__main__")
            try:
                super().start()
            finally:
                sys.modules["__main__"] = main


class Spawning(SpawnContext):
    """The start method ``spawn`` with `_Spawned` processes."""

    Process = _Spawned


_main_lock = threading.Lock()


class LocalWorker(ProcessPoolExecutor):
    """One process on this machine, spawned when its first job comes.

    Args:
        kind: kind of the lane; training and UMAP run at low priority.
    """

    def __init__(self, kind: str) -> None:
        super().__init__(
            max_workers=1,
            mp_context=Spawning(),
            initializer=work.set_up,
            initargs=(kind,),
        )

    def pids(self) -> list[int]:
        """Ids of its processes."""
        return list(self._processes or ())

    def kill(self, grace: float = 0.0) -> None:
        """End the process, whatever it is doing, and the thread that looked after it.

        Args:
            grace: seconds in which an idle process may tidy up after itself.
        """
        manager: threading.Thread | None = getattr(self, "_executor_manager_thread", None)
        processes = list((self._processes or {}).values())
        self.shutdown(wait=False, cancel_futures=True)
        if manager is not None:
            manager.join(grace)
        for process in processes:
            if process.is_alive():
                process.kill()
        if manager is not None:
            manager.join(2.0)


class Lane:
    """One worker at a time, for one job at a time. `run` is called by one thread.

    Args:
        kind: ``train``, ``analysis``, ``umap`` or ``path``.
        factory: makes a worker.
        attempts: how often a job is tried whose worker is lost.
        start_timeout: seconds within which a new worker must be up.
    """

    def __init__(
        self,
        kind: str,
        factory: ExecutorFactory = LocalWorker,
        *,
        attempts: int = 2,
        start_timeout: float = 120.0,
    ) -> None:
        self.kind = kind
        self._factory = factory
        self._attempts = attempts
        self._start_timeout = start_timeout
        self._executor: Executor | None = None
        self._lock = threading.Lock()
        self._closed = False

    @property
    def started(self) -> bool:
        """Whether there is a worker."""
        return self._executor is not None

    def pids(self) -> list[int]:
        """Process ids of the worker, where it is a local one."""
        executor = self._executor
        return executor.pids() if isinstance(executor, LocalWorker) else []

    def run(self, function: Callable[..., Any], *args: Any, timeout: float, **kwargs: Any) -> Any:
        """Run a job in the worker and wait for its result.

        Args:
            function: a function of a module, pure.
            *args: its arguments, picklable.
            timeout: seconds after which the worker counts as hung.
            **kwargs: its named arguments, picklable.

        Returns:
            What the function returned.

        Raises:
            EngineError: the lane is closed, or the worker was lost at each attempt. What the function itself
                raises comes through as it is.
        """
        reason = ""
        for _ in range(self._attempts):
            try:
                executor = self._ready()
                future = executor.submit(function, *args, **kwargs)
                if self._done(future, timeout):
                    return future.result()
                reason = f"it gave no answer for {timeout:g} s"
            except BrokenExecutor:
                reason = "its process ended unexpectedly, perhaps for want of memory"
            self._drop()
            self._check_open()
        raise EngineError(
            f"A worker must finish its job. The {self.kind} worker did not in {self._attempts} attempts: {reason}. "
            "Try fewer samples or a smaller network."
        )

    def start(self) -> None:
        """Bring the worker up, where there is none."""
        self._ready()

    def close(self) -> None:
        """End the worker; a job under way ends with an `EngineError`."""
        self._closed = True
        self._drop(grace=1.0)

    def _check_open(self) -> None:
        if self._closed:
            raise EngineError(
                "The engine must be open. Got a job after it was closed. Start the server again."
            )

    def _ready(self) -> Executor:
        """The worker, up and running."""
        with self._lock:
            self._check_open()
            if self._executor is not None:
                return self._executor
            executor = self._executor = self._factory(self.kind)
        try:
            up = self._done(executor.submit(work.ready), self._start_timeout)
        except RuntimeError as error:  # BrokenExecutor is one; the other comes at the interpreter's end
            self._drop()
            raise BrokenExecutor(str(error)) from error
        if not up:
            self._drop()
            raise BrokenExecutor("The worker did not start.")
        return executor

    @staticmethod
    def _done(future: Future[Any], timeout: float) -> bool:
        """Wait; True when the future is done, and the worker's death is raised here."""
        done, _ = wait([future], timeout)
        if done and isinstance(error := future.exception(), BrokenExecutor):
            raise error
        return bool(done)

    def _drop(self, grace: float = 0.0) -> None:
        """Let the worker go, by force where that is possible."""
        with self._lock:
            executor, self._executor = self._executor, None
        if executor is None:
            return
        kill = getattr(executor, "kill", None)
        if kill is not None:
            kill(grace)
        executor.shutdown(wait=False, cancel_futures=True)
