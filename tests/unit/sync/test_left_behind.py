"""Where a person still stands: each line of a text file of the folder, and nothing of what is not one."""

from __future__ import annotations

from pathlib import Path

from bsc_sync.state.names import Names
from bsc_sync.state.store import Link
from bsc_sync.sync.left_behind import in_files, in_jira, in_pages

MIA = Names(("head-of-success", "mia", "Mia Keller"))


def test_each_line_is_told_by_file_and_number(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "scorecard.yaml").write_text("id: x\nowner: head-of-success\n# mia, MIA KELLER, premia\n")
    (tmp_path / "data" / "a.csv").write_text("who\nMia  Keller\nmia keller\n")
    (tmp_path / ".env").write_text("USER=mia\n")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "config").write_text("mia\n")
    (tmp_path / ".bsc-sync").mkdir()
    (tmp_path / ".bsc-sync" / "crash.log").write_text("no\nmia\n")
    (tmp_path / ".bsc-sync" / "state.db").write_bytes(b"mia")
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\xff mia")
    found = in_files(tmp_path, MIA, skip=[tmp_path / ".bsc-sync" / "state.db"])
    assert [one.where for one in found] == [
        *(".env:1", "scorecard.yaml:2", "scorecard.yaml:3"),
        ".bsc-sync/crash.log:2",
        "data/a.csv:3",
    ]


def test_of_a_file_full_of_them_the_first_lines_and_how_many_more(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mia\n" * 50)
    found = [one.where for one in in_files(tmp_path, MIA, skip=())]
    assert found[-2:] == ["notes.txt:20", "notes.txt: 30 more lines"]
    assert len(found) == 21


def test_a_page_that_is_published_outside_of_the_folder_is_looked_into(tmp_path: Path) -> None:
    folder, page = tmp_path / "strategy", tmp_path / "www" / "page.html"
    folder.mkdir()
    page.parent.mkdir()
    page.write_text("<p>Owner\nhead-of-success</p>")
    assert [one.where for one in in_files(folder, MIA, skip=(), also=[page])] == [f"{page}:2"]


def test_pages_and_issues_are_told_with_what_becomes_of_them() -> None:
    (page,) = in_pages(["https://wiki/1"], MIA, "owner head-of-success")
    assert (page.where, page.hint.partition(";")[0]) == (
        "https://wiki/1",
        "names them as long as the files do",
    )
    links = {ref: Link(ref, ref, f"STRAT-{ref}", "objective", "x", 1) for ref in ("1", "2")}
    told = in_jira(["2", "1", "3", "1"], (), links, {}, None)
    assert [one.where for one in told] == ["STRAT-1", "STRAT-2"]


def test_what_the_store_and_jira_say_of_issues_is_told_once_and_by_the_key_of_today() -> None:
    links = {ref: Link(ref, ref, f"STRAT-{ref}", "objective", "x", 1) for ref in ("1", "2", "10")}
    named = {("1", ""), ("old", ""), ("gone", "OPS-7"), ("3", ""), ("", "not a key")}
    by_store = [*in_jira((), named, links, {"old": "10"}, None)]
    assert [one.where for one in by_store] == ["OPS-7", "STRAT-1", "STRAT-10"]
    by_jira = [*in_jira(["2"], named, links, {"old": "10"}, [("STRAT-1", "Summary")])]
    assert [one.where for one in by_jira] == ["STRAT-1: Summary", "STRAT-2", "OPS-7", "STRAT-10"]
