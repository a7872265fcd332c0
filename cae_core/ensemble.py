"""K autoencoders with stacked parameters.

Encoder layer l of member k: ``h_l = s(h_{l-1} W_l + b_l)`` with ``W_l: (K, s_{l-1}, s_l)``, ``h_0 = x``; the
code is ``h_L``. The decoder runs the layers backwards, ``g_{l-1} = s(g_l V_l + c_l)`` with ``g_L = h_L``, and its last
layer is linear; ``V_l = W_l^T`` where weights are tied. With cross-entropy the reconstruction is the sigmoid of that.

All parameters lie in one flat buffer, parameter after parameter, so that an optimiser sees a single tensor.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import prod

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from cae_core.activations import ACTIVATION, Activation
from cae_core.config import Config

DTYPE = {"float32": torch.float32, "float64": torch.float64}
_INIT_STREAM = 1


@dataclass(frozen=True)
class Layout:
    """Where each parameter lies in the flat buffer.

    Attributes:
        members: K.
        sizes: (d, s_1, ..., s_L), inputs and units of each layer.
        tied: whether the decoder mirrors the encoder's weights.
    """

    members: int
    sizes: tuple[int, ...]
    tied: bool

    @classmethod
    def of(cls, config: Config, n_inputs: int) -> Layout:
        """The layout of a config's ensemble on data with d inputs."""
        return cls(config.n_members, (n_inputs, *config.hidden), config.tied)

    @property
    def depth(self) -> int:
        """L, the number of encoder layers."""
        return len(self.sizes) - 1

    @cached_property
    def shapes(self) -> tuple[tuple[int, ...], ...]:
        """Shapes in order: W_1, b_1, ..., W_L, b_L, then (V_L untied), c_L, ..., (V_1 untied), c_1."""
        k, pairs = self.members, list(zip(self.sizes, self.sizes[1:], strict=False))
        shapes: list[tuple[int, ...]] = []
        for fan_in, fan_out in pairs:
            shapes += [(k, fan_in, fan_out), (k, fan_out)]
        for fan_in, fan_out in reversed(pairs):
            shapes += [(k, fan_in)] if self.tied else [(k, fan_out, fan_in), (k, fan_in)]
        return tuple(shapes)

    @property
    def size(self) -> int:
        """Number of parameters of all members together."""
        return sum(prod(shape) for shape in self.shapes)

    def split(self, flat: Tensor) -> list[Tensor]:
        """Views of the parameters in a flat buffer, in the order of `shapes`."""
        parts = torch.split(flat, [prod(shape) for shape in self.shapes])
        return [part.view(shape) for part, shape in zip(parts, self.shapes, strict=True)]


@dataclass(frozen=True)
class Ensemble:
    """K autoencoders that are evaluated together.

    Attributes:
        activation: the encoder's (and the decoder's hidden) activation.
        sigmoid_output: whether the reconstruction is the sigmoid of the decoder's last layer.
        weights: W_1 ... W_L, each (K, s_{l-1}, s_l).
        biases: b_1 ... b_L, each (K, s_l).
        decoder_weights: V_L ... V_1, each (K, s_l, s_{l-1}).
        decoder_biases: c_L ... c_1, each (K, s_{l-1}).
        name: the activation's name.
    """

    activation: Activation
    sigmoid_output: bool
    weights: Sequence[Tensor]
    biases: Sequence[Tensor]
    decoder_weights: Sequence[Tensor]
    decoder_biases: Sequence[Tensor]
    name: str

    @classmethod
    def of(cls, config: Config, parameters: Sequence[Tensor]) -> Ensemble:
        """The ensemble with these parameters, in the order of `Layout.shapes`."""
        depth = len(config.hidden)
        weights, biases = parameters[0 : 2 * depth : 2], parameters[1 : 2 * depth : 2]
        rest = parameters[2 * depth :]
        return cls(
            activation=ACTIVATION[config.activation],
            sigmoid_output=config.loss == "cross_entropy",
            weights=weights,
            biases=biases,
            decoder_weights=[W.transpose(1, 2) for W in reversed(weights)] if config.tied else rest[0::2],
            decoder_biases=rest if config.tied else rest[1::2],
            name=config.activation,
        )

    @property
    def members(self) -> int:
        """K."""
        return int(self.weights[0].shape[0])

    @property
    def dtype(self) -> torch.dtype:
        """Precision of the parameters."""
        return self.weights[0].dtype

    @property
    def sizes(self) -> tuple[int, ...]:
        """(d, s_1, ..., s_L)."""
        return (int(self.weights[0].shape[1]), *(int(W.shape[2]) for W in self.weights))

    def stack(self, x: Tensor) -> Tensor:
        """Inputs as (K, n, d): shared inputs (n, d) are seen by every member."""
        return x if x.ndim == 3 else x.expand(self.members, *x.shape)

    def layers(self, x: Tensor) -> tuple[list[Tensor], list[Tensor]]:
        """Pre-activations and activations of every encoder layer.

        Args:
            x: (n, d), shared by the members, or (K, n, d).

        Returns:
            ``z_1 ... z_L`` and ``h_1 ... h_L``, each (K, n, s_l).
        """
        h, zs, hs = self.stack(x), [], []
        for W, b in zip(self.weights, self.biases, strict=True):
            z = torch.baddbmm(b.unsqueeze(1), h, W)
            h = self.activation.value(z)
            zs.append(z)
            hs.append(h)
        return zs, hs

    def encode(self, x: Tensor) -> Float[Tensor, "K n units"]:
        """Codes ``h_L`` of x, given as (n, d) or (K, n, d)."""
        return self.layers(x)[1][-1]

    def logits(self, h: Float[Tensor, "K n units"]) -> Float[Tensor, "K n d"]:
        """The decoder's last layer before its output function."""
        for V, c in zip(self.decoder_weights[:-1], self.decoder_biases[:-1], strict=True):
            h = self.activation.value(torch.baddbmm(c.unsqueeze(1), h, V))
        return torch.baddbmm(self.decoder_biases[-1].unsqueeze(1), h, self.decoder_weights[-1])

    def decode(self, h: Float[Tensor, "K n units"]) -> Float[Tensor, "K n d"]:
        """Reconstructions from codes."""
        y = self.logits(h)
        return torch.sigmoid(y) if self.sigmoid_output else y

    def reconstruct(self, x: Tensor) -> Float[Tensor, "K n d"]:
        """Reconstructions of x, given as (n, d) or (K, n, d)."""
        return self.decode(self.encode(x))


def initial_parameters(config: Config, n_inputs: int) -> Tensor:
    """Initial parameters, the same for every member: weights uniform, biases zero.

    ``W ~ U(+-a)``, ``a = init_scale * sqrt(6 / (fan_in + fan_out))`` (Glorot and Bengio, 2010), four times as wide for
    the paper's rule (the authors' published code).

    Args:
        config: seed, architecture, rule and scale.
        n_inputs: d.

    Returns:
        The flat buffer, in the order of `Layout.shapes`.
    """
    layout = Layout.of(config, n_inputs)
    rng = np.random.default_rng([config.seed, _INIT_STREAM])
    width = config.init_scale * (4.0 if config.init == "paper" else 1.0)
    parts = []
    for shape in layout.shapes:
        if len(shape) == 3:
            limit = width * np.sqrt(6.0 / (shape[1] + shape[2]))
            one = rng.uniform(-limit, limit, shape[1:])
        else:
            one = np.zeros(shape[1:])
        parts.append(np.broadcast_to(one, shape).ravel())
    return torch.from_numpy(np.concatenate(parts)).to(DTYPE[config.dtype])
