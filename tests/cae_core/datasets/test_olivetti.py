"""The Olivetti faces: a MATLAB file, upright, shrunk by area, each person in both splits."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.io import savemat

from cae_core.catalog import card
from cae_core.config import Config
from cae_core.datasets import load, olivetti
from cae_core.errors import DatasetUnavailable


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "olivetti").mkdir()
    monkeypatch.setenv("CAE_DATA_DIR", str(tmp_path))
    return tmp_path / "olivetti"


def images() -> np.ndarray:
    """400 images of 64x64: the person's number in the left half, a bright upper edge, a dark lower one."""
    x = np.random.default_rng(0).integers(0, 256, (400, 64, 64)).astype(np.uint8)
    x[:, 2:-2, :32] = np.repeat(np.arange(40) * 6, 10)[:, None, None]
    x[:, :2], x[:, -2:] = 255, 0
    return x


def save(folder: Path, **variables: np.ndarray) -> Path:
    path = folder / "olivettifaces.mat"
    savemat(path, variables, do_compression=True)
    return path


def columns(x: np.ndarray) -> np.ndarray:
    """Images as the file has them: one a column, each column by column."""
    return x.transpose(0, 2, 1).reshape(400, -1).T


def test_faces_are_upright_and_shrunk_by_area(folder: Path) -> None:
    x = images()
    faces = olivetti.read_faces(save(folder, faces=columns(x), other=np.zeros(3))).reshape(400, 32, 32)
    assert (faces[:, 0] == 1).all()
    assert (faces[:, -1] == 0).all()
    for i, row, column in ((0, 5, 3), (123, 16, 20), (399, 30, 31)):
        block = x[i, 2 * row : 2 * row + 2, 2 * column : 2 * column + 2]
        assert faces[i, row, column] == pytest.approx(block.mean() / 255, abs=1e-6)


def test_each_person_is_in_both_splits(folder: Path) -> None:
    save(folder, faces=columns(images()))
    dataset, known = load(Config.for_dataset("olivetti")), card("olivetti")
    assert dataset.x_train.shape == (known.n_train, known.n_inputs)
    assert dataset.x_test.shape == (known.n_test, known.n_inputs)
    for x, y, each in ((dataset.x_train, dataset.y_train, 8), (dataset.x_test, dataset.y_test, 2)):
        assert y is not None
        np.testing.assert_array_equal(np.bincount(y), np.full(40, each))
        shown = np.rint(x.reshape(-1, 32, 32)[:, 10, 5] * 255 / 6)
        np.testing.assert_array_equal(shown, y)
    assert not {row.tobytes() for row in dataset.x_train} & {row.tobytes() for row in dataset.x_test}


@pytest.mark.parametrize(
    ("variables", "reason"),
    [
        ({"other": np.zeros(3)}, "a file without them"),
        ({"faces": np.zeros((400, 4096), np.uint8)}, r"the shape \(400, 4096\)"),
        ({"faces": np.zeros((4096, 400), np.uint8)}, "without finite contrast"),
        ({"faces": np.full((4096, 400), np.nan)}, "without finite contrast"),
        ({"faces": np.zeros((4096, 400), complex)}, "faces of the shape"),
    ],
)
def test_other_contents_are_refused(folder: Path, variables: dict[str, np.ndarray], reason: str) -> None:
    with pytest.raises(DatasetUnavailable, match=reason):
        olivetti.read_faces(save(folder, **variables))


@pytest.mark.parametrize("keep", [0, 10, 130, 5000])
def test_a_damaged_file_is_an_error_of_ours(folder: Path, keep: int) -> None:
    path = save(folder, faces=columns(images()))
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(DatasetUnavailable, match="must hold the variable faces"):
        olivetti.read_faces(path)
