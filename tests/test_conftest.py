"""A shape that is not the promised one is an error under pytest."""

from __future__ import annotations

import jaxtyping
import pytest
import torch

from cae_core.jacobian import column_squares


def test_a_wrong_shape_is_refused() -> None:
    column_squares(torch.ones(2, 3, 4))
    with pytest.raises(jaxtyping.TypeCheckError):
        column_squares(torch.ones(3, 4))
