"""The queue of a lane: who is given up when too many wait."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from typing import Any

import pytest

from cae_core import jobs
from cae_core.jobs import Job, Jobs


class Blocked:
    """A lane that answers nothing until it is let go."""

    kind = "blocked"

    def __init__(self) -> None:
        self.go, self.began = threading.Event(), threading.Event()

    def run(self, function: Callable[..., Any], path: str, *args: Any, timeout: float) -> str:
        self.began.set()
        self.go.wait(10.0)
        return path

    def close(self) -> None:
        self.go.set()


@pytest.fixture
def queue(monkeypatch: pytest.MonkeyPatch) -> Iterator[Jobs]:
    """A queue with room for three, behind a job that does not end."""
    monkeypatch.setattr(jobs, "QUEUE_LIMIT", 3)
    lane = Blocked()
    queue = Jobs(lane, 1000)  # type: ignore[arg-type]
    ask(queue, "first")
    assert lane.began.wait(10.0)
    yield queue
    queue.close()


def ask(queue: Jobs, name: str, slot: str | None = None) -> Future[Any]:
    return queue.submit(Job(name, (), {}, name, 10.0), slot)


def test_too_many_give_up_the_oldest_that_only_a_slot_waits_for(queue: Jobs) -> None:
    kept = ask(queue, "kept")
    slotted = [ask(queue, f"slot {i}", slot=f"slot {i}") for i in range(3)]
    assert slotted[0].cancelled()
    assert not kept.cancelled()
    assert not any(future.cancelled() for future in slotted[1:])


def test_too_many_kept_give_up_the_oldest(queue: Jobs) -> None:
    kept = [ask(queue, f"kept {i}") for i in range(4)]
    assert [future.cancelled() for future in kept] == [True, False, False, False]


def test_a_question_given_up_may_be_asked_again(queue: Jobs) -> None:
    first, *_ = [ask(queue, f"slot {i}", slot=f"slot {i}") for i in range(4)]
    assert first.cancelled()
    again = ask(queue, "slot 0")
    assert again is not first
    queue.lane.close()
    assert again.result(10.0) == "slot 0"
