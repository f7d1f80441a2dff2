"""The terminal: the only place that knows it. Text goes to stdout, progress and errors to stderr."""

from __future__ import annotations

import json
import os
import re
import sys
import textwrap
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from rich.cells import cell_len
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn
from rich.text import Text

STYLES = {
    "create": "green",
    "update": "yellow",
    "adopt": "cyan",
    "hold": "magenta",
    "retire": "red",
    "good": "green",
    "warn": "yellow",
    "bad": "red",
    "quiet": "dim",
    "strong": "bold",
    "plain": "",
}

WIDTH = 80  # of what is printed, but for tables and addresses
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of output and the style that it has where there is color."""

    text: str
    style: str = "plain"


def say(*lines: Line | str) -> None:
    """Print lines to stdout; what is piped is never wrapped or cut."""
    console = _console()
    for line in lines:
        shown = line if isinstance(line, Line) else Line(line)
        console.print(Text(visible(shown.text), style=STYLES[shown.style]))


def complain(*lines: str) -> None:
    """Print what went wrong to stderr, the first line marked."""
    console = _console(stderr=True)
    for index, line in enumerate(lines):
        text = Text("error: " if index == 0 else "", style="bold red")
        console.print(text + Text(visible(line)))


def note(line: str) -> None:
    """Print something worth knowing to stderr."""
    _console(stderr=True).print(Text(visible(line), style="dim"))


def say_json(value: object) -> None:
    """Print JSON to stdout, the same bytes for the same value."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")


def say_raw(text: str) -> None:
    """Print a document to stdout as it is."""
    sys.stdout.write(text if text.endswith("\n") else text + "\n")


def say_table(columns: Sequence[str], rows: Sequence[Sequence[Line]], *, right: frozenset[int]) -> None:
    """Print a table; on a terminal the first column gives way, in a pipe nothing is cut."""
    console = _console()
    widths = [
        max(cell_len(visible(row[n].text)) for row in (*rows, [*map(Line, columns)]))
        for n in range(len(columns))
    ]
    if console.is_terminal:
        widths[0] = min(widths[0], max(16, console.width - sum(widths[1:]) - len(columns)))
    for row in ([Line(name, "strong") for name in columns], *rows):
        console.print(_row(row, widths, right))


def wrapped(text: str, *, below: str | None = None) -> list[str]:
    """A sentence on as many lines as it needs; nothing is cut, and no word is broken.

    `below` stands before each line but the first: its own indentation, or two blanks, unless told.
    """
    indent = " " * (len(text) - len(text.lstrip()))
    return textwrap.wrap(
        " ".join(text.split("\n")).strip(" "),
        WIDTH,
        initial_indent=indent,
        subsequent_indent=(indent or "  ") if below is None else below,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _row(cells: Sequence[Line], widths: Sequence[int], right: frozenset[int]) -> Text:
    """One line of a table, without blanks behind it."""
    line = Text()
    for index, (cell, width) in enumerate(zip(cells, widths, strict=True)):
        text = Text(" ".join(visible(cell.text).split("\n")), style=STYLES[cell.style])
        text.truncate(width, overflow="ellipsis")
        room = " " * (width - text.cell_len)
        line.append(room if index in right else "").append_text(text)
        line.append("" if index in right else room).append(" ")
    line.rstrip()
    return line


@contextmanager
def progress(what: str, total: int | None) -> Iterator[Callable[[str], None]]:
    """A bar on stderr while something takes time; gives a function to call after each step."""
    console = _console(stderr=True)
    if not console.is_terminal:  # nobody watches; an older rich would end its absent bar with a line
        yield _unseen
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(visible(what), total=total)

        def step(text: str = what) -> None:
            bar.update(task, advance=1, description=visible(text)[:50])

        yield step


def _unseen(text: str = "") -> None:
    """A step of a bar that nobody sees."""


def visible(text: str) -> str:
    """The text without anything that would move the cursor, color the terminal or reverse the line."""
    return _CONTROL.sub("\ufffd", text)


def _console(*, stderr: bool = False, width: int | None = None) -> Console:
    """A console that wraps nothing of itself, and that styles nothing where NO_COLOR is set."""
    colors: Literal["auto"] | None = None if os.environ.get("NO_COLOR") else "auto"
    return Console(
        stderr=stderr,
        highlight=False,
        soft_wrap=width is None,
        width=width,
        color_system=colors,
    )
