"""The arithmetic is exact and pure: no binary fraction, no clock, no file, no network."""

import ast
from pathlib import Path

import pytest

ROOMS = Path(__file__).parents[3] / "bsc_sync"
MODULES = sorted(
    path
    for room in ("attainment", "alignment")
    for path in (ROOMS / room).glob("*.py")
    if path.name != "__init__.py"
)
OUTSIDE = {"os", "pathlib", "time", "logging", "requests", "sqlalchemy", "math", "random", "statistics"}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: f"{path.parent.name}.{path.stem}")
def test_no_float_and_nothing_from_outside(path: Path) -> None:
    other = "alignment" if path.parent.name == "attainment" else "attainment"
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Constant):
            assert not isinstance(node.value, float), f"{node.value} is a binary fraction"
        if isinstance(node, ast.Name):
            assert node.id not in {"float", "print", "open"}
        if isinstance(node, ast.Attribute):
            assert node.attr not in {"now", "today", "utcnow"}
        names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        for name in names:
            assert name.split(".")[0] not in OUTSIDE
            assert not name.startswith(("bsc_sync.state", "bsc_sync.sync", f"bsc_sync.{other}"))
