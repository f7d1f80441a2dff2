"""The strategy review: each remark where it is due, and only there."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from bsc_sync.mapping.model import Mapping
from bsc_sync.mapping.review import review
from bsc_sync.scorecard.advice import CODES
from bsc_sync.scorecard.check import check
from bsc_sync.scorecard.model import Scorecard

Data = dict[str, Any]

CARD: Data = {
    "format": 1,
    "id": "demo",
    "name": "Demo",
    "destination": {"stage": "growth", "horizon": {"from": "2026-01-01", "to": "2027-12-31"}},
    "themes": [{"id": theme, "name": theme} for theme in ("loyal", "lead", "excel")],
    "objectives": [
        {
            "id": ref,
            "perspective": perspective,
            "name": ref,
            "themes": ["loyal"],
            "owner": "cfo",
            "kpis": [
                {
                    "id": f"{ref}.k",
                    "name": "K",
                    "indicator": indicator,
                    "type": "increase",
                    "baseline": {"value": 0, "on": "2026-01-01"},
                    "target": {"value": 100, "on": "2026-12-31"},
                }
            ],
            **more,
        }
        for ref, perspective, indicator, more in (
            ("F1", "financial", "lagging", {}),
            ("C1", "customer", "lagging", {}),
            ("P1", "internal", "leading", {"process": "innovation"}),
            ("L1", "learning", "leading", {"capital": "human"}),
            ("L2", "learning", "leading", {"capital": "information"}),
            ("L3", "learning", "leading", {"capital": "organizational"}),
        )
    ],
    "map": [
        {"from": cause, "to": effect}
        for cause, effect in (("L1", "P1"), ("L2", "P1"), ("L3", "P1"), ("P1", "C1"), ("C1", "F1"))
    ],
    "cycles": [
        {
            "id": "Q1",
            "from": "2026-01-01",
            "to": "2026-03-31",
            "key_results": [
                {"id": "R1", "objective": "F1", "kpi": "F1.k", "name": "R1", "baseline": 0, "target": 25}
            ],
        }
    ],
}
MAPPING: Data = {
    "format": 1,
    "scorecard": "demo",
    "jira": {"project": "STRAT"},
    "measures": [{"match": {"id": "*"}, "source": {"field": "Current value"}}],
}


def _advice(card: Data, mapping: Data = MAPPING) -> list[tuple[str, str]]:
    parsed = Scorecard.model_validate(card)
    assert check(parsed) == ()
    return [(advice.code, advice.ref) for advice in review(parsed, Mapping.model_validate(mapping))]


def test_a_good_scorecard_gets_no_advice() -> None:
    assert _advice(CARD) == []


def _kpi(card: Data, index: int = 0) -> Data:
    found: Data = card["objectives"][index]["kpis"][0]
    return found


def _cycle(**changed: object) -> Data:
    return {**CARD["cycles"][0], "key_results": [], **changed}


def _result(ref: str, **more: object) -> Data:
    return {"id": ref, "objective": "F1", "name": ref, "baseline": 0, "target": 30, **more}


CASES: list[tuple[str, str, Callable[[Data], object]]] = [
    ("themes-count", "demo", lambda card: card["themes"].pop()),
    ("horizon-missing", "demo", lambda card: card["destination"].pop("horizon")),
    ("horizon-length", "demo", lambda card: card["destination"]["horizon"].update(to="2029-12-31")),
    ("stage-at-odds", "demo", lambda card: card["destination"].update(stage="harvest")),
    ("process-only-operations", "demo", lambda card: card["objectives"][2].update(process="operations")),
    ("capital-missing", "human", lambda card: card["objectives"][3].update(capital="information")),
    ("objective-owner", "F1", lambda card: card["objectives"][0].pop("owner")),
    ("objective-theme", "C1", lambda card: card["objectives"][1].pop("themes")),
    (
        "map-down",
        "F1 -> C1",
        lambda card: card["map"].extend([{"from": "F1", "to": "C1"}, card["map"].pop()]),
    ),
    ("map-skips", "P1 -> F1", lambda card: card["map"].append({"from": "P1", "to": "F1"})),
    ("map-unlinked", "L1", lambda card: card["map"].pop(0)),
    ("map-unlinked", "demo", lambda card: card["map"].clear()),
    ("kpis-none", "L1", lambda card: card["objectives"][3]["kpis"].clear()),
    (
        "kpis-many",
        "L1",
        lambda card: card["objectives"][3]["kpis"].extend([{"ref": "F1.k"}, {"ref": "C1.k"}]),
    ),
    ("target-date", "C1.k", lambda card: _kpi(card, 1)["target"].pop("on")),
    (
        "already-met",
        "C1.k",
        lambda card: _kpi(card, 1).update(check_ins=[{"on": "2026-02-01", "value": 101}]),
    ),
    ("due-outside", "C1", lambda card: card["objectives"][1].update(due="2028-01-01")),
    ("due-outside", "C1.k", lambda card: _kpi(card, 1)["target"].update(on="2028-01-01")),
    ("due-outside", "R1", lambda card: card["cycles"][0]["key_results"][0].update(due="2026-04-01")),
    ("kr-direction", "R1", lambda card: card["cycles"][0]["key_results"][0].update(baseline=30)),
    ("kr-behind-path", "R1", lambda card: card["cycles"][0]["key_results"][0].update(target=24)),
    (
        "cycle-empty",
        "Q2",
        lambda card: card["cycles"].append(_cycle(id="Q2", **{"from": "2026-04-01", "to": "2026-06-30"})),
    ),
    ("cadence-slow", "R1", lambda card: _kpi(card).update(cadence="year")),
    (
        "kr-many",
        "F1",
        lambda card: card["cycles"][0]["key_results"].extend(_result(f"R{n}") for n in range(2, 7)),
    ),
    (
        "cycle-overlap",
        "Q1b",
        lambda card: card["cycles"].append(_cycle(id="Q1b", key_results=[_result("R9")])),
    ),
]


@pytest.mark.parametrize(("code", "ref", "spoil"), CASES, ids=[f"{code} {ref}" for code, ref, _ in CASES])
def test_each_remark_is_made_where_it_is_due_and_can_be_silenced(
    code: str, ref: str, spoil: Callable[[Data], object]
) -> None:
    card = copy.deepcopy(CARD)
    spoil(card)
    if code == "map-down":
        card["map"] = [arrow for arrow in card["map"] if arrow != {"from": "C1", "to": "F1"}]
    given = _advice(card)
    assert (code, ref) in given
    assert len([one for one in given if one[0] == code]) == 1
    card["review"] = {"silence": [{"code": code, "id": ref, "reason": "We know."}]}
    assert _advice(card) == [one for one in given if one != (code, ref)]


def test_the_map_must_reach_the_top() -> None:
    card = copy.deepcopy(CARD)
    card["map"] = [{"from": "L1", "to": "P1"}, {"from": "C1", "to": "F1"}, *card["map"][1:3]]
    assert _advice(card) == [("map-no-way-up", ref) for ref in ("P1", "L1", "L2", "L3")]


def test_measures_of_one_kind() -> None:
    card = copy.deepcopy(CARD)
    for objective in card["objectives"]:
        objective["kpis"][0]["indicator"] = "lagging"
    card["objectives"][0]["kpis"].append({**_kpi(card), "id": "F1.b"})
    assert _advice(card) == [("kpis-one-kind", "F1"), ("kpis-one-kind", "demo")]


def test_an_empty_perspective_and_too_many_objectives() -> None:
    card = copy.deepcopy(CARD)
    card["perspectives"] = [
        {"id": ref, "name": ref, "apex": ref == "financial"}
        for ref in ("learning", "internal", "customer", "partners", "financial")
    ]
    card["map"] = [arrow for arrow in card["map"] if arrow["to"] != "F1"]
    extra = {**card["objectives"][1], "kpis": [{"ref": "F1.k"}]}
    card["objectives"] += [{**extra, "id": f"X{n}"} for n in range(20)]
    codes = [one for one in _advice(card) if one[0] in {"perspective-empty", "objectives-many"}]
    assert codes == [("perspective-empty", "partners"), ("objectives-many", "demo")]


def test_retired_items_are_not_spoken_of() -> None:
    card = copy.deepcopy(CARD)
    card["objectives"][3].update(retired="2026-02-01", owner="", themes=[])
    card["map"].pop(0)
    assert _advice(card) == [("capital-missing", "human")]


def test_silence_without_an_id_is_for_all_and_unused_silence_is_told() -> None:
    card = copy.deepcopy(CARD)
    for objective in card["objectives"]:
        objective.pop("owner")
    card["review"] = {
        "silence": [
            {"code": "objective-owner", "reason": "All of them are the founders'."},
            {"code": "map-skips", "id": "P1 -> F1", "reason": "Was there once."},
        ]
    }
    assert _advice(card) == [("silence-unused", "P1 -> F1")]


def test_a_remark_says_why_and_how_it_is_silenced() -> None:
    card = copy.deepcopy(CARD)
    card["map"].append({"from": "P1", "to": "F1"})
    parsed, mapping = Scorecard.model_validate(card), Mapping.model_validate(MAPPING)
    assert [str(advice) for advice in review(parsed, mapping)] == [
        (
            "map-skips: the arrow P1 -> F1 skips the perspective Customer - the step between is where the "
            "hypothesis could be tested "
            '(silence it with review: {silence: [{code: map-skips, id: "P1 -> F1", reason: ...}]})'
        )
    ]


def test_measures_that_nothing_feeds() -> None:
    card = copy.deepcopy(CARD)
    mapping = {**MAPPING, "measures": [{"match": {"id": "R1"}, "source": {"field": "Current value"}}]}
    _kpi(card, 1)["check_ins"] = [{"on": "2026-02-01", "value": 3}]
    fed_by_result_or_check_in = {"F1.k", "C1.k", "R1"}
    told = _advice(card, mapping)
    assert told == [("source-missing", f"{ref}.k") for ref in ("P1", "L1", "L2", "L3")]
    assert not fed_by_result_or_check_in & {ref for _, ref in told}


@pytest.mark.parametrize("source", [{"http": "https://x"}, {"sql": "select 1"}, {"flow": "throughput"}])
def test_sources_that_are_not_read_yet(source: Data) -> None:
    mapping = {**MAPPING, "measures": [{"match": {"id": "F1.k"}, "source": source}, *MAPPING["measures"]]}
    assert _advice(CARD, mapping) == [("source-not-read", "F1.k")]


def test_rules_that_fit_nothing() -> None:
    mapping = {
        **MAPPING,
        "jira": {
            "project": "STRAT",
            "rules": [{"match": {"kind": "key_result", "theme": "excel"}, "labels": ["x"]}],
        },
        "work": [{"match": {"type": "done"}, "jql": "project = X"}],
    }
    assert _advice(CARD, mapping) == [("rule-unused", "jira.rules[0]"), ("rule-unused", "work[0]")]


def test_key_results_about_the_same_issues() -> None:
    card = copy.deepcopy(CARD)
    card["cycles"][0]["key_results"].append(_result("R2"))
    mapping = {
        **MAPPING,
        "work": [
            {"match": {"id": "R1"}, "jql": "project =  X"},
            {"match": {"id": "R2"}, "jql": "project = X"},
            {"match": {"kind": "key_result"}, "epics": ["CRM-1"]},
        ],
    }
    assert sorted(_advice(card, mapping)) == [("kr-same-issues", "R1"), ("kr-same-issues", "R1")]


def test_every_code_is_tested_here() -> None:
    elsewhere = {
        *("perspective-empty", "objectives-many", "map-no-way-up", "kpis-one-kind", "silence-unused"),
        *("source-missing", "source-not-read", "rule-unused", "kr-same-issues"),
    }
    assert {code for code, _, _ in CASES} | elsewhere == set(CODES)
