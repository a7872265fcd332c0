"""Fine-tuning against a plain torch module a member, trained with torch's own optimiser."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from cae_core.paper.data import Parts, parts
from cae_core.paper.finetuning import Tuned, Tuning, fine_tune, gradient

D, UNITS, CLASSES = 64, 7, 10


def layers(seed: int, members: int = 3, dtype: torch.dtype = torch.float64) -> tuple[Tensor, ...]:
    generator = torch.Generator().manual_seed(seed)
    shapes = ((D, UNITS), (UNITS,), (UNITS, CLASSES), (CLASSES,))
    return tuple(torch.randn(members, *shape, generator=generator, dtype=dtype) * 0.3 for shape in shapes)


def network(W: Tensor, b: Tensor, V: Tensor, c: Tensor) -> nn.Sequential:
    """One member as anyone would write it."""
    net = nn.Sequential(nn.Linear(D, UNITS), nn.Sigmoid(), nn.Linear(UNITS, CLASSES)).to(W.dtype)
    with torch.no_grad():
        for parameter, value in zip(net.parameters(), (W.T, b, V.T, c), strict=True):
            parameter.copy_(value)
    return net


def test_the_gradient_is_that_of_autograd() -> None:
    W, b, V, c = layers(0)
    x = torch.rand(11, D, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    y = torch.arange(11) % CLASSES
    e, db, dV, dc = gradient(x, y, W, b, V, c)
    for k in range(len(W)):
        net = network(W[k], b[k], V[k], c[k])
        nn.functional.cross_entropy(net(x), y).backward()
        wanted = [parameter.grad for parameter in net.parameters()]
        for found, right in zip(((x.T @ e[k]).T, db[k], dV[k].T, dc[k]), wanted, strict=True):
            torch.testing.assert_close(found, right, rtol=1e-12, atol=1e-14)


@pytest.fixture(scope="module")
def digits() -> Parts:
    return parts("digits")


def tuning(*rates: float, epochs: int = 3, patience: int = 3) -> Tuning:
    return Tuning(rates, batch_size=50, epochs=epochs, patience=patience, seed=4)


def test_three_epochs_are_those_of_torch(digits: Parts) -> None:
    W, b, _, _ = layers(2, members=2)
    wide = Parts(
        *((x.astype(np.float64), y) for x, y in (digits.train, digits.validation, digits.test)),
        digits.classes,
        digits.pretraining,
    )
    found = fine_tune(wide, W, b, tuning(0.5, 0.1))
    for k, rate in enumerate((0.5, 0.1)):
        net = network(
            W[k], b[k], torch.zeros(UNITS, CLASSES).double(), torch.zeros(CLASSES, dtype=torch.float64)
        )
        (x, y), (held, classes), (test, wanted) = (
            (torch.tensor(x), torch.tensor(y)) for x, y in (wide.train, wide.validation, wide.test)
        )
        for epoch in range(3):
            optimizer = torch.optim.SGD(net.parameters(), lr=falling(rate, epoch, 3))
            order = torch.from_numpy(np.random.default_rng([4, 11, epoch]).permutation(len(x)))
            for batch in order.split(50):
                optimizer.zero_grad()
                nn.functional.cross_entropy(net(x[batch]), y[batch]).backward()
                optimizer.step()
            with torch.no_grad():
                logits = net(held)
            loss = float(nn.functional.cross_entropy(logits, classes))
            error = float((logits.argmax(dim=1) != classes).double().mean())
            assert found[k].validation_loss[epoch] == pytest.approx(loss, rel=1e-9)
            assert found[k].validation[epoch] == pytest.approx(error)
            with torch.no_grad():
                wrong = (net(test).argmax(dim=1) != wanted).numpy()
            assert list(found[k].wrong[epoch]) == [i for i, is_wrong in enumerate(wrong) if is_wrong]
            assert found[k].test[epoch] == pytest.approx(wrong.mean())
        with torch.no_grad():
            training = (net(x).argmax(dim=1) != y).double().mean()
        assert found[k].training == pytest.approx(float(training))


def falling(rate: float, epoch: int, epochs: int) -> float:
    """The learning rate of an epoch."""
    return rate * (1 - epoch / epochs)


def test_a_member_is_the_same_alone_and_in_company(digits: Parts) -> None:
    W, b, _, _ = layers(3, dtype=torch.float32)
    together = fine_tune(digits, W, b, tuning(0.5, 0.2, 1.0))
    alone = fine_tune(digits, W[1:2], b[1:2], tuning(0.2))
    np.testing.assert_allclose(alone[0].validation_loss, together[1].validation_loss, rtol=1e-5)
    again = fine_tune(digits, W, b, tuning(0.5, 0.2, 1.0))
    assert again == together


def test_who_has_stopped_leaves_the_others_alone(digits: Parts) -> None:
    """A rate of 0 never gets better: that member stops after `patience` epochs, the other goes on."""
    W, b, _, _ = layers(5, members=2, dtype=torch.float32)
    found = fine_tune(digits, W, b, tuning(1e-9, 0.5, epochs=6, patience=2))
    assert len(found[0].validation) == len(found[0].wrong) == 3
    assert found[0].training is not None
    other = fine_tune(digits, W[1:], b[1:], tuning(0.5, epochs=6, patience=2))
    np.testing.assert_allclose(found[1].validation_loss, other[0].validation_loss, rtol=1e-5)


def test_the_best_epoch_is_the_first_of_equals() -> None:
    assert Tuned((0.3, 0.1, 0.1), (1.0, 0.5, 0.4), (0.2, 0.15, 0.1)).best == 1
