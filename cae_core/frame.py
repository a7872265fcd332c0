"""`State` and `Frame`: training between two chunks, and what is kept of an epoch. NumPy only.

A `State` is all that is needed to go on training; a `Frame` is all that is needed to look at an epoch. Neither needs
torch, so the process that serves pages holds and passes them on without it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cae_core.config import Config, Objective

Array = NDArray[np.floating]

HISTORY = (
    "train_reconstruction",
    "train_penalty",
    "test_reconstruction",
    "test_penalty",
    "norm_mean",
    "norm_p10",
    "norm_p90",
)
"""Columns of a history, one row an epoch, row 0 before training.

Reconstruction is the loss's reconstruction error and penalty the mean squared Frobenius norm, over the training samples
as they were met during the epoch (NaN in row 0; the penalty NaN in epochs where no member's lambda is above 0) or over
the display sample at the epoch's end; the last three are the mean and the 10 % and 90 % quantiles of the norm over the
display sample. Where training does not record, as for the many models of a path (`cae_core.work.RECORDED`), what is
over the display sample is NaN.
"""


def stopped(objective: Objective, epoch: int) -> str:
    """What to say of a member whose training stopped in an epoch (from 1)."""
    return (
        f"The loss of {objective.label} stopped being finite in epoch {epoch}; its last good weights are kept. "
        "Try a smaller learning rate or a smaller lambda."
    )


@dataclass(frozen=True)
class State:
    """Training between two steps. Arrays are never written to.

    Attributes:
        step: steps done.
        parameters: flat buffer, in the order of `Layout.shapes`.
        moment1: the optimiser's running mean of the gradient (Adam); empty for SGD.
        moment2: the optimiser's running mean of its square (Adam); empty for SGD.
        good: parameters at the first step of the current epoch: what a member falls back to.
        failed_epoch: epoch (from 1) in which each member's loss stopped being finite, 0 while it goes on, (K,).
        sums: running sums of reconstruction, penalty and sample count over the current epoch, (3, K), float64.
        history: (epochs done + 1, columns of `HISTORY`, K), float64.
    """

    step: int
    parameters: Array
    moment1: Array
    moment2: Array
    good: Array
    failed_epoch: NDArray[np.int64]
    sums: NDArray[np.float64]
    history: NDArray[np.float64]

    @property
    def nbytes(self) -> int:
        """Size in memory."""
        return sum(value.nbytes for value in vars(self).values() if isinstance(value, np.ndarray))


@dataclass(frozen=True)
class Frame:
    """One epoch of a run.

    Attributes:
        config: what is trained.
        epoch: epochs done.
        weights: parameters in the order of `Layout.shapes`, stacked over the members.
        history: column of `HISTORY` -> (epoch + 1, K).
        view: what the live view draws: ``norm`` and ``error`` (squared error summed over the inputs) of the display
            sample, (K, n); ``gallery_input``, ``gallery`` and ``gallery_ids``, the gallery samples
            (m, d), their reconstructions (K, m, d) and positions in the display sample (m,); and per member, (K,),
            ``reconstruction_error``, ``variance_lost``, ``relative_contraction``, ``saturation``, ``code_spread``.
        failed_epoch: epoch in which each member's training stopped being finite, 0 where it did not, (K,).
    """

    config: Config
    epoch: int
    weights: tuple[Array, ...]
    history: Mapping[str, NDArray[np.float64]]
    view: Mapping[str, NDArray[Any]]
    failed_epoch: NDArray[np.int64]

    @property
    def nbytes(self) -> int:
        """Size in memory."""
        arrays = (*self.weights, *self.history.values(), *self.view.values())
        return sum(array.nbytes for array in arrays)

    @property
    def notes(self) -> tuple[str, ...]:
        """One sentence for each member whose training stopped, with what to try."""
        failed = zip(self.config.objectives, self.failed_epoch.tolist(), strict=True)
        return tuple(stopped(objective, epoch) for objective, epoch in failed if epoch)

    def member(self, index: int) -> Frame:
        """The frame of one member alone: its weights, without view and history."""
        return replace(
            self,
            config=self.config.but(objectives=(self.config.objectives[index],)),
            weights=tuple(w[index : index + 1] for w in self.weights),
            history={},
            view={},
            failed_epoch=self.failed_epoch[index : index + 1],
        )

    def save(self, path: Path) -> None:
        """Write the frame to a compressed NPZ file, with the config as JSON."""
        head = {"config": asdict(self.config), "epoch": self.epoch}
        arrays = {f"weights_{i}": array for i, array in enumerate(self.weights)}
        arrays |= {f"history_{name}": array for name, array in self.history.items()}
        arrays |= {f"view_{name}": array for name, array in self.view.items()}
        np.savez_compressed(
            path,
            head=np.array(json.dumps(head)),
            failed_epoch=self.failed_epoch,
            allow_pickle=False,
            **arrays,
        )

    @classmethod
    def load(cls, path: Path) -> Frame:
        """Read a frame that `save` wrote."""
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        head = json.loads(str(arrays.pop("head")))
        values = {name: value for name, value in head["config"].items() if name != "_hash"}
        values["objectives"] = tuple(Objective(**o) for o in values["objectives"])
        count = sum(name.startswith("weights_") for name in arrays)

        def group(prefix: str) -> dict[str, NDArray[Any]]:
            return {n.removeprefix(prefix): a for n, a in arrays.items() if n.startswith(prefix)}

        return cls(
            config=Config(**values),
            epoch=int(head["epoch"]),
            weights=tuple(arrays[f"weights_{i}"] for i in range(count)),
            history=group("history_"),
            view=group("view_"),
            failed_epoch=arrays["failed_epoch"],
        )

    def for_config(self, config: Config) -> Frame:
        """The same frame under an equal config that differs in the number of epochs only."""
        return replace(self, config=config)
