"""Every way in which a file can be wrong that we thought of, with everything that is said about it.

The cases stand in tests/golden/problems/*.txt: after the name, `|` lines are the whole file; else
`-` lines are replaced by `+` lines in the file of the same name, and `>` lines are added at its end;
after `---` comes the whole message, with the class of the error before it.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bsc_sync.errors import UserError
from bsc_sync.mapping.load import load_both

GOLDEN = Path(__file__).parents[2] / "golden" / "problems"
FILES = ("scorecard.yaml", "mapping.yaml")


def _cases() -> list[tuple[str, str, list[str], list[str]]]:
    cases = []
    for file in FILES:
        sections = re.split(r"^=== ", (GOLDEN / file).with_suffix(".txt").read_text(), flags=re.MULTILINE)
        for section in sections[1:]:
            name, *lines = section.rstrip("\n").split("\n")
            middle = lines.index("---")
            cases.append((file, name, lines[:middle], lines[middle + 1 :]))
    return cases


def _edited(text: str, edits: list[str]) -> str:
    runs: list[tuple[str, list[str]]] = []
    for line in edits:
        if not runs or runs[-1][0] != line[0]:
            runs.append((line[0], []))
        runs[-1][1].append(line[2:])
    old = ""
    for mark, lines in runs:
        given = "\n".join(lines)
        if mark == "|":
            return given
        if mark == ">":
            text += given + "\n"
        elif mark == "-":
            old = given
            assert old in text
        else:
            text = text.replace(old, given, 1)
    return text


@pytest.mark.parametrize(
    ("file", "edits", "expected"),
    [
        pytest.param(file, edits, expected, id=f"{file[:-5]}: {name}")
        for file, name, edits, expected in _cases()
    ],
)
def test_a_wrong_file_is_told_all_that_is_wrong(
    file: str, edits: list[str], expected: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in FILES:
        Path(name).write_text((GOLDEN / name).read_text())
    Path(file).write_text(_edited(Path(file).read_text(), edits))
    with pytest.raises(UserError) as caught:
        load_both(*FILES)
    head, *rest = caught.value.lines()
    assert [f"{type(caught.value).__name__}: {head}", *rest] == expected
    assert caught.value.exit_code == 1


def test_there_are_many_cases_and_the_files_they_start_from_are_sound() -> None:
    assert len(_cases()) >= 60
    scorecard, mapping = load_both(GOLDEN / "scorecard.yaml", GOLDEN / "mapping.yaml")
    assert scorecard.card.id == mapping.mapping.scorecard == "demo"
