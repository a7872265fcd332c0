"""Training: lockstep, cuts, noise, failures, and the same steps by an ordinary module."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from cae_core.config import Config, Objective
from cae_core.datasets import Dataset, total_variance
from cae_core.ensemble import Layout
from cae_core.errors import DataError
from cae_core.frame import HISTORY, State
from cae_core.training import _corrupted, advance, init_state, make_frame, steps_per_epoch, train
from tests.cae_core.strategies import config_of, cuts, objectives, small_dataset

DATA = small_dataset()
AE, CAE = Objective(), Objective(lam=0.5)
EVERYTHING = (
    AE,
    CAE,
    Objective(lam=0.1, schedule=((1, 2.0), (3, 0.0))),
    Objective(weight_decay=0.01),
    Objective(gaussian=0.2),
    Objective(masking=0.3, lam=0.1),
)


def config(**changes: object) -> Config:
    values = {"hidden": (8,), "batch_size": 16, "epochs": 4, "objectives": (AE, CAE)}
    return config_of({}, **{**values, **changes})


def weights(config: Config, state: State, member: int) -> list[Tensor]:
    parts = Layout.of(config, DATA.n_inputs).split(torch.from_numpy(state.parameters))
    return [part[member] for part in parts]


def assert_same(a: State, b: State) -> None:
    for name, value in vars(a).items():
        np.testing.assert_array_equal(value, vars(b)[name], err_msg=name)


def in_chunks(config: Config, lengths: list[int], data: Dataset = DATA) -> State:
    state = init_state(config, data)
    for steps in lengths:
        state = advance(config, data, state, steps)
    return state


VARIANTS = {
    "adam": {"objectives": EVERYTHING},
    "sgd": {"objectives": EVERYTHING, "optimizer": "sgd", "learning_rate": 0.01},
    "deep": {"objectives": EVERYTHING, "hidden": (5, 4)},
    "untied float32": {"objectives": EVERYTHING, "tied": False, "dtype": "float32"},
    "cross-entropy": {"objectives": EVERYTHING, "loss": "cross_entropy"},
}


@pytest.mark.parametrize("chunk", [1, 3, 7])
@pytest.mark.parametrize("variant", VARIANTS)
def test_the_cuts_change_no_bit(variant: str, chunk: int) -> None:
    cfg = config(**VARIANTS[variant])
    total = 4 * steps_per_epoch(cfg, DATA)
    assert steps_per_epoch(cfg, DATA) == 4  # so that 3 and 7 cut inside an epoch
    assert len(DATA.x_train) % cfg.batch_size  # and the last batch is smaller
    lengths = [chunk] * (total // chunk) + [total % chunk]
    assert_same(in_chunks(cfg, lengths), train(cfg, DATA))


@settings(max_examples=15)
@given(lengths=cuts(12), members=st.lists(objectives(), min_size=1, max_size=3))
def test_any_cuts_change_no_bit(lengths: list[int], members: list[Objective]) -> None:
    cfg = config(objectives=tuple(members), epochs=3)
    assert_same(in_chunks(cfg, lengths), train(cfg, DATA))


def test_no_steps_change_nothing() -> None:
    state = in_chunks(config(), [5])
    assert_same(advance(config(), DATA, state, 0), state)


def test_advance_is_pure_and_deterministic() -> None:
    cfg = config(objectives=EVERYTHING)
    state = in_chunks(cfg, [5])
    before = {name: np.copy(value) for name, value in vars(state).items()}
    first, second = (advance(cfg, DATA, state, 6) for _ in range(2))
    assert_same(first, second)
    for name, value in before.items():
        np.testing.assert_array_equal(vars(state)[name], value)
    assert not np.array_equal(first.parameters, state.parameters)


def test_measuring_changes_no_weight() -> None:
    recorded, plain = train(config(), DATA), train(config(), DATA, record=False)
    np.testing.assert_array_equal(recorded.parameters, plain.parameters)
    assert np.isfinite(recorded.history[1:]).all()
    assert np.isnan(plain.history[:, 2:]).all()


@pytest.mark.parametrize("hidden", [(8,), (5, 4)])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("optimizer", ["adam", "sgd"])
def test_lambda_zero_is_the_plain_autoencoder_to_the_bit(
    hidden: tuple[int, ...], dtype: str, optimizer: str
) -> None:
    changes = {"hidden": hidden, "dtype": dtype, "optimizer": optimizer, "learning_rate": 0.01, "epochs": 10}
    plain, beside = config(objectives=(AE, AE), **changes), config(objectives=(AE, CAE), **changes)
    alone, compared = train(plain, DATA), train(beside, DATA)
    for a, b, other in zip(
        weights(plain, alone, 0), weights(beside, compared, 0), weights(beside, compared, 1), strict=True
    ):
        assert torch.equal(a, b)
        assert not torch.equal(a, other)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_member_is_what_it_is_alone(dtype: str) -> None:
    together = config(objectives=EVERYTHING, dtype=dtype, epochs=10)
    state = train(together, DATA)
    for k, objective in enumerate(EVERYTHING):
        alone = together.but(objectives=(objective,))
        for a, b in zip(weights(together, state, k), weights(alone, train(alone, DATA), 0), strict=True):
            assert float((a - b).norm()) <= 1e-5 * float(b.norm())


def test_equal_members_stay_equal() -> None:
    cfg = config(objectives=(CAE, CAE, CAE), hidden=(8,))
    state = train(cfg, DATA)
    for k in (1, 2):
        for a, b in zip(weights(cfg, state, 0), weights(cfg, state, k), strict=True):
            torch.testing.assert_close(a, b, rtol=1e-12, atol=0)


@pytest.mark.parametrize("tied", [True, False])
@pytest.mark.parametrize("optimizer", ["adam", "sgd"])
def test_an_ordinary_module_takes_the_same_steps(tied: bool, optimizer: str) -> None:
    """Adam and SGD of torch on one nn.Module, on the same batches, with autograd."""
    lam = 0.5
    cfg = config(tied=tied, optimizer=optimizer, learning_rate=0.01, epochs=5)
    start, end = init_state(cfg, DATA), train(cfg, DATA)
    initial, x = weights(cfg, start, 1), torch.from_numpy(np.array(DATA.x_train))
    encoder, decoder = torch.nn.Linear(6, 8).double(), torch.nn.Linear(8, 6).double()
    with torch.no_grad():
        encoder.weight.copy_(initial[0].T)
        encoder.bias.zero_()
        decoder.bias.zero_()
        decoder.weight.copy_(initial[0] if tied else initial[2].T)
    learned = [*encoder.parameters(), decoder.bias, *([] if tied else [decoder.weight])]
    kind = torch.optim.Adam if optimizer == "adam" else torch.optim.SGD
    steps = kind(learned, lr=0.01)
    for epoch in range(cfg.epochs):
        order = np.random.default_rng([cfg.seed, 2, epoch]).permutation(len(x))
        for position in range(0, len(x), cfg.batch_size):
            batch = x[order[position : position + cfg.batch_size]]
            h = torch.sigmoid(encoder(batch))
            V = encoder.weight.T if tied else decoder.weight
            error = (torch.nn.functional.linear(h, V, decoder.bias) - batch).square().sum(dim=1)
            norms = (h * (1 - h)).square() @ encoder.weight.square().sum(dim=1)
            steps.zero_grad()
            (error + lam * norms).mean().backward()
            steps.step()
    found = weights(cfg, end, 1)
    expected = [encoder.weight.T, encoder.bias, *([] if tied else [decoder.weight.T]), decoder.bias]
    for a, b in zip(found, expected, strict=True):
        torch.testing.assert_close(a, b.detach(), rtol=1e-9, atol=1e-11)


def test_every_sample_is_met_once_an_epoch() -> None:
    """With a learning rate near zero, an epoch's mean loss is the loss over the training split."""
    cfg = config(learning_rate=1e-6, epochs=1, optimizer="sgd", objectives=(AE, CAE))
    swapped = Dataset(card=DATA.card, x_train=np.array(DATA.x_train), x_test=np.array(DATA.x_train))
    history = train(cfg, swapped).history
    np.testing.assert_allclose(history[1, 0], history[0, 2], rtol=1e-4)
    np.testing.assert_allclose(history[1, 1], history[0, 3], rtol=1e-4)


def test_the_history_of_a_run() -> None:
    state = train(config(epochs=40, objectives=(AE, Objective(lam=3.0))), DATA)
    table = dict(zip(HISTORY, state.history.transpose(1, 0, 2), strict=True))
    assert state.history.shape == (41, len(HISTORY), 2)
    assert np.isnan(table["train_reconstruction"][0]).all()
    assert (table["train_reconstruction"][-1] < table["train_reconstruction"][1]).all()
    assert table["norm_mean"][-1, 1] < table["norm_mean"][-1, 0]
    assert (table["norm_p10"] <= table["norm_mean"]).all()
    assert (table["norm_mean"] <= table["norm_p90"]).all()
    # mean^2 <= mean of squares
    assert (table["norm_mean"] ** 2 <= table["test_penalty"] * (1 + 1e-12)).all()


def test_the_penalty_of_training_is_unknown_where_nobody_has_one() -> None:
    history = train(config(objectives=(AE, AE)), DATA).history
    assert np.isnan(history[:, HISTORY.index("train_penalty")]).all()


@pytest.mark.parametrize("hidden", [(8,), (5, 4)])
def test_the_penalty_of_training_is_unknown_in_epochs_without_one(hidden: tuple[int, ...]) -> None:
    falling = Objective(lam=0.5, schedule=((2, 0.0),))
    cfg = config(objectives=(AE, falling), hidden=hidden)
    for state in (train(cfg, DATA), in_chunks(cfg, [3] * 5 + [1])):
        penalty = state.history[:, HISTORY.index("train_penalty")]
        assert np.isnan(penalty[[0, 3, 4]]).all()
        assert (penalty[1:3] > 0).all()


def test_a_schedule_changes_lambda_at_the_start_of_its_epoch() -> None:
    scheduled = config(objectives=(Objective(lam=0.0, schedule=((2, 1.0),)),), epochs=4)
    plain, contractive = (scheduled.but(objectives=(Objective(lam=lam),)) for lam in (0.0, 1.0))
    per_epoch = steps_per_epoch(scheduled, DATA)
    half = advance(plain, DATA, init_state(plain, DATA), 2 * per_epoch)
    expected = advance(contractive, DATA, half, 2 * per_epoch)
    np.testing.assert_array_equal(train(scheduled, DATA).parameters, expected.parameters)


class TestCorruption:
    x = torch.full((400, 50), 0.5, dtype=torch.float64)

    def seen(self, *members: Objective, step: int = 0, seed: int = 0) -> Tensor:
        return _corrupted(config(objectives=members, seed=seed), self.x, step)

    def test_nobody_denoises(self) -> None:
        assert self.seen(AE, CAE) is self.x

    def test_clean_members_see_clean_inputs(self) -> None:
        assert torch.equal(self.seen(AE, Objective(gaussian=1.0))[0], self.x)

    @pytest.mark.parametrize("rate", [0.1, 0.5, 0.9])
    def test_masking_sets_the_share_asked_for_to_zero(self, rate: float) -> None:
        (seen,) = self.seen(Objective(masking=rate))
        assert set(seen.unique().tolist()) == {0.0, 0.5}
        assert float((seen == 0).double().mean()) == pytest.approx(rate, abs=0.02)

    @pytest.mark.parametrize("scale", [0.1, 1.0])
    def test_gaussian_noise_has_the_scale_asked_for(self, scale: float) -> None:
        noise = self.seen(Objective(gaussian=scale))[0] - self.x
        assert float(noise.std()) == pytest.approx(scale, rel=0.02)
        assert abs(float(noise.mean())) < 0.03 * scale

    def test_members_share_the_noise(self) -> None:
        weak, strong, hidden, less = self.seen(
            Objective(gaussian=0.1), Objective(gaussian=0.3), Objective(masking=0.5), Objective(masking=0.2)
        )
        torch.testing.assert_close(strong - self.x, 3 * (weak - self.x))
        assert bool((hidden[less == 0] == 0).all())

    def test_noise_depends_on_step_and_seed_only(self) -> None:
        one = Objective(gaussian=0.1)
        assert torch.equal(self.seen(one), self.seen(one))
        assert not torch.equal(self.seen(one), self.seen(one, step=1))
        assert not torch.equal(self.seen(one), self.seen(one, seed=1))

    def test_the_target_stays_clean(self) -> None:
        """Where next to everything is masked, all that can be learned is the mean of the clean data."""
        cfg = config(objectives=(Objective(masking=0.999),), epochs=150, learning_rate=0.02)
        history = train(cfg, DATA, record=False).history
        assert history[-1, 0, 0] == pytest.approx(total_variance(DATA.x_train), rel=0.1)


DIVERGING = {
    "activation": "identity",  # a sigmoid would save itself by saturating
    "optimizer": "sgd",
    "learning_rate": 0.01,
    "batch_size": 8,
    "dtype": "float32",
}
"""What lambda 1e6 does not survive for an epoch of 7 steps."""


class TestFailure:
    """A member that diverges stops, and nobody else notices."""

    good = (AE, CAE)
    bad = Objective(lam=1e6)

    def run(self, *members: Objective, steps: int = 42) -> tuple[Config, State]:
        cfg = config(objectives=members, **DIVERGING)
        return cfg, advance(cfg, DATA, init_state(cfg, DATA), steps)

    def test_the_others_are_not_touched(self) -> None:
        with_bad, failed = self.run(AE, self.bad, CAE)
        without, fine = self.run(AE, AE, CAE)
        assert failed.failed_epoch.tolist() == [0, 1, 0]
        for k in (0, 2):
            for a, b in zip(weights(with_bad, failed, k), weights(without, fine, k), strict=True):
                assert torch.equal(a, b)

    def test_it_keeps_its_last_good_weights_and_says_so(self) -> None:
        cfg, state = self.run(AE, self.bad)
        start = init_state(cfg, DATA)
        for a, b in zip(weights(cfg, state, 1), weights(cfg, start, 1), strict=True):
            assert torch.equal(a, b)
        frame = make_frame(cfg, DATA, state)
        shown = [array for name, array in frame.view.items() if name != "saturation"]
        assert all(np.isfinite(array).all() for array in (*frame.weights, *shown))
        (note,) = frame.notes
        assert "epoch 1;" in note
        assert "CAE 1e+06" in note
        assert "smaller learning rate" in note

    def test_a_later_failure_goes_back_to_the_start_of_its_epoch(self) -> None:
        late = Objective(lam=0.0, schedule=((2, 1e6),))
        cfg, state = self.run(AE, late)
        assert state.failed_epoch.tolist() == [0, 3]
        _, before = self.run(AE, AE, steps=14)
        for a, b in zip(weights(cfg, state, 1), weights(cfg, before, 1), strict=True):
            assert torch.equal(a, b)

    @pytest.mark.parametrize("chunk", [1, 3, 5])
    def test_cuts_change_no_bit_of_a_failure(self, chunk: int) -> None:
        cfg = config(objectives=(AE, Objective(schedule=((1, 1e6),))), **DIVERGING)
        lengths = [chunk] * (28 // chunk) + [28 % chunk]
        state = in_chunks(cfg, lengths)
        assert_same(state, train(cfg, DATA))
        assert state.failed_epoch.tolist() == [0, 2]

    def test_adam_goes_on_for_the_others_only(self) -> None:
        cfg = config(objectives=(AE, CAE, CAE))
        layout, per_epoch = Layout.of(cfg, 6), steps_per_epoch(cfg, DATA)
        state = in_chunks(cfg, [2 * per_epoch])
        broken = state.parameters.copy()
        layout.split(torch.from_numpy(broken))[0][1, 0, 0] = torch.inf
        after = advance(cfg, DATA, replace(state, parameters=broken), per_epoch)
        assert after.failed_epoch.tolist() == [0, 3, 0]
        untouched = advance(cfg, DATA, state, per_epoch)
        for name, good in (("parameters", state.good), ("moment1", 0), ("moment2", 0)):
            found, expected = (layout.split(torch.from_numpy(vars(s)[name])) for s in (after, untouched))
            fallback = layout.split(torch.from_numpy(np.zeros_like(broken) + good))
            for a, b, c in zip(found, expected, fallback, strict=True):
                assert torch.equal(a[0], b[0])
                assert torch.equal(a[1], c[1])
                assert torch.equal(a[2], b[2])

    def test_a_gradient_that_overflows_in_the_last_step(self) -> None:
        """The loss of an epoch's only step is finite, and what it does to the weights is not."""
        huge = (DATA.x_train[:8] * 2.5e18).astype(np.float32)
        data = Dataset(card=DATA.card, x_train=huge, x_test=huge.copy())
        cfg = config(objectives=(AE,), **{**DIVERGING, "learning_rate": 10.0})
        state = advance(cfg, data, init_state(cfg, data, record=False), 1, record=False)
        assert np.isfinite(state.history[1, 0]).all()
        assert state.failed_epoch.tolist() == [1]
        np.testing.assert_array_equal(state.parameters, init_state(cfg, data, record=False).parameters)

    def test_all_may_fail(self) -> None:
        cfg, state = self.run(self.bad, self.bad)
        assert state.failed_epoch.tolist() == [1, 1]
        assert len(make_frame(cfg, DATA, state).notes) == 2


def test_a_frame_is_made_at_the_end_of_an_epoch_only() -> None:
    cfg = config()
    with pytest.raises(ValueError, match="2 steps into epoch 2"):
        make_frame(cfg, DATA, in_chunks(cfg, [6]))
    assert make_frame(cfg, DATA, in_chunks(cfg, [8])).epoch == 2


@pytest.mark.parametrize("shift", [-0.5, 0.5])
def test_cross_entropy_asks_for_inputs_between_0_and_1(shift: float) -> None:
    data = Dataset(card=DATA.card, x_train=DATA.x_train + shift, x_test=DATA.x_test + shift)
    with pytest.raises(DataError, match="between 0 and 1"):
        init_state(config(loss="cross_entropy"), data)
    assert math.isfinite(train(config(epochs=1), data).history[-1, 0, 0])
