"""Files as documents: bytes, limits, includes, and the places of values."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bsc_sync.errors import MappingError, ScorecardError
from bsc_sync.scorecard.quantity import Plain
from bsc_sync.scorecard.yaml_nodes import events
from bsc_sync.scorecard.yaml_source import parse, read, read_what_can_be


@contextmanager
def _quickly() -> Iterator[None]:
    start = time.process_time()  # of this process alone: a busy machine does not count
    yield
    assert time.process_time() - start < 5


def _told(text: str | bytes) -> list[str]:
    with pytest.raises(ScorecardError) as caught:
        parse(text, "card.yaml")
    return [str(problem) for problem in caught.value.problems]


def test_scalars_keep_what_was_written() -> None:
    text = "a: 0.1234567890123456789012\nb: '7'\nc: yes\nd: true\ne: null\nf: ~\ng:\n"
    text += "h: 2026-12-31\ni: no\nj: 1e3\n"
    data = parse(text, "card.yaml").data
    assert data == {
        "a": "0.1234567890123456789012",
        "b": "7",
        "c": "yes",
        "d": True,
        "e": None,
        "f": None,
        "g": None,
        "h": "2026-12-31",
        "i": "no",
        "j": "1e3",
    }
    assert [key for key, value in data.items() if isinstance(value, Plain)] == ["a", "h", "j"]


def test_a_text_that_comes_again_is_not_parsed_again_and_reads_alike(tmp_path: Path) -> None:
    (tmp_path / "more.yaml").write_text("b: [2, &two 3, *two]\n", encoding="utf-8")
    text = "include: more.yaml\nb: [1]\nc: {d: .nan}\n"
    (tmp_path / "card.yaml").write_text(text, encoding="utf-8")
    first, again = (read_what_can_be(tmp_path / "card.yaml") for _ in range(2))
    assert first == again
    assert again.data["b"] == ["1", "2", "3", "3"]
    assert next(events(text)) is next(events(text))
    (tmp_path / "other.yaml").write_text(text, encoding="utf-8")
    assert str(read_what_can_be(tmp_path / "other.yaml").place(("c", "d"))) == f"{tmp_path}/other.yaml:3:8"
    assert _told("a: [1") == _told("a: [1")
    long = "a: [" + "1, " * 5_000 + "1]\n"
    assert parse(long, "card.yaml") == parse(long, "card.yaml")
    assert next(events(long)) is not next(events(long)), "what is long is not kept"


def test_a_value_and_a_key_know_their_place() -> None:
    document = parse("a:\n  - x\n  - {k: v}\n", "card.yaml")
    assert str(document.place(("a", 1, "k"))) == "card.yaml:3:9"
    assert str(document.key_place(("a", 1, "k"))) == "card.yaml:3:6"
    assert str(document.place(("a", 1, "gone", 4))) == "card.yaml:3:5"
    assert document.holds(("a", 0))
    assert not document.holds(("a", 2))


def test_what_is_left_out_is_told_where_it_was() -> None:
    data, origins = parse("a: [x, y, z]\nb: 1\n", "card.yaml").without([("a", 1), ("b",)])
    assert data == {"a": ["x", "z"]}
    assert origins == {("a",): (0, 2)}


def test_a_byte_order_mark_is_accepted() -> None:
    assert parse(b"\xef\xbb\xbfformat: 1\r\nid: a\r\n", "card.yaml").data == {"format": "1", "id": "a"}


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (b"a: 1\nb: \xff", "card.yaml:2:4: byte 8 (0xff) is not UTF-8 - save the file as UTF-8"),
        (b"\xef\xbb\xbfa: \xc3", "card.yaml:1:4: byte 6 (0xc3) is not UTF-8 - save the file as UTF-8"),
        (
            b"a: 1\nb: x\x07y",
            "card.yaml:2:5: the control character U+0007 does not belong in a text file - delete it",
        ),
        (b"\xff\xfea\x00", "card.yaml:1:1: byte 0 (0xff) is not UTF-8 - save the file as UTF-8"),
    ],
)
def test_bytes_that_are_no_text(raw: bytes, told: str) -> None:
    assert _told(raw) == [told]


def test_several_slips_are_told_at_once() -> None:
    assert _told("a: .inf\na: 2\n1: x\nb: !t y\n? {}\n: z\n") == [
        "card.yaml:1:4: .inf is no number to reckon with - write a finite number, or leave it out",
        'card.yaml:2:1: the key "a" stands here a second time, first at card.yaml:1:1 - keep one of them',
        "card.yaml:4:4: the tag !t is not allowed - write the plain value",
        "card.yaml:5:3: a key must be a text - put the key in quotes",
    ]


def test_merge_keys_yield_to_what_is_written_out() -> None:
    text = "x: &x {a: 1, b: 2}\ny: &y {b: 3, c: 4}\nz: {<<: [*x, *y], a: 9}\nw: {'<<': q}\n"
    assert parse(text, "card.yaml").data["z"] == {"a": "9", "b": "2", "c": "4"}
    assert parse(text, "card.yaml").data["w"] == {"<<": "q"}


def test_a_bomb_of_aliases_is_counted_and_not_carried_out() -> None:
    bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    bomb += "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 12))
    with _quickly():
        told = _told(bomb)
    what = "the file holds more than 100000 values once its aliases are expanded"
    assert told == [f"card.yaml:5:5: {what} - write fewer, without anchors and aliases"]


@pytest.mark.parametrize(
    "text", ["[" * 100_000, "- " * 100_000, "{a: " * 60_000, "? " * 60_000, "a: " + "[" * 101]
)
def test_deep_nesting_is_refused(text: str) -> None:
    with _quickly():
        told = _told(text)
    assert len(told) == 1
    assert "nested deeper than 100 levels" in told[0] or "more than the 200000 that are read" in told[0]


def test_aliases_cannot_nest_deeper_than_written() -> None:
    chain = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}]\n" for n in range(1, 200))
    assert _told(chain) == [
        "card.yaml:99:6: the values are nested deeper than 100 levels - a scorecard needs fewer than ten"
    ]


@pytest.mark.parametrize("title", ["x" * 1_000_000, "x y " * 250_000, '"' + "x" * 1_000_000 + '"'])
def test_a_line_of_a_megabyte_is_refused_at_once(title: str) -> None:
    with _quickly():
        told = _told(f"format: 1\nname: {title}\n")
    what = f"the line has {len(title) + 6} characters, more than the 200000 that are read"
    assert told == [f"card.yaml:2:1: {what} - a title has at most 255 and a text 30000"]


def test_a_file_of_six_megabytes_is_refused_at_once(tmp_path: Path) -> None:
    path = tmp_path / "card.yaml"
    path.write_bytes(b"# comment\n" * 600_000)
    with _quickly(), pytest.raises(ScorecardError) as caught:
        read(path)
    assert caught.value.problems[0].what == "the file is larger than 5 MB, together with what it includes"


def test_files_that_cannot_be_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("folder").mkdir()
    Path("file").write_text("format: 1\n")
    told = []
    for name in ("gone.yaml", "folder", "file/x", "a\0b", "evil\x1b[31m"):
        with pytest.raises(MappingError) as caught:
            read(name, error=MappingError)
        told.append(str(caught.value.problems[0]))
    assert told == [
        "gone.yaml: there is no such file - check the name and the folder",
        "folder: this is a folder, not a file - name the file in it",
        "file/x: there is no such file - check the name and the folder",
        "a\\x00b: the file cannot be read (its name cannot be used) - check the name",
        "evil\\x1b[31m: there is no such file - check the name and the folder",
    ]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_a_file_without_permission(tmp_path: Path) -> None:
    path = tmp_path / "card.yaml"
    path.write_text("format: 1\n")
    path.chmod(0)
    with pytest.raises(ScorecardError) as caught:
        read(path)
    assert caught.value.problems[0].what == "the file may not be read"


def _write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def test_included_files_are_joined_and_keep_their_places(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    _write(
        tmp_path,
        {
            "card.yaml": "include: [a.yaml, parts/b.yaml]\nformat: 1\nlist: [1]\ndest: {x: 1}\n",
            "a.yaml": "list: [2]\ndest: {y: 2}\n",
            "parts/b.yaml": "include: c.yaml\nlist:\n  - 3\n",
            "parts/c.yaml": "list: [4]\n",
        },
    )
    document = read("card.yaml")
    assert document.data == {"format": "1", "list": ["1", "2", "3", "4"], "dest": {"x": "1", "y": "2"}}
    places = [str(document.place(("list", index))) for index in range(4)]
    assert places == ["card.yaml:3:8", "a.yaml:1:8", "parts/b.yaml:3:5", "parts/c.yaml:1:8"]
    assert str(document.place(("dest", "y"))) == "a.yaml:2:11"
    assert document.files == ("card.yaml", "a.yaml", "parts/b.yaml", "parts/c.yaml")


def test_includes_that_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "project"
    _write(
        tmp_path,
        {
            "secret.yaml": "id: stolen\n",
            "project/card.yaml": (
                "include:\n  - ../secret.yaml\n  - /etc/passwd\n  - link.yaml\n  - loop.yaml\n  - a.yaml\n"
                "  - a.yaml\n  - [x]\n  - gone.yaml\n  - bad.yaml\n  - empty.yaml\nid: mine\nlist: [1]\n"
            ),
            "project/loop.yaml": "include: card.yaml\nname: x\n",
            "project/a.yaml": "id: yours\nlist: {a: 1}\n",
            "project/bad.yaml": "x: [1\n",
            "project/empty.yaml": "",
        },
    )
    (folder / "link.yaml").symlink_to(tmp_path / "secret.yaml")
    monkeypatch.chdir(folder)
    with pytest.raises(ScorecardError) as caught:
        read("card.yaml")
    out = "name a file in the same folder or in one below it"
    assert list(caught.value.lines()) == [
        "card.yaml: 11 problems",
        f'card.yaml:2:5: include "../secret.yaml" leads out of the folder - {out}',
        f'card.yaml:3:5: include "/etc/passwd" leads out of the folder - {out}',
        f'card.yaml:4:5: include "link.yaml" leads out of the folder by a link - {out}',
        'loop.yaml:1:10: include "card.yaml" leads back to itself - take it out',
        "a.yaml:1:5: id: this is written in two files, also at card.yaml:12:5 - keep it in one of them",
        "a.yaml:2:7: list: this is written in two files, also at card.yaml:13:7 - keep it in one of them",
        'card.yaml:7:5: "a.yaml" is included a second time, first at card.yaml:6:5 - keep one of them',
        "card.yaml:8:5: include takes file names - write include: [objectives.yaml]",
        "card.yaml:9:5: gone.yaml: there is no such file - check the name and the folder",
        "bad.yaml:2:1: a [ is opened in line 1, column 4, and a comma or its ] is missing - add it",
        "empty.yaml: the file is empty - begin it with format: 1",
    ]


def test_a_long_chain_of_includes_ends(tmp_path: Path) -> None:
    _write(tmp_path, {f"{n}.yaml": f"include: {n + 1}.yaml\nk{n}: 1\n" for n in range(300)})
    with pytest.raises(ScorecardError) as caught:
        read(tmp_path / "0.yaml")
    assert [problem.what for problem in caught.value.problems] == ["too many files are included"]
