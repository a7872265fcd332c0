"""Drawing thumbnails from the data: images as a mosaic, points as dots, tables as a heat map.

Grounds are transparent and colours of middle lightness, so that one picture serves a light and a dark page.
"""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray

from cae_core.config import Config
from cae_core.datasets import Dataset, load
from cae_core.datasets.thumbnails import SIZE

COLOURS = np.array([(0, 114, 178), (213, 94, 0), (0, 158, 115), (204, 121, 167)], dtype=np.float64)
"""Blue, vermillion, green and purple of Okabe and Ito, which colour-blind people tell apart."""
GREY = np.array((120, 120, 120), dtype=np.float64)
OVERSAMPLING = 4
MARGIN = 5
TILES = 3
VIEW = np.array([[0.92, 0.30, 0.25], [0.15, 0.18, -0.97]])
"""Projection of space onto the picture: seen from the side and a little from above."""

Picture = NDArray[np.uint8]


def draw(name: str) -> bytes:
    """The thumbnail of a dataset.

    Args:
        name: a key of the catalog.

    Returns:
        A PNG file of 96x96 pixels.
    """
    from PIL import Image

    dataset = load(Config.for_dataset(name))
    kind = {"image": _mosaic, "points": _dots, "table": _heat_map}[dataset.card.kind]
    large = (_dots if name == "noise" else kind)(dataset)
    picture = Image.fromarray(large, "RGBA").resize((SIZE, SIZE), Image.Resampling.BOX)
    target = io.BytesIO()
    # Few colours are enough for a thumbnail, and a quarter of the bytes.
    picture.quantize(64, method=Image.Quantize.FASTOCTREE).save(target, "PNG", optimize=True)
    return target.getvalue()


def _mosaic(dataset: Dataset) -> Picture:
    """Nine images: one of each class in order, the first where classes are few, or patches of most contrast."""
    labels = dataset.y_train
    if labels is None:
        rows = np.argsort(-dataset.x_train[:60].std(axis=1))[: TILES * TILES]
    elif labels.max() + 1 < TILES * TILES:
        rows = np.arange(TILES * TILES)
    else:
        rows = np.array([int(np.argmax(labels == label)) for label in range(TILES * TILES)])
    height, width = dataset.card.image_shape or (1, 1)
    scale, gap = 28 * 8 // height, 8
    tiles = np.full((TILES, TILES, height * scale + gap, width * scale + gap), np.nan)
    images = dataset.x_train[rows].reshape(TILES, TILES, height, width)
    tiles[:, :, gap // 2 : -(gap // 2), gap // 2 : -(gap // 2)] = images.repeat(scale, 2).repeat(scale, 3)
    sheet = tiles.transpose(0, 2, 1, 3).reshape(TILES * tiles.shape[2], -1)
    grey = np.where(np.isnan(sheet), 0, 255 * sheet)
    return np.stack([grey, grey, grey, 255.0 * ~np.isnan(sheet)], axis=2).astype(np.uint8)


def _dots(dataset: Dataset) -> Picture:
    """Six hundred samples as dots in the colour of their class; noise by its first two inputs, in grey."""
    x = dataset.x_train[:600].astype(np.float64)
    plane = x @ VIEW.T if x.shape[1] == 3 else x[:, :2] * (1, -1)
    middle, reach = (plane.max(axis=0) + plane.min(axis=0)) / 2, np.ptp(plane, axis=0).max() / 2
    side = SIZE * OVERSAMPLING
    at = (plane - middle) / reach * (side / 2 - MARGIN * OVERSAMPLING) + side / 2
    picture = np.zeros((side, side, 4))
    picture[..., :3] = GREY
    rows, columns = np.mgrid[:side, :side]
    for i, (column, row) in enumerate(at):
        colour = GREY if dataset.y_train is None else COLOURS[dataset.y_train[i]]
        picture[np.hypot(rows - row, columns - column) < 1.6 * OVERSAMPLING] = (*colour, 235)
    return picture.astype(np.uint8)


def _heat_map(dataset: Dataset) -> Picture:
    """Samples as rows in order of their class, features as columns: blue below the mean, vermillion above."""
    rows = slice(0, 48) if dataset.y_train is None else np.argsort(dataset.y_train[:48], kind="stable")
    values = np.clip(dataset.x_train[rows, :12].astype(np.float64) / 2, -1, 1)[:, :, None]
    colours = np.where(values < 0, COLOURS[0], COLOURS[1])
    opacity = 20 + 225 * np.abs(values)
    cells = np.concatenate([colours, opacity], axis=2).astype(np.uint8)
    return cells.repeat(2 * OVERSAMPLING, 0).repeat(8 * OVERSAMPLING, 1)
