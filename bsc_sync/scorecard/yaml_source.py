"""Files as documents: read, put together from what they include, every value with its place."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path as FilePath
from pathlib import PurePosixPath

from bsc_sync.errors import Problem, ScorecardError, UserError
from bsc_sync.scorecard.wording import Path, neutral, path_text, quoted
from bsc_sync.scorecard.yaml_nodes import MAX_NODES, Entry, Node, Place, Unreadable, compose

MAX_BYTES = 5_000_000
MAX_FILES = 200
MAX_CHAIN = 20

AnyPath = str | os.PathLike[str]


@dataclass(frozen=True, slots=True)
class Document:
    """One document, its includes merged in. `files` are the names it was read from.

    `slips` are problems of its writing that leave the rest readable: a key that stands twice,
    `.nan`, a tag.
    """

    name: str
    root: Node
    files: tuple[str, ...]
    slips: tuple[Problem, ...] = ()

    @property
    def data(self) -> dict[str, object]:
        """Plain values: dict, list, str, Plain, bool and None."""
        return self.without(())[0]

    def without(self, paths: Collection[Path]) -> tuple[dict[str, object], Mapping[Path, tuple[int, ...]]]:
        """The data with some paths left out, and for each list that lost items which are left."""
        origins: dict[Path, tuple[int, ...]] = {}
        data = _plain(self.root, (), frozenset(paths), origins)
        return (data if isinstance(data, dict) else {}), origins

    def node(self, path: Path) -> Node:
        """The node at a path; of a path that leads nowhere the nearest one above."""
        return self._walk(path)[0]

    def place(self, path: Path) -> Place:
        """Where the value at a path stands, or the nearest one above it."""
        return self._walk(path)[0].place

    def key_place(self, path: Path) -> Place:
        """Where the key at the end of a path stands; of a list item, the item."""
        return self._walk(path)[1]

    def holds(self, path: Path) -> bool:
        """Whether there is a value at that very path."""
        return self._walk(path)[2] == len(path)

    def paths(self) -> Mapping[str, Path]:
        """The path of the value at each place (`file:line:column`)."""
        found: dict[str, Path] = {}
        _gather(self.root, (), found)
        return found

    def _walk(self, path: Path) -> tuple[Node, Place, int]:
        node, key = self.root, self.root.place
        for steps, part in enumerate(path):
            value = node.value
            if isinstance(value, dict) and isinstance(part, str) and part in value:
                node, key = value[part].node, value[part].key
            elif isinstance(value, list) and isinstance(part, int) and part < len(value):
                node = value[part]
                key = node.place
            else:
                return node, key, steps
        return node, key, len(path)


def read(path: AnyPath, *, error: type[UserError] = ScorecardError) -> Document:
    """The document in a file, with what it includes from its own folder.

    Raises `error` with every problem that is found in all of the files, and nothing else.
    """
    return _sound(read_what_can_be(path, error=error), error)


def read_what_can_be(path: AnyPath, *, error: type[UserError] = ScorecardError) -> Document:
    """The document in a file, also when something in its writing is wrong: that is among its `slips`.

    Raises `error` when nothing can be read, or an included file cannot.
    """
    name = neutral(str(path))
    reader = _Reader(FilePath(path).parent)
    return _document(name, reader, lambda: reader.file(FilePath(path), name, None), error)


def parse(text: str | bytes, name: str, *, error: type[UserError] = ScorecardError) -> Document:
    """The document in a text that is no file (so it can include none); raises `error` as `read` does."""
    reader = _Reader(None)
    raw = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
    return _sound(_document(name, reader, lambda: reader.text(raw, name), error), error)


def heading(names: Collection[str], count: int) -> str:
    """The first line of an error about files: `scorecard.yaml: 3 problems`."""
    files = " and ".join(neutral(name) for name in names)
    return f"{files}: {count} {'problem' if count == 1 else 'problems'}"


def _document(name: str, reader: _Reader, get: Callable[[], Node], error: type[UserError]) -> Document:
    try:
        root = get()
    except Unreadable as unreadable:
        reader.problems.append(unreadable.problem)
        reader.incomplete = True
    if reader.incomplete:
        raise error(heading([name], len(reader.problems)), problems=reader.problems)
    return Document(name, root, tuple(reader.names), tuple(reader.problems))


def _sound(document: Document, error: type[UserError]) -> Document:
    if document.slips:
        raise error(heading([document.name], len(document.slips)), problems=document.slips)
    return document


def _gather(node: Node, path: Path, found: dict[str, Path]) -> None:
    found.setdefault(str(node.place), path)
    if isinstance(node.value, dict):
        for key, entry in node.value.items():
            _gather(entry.node, (*path, key), found)
    elif isinstance(node.value, list):
        for index, child in enumerate(node.value):
            _gather(child, (*path, index), found)


def _plain(
    node: Node, path: Path, leave_out: frozenset[Path], origins: dict[Path, tuple[int, ...]]
) -> object:
    if isinstance(node.value, dict):
        inner = {key: ((*path, key), entry.node) for key, entry in node.value.items()}
        return {
            key: _plain(child, at, leave_out, origins)
            for key, (at, child) in inner.items()
            if at not in leave_out
        }
    if isinstance(node.value, list):
        kept = tuple(index for index in range(len(node.value)) if (*path, index) not in leave_out)
        if len(kept) < len(node.value):
            origins[path] = kept
        return [_plain(node.value[index], (*path, index), leave_out, origins) for index in kept]
    return node.value


class _Reader:
    """Reads one file and what it includes; remembers what was read, and what is wrong."""

    def __init__(self, folder: FilePath | None) -> None:
        self.problems: list[Problem] = []
        self.incomplete = False  # a file could not be read: what refers to it cannot be judged
        self.names: list[str] = []
        self._folder = folder
        self._seen: dict[FilePath, Place | None] = {}
        self._chain: list[FilePath] = []
        self._bytes = 0

    def file(self, path: FilePath, name: str, asked: Place | None) -> Node:
        """The root of one file that was asked for at a place; Unreadable if it has none."""
        try:
            real = path.resolve()
            with path.open("rb") as stream:
                raw = stream.read(MAX_BYTES + 1)
        except (OSError, ValueError, RuntimeError) as error:
            what, hint = _unopened(error)
            raise Unreadable(f"{name}: {what}" if asked else what, hint, asked or name) from None
        self._seen[real] = asked
        self._chain.append(real)
        root = self.text(raw, name)
        self._chain.pop()
        return root

    def text(self, raw: bytes, name: str) -> Node:
        """The root of one text, its includes merged in; Unreadable if it has none."""
        self.names.append(name)
        self._bytes += len(raw)
        if self._bytes > MAX_BYTES:
            what = f"the file is larger than {MAX_BYTES // 1_000_000} MB, together with what it includes"
            raise Unreadable(what, "a scorecard is text that people read", name)
        root, problems = compose(_decoded(raw, name), name)
        self.problems += problems
        if root is None or root.value is None:
            raise Unreadable("the file is empty", "begin it with format: 1", name)
        if not isinstance(root.value, dict):
            raise Unreadable("the top of the file must be a mapping", "begin it with format: 1", root.place)
        include = root.value.pop("include", None)
        if include is not None:
            asked = include.node.value if isinstance(include.node.value, list) else [include.node]
            for node in asked:
                self._include(root, node, name)
        return root

    def _include(self, root: Node, asked: Node, name: str) -> None:
        chain = len(self._chain)
        try:
            path, shown = self._inside(asked, name)
            self._merge(root, self.file(path, shown, asked.place), ())
        except Unreadable as unreadable:
            del self._chain[chain:]
            self.problems.append(unreadable.problem)
            self.incomplete = True

    def _inside(self, asked: Node, name: str) -> tuple[FilePath, str]:
        value, place = asked.value, asked.place
        if not isinstance(value, str) or not value:
            raise Unreadable("include takes file names", "write include: [objectives.yaml]", place)
        if self._folder is None:
            raise Unreadable("only a file can include files", "leave include out", place)
        given, wanted = quoted(value), PurePosixPath(value)
        below = "name a file in the same folder or in one below it"
        if wanted.is_absolute() or ".." in wanted.parts or "\\" in value or ":" in value:
            raise Unreadable(f"include {given} leads out of the folder", below, place)
        path = self._chain[-1].parent / wanted
        try:
            real, folder = path.resolve(), self._folder.resolve()
        except (OSError, ValueError, RuntimeError):
            raise Unreadable(f"include {given} is no file name", "check the name", place) from None
        if not real.is_relative_to(folder):
            raise Unreadable(f"include {given} leads out of the folder by a link", below, place)
        if real in self._chain:
            raise Unreadable(f"include {given} leads back to itself", "take it out", place)
        if real in self._seen:
            what = f"{given} is included a second time, first at {self._seen[real]}"
            raise Unreadable(what, "keep one of them", place)
        if len(self.names) >= MAX_FILES or len(self._chain) >= MAX_CHAIN:
            raise Unreadable("too many files are included", "put them together", place)
        return path, neutral(str(PurePosixPath(name).parent / wanted))

    def _merge(self, into: Node, other: Node, path: Path) -> None:
        mine, theirs = into.value, other.value
        into.size += other.size
        into.depth = max(into.depth, other.depth)
        if into.size > MAX_NODES:
            raise Unreadable(f"the files hold more than {MAX_NODES} values", "write fewer", other.place)
        if isinstance(mine, dict) and isinstance(theirs, dict):
            for key, entry in theirs.items():
                if key in mine:
                    joined = replace(mine[key].node)  # an alias may show the same node elsewhere
                    mine[key] = Entry(mine[key].key, joined)
                    self._merge(joined, entry.node, (*path, key))
                else:
                    mine[key] = entry
        elif isinstance(mine, list) and isinstance(theirs, list):
            into.value = [*mine, *theirs]
        else:
            what = f"this is written in two files, also at {into.place}"
            self.problems.append(
                Problem(what, "keep it in one of them", where=str(other.place), path=path_text(path))
            )


def _unopened(error: Exception) -> tuple[str, str]:
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return "there is no such file", "check the name and the folder"
    if isinstance(error, IsADirectoryError):
        return "this is a folder, not a file", "name the file in it"
    if isinstance(error, PermissionError):
        return "the file may not be read", "check its permissions"
    reason = error.strerror if isinstance(error, OSError) else None
    return f"the file cannot be read ({reason or 'its name cannot be used'})", "check the name"


def _decoded(raw: bytes, name: str) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        text, start = error.object, error.start
        column = len(text[text.rfind(b"\n", 0, start) + 1 : start].decode("utf-8", "replace")) + 1
        offset = start + len(raw) - len(text)  # the byte order mark is not in the text
        what = f"byte {offset} ({text[start]:#04x}) is not UTF-8"
        place = Place(name, text.count(b"\n", 0, start) + 1, column)
        raise Unreadable(what, "save the file as UTF-8", place) from None
