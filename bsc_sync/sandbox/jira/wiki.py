"""Documents as wiki markup, the text format of REST v2."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from bsc_sync.sandbox.jira.adf import inline_text

_LIVE = re.compile(
    r"""(?P<back>\\) | (?P<entity>&)(?=\#?\w{1,32};) | (?P<start>^(?:h[1-6]|bq))(?=\.)
      | [{}\[\]*_|!^~+?] | (?<!\w)-(?=\S) | (?<=\S)-(?!\w)""",
    re.VERBOSE | re.MULTILINE,
)


def from_document(value: Mapping[str, Any]) -> str:
    """The wiki markup of a document."""
    return "\n\n".join(_markup(node) for node in value.get("content", ()))


def _markup(node: Mapping[str, Any], prefix: str = "") -> str:
    kind = node.get("type")
    content = node.get("content", ())
    match kind:
        case "paragraph":
            # A dash or a hash at the start of a line would begin a list.
            return re.sub(r"(?m)^([#-])", r"\\\1", _line(content))
        case "heading":
            return f"h{node['attrs']['level']}. {_line(content)}"
        case "rule":
            return "----"
        case "codeBlock":
            language = node.get("attrs", {}).get("language")
            inner = "".join(inline_text(item) for item in content)
            return f"{{code{':' + language if language else ''}}}\n{inner}\n{{code}}"
        case "bulletList" | "orderedList":
            mark = prefix + ("*" if kind == "bulletList" else "#")
            return "\n".join(_item(item, mark) for item in content)
        case "blockquote":
            return "{quote}\n" + "\n\n".join(_markup(item) for item in content) + "\n{quote}"
        case "tableRow":
            last = content[-1].get("type") if content else None
            return "".join(_cell(item) for item in content) + ("||" if last == "tableHeader" else "|")
    return ("\n" if kind == "table" else "\n\n").join(_markup(item) for item in content)


def _item(node: Mapping[str, Any], mark: str) -> str:
    lines: list[str] = []
    for child in node.get("content", ()):
        if child.get("type") in {"bulletList", "orderedList"}:
            lines.append(_markup(child, mark))
        elif lines and child.get("type") == "codeBlock":
            lines.append(_markup(child))  # below the words of its item
        else:
            lines.append(f"{mark} {_markup(child)}")
    return "\n".join(lines)


def _cell(node: Mapping[str, Any]) -> str:
    bar = "||" if node.get("type") == "tableHeader" else "|"
    return f"{bar} {' '.join(_markup(item) for item in node.get('content', ()))} "


def _line(content: Sequence[Mapping[str, Any]]) -> str:
    words = ["", *(inline_text(node) for node in content), ""]
    return "".join(
        _inline(node, inside=words[place][-1:].isalnum() or words[place + 2][:1].isalnum())
        for place, node in enumerate(content)
    )


def _inline(node: Mapping[str, Any], *, inside: bool) -> str:
    """One piece of a line; the signs of its marks stand in braces inside a word."""
    if node.get("type") == "inlineCard":
        return f"[{inline_text(node)}]"
    if node.get("type") != "text":
        return inline_text(node)
    marks = {mark["type"]: mark for mark in node.get("marks", ())}
    if "code" in marks:
        return f"{{{{{node['text']}}}}}"
    out = _LIVE.sub(_escape, str(node["text"]))
    for name, sign in (("em", "_"), ("strong", "*"), ("strike", "-"), ("underline", "+")):
        if name in marks:
            around = f"{{{sign}}}" if inside else sign
            out = f"{around}{out}{around}"
    if "link" in marks:
        return f"[{out}|{marks['link'].get('attrs', {}).get('href', '')}]"
    return out


def _escape(found: re.Match[str]) -> str:
    if found["back"]:
        return "&#92;"  # two backslashes would break the line
    if found["entity"]:
        return "&amp;"
    if found["start"]:
        return f"{found['start'][:-1]}&#{ord(found['start'][-1])};"
    return f"\\{found[0]}"
