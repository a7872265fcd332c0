"""The player's own functions: under node's test runner, and against the core's numbers."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from cae_core.alignment import aligned
from cae_core.analysis.path import make_path, piece
from cae_core.config import Config
from cae_core.datasets import load
from cae_core.path import PathSpec
from cae_core.training import advance, init_state, make_frame, steps_per_epoch

HERE = Path(__file__).parent / "node"


@pytest.fixture(scope="module")
def node() -> str:
    """The program; without it these tests are skipped, except where ``CI=true``."""
    found = shutil.which("node")
    if found is None:
        message = "The player's tests need node 18 or newer: apt-get install nodejs."
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    return found


def test_javascript(node: str) -> None:
    files = sorted(map(str, HERE.glob("*.test.js")))
    assert files
    done = subprocess.run([node, "--test", *files], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    assert "# fail 0" in done.stdout or "fail 0" in done.stdout


@pytest.mark.parametrize("name", ["digits", "moons", "noise"])
def test_decoded_values_equal_the_core(node: str, name: str, tmp_path: Path) -> None:
    spec = PathSpec.of(
        Config.for_dataset(name, epochs=3, hidden=(10,)), members=3, frames=3, weight_decay=1e-3
    )
    files = []
    for i, part in enumerate(make_path(spec)):
        files.append(tmp_path / f"{i}.part")
        files[-1].write_bytes(part)
    command = [node, str(HERE / "decode_file.js"), *map(str, files)]
    found = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    assert found["ready"] == 3

    dataset, before, maps = load(spec.config), None, []
    for epoch, decoded in zip(spec.epochs, found["frames"], strict=True):
        steps = epoch * steps_per_epoch(spec.config, dataset)
        state = advance(spec.config, dataset, init_state(spec.config, dataset), steps)
        frame = make_frame(spec.config, dataset, state)
        computed = piece(frame)
        before = aligned(computed.points, len(spec.lams), before)
        maps.append(before)
        assert decoded["epoch"] == epoch
        np.testing.assert_allclose(decoded["mean_norm"], frame.view["norm"].mean(axis=1), rtol=1e-5)
        for quantity in ("norm", "error"):
            np.testing.assert_allclose(decoded[f"{quantity}s"], frame.view[quantity], rtol=3e-4)
        width = 2 * np.abs(before).max()
        positions = np.reshape(decoded["positions"], (3, -1, 2))
        assert np.abs(positions - before[:3]).max() <= width / 2000 / 2  # half a pixel of 2,000
        np.testing.assert_allclose(
            np.reshape(decoded["spectrum"], computed.spectrum.shape), computed.spectrum, atol=1e-6
        )
        np.testing.assert_allclose(
            np.reshape(decoded["ratio"], computed.ratio.shape), computed.ratio, atol=1e-6
        )

    x = dataset.x_display
    if name == "moons":
        np.testing.assert_allclose(np.reshape(found["inputs"], x.shape), x, rtol=1e-6)
    assert found["label"] == ([] if dataset.y_display is None else dataset.y_display.tolist())
    assert found["lambda"] == pytest.approx(np.sqrt(spec.lams[1] * spec.lams[2]))
    assert found["limit"] >= 0.999 * max(np.abs(one[:3]).max() for one in maps)
    weights = {
        (0, 0): 0.375,
        (0, 1): 0.375,
        (1, 0): 0.125,
        (1, 1): 0.125,
    }  # (frame, member) at u = 0.5, v = 0.25
    expected = sum(share * maps[v][u] for (v, u), share in weights.items())
    np.testing.assert_allclose(
        np.reshape(found["between"], expected.shape), expected, atol=1e-3 * found["limit"]
    )
