"""What a measurement was taken on."""

from __future__ import annotations

import os
import platform
import resource
import time
from functools import cache


@cache
def describe() -> str:
    """Processor and number of cores, in words."""
    name = platform.processor() or platform.machine()
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as lines:
            fields = dict(line.split(":", 1) for line in lines if ":" in line)
        name = {key.strip(): value.strip() for key, value in fields.items()}.get("model name", name)
    except OSError:
        pass  # not Linux
    return f"{name}, {os.cpu_count()} cores"


def memory(field: str) -> float:
    """Megabytes of this process by a field of the kernel's status; VmHWM is the largest resident size so far."""
    with open("/proc/self/status", encoding="ascii") as lines:
        return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(field + ":"))


class Others:
    """How much of the processor's time other work takes, from its making on."""

    def __init__(self) -> None:
        """Begin now."""
        self._begun, self._busy, self._own = time.monotonic(), _busy(), _children()

    def share(self) -> float:
        """Between 0 and 1: what was neither idle nor spent by processes that this one started and waited for."""
        spent = _busy() - self._busy - (_children() - self._own)
        return max(0.0, spent / (time.monotonic() - self._begun) / (os.cpu_count() or 1))


def _busy() -> float:
    """Seconds that all cores together have not been idle since the machine began."""
    with open("/proc/stat", encoding="ascii") as lines:
        fields = [int(field) for field in lines.readline().split()[1:9]]
    return (sum(fields) - fields[3] - fields[4]) / os.sysconf("SC_CLK_TCK")


def _children() -> float:
    """Seconds of processor time of the processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
