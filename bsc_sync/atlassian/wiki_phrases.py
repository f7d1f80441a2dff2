"""A line of wiki markup as runs: phrases, links, pictures, escapes; whatever it is given, in linear time."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape

from bsc_sync.plan.unheld import Find
from bsc_sync.scorecard.prose import Mark, Run

_TOKEN = re.compile(
    r"""(?P<break>\\\\[ \t]*\n?)
      | \\(?P<escaped>[^\w\s]|_)
      | &(?P<entity>\#\d{1,7}|\#[xX][0-9a-fA-F]{1,6}|[A-Za-z]\w{1,30});
      | \[(?:(?P<label>(?:[^\\\[\]|\n]|\\[^\n])*)\|)?
          (?P<url>(?:https?://|ftp://|mailto:|~|\#|\^)[^\s|\[\]{}]{1,4000})(?:\|(?P<tip>[^\[\]\n]{0,200}))?\]
      | (?<!\w)!(?P<image>[^\s!|\[\]{}][^!|\n]{0,300})(?:\|(?P<alt>[^!\n]{0,300}))?!(?!\w)
      | (?P<mono>\{\{|\}\})
      | \{(?P<tag>/?color|anchor)(?::[^{}\n]{0,100})?\}
      | \{(?P<forced>[*_+^~-])\}
      | \{(?P<macro>[A-Za-z][\w.-]{0,60})(?::[^{}\n]{0,500})?\}
      | (?P<cite>\?\?)
      | (?P<sign>[*_+^~-])
    """,
    re.VERBOSE | re.IGNORECASE,
)
_MARKS: dict[str, Mark] = {"*": "strong", "_": "em", "-": "strike", "??": "em", "{{": "code"}
_LOST = {"+": "underline", "^": "superscript", "~": "subscript", "??": "citation"}
_ALT = re.compile(r"(?:^|,)\s*alt=([^,]*)", re.IGNORECASE)


def read_phrases(text: str, finds: list[Find], *, nested: bool = False) -> tuple[Run, ...]:
    """The runs of a text in wiki markup; line ends are line breaks, and no phrase goes on over one.

    What no run can hold is added to `finds`.
    """
    line = _Line(text, finds)
    at = 0
    for found in _TOKEN.finditer(text):
        line.add(text[at : found.start()])
        line.token(found, nested=nested)
        at = found.end()
    line.add(text[at:])
    return tuple(Run(piece.text, frozenset(piece.marks), piece.href) for piece in line.pieces if piece.text)


@dataclass(slots=True)
class _Piece:
    text: str
    marks: set[Mark] = field(default_factory=set)
    href: str | None = None


@dataclass(slots=True)
class _Line:
    """The pieces so far, and where each sign that is still open stands among them."""

    source: str
    finds: list[Find]
    pieces: list[_Piece] = field(default_factory=list)
    open: dict[str, int] = field(default_factory=dict)

    def add(self, text: str) -> None:
        for index, part in enumerate(text.split("\n")):
            if index:
                self.new_line()
            if part:
                self.pieces.append(_Piece(part))

    def new_line(self) -> None:
        self.pieces.append(_Piece("\n"))
        self.open.clear()

    def token(self, found: re.Match[str], *, nested: bool) -> None:
        kind = found.lastgroup
        text = found[0]
        if kind == "break":
            self.new_line()
        elif kind == "escaped":
            self.pieces.append(_Piece(found["escaped"]))
        elif kind == "entity":
            self.pieces.append(_Piece(unescape(text)))
        elif found["url"] is not None and not nested:
            tip = (found["tip"] or "").strip()
            if tip and not tip.startswith("smart-"):  # that only says how Jira shows the link
                self.finds.append(("link tip", tip))
            self.link(found["label"], found["url"])
        elif kind in {"image", "alt"}:
            self.image(found["image"], found["alt"] or "")
        elif kind == "mono":
            self.sign("{{", text, opens=text == "{{", closes=text == "}}")
        elif kind == "forced":
            sign = found["forced"]
            self.sign(sign, text, opens=sign not in self.open, closes=sign in self.open)
        elif kind in {"sign", "cite"}:
            before, after = (
                self.source[found.start() - 1 : found.start()],
                self.source[found.end() : found.end() + 1],
            )
            opens = bool(after) and not after.isspace() and not _wordlike(before)
            closes = bool(before) and not before.isspace() and not _wordlike(after)
            self.sign(text, text, opens=opens, closes=closes)
        elif kind == "tag":
            self.tag(found["tag"].lower(), text)
        else:
            if kind == "macro":
                self.name_once(f"{{{found['macro'].lower()}}} macro", text)
            self.add(text)

    def tag(self, name: str, text: str) -> None:
        """A color or an anchor, which are no text; the second tag of a color belongs to its first."""
        if name == "anchor" or ":" in text:
            self.finds.append(("anchor" if name == "anchor" else "color", text))
        else:
            self.name_once("color", text)

    def name_once(self, name: str, detail: str) -> None:
        """A find of which there may be two for one thing."""
        self.finds.append(("" if any(name == known for known, _ in self.finds) else name, detail))

    def link(self, label: str | None, url: str) -> None:
        if url.startswith("~"):
            self.finds.append(("mention", url))
            self.pieces.append(_Piece("@" + url[1:].removeprefix("accountid:")))
            return
        runs = read_phrases(label, self.finds, nested=True) if label else (Run(url.removeprefix("mailto:")),)
        if url.startswith("^"):
            self.finds.append(("attachment", url))
            self.pieces.extend(_Piece(run.text if label else url[1:], set(run.marks)) for run in runs)
        else:
            self.pieces.extend(_Piece(run.text, set(run.marks), url) for run in runs)

    def image(self, source: str, properties: str) -> None:
        self.finds.append(("picture", f"{source}|{properties}"))
        alt = _ALT.search(properties)
        words = alt[1].strip() if alt else ""
        href = source if source.startswith(("http://", "https://")) else None
        self.pieces.append(_Piece(words or source, href=href))

    def sign(self, sign: str, text: str, *, opens: bool, closes: bool) -> None:
        start = self.open.get(sign)
        if closes and start is not None and start + 1 < len(self.pieces):
            del self.open[sign]
            self.pieces[start].text = ""  # the sign was markup and no text
            if sign in _LOST:
                self.finds.append((_LOST[sign], "".join(piece.text for piece in self.pieces[start:])))
            mark = _MARKS.get(sign)
            if mark is not None:
                for piece in self.pieces[start:]:
                    piece.marks.add(mark)
        elif opens:
            self.open[sign] = len(self.pieces)
            self.pieces.append(_Piece(text))
        else:
            self.pieces.append(_Piece(text))


def _wordlike(letter: str) -> bool:
    return letter.isalnum()
