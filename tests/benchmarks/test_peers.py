"""The peers' penalties against the core's Jacobian and finite differences, and the report from hand-made cells."""

from __future__ import annotations

import importlib
import json
from pathlib import Path

import numpy as np
import pytest
import torch

from benchmarks.peers import cell, report
from benchmarks.peers.tasks import BOUNDED, PEERS, TASKS, Lap, Task
from cae_core.config import Config, Objective
from cae_core.ensemble import Ensemble
from cae_core.jacobian import jacobian

TINY = Task("tiny", "digits", None, 5, 2)
TORCH = ("torch_closed_form", "torch_jacrev", "torch_loop")


@pytest.fixture(scope="module")
def x() -> np.ndarray:
    return np.random.default_rng(0).random((150, 7), dtype=np.float32)


@pytest.mark.parametrize("name", [*TORCH, "ours"])
def test_norms_are_those_of_the_jacobian(name: str, x: np.ndarray) -> None:
    trained = importlib.import_module(f"benchmarks.peers.{name}").train(x.copy(), TINY, [0.1, 0.3])
    W, b, c = (torch.from_numpy(np.array(p, dtype=np.float64))[None] for p in trained.weights())
    config = Config(hidden=(5,), objectives=(Objective(),), dtype="float64")
    J = jacobian(Ensemble.of(config, [W, b, c]), torch.from_numpy(x[:9].astype(np.float64)))[0]
    np.testing.assert_allclose(trained.squared_norms(x[:9].copy()), J.square().sum(dim=(1, 2)), rtol=1e-5)
    assert cell.norm_error(trained, x[:9]) < 1e-5


@pytest.mark.parametrize("name", TORCH)
def test_the_penalty_reaches_the_weights(name: str, x: np.ndarray) -> None:
    """The gradient of the penalty by the weights, against central differences: weights are live."""
    module = importlib.import_module(f"benchmarks.peers.{name}")
    model = module.train(x.copy(), TINY, [0.1]).model.double()
    samples = torch.from_numpy(x[:6].astype(np.float64))

    def penalty() -> torch.Tensor:
        return module.squared_norms(model, samples, model.encode(samples)).mean()

    (found,) = torch.autograd.grad(penalty(), model.weight)
    step = 1e-6
    for unit, pixel in ((0, 0), (2, 3), (4, 6)):
        values = []
        for sign in (1, -1):
            with torch.no_grad():
                model.weight[unit, pixel] += sign * step
            values.append(float(penalty().detach()))
            with torch.no_grad():
                model.weight[unit, pixel] -= sign * step
        assert float(found[unit, pixel]) == pytest.approx((values[0] - values[1]) / (2 * step), rel=1e-5)


def test_a_wrong_norm_is_seen(x: np.ndarray) -> None:
    trained = importlib.import_module("benchmarks.peers.torch_closed_form").train(x.copy(), TINY, [0.1])
    right = trained.penalty
    trained.penalty = lambda model, samples, h: right(model, samples, h) * 1.01
    assert cell.norm_error(trained, x[:4]) == pytest.approx(0.01, rel=1e-2)


def test_whole_and_bounded_runs_have_the_same_summary() -> None:
    """Ten steps an epoch of 0.1 s each, three epochs, two models, two seconds of start."""
    epochs = [[Lap(10, 3.0), Lap(10, 1.0), Lap(10, 1.0)], [Lap(10, 1.0)] * 3]
    whole = cell.summary(epochs, 8.0, 2, 10, 3, bounded=False)
    steps = [[Lap(1, 2.1), *[Lap(1, 0.1)] * 4], [Lap(1, 0.1)] * 5]
    cut = cell.summary(steps, 3.0, 2, 10, 3, bounded=True)
    for field in ("steady_s", "run_s", "epoch_s"):
        assert cut[field] == pytest.approx(whole[field])
    assert whole["steady_s"] == pytest.approx(1.0)
    assert whole["epoch_s"] == pytest.approx(8 / 6)


def _cell(peer: str, task: str, count: int, steady: float) -> dict[str, object]:
    names = ("first_s", "import_s", "peak_mb", "norm_error", "error", "norm", "measured_s")
    return {
        "peer": peer,
        "task": task,
        "count": count,
        **dict.fromkeys(names, 1.0),
        "steady_s": steady,
        "epoch_s": 2 * steady,
        "run_s": 2 * steady * count * TASKS[task].epochs,
        "versions": {"torch": "9.9"},
        "machine": "an abacus, 2 rows",
        "date": "2026-01-02",
    }


def test_the_report_says_where_ours_falls_short() -> None:
    speed = {("ours", 1): 0.03, ("keras-jax", 1): 0.02, ("ours", 16): 0.008, ("keras-jax", 16): 0.013}
    cells = {
        (peer, "digits-64-32", count): _cell(peer, "digits-64-32", count, steady)
        for (peer, count), steady in speed.items()
    }
    lines = [{"threads": 1, "rate": rate} for rate in (1e11, 0.9e11)]  # the higher one is the floor
    text = report._reach_table(cells, lines)
    assert "| missed | 0.27 ms: 48.9 times |" in text
    assert (
        "would allow it: a steady epoch of 16 lambdas, digits 64-32 (ours takes 30.1 times the floor)."
        in text
    )
    assert (
        f"than in Keras: an epoch of digits-64-32 20.00 ms ({PEERS['keras-jax']}) against 30.00 ms." in text
    )
    cells["ours", "digits-64-32", 1] = _cell("ours", "digits-64-32", 1, 0.01)
    cells["ours", "digits-64-32", 16] = _cell("ours", "digits-64-32", 16, 0.001)
    text = report._reach_table(cells, lines)
    assert "would allow" not in text
    assert "than in Keras" not in text


def test_the_report_of_hand_made_cells(tmp_path: Path) -> None:
    (tmp_path / "cells").mkdir()
    speed = {"ours": 0.001, "keras-jax": 0.013, "keras-torch": 0.02, "torch-loop": 0.7}
    cells = [
        _cell(peer, "digits-64-32", count, steady) for peer, steady in speed.items() for count in (1, 16)
    ]
    growth = {
        "axis": "units",
        "threads": 1,
        "base": {"members": 16},
        "values": [32, 64],
        "seconds": [0.002, 0.003],
        "floor": [0.001, 0.002],
        "rate": 1e11,
        **{name: cells[0][name] for name in ("versions", "machine", "date")},
    }
    for number, found in enumerate([*cells, growth]):
        (tmp_path / "cells" / f"{number}.json").write_text(json.dumps(found))
    report.write(tmp_path)
    text = (tmp_path / "README.md").read_text()
    lines = text.splitlines()
    (reach,) = [line for line in lines if "steady epoch of 16 lambdas, digits 64-32" in line]
    assert f"| 13.00 ms ({PEERS['keras-jax']}) | 1.00 ms | 13.0 | 12 | reached |" in reach
    assert "0.27 ms: 48.9 times" in reach  # 10 * 1297 * 64 * 32 operations at 1e11 a second
    (loop,) = [line for line in lines if line.startswith(f"| {PEERS['torch-loop']} * | 16 ")]
    assert "| 700.00 | 700.0 | 1400.00 | 1344.0 |" in loop
    assert loop.endswith("|  |  |")  # a run that was cut short has no outcome
    assert "| units | 64 | 1 | 3.0 | 2.0 | 1.5 |" in text
    assert "2026-01-02" in text
    assert "an abacus" in text
    assert json.loads((tmp_path / "peers.json").read_text())[0]["machine"] == "an abacus, 2 rows"
    assert set(BOUNDED) < set(PEERS)
