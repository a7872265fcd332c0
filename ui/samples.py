"""The display sample as the charts of reconstructions take it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cae_core.figures import images
from cae_core.figures.norms import sample_names
from cae_core.figures.reconstructions import Samples
from cae_core.frame import Frame
from ui.live import Display
from ui.session import Lab


def samples_of(state: Lab, frame: Frame, shown: Display, reconstructions: NDArray[np.floating]) -> Samples:
    """The display sample with what both models make of it.

    Args:
        state: the visitor's.
        frame: with error and norm of the display sample.
        shown: the display sample.
        reconstructions: (2, n, d).

    Returns:
        The samples.
    """
    card = state.card
    low, high = images.scale(shown.x, card.kind)
    return Samples(
        x=shown.x,
        reconstructions=reconstructions,
        errors=frame.view["error"],
        norms=frame.view["norm"],
        names=sample_names(shown.y, card.class_names, len(shown.x)),
        feature_names=shown.feature_names,
        kind=card.kind,
        image_shape=card.image_shape,
        low=low,
        high=high,
    )
