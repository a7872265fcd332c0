"""Training as a pure function: ``advance(config, dataset, state, steps) -> state``.

The order of an epoch's batches comes from a generator seeded by (seed, epoch), the noise of a step from one seeded by
(seed, step), so that the result does not depend on where the steps are cut. All members see the same batches and the
same noise.

A member whose loss is not finite stops: it goes back to the weights with which it entered the epoch, its gradient and
moments are zero from then on, and the other members are not touched.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from math import ceil

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.optim.adam import adam

from cae_core.config import Config
from cae_core.curvature import add_curvature
from cae_core.datasets import Dataset
from cae_core.ensemble import DTYPE, Ensemble, Layout, initial_parameters
from cae_core.errors import DataError
from cae_core.frame import HISTORY, Frame, State
from cae_core.measures import measure, view
from cae_core.objectives import Losses, losses_and_gradient
from cae_core.samples import train_tensor

__all__ = ["State", "advance", "init_state", "make_frame", "steps_per_epoch", "train"]

_BATCH_STREAM, _NOISE_STREAM = 2, 3

LossFunction = Callable[[Config, Layout, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor], Losses]
"""Gives the losses of all members and writes their gradient, as `losses_and_gradient` does."""


def steps_per_epoch(config: Config, dataset: Dataset) -> int:
    """Number of steps of an epoch; the last batch may be smaller."""
    return ceil(len(dataset.x_train) / config.batch_size)


def init_state(config: Config, dataset: Dataset, *, record: bool = True) -> State:
    """The state before the first step.

    Args:
        config: what to train.
        dataset: its data.
        record: whether to measure the display sample at each epoch's end; the weights do not depend on it.

    Returns:
        The state, with row 0 of the history.

    Raises:
        DataError: cross-entropy is asked for, and the inputs are not between 0 and 1.
    """
    lowest, highest = float(dataset.x_train.min()), float(dataset.x_train.max())
    if config.loss == "cross_entropy" and not 0.0 <= lowest <= highest <= 1.0:
        raise DataError(
            f"Inputs must lie between 0 and 1 for cross-entropy. Got values from {lowest:g} to {highest:g}. "
            "Scale the inputs, or use squared error."
        )
    parameters = initial_parameters(config, dataset.n_inputs)
    empty = torch.zeros_like(parameters) if config.optimizer == "adam" else parameters[:0]
    row = _history_row(config, dataset, parameters, np.full((2, config.n_members), np.nan), record)
    return State(
        step=0,
        parameters=parameters.numpy(),
        moment1=empty.numpy(),
        moment2=empty.clone().numpy(),
        good=parameters.numpy(),
        failed_epoch=np.zeros(config.n_members, dtype=np.int64),
        sums=np.zeros((3, config.n_members)),
        history=row[None],
    )


@torch.no_grad()
def advance(
    config: Config,
    dataset: Dataset,
    state: State,
    steps: int,
    *,
    record: bool = True,
    loss: LossFunction = losses_and_gradient,
    device: str = "cpu",
) -> State:
    """Train for a number of steps.

    Args:
        config: what to train.
        dataset: its data.
        state: where to start; it is not changed.
        steps: number of steps, >= 0.
        record: whether to measure the display sample at each epoch's end; the weights do not depend on it.
        loss: what to minimise.
        device: where the arithmetic is done; states lie in memory, and batches and noise are drawn there.

    Returns:
        The new state, the same to the bit wherever the steps are cut (on a GPU, as far as that repeats its sums).
    """
    layout = Layout.of(config, dataset.n_inputs)
    samples = train_tensor(dataset, DTYPE[config.dtype]).to(device)
    n, per_epoch = len(samples), steps_per_epoch(config, dataset)
    flat, good = (torch.from_numpy(part.copy()).to(device) for part in (state.parameters, state.good))
    gradient = torch.zeros_like(flat)
    moments, update = _optimizer(config, flat, gradient, state)
    failed, sums, history = state.failed_epoch.copy(), state.sums.copy(), [*state.history]
    decay = _per_member(config, [o.weight_decay for o in config.objectives]).to(device)
    lam, order = decay, np.empty(0, dtype=np.int64)
    for step in range(state.step, state.step + steps):
        epoch, position = divmod(step, per_epoch)
        if position == 0 or step == state.step:
            order = np.random.default_rng([config.seed, _BATCH_STREAM, epoch]).permutation(n)
            lam = _per_member(config, [o.lam_at(epoch) for o in config.objectives]).to(device)
        batch = order[position * config.batch_size : (position + 1) * config.batch_size]
        x = samples.index_select(0, torch.from_numpy(batch).to(device))
        inputs = _corrupted(config, x, step)
        terms = loss(config, layout, flat, x, inputs, lam, decay, gradient)
        terms = add_curvature(config, layout, flat, inputs, step, terms, gradient)
        finite = torch.isfinite(terms.total)
        if position == 0:
            _keep(layout, good, flat, finite)
        if not bool(finite.all()) or failed.any():
            failed[(~finite).cpu().numpy() & (failed == 0)] = epoch + 1
            _stop(layout, failed, good, flat, gradient, moments)
        update()
        penalty = terms.penalty if lam.any() else torch.full_like(decay, torch.nan)  # else not computed
        means = torch.stack([terms.reconstruction, penalty, torch.ones_like(decay)])
        sums += len(batch) * means.double().cpu().numpy()
        if position == per_epoch - 1:
            failed = _overflown(layout, flat, failed, epoch)
            if failed.any():
                _stop(layout, failed, good, flat, gradient, moments)
            history.append(_history_row(config, dataset, flat.cpu(), sums[:2] / sums[2], record))
            sums = np.zeros_like(sums)
    return State(
        step=state.step + steps,
        parameters=flat.cpu().numpy(),
        moment1=moments[0].cpu().numpy(),
        moment2=moments[1].cpu().numpy(),
        good=good.cpu().numpy(),
        failed_epoch=failed,
        sums=sums,
        history=np.stack(history),
    )


def train(
    config: Config,
    dataset: Dataset,
    *,
    record: bool = True,
    loss: LossFunction = losses_and_gradient,
    device: str = "cpu",
) -> State:
    """Train from the initial weights to the config's last epoch."""
    steps = config.epochs * steps_per_epoch(config, dataset)
    begin = init_state(config, dataset, record=record)
    return advance(config, dataset, begin, steps, record=record, loss=loss, device=device)


@torch.no_grad()
def make_frame(config: Config, dataset: Dataset, state: State) -> Frame:
    """The frame of a state at the end of an epoch.

    Args:
        config: what was trained.
        dataset: its data.
        state: a state with a whole number of epochs done.

    Returns:
        The frame.

    Raises:
        ValueError: the state is inside an epoch.
    """
    epoch, position = divmod(state.step, steps_per_epoch(config, dataset))
    if position:
        raise ValueError(
            f"A frame must be made at the end of an epoch. Got a state {position} steps into epoch {epoch + 1}. "
            "Advance to the epoch's end first."
        )
    layout = Layout.of(config, dataset.n_inputs)
    parameters = layout.split(torch.from_numpy(state.parameters))
    history: Mapping[str, NDArray[np.float64]] = {
        name: state.history[:, column] for column, name in enumerate(HISTORY)
    }
    return Frame(
        config=config,
        epoch=epoch,
        weights=tuple(p.numpy() for p in parameters),
        history=history,
        view=view(Ensemble.of(config, parameters), dataset),
        failed_epoch=state.failed_epoch,
    )


def _history_row(
    config: Config, dataset: Dataset, flat: Tensor, running: NDArray[np.float64], record: bool
) -> NDArray[np.float64]:
    """One row of the history: the running means of the epoch, and measures of the display sample."""
    if not record:
        return np.concatenate([running, np.full((len(HISTORY) - 2, config.n_members), np.nan)])
    layout = Layout.of(config, dataset.n_inputs)
    return np.concatenate([running, measure(Ensemble.of(config, layout.split(flat)), dataset)])


def _per_member(config: Config, values: list[float]) -> Tensor:
    """One number a member, in the config's precision."""
    return torch.tensor(values, dtype=DTYPE[config.dtype])


def _corrupted(config: Config, x: Tensor, step: int) -> Tensor:
    """What the encoders see: x, or (K, n, d) where a member denoises. All members share the noise."""
    if not any(o.gaussian or o.masking for o in config.objectives):
        return x
    seed = np.random.SeedSequence([config.seed, _NOISE_STREAM, step]).generate_state(1)[0]
    generator = torch.Generator().manual_seed(int(seed))
    noise = torch.randn(x.shape, generator=generator, dtype=x.dtype).to(x.device)
    uniform = torch.rand(x.shape, generator=generator, dtype=x.dtype).to(x.device)
    return torch.stack([(x + o.gaussian * noise) * (uniform >= o.masking) for o in config.objectives])


def _optimizer(
    config: Config, flat: Tensor, gradient: Tensor, state: State
) -> tuple[tuple[Tensor, Tensor], Callable[[], None]]:
    """The moments, and what moves the parameters by one step.

    Adam is the function beneath `torch.optim.Adam`: the class loads torch's compiler, a second that nothing here needs.

    Returns:
        Both moments, and a function that takes a step along the gradient as it is then.
    """
    first, second = (torch.from_numpy(part.copy()).to(flat.device) for part in (state.moment1, state.moment2))
    moments = (first, second)
    rate = config.learning_rate
    if config.optimizer == "sgd":
        return moments, lambda: _move(flat, gradient, rate)
    step = torch.tensor(float(state.step), device=flat.device)
    update = partial(
        adam,
        [flat],
        [gradient],
        [moments[0]],
        [moments[1]],
        [],
        [step],
        fused=True,
        amsgrad=False,
        beta1=0.9,
        beta2=0.999,
        lr=rate,
        weight_decay=0.0,
        eps=1e-8,
        maximize=False,
    )
    return moments, update


def _move(flat: Tensor, gradient: Tensor, rate: float) -> None:
    """A step of stochastic gradient descent."""
    flat.add_(gradient, alpha=-rate)


def _keep(layout: Layout, good: Tensor, flat: Tensor, finite: Tensor) -> None:
    """Keep the parameters of the members whose loss is finite as those to fall back to."""
    if bool(finite.all()):
        good.copy_(flat)
        return
    for kept, current in zip(layout.split(good), layout.split(flat), strict=True):
        kept[finite] = current[finite]


def _overflown(layout: Layout, flat: Tensor, failed: NDArray[np.int64], epoch: int) -> NDArray[np.int64]:
    """Failed epochs after an epoch's last step: a finite loss may still have had a gradient that is not."""
    finite = torch.stack([torch.isfinite(p.flatten(1)).all(dim=1) for p in layout.split(flat)]).all(dim=0)
    return np.where(~finite.cpu().numpy() & (failed == 0), epoch + 1, failed)


def _stop(
    layout: Layout,
    failed: NDArray[np.int64],
    good: Tensor,
    flat: Tensor,
    gradient: Tensor,
    moments: tuple[Tensor, Tensor],
) -> None:
    """Put failed members back to their good parameters and take all motion from them."""
    stopped = torch.from_numpy(failed > 0).to(flat.device)
    for kept, current in zip(layout.split(good), layout.split(flat), strict=True):
        current[stopped] = kept[stopped]
    for buffer in (gradient, *(m for m in moments if len(m))):
        for part in layout.split(buffer):
            part[stopped] = 0.0
