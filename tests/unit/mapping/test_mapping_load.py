"""From files to a mapping: the shipped profiles, both files at once, digest and places."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bsc_sync.errors import MappingError, ScorecardError, UserError
from bsc_sync.mapping.load import LoadedMapping, load_both, load_mapping
from bsc_sync.scorecard.load import load_scorecard

ROOT = Path(__file__).parents[3]
SHARED = Path(os.environ.get("BSC_SYNC_SHARED", ROOT.parent / "shared")) / "examples" / "acme"
SHIPPED = ROOT / "bsc_sync" / "examples" / "acme"
DEMO = ROOT / "tests" / "golden" / "problems"
PROFILES = sorted((ROOT / "mappings").glob("*.yaml"))


def test_there_are_four_profiles() -> None:
    assert [path.stem for path in PROFILES] == [
        "cloud",
        "data-center",
        "key-results-as-fields",
        "key-results-as-issues",
    ]


@pytest.mark.parametrize("profile", PROFILES, ids=lambda path: path.stem)
def test_each_profile_fits_the_acme_scorecard(profile: Path) -> None:
    _, loaded = load_both(SHIPPED / "scorecard.yaml", profile)
    expected = [("capital-missing", "organizational"), ("source-missing", "F1.ltv")]
    assert [(advice.code, advice.ref) for advice in loaded.advice] == expected
    assert loaded.mapping.jira.project == "STRAT"


@pytest.mark.parametrize("folder", [SHARED, SHIPPED], ids=["public format", "shipped"])
def test_the_acme_example_is_in_order(folder: Path) -> None:
    if not (folder / "mapping.yaml").exists():
        pytest.skip(f"{folder.name} is not here: set BSC_SYNC_SHARED")
    scorecard, mapping = load_both(folder / "scorecard.yaml", folder / "mapping.yaml")
    assert scorecard.card.id == mapping.mapping.scorecard
    assert [(advice.code, advice.ref) for advice in mapping.advice] == [("capital-missing", "organizational")]


def test_each_rule_has_a_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(DEMO)
    loaded = load_mapping("mapping.yaml", load_scorecard("scorecard.yaml"))
    assert loaded.places == {
        "jira.rules[0]": "mapping.yaml:15:7",
        "jira.rules[1]": "mapping.yaml:16:7",
        "work[0]": "mapping.yaml:19:5",
        "work[1]": "mapping.yaml:20:5",
        "measures[0]": "mapping.yaml:22:5",
        "measures[1]": "mapping.yaml:23:5",
    }
    assert loaded.place(("measures", 1, "source", "field")) == "mapping.yaml:23:49"


def _demo(tmp_path: Path, card: str, mapping: str) -> tuple[Path, Path]:
    paths = tmp_path / "scorecard.yaml", tmp_path / "mapping.yaml"
    paths[0].write_text(card)
    paths[1].write_text(mapping)
    return paths


CARD, MAPPING = (DEMO / "scorecard.yaml").read_text(), (DEMO / "mapping.yaml").read_text()


def test_both_files_are_told_in_one_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    _demo(
        tmp_path,
        CARD.replace("type: increase", "type: rise").replace("team: crm\n    kpis", "team: ops\n    kpis"),
        MAPPING.replace("project: STRAT", "project: strat").replace("split: {C1", "split: {C9"),
    )
    with pytest.raises(UserError) as caught:
        load_both("scorecard.yaml", "mapping.yaml")
    assert not isinstance(caught.value, ScorecardError | MappingError)
    assert list(caught.value.lines()) == [
        "scorecard.yaml and mapping.yaml: 4 problems",
        (
            "scorecard.yaml:19:15: objectives[0].kpis[0].type: expected increase, decrease, at_least, "
            'at_most, between, milestones, done or work, got the text "rise" - write one of them'
        ),
        'scorecard.yaml:26:11: objectives[1].team: unknown team "ops" - there are: crm',
        (
            'mapping.yaml:4:12: jira.project: "strat" is not a project key - '
            "write it as in Jira, in capitals: STRAT"
        ),
        (
            'mapping.yaml:20:32: work[1].split.C9: unknown objective or key result "C9" - '
            "there are: F1, C1, L1, F1.arr.q4 and L1.work.q4"
        ),
    ]


def test_a_scorecard_that_cannot_be_read_does_not_hide_the_mapping(tmp_path: Path) -> None:
    paths = _demo(tmp_path, "a: [", MAPPING.replace("out/page.html", "/page.html").replace("C1", "Z1"))
    with pytest.raises(UserError) as caught:
        load_both(*paths)
    assert [problem.path for problem in caught.value.problems] == ["", "publish.html"]


def test_what_could_not_be_read_of_the_scorecard_is_not_missed_in_the_mapping(tmp_path: Path) -> None:
    paths = _demo(tmp_path, CARD.replace("perspective: customer", "perspective: [x]"), MAPPING)
    with pytest.raises(ScorecardError) as caught:
        load_both(*paths)
    assert [problem.path for problem in caught.value.problems] == ["objectives[1].perspective"]


def test_an_id_of_the_scorecard_that_cannot_be_read_is_not_held_against_the_mapping(tmp_path: Path) -> None:
    paths = _demo(tmp_path, CARD.replace("id: demo", "id: [demo]"), MAPPING)
    with pytest.raises(ScorecardError) as caught:
        load_both(*paths)
    assert [problem.path for problem in caught.value.problems] == ["id"]


def test_a_mapping_may_be_split(tmp_path: Path) -> None:
    whole = load_both(*_demo(tmp_path, CARD, MAPPING))[1]
    head, _, measures = MAPPING.partition("measures:\n")
    (tmp_path / "measures.yaml").write_text(f"measures:\n{measures}")
    split = load_both(*_demo(tmp_path, CARD, f"include: measures.yaml\n{head}"))[1]
    assert isinstance(split, LoadedMapping)
    assert split.digest == whole.digest
    assert split.places["measures[0]"] == f"{tmp_path}/measures.yaml:2:5"


def test_a_mapping_alone_that_is_wrong(tmp_path: Path) -> None:
    scorecard, path = _demo(tmp_path, CARD, "format: 1\nscorecard: demo\njira: {}\n")
    with pytest.raises(MappingError) as caught:
        load_mapping(path, load_scorecard(scorecard))
    assert [problem.what for problem in caught.value.problems] == ['the key "project" is missing']


def test_a_quarter_long_key_result_may_share_fields_with_the_next(tmp_path: Path) -> None:
    second = (
        "  - id: Q1\n    from: 2027-01-01\n    to: 2027-03-31\n    key_results:\n"
        "      - {id: F1.arr.q1, objective: F1, kpi: F1.arr, name: On, baseline: 12, target: 13}\n"
    )
    both = "fields: {KR current: {owner: jira}}}\n"
    both += "    - {match: {id: F1.arr.q1}, as: field, fields: {kr current: {owner: jira}}}"
    mapping = MAPPING.replace("fields: {KR current: {owner: jira}}}", both)
    assert load_both(*_demo(tmp_path, CARD + second, mapping))
    paths = _demo(tmp_path, CARD + second.replace("from: 2027-01-01", "from: 2026-12-01"), mapping)
    with pytest.raises(MappingError) as caught:
        load_both(*paths)
    assert [problem.what for problem in caught.value.problems] == [
        'F1.arr.q4 and F1.arr.q1 share the field "kr current" of one epic'
    ]


def test_the_label_that_finds_our_issues_has_no_other_meaning(tmp_path: Path) -> None:
    text = (SHIPPED / "mapping.yaml").read_text()
    text = text.replace("labels: [strategy]", "labels: [strategy, bsc-acme]")
    text = text.replace("retire: {transition", "retire: {label: bsc-acme, transition")
    (tmp_path / "mapping.yaml").write_text(text)
    (tmp_path / "scorecard.yaml").write_text((SHIPPED / "scorecard.yaml").read_text())
    with pytest.raises(MappingError) as caught:
        load_both(tmp_path / "scorecard.yaml", tmp_path / "mapping.yaml")
    what = 'the label "bsc-acme" is the one by which issues of acme are found again - choose another label'
    assert sorted(str(problem).partition("mapping.yaml:")[2] for problem in caught.value.problems) == [
        f"31:19: jira.retire.label: {what}",
        f"8:13: jira.objectives.labels: {what}",
    ]
