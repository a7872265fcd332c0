"""Every hostile file gets its sentence, and the worst of them keep within the bound of memory."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from cae_core.errors import DataError
from cae_core.own.limits import LIMITS
from cae_core.own.reading import default_preparation, inspect, prepare
from tests.cae_core.own.hostile import HOSTILE, Hostile, npz, realistic_csv
from tests.cae_core.own.measured import PROGRAM

BY_NAME = {hostile.name: hostile for hostile in HOSTILE}


def a_quarter(name: str) -> bytes:
    """The first lines of a hostile CSV file."""
    data = BY_NAME[name].make()
    return data[: data.rindex(b"\n", 0, len(data) // 4) + 1]


def noise() -> bytes:
    """NPZ of a quarter of the numbers that may be taken, as images that nothing can pack."""
    count = LIMITS.numbers // 32**2 // 4
    return npz(x=np.random.default_rng(0).integers(0, 256, (count, 32, 32), dtype=np.uint8))


HEAVY: dict[str, tuple[Callable[[], bytes], float]] = {
    "commas.csv": (lambda: a_quarter("commas.csv"), 1 / 3),
    "many-cells.csv": (lambda: a_quarter("many-cells.csv"), 1 / 3),
    "large.npz": (noise, 1 / 3),
    "photos.zip": (BY_NAME["photos.zip"].make, 1),
    "bomb.parquet": (BY_NAME["bomb.parquet"].make, 1),
}
"""Those that fill the memory most, measured in a process of their own: a maker and its share of the bound.

Files that grow with the limits are a quarter of them, and may take a third of the memory, since not all of it grows.
`docs/hostile.py` measures the whole ones.
"""

LIGHT = [hostile for hostile in HOSTILE if hostile.name not in HEAVY]


@pytest.mark.parametrize("hostile", LIGHT, ids=lambda hostile: hostile.name)
def test_gets_its_sentence(hostile: Hostile, tmp_path: Path) -> None:
    path = tmp_path / hostile.name
    path.write_bytes(hostile.make())
    if hostile.says:
        with pytest.raises(DataError) as caught:
            prepare(str(path), path.name, default_preparation(inspect(str(path), path.name)))
        assert hostile.says in str(caught.value)
        assert str(caught.value).count(". ") >= 2 or "Got 1" in str(caught.value)
        assert "\n" not in str(caught.value)
    else:
        summary = inspect(str(path), path.name)
        assert len(prepare(str(path), path.name, default_preparation(summary)).x) >= LIMITS.least_rows


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak of memory is read from /proc")
@pytest.mark.parametrize("name", HEAVY)
def test_memory_is_bounded(name: str, tmp_path: Path) -> None:
    make, share = HEAVY[name]
    path = tmp_path / name
    path.write_bytes(make())
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(path)], capture_output=True, text=True, check=True
    )
    assert 0 < json.loads(run.stdout)["memory"] <= share * LIMITS.memory_bytes


def test_realistic_table(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(realistic_csv())
    summary = inspect(str(path), path.name)
    kinds = {column.name: column.kind for column in summary.columns}
    assert (summary.rows, len(summary.columns), summary.label) == (5000, 60, "class")
    assert {kinds[name] for name in ("visited", "changed")} == {"date"}
    assert {kinds[name] for name in ("name", "remark")} == {"text"}
    assert (kinds["city"], kinds["unit"], kinds["member"]) == ("category", "constant", "number")
    prepared = prepare(str(path), path.name, default_preparation(summary))
    assert prepared.x.shape == (len(prepared.y), 50 + 4 + 3 + 1)
    assert prepared.class_names == ("east", "north", "south", "west")
