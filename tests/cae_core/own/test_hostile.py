"""Every hostile file gets its sentence, and the worst of them keep within the bound of memory."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from cae_core.errors import DataError
from cae_core.own.limits import LIMITS
from cae_core.own.reading import default_preparation, inspect, prepare
from tests.cae_core.own.hostile import HOSTILE, Hostile, realistic_csv
from tests.cae_core.own.measured import PROGRAM

HEAVY = {"commas.csv", "many-cells.csv", "photos.zip", "large.npz", "bomb.parquet"}
"""Those that fill the memory most; they are measured in a process of their own."""

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
@pytest.mark.parametrize("hostile", [h for h in HOSTILE if h.name in HEAVY], ids=lambda hostile: hostile.name)
def test_memory_is_bounded(hostile: Hostile, tmp_path: Path) -> None:
    path = tmp_path / hostile.name
    path.write_bytes(hostile.make())
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(path)], capture_output=True, text=True, check=True
    )
    assert 0 < json.loads(run.stdout)["memory"] <= LIMITS.memory_bytes


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
