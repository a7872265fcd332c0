"""Streamlit puts the script's folder before the standard library: no module of ours may have a standard name."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("folder", ["ui", "pages"])
def test_no_module_hides_a_standard_one(folder: str) -> None:
    names = {path.stem for path in (ROOT / folder).glob("*.py")} - {"__init__"}
    assert names
    assert not names & set(sys.stdlib_module_names)
