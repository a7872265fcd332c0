"""Keras 3: a `keras.Model` that overrides `compute_loss`, compiled and trained by `fit`, on the backend that is set.

Written once for all backends, with live weights in the penalty. Lambda is a weight that is not trained, so that sixteen
models share one compilation; between them the weights and the optimiser are put back to where they began. What
`compile` is given beyond its defaults is in `whole_epoch`.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import keras
import numpy as np
from keras import ops

from benchmarks.peers.tasks import BATCH, RATE, Array, Lap, Task, steps_per_epoch


class Autoencoder(keras.Model):
    """A tied sigmoid autoencoder with linear output and the contractive penalty in closed form."""

    def __init__(self, d: int, units: int) -> None:
        """Glorot's initial weights for d inputs and a number of units; lambda 0."""
        super().__init__()
        self.kernel = self.add_weight(shape=(d, units), initializer="glorot_uniform", name="kernel")
        self.code_bias = self.add_weight(shape=(units,), initializer="zeros", name="code_bias")
        self.output_bias = self.add_weight(shape=(d,), initializer="zeros", name="output_bias")
        self.lam = self.add_weight(shape=(), initializer="zeros", trainable=False, name="lam")
        self.built = True

    def encode(self, x: Any) -> Any:
        """Codes, (n, units)."""
        return ops.sigmoid(ops.matmul(x, self.kernel) + self.code_bias)

    def call(self, x: Any) -> Any:
        """Reconstructions and codes."""
        h = self.encode(x)
        return ops.matmul(h, ops.transpose(self.kernel)) + self.output_bias, h

    def norms(self, h: Any) -> Any:
        """``||J||_F^2 = sum_j (h_j (1 - h_j))^2 sum_i W_ij^2`` of each sample, (n,)."""
        columns = ops.sum(ops.square(self.kernel), axis=0)
        return ops.sum(ops.square(h * (1.0 - h)) * columns, axis=1)

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Any:
        """Squared error summed over the inputs plus lambda times the penalty, mean over the batch."""
        reconstruction, h = y_pred
        error = ops.sum(ops.square(reconstruction - x), axis=1)
        return ops.mean(error + self.lam * self.norms(h))


def whole_epoch(samples: int) -> Mapping[str, Any]:
    """What `compile` is given to be fast: the steps of an epoch in one call, which the backend PyTorch does not know.

    PyTorch's jit_compile=True costs half a minute of compilation for a quarter of the time: more than a path saves.
    """
    return {} if keras.backend.backend() == "torch" else {"steps_per_execution": steps_per_epoch(samples)}


class Clock(keras.callbacks.Callback):
    """The seconds of each epoch."""

    def __init__(self, steps: int) -> None:
        """The number of steps of an epoch."""
        super().__init__()
        self.steps, self.laps, self.begun = steps, [], time.perf_counter()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Take the time."""
        now = time.perf_counter()
        self.laps.append(Lap(self.steps, now - self.begun))
        self.begun = now


class TrainedKeras:
    """A trained model; see `tasks.Trained`."""

    def __init__(self, model: Autoencoder, laps: list[list[Lap]]) -> None:
        """Keep the last model and all laps."""
        self.model, self.laps = model, laps

    def weights(self) -> tuple[Array, Array, Array]:
        """W, code bias, output bias."""
        model = self.model
        kernel, code_bias, output_bias = (
            ops.convert_to_numpy(v) for v in (model.kernel, model.code_bias, model.output_bias)
        )
        return kernel, code_bias, output_bias

    def squared_norms(self, x: Array) -> Array:
        """Its penalty at samples x, single precision."""
        return ops.convert_to_numpy(self.model.norms(self.model.encode(ops.convert_to_tensor(x))))

    def encode64(self, x: Array) -> Array:
        """Codes of samples x by its own encoder, double precision."""
        if keras.backend.backend() == "jax":
            import jax

            jax.config.update("jax_enable_x64", True)
        W, b, _ = self.weights()
        kernel, bias, inputs = (
            ops.convert_to_tensor(v.astype(np.float64), dtype="float64") for v in (W, b, x)
        )
        # Keras's matmul computes in single precision on PyTorch, whatever comes in; its einsum does not.
        return ops.convert_to_numpy(ops.sigmoid(ops.einsum("nd,du->nu", inputs, kernel) + bias))


def train(
    x: Array, task: Task, lams: Sequence[float], bound: int | None = None, *, defaults: bool = False
) -> TrainedKeras:
    """See `tasks.Peer`; with `defaults` the model is compiled as Keras does it unasked."""
    model = Autoencoder(x.shape[1], task.units)
    optimizer = keras.optimizers.Adam(RATE)
    model.compile(optimizer, **({} if defaults else whole_epoch(len(x))))
    optimizer.build(model.trainable_variables)
    start = [(v, ops.convert_to_numpy(v)) for v in (*model.trainable_variables, *optimizer.variables)]
    laps = []
    for lam in lams:
        for variable, value in start:
            variable.assign(value)
        model.lam.assign(lam)
        clock = Clock(steps_per_epoch(len(x)))
        model.fit(x, batch_size=BATCH, epochs=task.epochs, verbose=0, callbacks=[clock])
        laps.append(clock.laps)
    return TrainedKeras(model, laps)


class Defaults:
    """The same, compiled as Keras does it unasked."""

    train = staticmethod(partial(train, defaults=True))
