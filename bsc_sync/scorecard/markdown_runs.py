"""A line of Markdown: read as runs, and runs written so that reading them gives the same."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

from bsc_sync.scorecard.prose import Mark, Run
from bsc_sync.scorecard.prose_runs import tidy_runs

_NAMES: dict[str, Mark] = {"strong": "strong", "em": "em", "s": "strike"}
_TICKS: dict[Mark, str] = {"strong": "**", "em": "*", "strike": "~~"}
_ORDER: tuple[Mark, ...] = ("strong", "em", "strike")
_THINNER: tuple[frozenset[Mark], ...] = (
    frozenset({"strike"}),
    frozenset({"em"}),
    frozenset({"em", "strike"}),
    frozenset(_ORDER),
)
_LIVE = re.compile(
    r"""[\\`*\[\]~]            # always
      | (?<![^\W_])_ | _(?![^\W_])    # an underscore between two letters is one
      | <(?=[A-Za-z/!?])
      | &(?=\#?\w{1,32};)
    """,
    re.VERBOSE,
)
_ENTITY = re.compile(r"&(?=#?\w{1,32};)")
_STARTS = re.compile(r"(?m)^(?:(>)|(\d{1,9})([.)])(?=\s|$)|(\#{1,6}|[-+])(?=\s|$)|(=+\s*$)|([-:|][-:| ]*$))")


def read_runs(text: str) -> tuple[Run, ...]:
    """The runs of a line of Markdown, as they stand."""
    runs: list[Run] = []
    for token in _parser().parseInline(text):
        _read(token.children or (), runs)
    return tuple(runs)


def block_safe(text: str) -> str:
    """A written paragraph so marked that its beginnings begin no block."""
    return _STARTS.sub(_marked_start, text)


def written_runs(runs: Sequence[Run], *, closing: str = "", bars: bool = False) -> str:
    """Tidy runs as a line of Markdown. Marks that Markdown cannot write where they stand are left out,
    as in the middle of a word beside punctuation; links and code always stay.

    `closing` is a sign that must not end the line, `bars` says that | would end it.
    """
    text = _nested(runs)
    if any(run.marks - {"code"} or run.href for run in runs):
        wanted = tuple(runs)
        for without in _THINNER:
            if tidy_runs(read_runs(text)) == (wanted,):
                break
            wanted = tidy_runs(Run(run.text, run.marks - without, run.href) for run in runs)[0]
            text = _nested(wanted)
    if closing and text.endswith(closing):
        text = f"{text[:-1]}\\{closing}"
    return text.replace("|", "\\|") if bars else text


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False, "maxNesting": 60}).enable("strikethrough")


def _read(tokens: Sequence[Token], runs: list[Run]) -> None:
    depth: dict[Mark, int] = dict.fromkeys(_ORDER, 0)
    href: str | None = None
    linked = 0
    for token in tokens:
        kind = token.type.removesuffix("_open").removesuffix("_close")
        marks: frozenset[Mark] = frozenset(mark for mark in _ORDER if depth[mark])
        match kind:
            case "strong" | "em" | "s":
                depth[_NAMES[kind]] += token.nesting
            case "link":
                if token.nesting > 0:
                    href, linked = str(token.attrs.get("href", "")), len(runs)
                else:
                    if not any(run.text for run in runs[linked:]):
                        runs.append(Run(href or "", marks, href))
                    href = None
            case "image":
                source = str(token.attrs.get("src", ""))
                runs.append(Run(_alternative(token) or source, marks, source))
            case "code_inline":
                runs.append(Run(token.content, frozenset({"code"}), href))
            case "softbreak" | "hardbreak":
                runs.append(Run("\n" if kind == "hardbreak" else " ", marks, href))
            case _:
                runs.append(Run(token.content, marks, href))


def _alternative(token: Token) -> str:
    parts = (" " if part.type.endswith("break") else part.content for part in token.children or ())
    return "".join(parts).strip()


def _marked_start(found: re.Match[str]) -> str:
    if found[2]:
        return f"{found[2]}\\{found[3]}"
    return f"\\{found[0]}"


def _nested(runs: Sequence[Run]) -> str:
    """The runs with the marks that last longest outside."""
    out: list[str] = []
    open_: list[tuple[str, str | None]] = []  # (mark or link, its address)
    for index, run in enumerate(runs):
        wanted = _wrappers(run)
        while not set(open_) <= set(wanted):
            _close(out, open_.pop())
        opening = [wrapper for wrapper in wanted if wrapper not in open_]
        opening.sort(key=lambda wrapper: -_lasting(runs, index, wrapper))
        text = _escaped(run)
        lead = next((space for space in (" ", "\\\n") if text.startswith(space)), "") if opening else ""
        out.append(lead)
        for wrapper in opening:
            _open(out, wrapper)
            open_.append(wrapper)
        out.append(text[len(lead) :])
    while open_:
        _close(out, open_.pop())
    return "".join(out)


def _wrappers(run: Run) -> list[tuple[str, str | None]]:
    made: list[tuple[str, str | None]] = [("link", run.href)] if run.href is not None else []
    return made + [(_TICKS[mark], None) for mark in _ORDER if mark in run.marks]


def _lasting(runs: Sequence[Run], start: int, wrapper: tuple[str, str | None]) -> int:
    end = start
    while end < len(runs) and end < start + 50 and wrapper in _wrappers(runs[end]):
        end += 1
    return end - start


def _open(out: list[str], wrapper: tuple[str, str | None]) -> None:
    if wrapper[1] is None:
        out.append(wrapper[0])
        return
    while out and not out[-1]:
        out.pop()
    if out and out[-1].endswith("!"):
        out[-1] = f"{out[-1][:-1]}\\!"  # or it were a picture
    out.append("[")


def _close(out: list[str], wrapper: tuple[str, str | None]) -> None:
    sign, href = wrapper
    last = out.pop()
    trail = next((space for space in (" ", "\\\n") if last.endswith(space)), "")
    out.append(last.removesuffix(trail))
    target = _ENTITY.sub(r"\\&", href or "")
    out.append(sign if href is None else f"](<{target}>)")
    out.append(trail)


def _escaped(run: Run) -> str:
    if "code" not in run.marks:
        return _LIVE.sub(r"\\\g<0>", run.text).replace("\n", "\\\n")
    ticks = "`" * (1 + max((len(found) for found in re.findall(r"`+", run.text)), default=0))
    pad = " " if run.text.startswith("`") or run.text.endswith("`") else ""
    return f"{ticks}{pad}{run.text}{pad}{ticks}"
