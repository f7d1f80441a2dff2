"""A text tree as Jira's wiki markup; no character of the text ever becomes markup."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from bsc_sync.scorecard.prose import Block, Mark, Run
from bsc_sync.scorecard.prose_runs import address_of, addresses

_SIGNS: tuple[tuple[Mark, str], ...] = (("em", "_"), ("strong", "*"), ("strike", "-"))
_LIVE = re.compile(
    r"""(?P<back>\\)
      | (?P<entity>&)(?=\#?\w{1,32};)
      | (?P<start>^(?:h[1-6]|bq))(?=\.)
      | [{}\[\]*|^~]
      | _(?![^\W_]) | (?<![^\W_])_
      | \?(?=\?) | (?<=\?)\?
      | !(?=\S|[ ]?\Z)
      | [-+](?=\S)(?<![^\W_][-+]) | (?<=\S)[-+](?![^\W_]) | (?<=[-+])[-+] | [-+](?=[-+]) | ^[-+]
      | [-+](?=[ ]?\Z)
      | ^\#
      | (?:(?<=\W)|^)[:;](?=-?[()PpDd])
      | \((?=(?:[!/xi?+\-]|\*[rgby]?|[yn]|on|off|flag|flagoff)\))
    """,
    re.VERBOSE,
)


def wiki_of(blocks: Iterable[Block]) -> str:
    """The markup of a tidy tree; an empty tree is an empty text."""
    return "\n\n".join(_block(block) for block in blocks)


def _block(block: Block) -> str:
    match block.kind:
        case "heading":
            return f"h{block.level}. {_line(block.runs)}"
        case "code":
            return _code(block)
        case "rule":
            return "----"
        case "quote":
            return f"{{quote}}\n{wiki_of(block.blocks)}\n{{quote}}"
        case "bullets" | "numbers":
            return "\n".join(_items(block, ""))
        case "table":
            head, *rows = block.blocks
            return "\n".join([_row(head, "||"), *(_row(row, "|") for row in rows)])
        case _:
            return "\n".join(_line(line) for line in _lines(block.runs))


def _items(block: Block, above: str) -> Iterable[str]:
    marker = above + ("*" if block.kind == "bullets" else "#")
    for item in block.blocks:
        text = marker + " "
        before: Block | None = None
        for part in item.blocks:
            if part.kind in {"bullets", "numbers"}:
                if before is not None:
                    yield text
                    text, before = "", None
                yield from _items(part, marker)
                continue
            if part.kind == "code":
                text += ("\n" if before else "") + _code(part)
            else:
                # a paragraph below a bullet is what follows an empty line of it
                joint = {"paragraph": r" \\ \\ ", "code": "\n"}.get(before.kind, "") if before else ""
                text += joint + r" \\ ".join(_line(line) for line in _lines(part.runs))
            before = part
        if before is not None:
            yield text


def _code(block: Block) -> str:
    """Code between two tags; a tag of the same name inside of it is escaped."""
    raw = "".join(run.text for run in block.runs)
    name = "code" if block.language or ("{noformat" in raw and "{code" not in raw) else "noformat"
    raw = raw.replace(f"{{{name}", f"\\{{{name}")
    language = f":{block.language}" if block.language else ""
    return f"{{{name}{language}}}\n{raw}\n{{{name}}}"


def _row(row: Block, bar: str) -> str:
    return f"{bar}{bar.join(_line(cell.runs) or ' ' for cell in row.blocks)}{bar}"


def _lines(runs: Sequence[Run]) -> list[list[Run]]:
    """The runs of each line: no phrase goes on over a line's end."""
    lines: list[list[Run]] = [[]]
    for run in runs:
        first, *others = run.text.split("\n")
        if first:
            lines[-1].append(Run(first, run.marks, run.href))
        lines.extend([Run(text, run.marks, run.href)] if text else [] for text in others)
    return lines


def _line(runs: Sequence[Run]) -> str:
    whole = "".join(run.text for run in runs)
    out: list[str] = []
    at = 0
    for run in runs:
        end = at + len(run.text)
        text = _marked(
            run, _content(run, whole, at, end), before=whole[at - 1 : at], after=whole[end : end + 1]
        )
        out.append(text)
        at = end
    return "".join(out)


def _content(run: Run, whole: str, start: int, end: int) -> str:
    if "code" in run.marks or run.href is not None:
        shown = f"{{{{{_escaped(run.text, run)}}}}}" if "code" in run.marks else _escaped(run.text, run)
        return shown if run.href is None else f"[{shown}|{run.href}]"
    out: list[str] = []
    at = start
    for begin, stop in addresses(whole, start, end):
        href = address_of(whole[begin:stop])
        if href is not None:
            out.append(_escaped(whole[at:begin], run))
            out.append(
                f"[{href}]" if href == whole[begin:stop] else f"[{_escaped(whole[begin:stop], run)}|{href}]"
            )
            at = stop
    out.append(_escaped(whole[at:end], run))
    return "".join(out)


def _marked(run: Run, text: str, *, before: str, after: str) -> str:
    """The phrase in its signs; inside a word they stand in braces."""
    lead, core, trail = _edges(text)
    for mark, sign in _SIGNS:
        if mark not in run.marks or not core:
            continue
        inside = (not lead and _clings(before)) or (not trail and _clings(after))
        around = f"{{{sign}}}" if inside else sign
        core = f"{around}{core}{around}"
    return lead + core + trail


def _clings(neighbor: str) -> bool:
    return bool(neighbor) and not neighbor.isspace() and neighbor not in ".,;:!?()\"'"


def _edges(text: str) -> tuple[str, str, str]:
    core = text.strip(" ")
    lead = text[: len(text) - len(text.lstrip(" "))]
    return lead, core, text[len(lead) + len(core) :]


def _escaped(text: str, run: Run) -> str:
    """The text with every live character escaped, the sign of its own phrase in any place."""
    out = _LIVE.sub(_escape, text)
    for mark, sign in _SIGNS:
        if mark in run.marks:
            out = re.sub(rf"(?<!\\){re.escape(sign)}", rf"\\{sign}", out)
    return out


def _escape(found: re.Match[str]) -> str:
    if found["back"]:
        return "&#92;"  # a backslash cannot escape itself: two of them are a line break
    if found["entity"]:
        return "&amp;"
    if found["start"]:
        letters = found["start"]
        return f"{letters[:-1]}&#{ord(letters[-1])};"
    return f"\\{found[0]}"
