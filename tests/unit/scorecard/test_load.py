"""From a file to a scorecard: digest, places, null and absent, the shipped example."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bsc_sync.errors import ScorecardError
from bsc_sync.scorecard.load import load_scorecard

ROOT = Path(__file__).parents[3]
SHARED = Path(os.environ.get("BSC_SYNC_SHARED", ROOT.parent / "shared")) / "examples" / "acme"
SHIPPED = ROOT / "bsc_sync" / "examples" / "acme"
DEMO = ROOT / "tests" / "golden" / "problems" / "scorecard.yaml"


def _load(tmp_path: Path, text: str) -> str:
    path = tmp_path / "scorecard.yaml"
    path.write_text(text)
    return load_scorecard(path).digest


def test_the_digest_is_of_what_is_said_and_not_of_how(tmp_path: Path) -> None:
    text = DEMO.read_text()
    digest = _load(tmp_path, text)
    assert len(digest) == 64
    for same in (
        "# a comment\n" + text,
        text.replace("id: demo\nname: Demo\n", "name: 'Demo'\nid: \"demo\"\n"),
        text.replace("red_flag: 20", "red_flag: {value: 20.0}"),
        text.replace("value: 40,", "value: 4e1,"),
    ):
        assert _load(tmp_path, same) == digest
    for other in (
        text.replace("name: Demo", "name: Demos"),
        text.replace("red_flag: 20", "red_flag: 20.5"),
        text.replace("owner: cfo", "owner: null"),
        text.replace("    owner: cfo\n", ""),
    ):
        assert _load(tmp_path, other) != digest


def test_the_digest_does_not_see_how_files_are_split(tmp_path: Path) -> None:
    text = DEMO.read_text()
    whole = _load(tmp_path, text)
    head, _, cycles = text.partition("cycles:\n")
    (tmp_path / "okrs.yaml").write_text(f"cycles:\n{cycles}")
    assert _load(tmp_path, f"include: okrs.yaml\n{head}") == whole


def test_null_clears_and_absent_does_not(tmp_path: Path) -> None:
    path = tmp_path / "scorecard.yaml"
    path.write_text(DEMO.read_text().replace("owner: cfo", "description: null"))
    objective = load_scorecard(path).card.objective("F1")
    assert objective.description is None
    assert "description" in objective.model_fields_set
    assert "owner" not in objective.model_fields_set


def test_every_item_has_a_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(DEMO.parent)
    loaded = load_scorecard("scorecard.yaml")
    assert loaded.places == {
        "F1": "scorecard.yaml:11:9",
        "F1.arr": "scorecard.yaml:17:13",
        "C1": "scorecard.yaml:23:9",
        "C1.uptime": "scorecard.yaml:28:14",
        "C1.calls": "scorecard.yaml:29:14",
        "L1": "scorecard.yaml:30:9",
        "L1.done": "scorecard.yaml:34:14",
        "L1.steps": "scorecard.yaml:35:14",
        "F1.arr.q4": "scorecard.yaml:44:14",
        "L1.work.q4": "scorecard.yaml:45:14",
    }
    assert loaded.place(("objectives", 1, "name")) == "scorecard.yaml:25:11"


@pytest.mark.parametrize("folder", [SHARED, SHIPPED], ids=["public format", "shipped"])
def test_the_acme_example_gets_one_piece_of_advice(folder: Path) -> None:
    if not (folder / "scorecard.yaml").exists():
        pytest.skip(f"{folder.name} is not here: set BSC_SYNC_SHARED")
    loaded = load_scorecard(folder / "scorecard.yaml")
    assert [(advice.code, advice.ref) for advice in loaded.advice] == [("capital-missing", "organizational")]


def test_more_problems_than_anybody_reads_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "scorecard.yaml"
    path.write_text(DEMO.read_text() + "".join(f"x{n}: 1\n" for n in range(500)))
    with pytest.raises(ScorecardError) as caught:
        load_scorecard(path)
    assert caught.value.message == f"{path}: 500 problems"
    assert len(caught.value.problems) == 201
    assert str(caught.value.problems[-1]) == "and 300 more - mend these first"
