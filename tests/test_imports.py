"""Imports go one way: a room knows the rooms before it, and the core knows no page."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

ROOMS = (
    "errors",
    "catalog",
    "config",
    "datasets",
    "own",
    "frame",
    "path",
    "path_parts",
    "alignment",
    "activations",
    "ensemble",
    "mistakes",
    "derivation",
    "jacobian",
    "samples",
    "objectives",
    "curvature",
    "measures",
    "training",
    "analysis",
    "shipped",
    "figures",
    "work",
    "lanes",
    "cache",
    "jobs",
    "engine",
    "paths",
    "paper",
    "estimator",
    "__main__",
    "ui",
    "pages",
    "app",
)
"""Modules and packages of `cae_core`, then what stands on it, each after all that it imports."""

OUTSIDE = {"ui", "pages", "app"}

FILES = sorted(
    path.relative_to(ROOT)
    for path in [
        *(ROOT / "cae_core").rglob("*.py"),
        *(ROOT / "ui").rglob("*.py"),
        *(ROOT / "pages").rglob("*.py"),
        ROOT / "app.py",
    ]
    if path.relative_to(ROOT) != Path("cae_core/__init__.py")  # the front door: it loads by name, when asked
)


def room_of(path: Path) -> str:
    parts = path.with_suffix("").parts
    return parts[1] if parts[0] == "cae_core" else parts[0]


def imported(path: Path) -> Iterator[str]:
    """Full names of what a file imports, inside functions, too."""
    for node in ast.walk(ast.parse((ROOT / path).read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: a relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_every_room_has_its_place() -> None:
    assert {room_of(path) for path in FILES} == set(ROOMS)


@pytest.mark.parametrize("path", FILES, ids=str)
def test_imports_go_one_way(path: Path) -> None:
    own = ROOMS.index(room_of(path))
    for name in imported(path):
        first, *rest = name.split(".")
        if first == "cae_core":
            assert rest, f"{path} imports the front door"
            assert rest[0] in ROOMS, f"{path} imports {name} through the front door"
            assert ROOMS.index(rest[0]) <= own, f"{path} imports {name}"
        elif first in OUTSIDE:
            assert ROOMS.index(first) <= own, f"{path} imports {name}"
        elif path.parts[0] == "cae_core":
            assert first != "streamlit", f"{path} imports {name}"
