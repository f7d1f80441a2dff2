"""A change of the scorecard may change which rules of the mapping count."""

from __future__ import annotations

from bsc_sync.mapping.fits import refit
from bsc_sync.mapping.model import Mapping
from bsc_sync.scorecard.model import Scorecard


def card(**objective: object) -> Scorecard:
    one = {"id": "A", "perspective": "customer", "name": "A", "themes": ["loyal"], "team": "crm", **objective}
    two = {"id": "B", "perspective": "internal", "name": "B"}
    return Scorecard.model_validate({"format": 1, "id": "x", "name": "X", "objectives": [one, two]})


def mapping(**more: object) -> Mapping:
    return Mapping.model_validate({"format": 1, "scorecard": "x", "jira": {"project": "STRAT", **more}})


def test_other_words_change_no_rule() -> None:
    rules = [{"match": {"theme": "loyal"}, "project": "CRM"}]
    assert refit(mapping(rules=rules), card(), card(name="Another", owner="cfo")) == ()


def test_a_theme_or_a_team_by_which_a_rule_matches_does() -> None:
    rules = [{"match": {"theme": "loyal"}, "project": "CRM"}, {"match": {"team": "crm"}, "project": "OPS"}]
    assert refit(mapping(rules=rules), card(), card(themes=["lead"])) == ("A",)
    assert refit(mapping(rules=rules), card(), card(team="ops")) == ()  # the first that fits counts
    assert refit(mapping(rules=rules[1:]), card(), card(team="ops")) == ("A",)
