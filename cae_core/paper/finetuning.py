"""Fine-tuning: K classifiers at once, each with the first layer of an autoencoder.

    h = s(x W + b),   o = h V + c,   loss = mean over the batch of -log softmax(o)_y

with W, b from pretraining and V = 0, c = 0 at the start; all four are trained by stochastic gradient descent, with a
learning rate that falls linearly to 0 over the epochs. With ``g = (softmax(o) - onehot(y)) / n`` and
``e = (g V^T) * h * (1 - h)`` the gradient is

    dV = h^T g,   dc = sum g,   dW = x^T e,   db = sum e.

All members see the same batches, whose order is drawn from (seed, epoch). A member stops when its validation error has
not fallen for some epochs; its test error is that of its best epoch. What one member does, no other member sees: it is
the same with whom it shares the stack, up to rounding.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import compress

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from cae_core.paper.data import Parts
from cae_core.samples import as_tensor

_STREAM = 11
_BLOCK = 2000


@dataclass(frozen=True, slots=True)
class Tuning:
    """How K classifiers are trained.

    Attributes:
        rates: learning rate of each in the first epoch, (K,).
        batch_size: samples in a step.
        epochs: at most.
        patience: epochs without a lower validation error after which a member stops.
        seed: of the order of batches.
    """

    rates: tuple[float, ...]
    batch_size: int
    epochs: int
    patience: int
    seed: int


@dataclass(frozen=True, slots=True)
class Tuned:
    """What came of one classifier.

    Attributes:
        validation: error on validation images after each epoch, a share.
        validation_loss: cross-entropy there.
        test: error on test images after each epoch.
        wrong: positions of the test images that are wrong, after each epoch.
        training: error on training images after the last epoch.
    """

    validation: tuple[float, ...] = ()
    validation_loss: tuple[float, ...] = ()
    test: tuple[float, ...] = ()
    wrong: tuple[tuple[int, ...], ...] = ()
    training: float | None = None

    @property
    def best(self) -> int:
        """The epoch, from 0, with the lowest validation error; the first of equals."""
        return int(np.argmin(self.validation))


def gradient(
    x: Float[Tensor, "n d"],
    y: Int[Tensor, " n"],
    W: Float[Tensor, "K d units"],
    b: Float[Tensor, "K units"],
    V: Float[Tensor, "K units classes"],
    c: Float[Tensor, "K classes"],
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Gradient of every member's mean cross-entropy (see the module's formula).

    Args:
        x: a batch, shared by the members.
        y: its classes.
        W: weights of the hidden layers.
        b: their biases.
        V: weights of the output layers.
        c: their biases.

    Returns:
        The errors ``e`` (K, n, units), of which ``dW = x^T e`` is the caller's to add in place, ``db``, ``dV``, ``dc``.
    """
    h, o = _outputs(x, W, b, V, c)
    g = torch.softmax(o, dim=2)
    g[:, torch.arange(len(x), device=x.device), y] -= 1
    g.div_(len(x))
    e = torch.bmm(g, V.transpose(1, 2)).mul_(torch.addcmul(h, h, h, value=-1))
    return e, e.sum(dim=1), torch.bmm(h.transpose(1, 2), g), g.sum(dim=1)


def _outputs(x: Tensor, W: Tensor, b: Tensor, V: Tensor, c: Tensor) -> tuple[Tensor, Tensor]:
    """Hidden layers and logits."""
    h = torch.baddbmm(b.unsqueeze(1), x.expand(len(W), *x.shape), W).sigmoid_()
    return h, torch.baddbmm(c.unsqueeze(1), h, V)


@torch.no_grad()
def fine_tune(
    parts: Parts,
    W: Float[Tensor, "K d units"],
    b: Float[Tensor, "K units"],
    tuning: Tuning,
    device: str = "cpu",
    report: Callable[[int], None] = lambda epochs: None,
) -> list[Tuned]:
    """Fine-tune K classifiers.

    Args:
        parts: the images.
        W: first layers after pretraining; not changed.
        b: their biases; not changed.
        tuning: how.
        device: where the arithmetic is done.
        report: called after each epoch with the number of members that trained in it.

    Returns:
        What came of each, in order.
    """
    training, validation, test = (
        (as_tensor(x, W.dtype).to(device), torch.from_numpy(np.array(y)).to(device))
        for x, y in (parts.train, parts.validation, parts.test)
    )
    x, y = training
    state = [W.to(device, copy=True), b.to(device, copy=True)]
    state += [W.new_zeros(len(W), W.shape[2], parts.classes).to(device)]
    state += [W.new_zeros(len(W), parts.classes).to(device)]
    rates = torch.tensor(tuning.rates, dtype=W.dtype, device=device)
    alive, found = list(range(len(W))), [Tuned() for _ in W]
    for epoch in range(tuning.epochs):
        order = np.random.default_rng([tuning.seed, _STREAM, epoch]).permutation(len(x))
        falling = rates * (1 - epoch / tuning.epochs)
        for batch in torch.split(torch.from_numpy(order).to(device), tuning.batch_size):
            _step(x.index_select(0, batch), y[batch], state, falling)
        report(len(alive))
        (errors, losses, _), (test_errors, _, wrong) = _score(validation, state), _score(test, state)
        for i, member in enumerate(alive):
            old = found[member]
            found[member] = Tuned(
                (*old.validation, errors[i]),
                (*old.validation_loss, losses[i]),
                (*old.test, test_errors[i]),
                (*old.wrong, wrong[i]),
            )
        ends = epoch + 1 == tuning.epochs
        stops = [ends or epoch - found[member].best >= tuning.patience for member in alive]
        if any(stops):  # who has stopped costs nothing any more
            leaving = torch.tensor(stops, device=device)
            for member, error in zip(
                compress(alive, stops), _score(training, [part[leaving] for part in state])[0], strict=True
            ):
                found[member] = replace(found[member], training=error)
            state, rates = [part[~leaving] for part in state], rates[~leaving]
            alive = [member for member, stop in zip(alive, stops, strict=True) if not stop]
        if not alive:
            break
    return found


def _step(x: Tensor, y: Tensor, state: Sequence[Tensor], rates: Tensor) -> None:
    """One step of gradient descent, in place."""
    W, b, V, c = state
    e, db, dV, dc = gradient(x, y, W, b, V, c)
    e.mul_(-rates.view(-1, 1, 1))
    W.baddbmm_(x.t().expand(len(W), -1, -1), e)
    V.addcmul_(dV, rates.view(-1, 1, 1), value=-1)
    for part, slope in ((b, db), (c, dc)):
        part.addcmul_(slope, rates.view(-1, 1), value=-1)


def _score(
    part: tuple[Tensor, Tensor], state: Sequence[Tensor]
) -> tuple[list[float], list[float], list[tuple[int, ...]]]:
    """Error, mean cross-entropy and wrong positions of every member on a part."""
    wrong: list[Tensor] = []
    loss = torch.zeros(len(state[0]), dtype=torch.float64)
    for x, y in zip(*(torch.split(tensor, _BLOCK) for tensor in part), strict=True):
        logs = torch.log_softmax(_outputs(x, *state)[1], dim=2)
        wrong.append((logs.argmax(dim=2) != y).cpu())
        loss -= logs[:, torch.arange(len(x), device=x.device), y].sum(dim=1).double().cpu()
    n, everywhere = len(part[1]), torch.cat(wrong, dim=1)
    errors = everywhere.sum(dim=1).double() / n
    return (
        errors.tolist(),
        (loss / n).tolist(),
        [tuple(row.nonzero().flatten().tolist()) for row in everywhere],
    )
