"""A YAML parser's complaints in the words of somebody who wants to mend the file."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ruamel.yaml.error import MarkedYAMLError

from bsc_sync.scorecard.wording import neutral, quoted

_LINE_UP = "line up the keys of one mapping, and the dashes of one list"
_QUOTE = "put the text in quotes"

_KNOWN: tuple[tuple[str, str, str], ...] = (
    (
        r"mapping values are not allowed",
        'a ":" is not expected here',
        f"{_QUOTE} if it has one; else check the indentation",
    ),
    (r"could not find expected ':'", 'a key without its ":"', 'write "key: value"'),
    (
        r"expected <block end>|sequence entries are not allowed",
        "the indentation does not fit the lines above",
        _LINE_UP,
    ),
    (r"unexpected end of stream", "a quote is opened{context} and never closed", "close it"),
    (r"document separator", "a quote is opened{context} and never closed", "close it"),
    (r"expected ',' or '\]'", "a [ is opened{context}, and a comma or its ] is missing", "add it"),
    (r"expected ',' or '}'", "a {{ is opened{context}, and a comma or its }} is missing", "add it"),
    (
        r"unknown escape character",
        "an escape that YAML does not know",
        "use single quotes, or double the backslash",
    ),
    (r"escape sequence of", "an escape that is not complete", "use single quotes, or double the backslash"),
    (
        r"expected alphabetic or numeric",
        "* and & have a meaning of their own at the beginning of a value",
        _QUOTE,
    ),
    (r"tag", "the tag is not allowed", "write the plain value"),
    (r"expected URI", "! has a meaning of its own at the beginning of a value", _QUOTE),
    (
        r"chomping or indentation",
        "| and > begin a text of several lines, and nothing may follow them",
        _QUOTE,
    ),
    (r"directive|incompatible YAML|expected a digit", "the % directive cannot be used", "delete the line"),
)


def complaint(error: MarkedYAMLError, lines: Sequence[str]) -> tuple[str, str]:
    """What is wrong with the text, and how to mend it. `lines` are those of the file."""
    problem = str(error.problem or "")
    mark = error.problem_mark
    line = lines[mark.line] if mark and mark.line < len(lines) else ""
    if "'\\t'" in problem and (mark is None or not line[: mark.column].strip()):
        return "a tab stands where spaces must", "indent with spaces"
    if found := re.search(r"found character (.*) that cannot start", problem):
        char = line[mark.column : mark.column + 1] if mark else found[1]
        return f"{quoted(char)} cannot begin a value", _QUOTE
    start = error.context_mark
    context = f" in line {start.line + 1}, column {start.column + 1}" if start else ""
    for pattern, what, hint in _KNOWN:
        if re.search(pattern, problem):
            return what.format(context=context), hint
    if "but found" in problem or "but got" in problem:
        return "something else is expected here", "check brackets, quotes and indentation"
    return f"the YAML cannot be read here ({neutral(problem)[:80]})", "check brackets, quotes and indentation"
