"""Wrong contractive penalties, as public code has them. None of them is the penalty; they train only to show that.

Each `Mistake` puts something else in the place of ``||J_f(x)||_F^2``, in the same training loop, from the same weights
and on the same batches, so that what differs is the mistake alone. The right penalty is in `cae_core.jacobian`.
"""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from cae_core.config import Config, Objective

if TYPE_CHECKING:
    from torch import Tensor

    from cae_core.ensemble import Ensemble


def _sum_of_codes(model: Ensemble, before: Ensemble, x: Tensor) -> Tensor:
    from torch.autograd import grad

    x = x.detach().requires_grad_()
    h = model.encode(x)
    (gradient,) = grad(h.sum(), x, create_graph=True)
    return (gradient**2).sum(dim=2)


def _frozen_weights(model: Ensemble, before: Ensemble, x: Tensor) -> Tensor:
    W = before.weights[0]  # a copy, made once
    h = model.encode(x)
    return ((h * (1 - h)) ** 2 * (W**2).sum(dim=1, keepdim=True)).sum(dim=2)


def _detached_weights(model: Ensemble, before: Ensemble, x: Tensor) -> Tensor:
    W = model.weights[0].detach()
    h = model.encode(x)
    return ((h * (1 - h)) ** 2 * (W**2).sum(dim=1, keepdim=True)).sum(dim=2)


def _sigmoid_formula(model: Ensemble, before: Ensemble, x: Tensor) -> Tensor:
    W = model.weights[0]
    h = model.encode(x)  # a ReLU
    return ((h * (1 - h)) ** 2 * (W**2).sum(dim=1, keepdim=True)).sum(dim=2)


def _last_layer_only(model: Ensemble, before: Ensemble, x: Tensor) -> Tensor:
    W = model.weights[-1]  # of two
    h = model.encode(x)
    return ((h * (1 - h)) ** 2 * (W**2).sum(dim=1, keepdim=True)).sum(dim=2)


def _weights_alone(model: Ensemble, before: Ensemble, x: Tensor) -> Tensor:
    W = model.weights[0]
    return (W**2).sum(dim=(1, 2)).unsqueeze(1).expand(x.shape[:2])


@dataclass(frozen=True, slots=True)
class Mistake:
    """A wrong penalty, in code and in words.

    Attributes:
        key: its name in `MISTAKES`.
        name: what a page calls it.
        penalty: from the model, the model before training and inputs (K, n, d), `Ensemble`s and a tensor, to what takes
            the penalty's place, (K, n).
        why: why it is wrong.
        notice: how to notice.
        activation: of the model that shows it.
        units: of its encoder layers; empty for one layer as wide as the dataset's default code.
    """

    key: str
    name: str
    penalty: Callable[[Any, Any, Any], Any]
    why: str
    notice: str
    activation: str = "sigmoid"
    units: tuple[int, ...] = ()

    @property
    def code(self) -> str:
        """The lines that are run, without the signature."""
        lines = inspect.getsource(self.penalty).splitlines()
        return textwrap.dedent("\n".join(lines[1:]))

    def config(self, config: Config, lams: tuple[float, ...]) -> Config:
        """The plain autoencoder, the right models and the wrong ones, each over lambda, in one ensemble.

        Args:
            config: everything but what shows the mistake.
            lams: positive lambdas.

        Returns:
            The config of 1 + 2 len(lams) members, one sigmoid layer where the mistake needs nothing else.
        """
        return config.but(
            hidden=self.units or config.hidden[-1:],
            activation=self.activation,
            objectives=tuple(Objective(lam=lam) for lam in (0.0, *lams, *lams)),
        )


MISTAKES: Mapping[str, Mistake] = MappingProxyType(
    {
        one.key: one
        for one in (
            Mistake(
                "sum",
                "Gradient of the sum of the codes",
                _sum_of_codes,
                "Automatic differentiation of a vector needs a weight for each entry; ones give the gradient of "
                "h₁ + h₂ + …, the sum of the Jacobian's rows, instead of the Jacobian. Units whose gradients "
                "cancel in that sum cost nothing, so the model learns to cancel them.",
                "Its read-out goes towards zero while the true norm moves far less: compare with finite differences "
                "along a few directions.",
            ),
            Mistake(
                "frozen",
                "W frozen at its initial value",
                _frozen_weights,
                "The weights are copied once, before training. The penalty then weighs units by what they were, and "
                "no gradient reaches W through that copy: what is left as a way out is to saturate the codes.",
                "As lambda grows, so do the weights, beyond those of the plain autoencoder; the read-out is not the "
                "norm of the trained encoder.",
            ),
            Mistake(
                "detached",
                "W detached",
                _detached_weights,
                "The value is right in every step, but W is cut from the graph: of the penalty's gradient only the "
                "part through the codes is left, the direct one is missing. The read-out is true, the training is not.",
                "Nothing in the read-out tells. Compare the gradient of W with finite differences of the loss, or "
                "the weights' size with those of the right model.",
            ),
            Mistake(
                "formula",
                "The sigmoid's formula on a ReLU",
                _sigmoid_formula,
                "h (1 − h) is the slope of the sigmoid. A ReLU's slope is 0 where h is 0 and 1 where it is above; the "
                "formula pulls active codes towards 0 or 1, where it claims that nothing moves.",
                "The read-out and the true norm part in training, and on many data they are far apart before it: "
                "compare with finite differences. Before training they may agree by chance.",
                activation="relu",
            ),
            Mistake(
                "last",
                "Last layer only",
                _last_layer_only,
                "In a deep encoder the norm is that of the product of all layers' Jacobians. The last layer's alone "
                "says how the code moves with the hidden layer, not with the input.",
                "The read-out differs from the true norm by the gain of the layers below, before and after training.",
                units=(32, 16),
            ),
            Mistake(
                "weights",
                "Weights without data",
                _weights_alone,
                "Without the slopes only the sum of squared weights is left: weight decay of the encoder. The same for "
                "every sample, it does not know where the data are. It is the right penalty only for a linear encoder.",
                "The read-out is one number for all samples; no unit is driven into saturation.",
            ),
        )
    }
)
"""The mistakes by key."""
