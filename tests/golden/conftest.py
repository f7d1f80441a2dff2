"""Whole outputs kept as files; `--update-golden` writes what the code makes of them now."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent / "files"

Golden = Callable[[str, str], None]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden", action="store_true", help="write the golden files anew instead of comparing"
    )


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """Compares a text with the file of that name, or writes it when asked to."""
    update = request.config.getoption("--update-golden", default=False)

    def compare(name: str, text: str) -> None:
        file = FOLDER / name
        if update:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8", newline="\n")
            return
        assert file.exists(), f"{name} is missing: run pytest tests/golden --update-golden and look at it"
        assert text == file.read_text(encoding="utf-8")

    return compare
