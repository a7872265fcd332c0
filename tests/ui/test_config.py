"""What the server may cost, who may reach it, and what the process that serves pages may load."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import streamlit as st

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("runner.fastReruns", False),
        ("runner.postScriptGC", False),
        ("global.minCachedMessageSize", 1000),
        ("global.maxCachedMessageAge", 500),
        ("browser.gatherUsageStats", False),
        ("server.address", "localhost"),
        ("server.enableXsrfProtection", True),
        ("server.enableCORS", True),
        ("server.fileWatcherType", "none"),
        ("server.maxUploadSize", 20),
        ("server.maxMessageSize", 50),
        ("client.showErrorDetails", "none"),
        ("client.toolbarMode", "viewer"),
    ],
)
def test_option(option: str, value: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert st.get_option(option) == value


def test_serving_process_loads_nothing_heavy() -> None:
    # Streamlit itself imports plotly where it is installed; everything here must do without.
    program = (
        "import json, sys, streamlit; before = set(sys.modules); "
        "import app, ui.shell, ui.board, cae_core, cae_core.config, cae_core.figures.chart; "
        "heavy = {'torch', 'umap', 'numba', 'sklearn', 'pynndescent', 'plotly'}; "
        "print(json.dumps(sorted(heavy & (set(sys.modules) - before))))"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert json.loads(run.stdout.splitlines()[-1]) == []
