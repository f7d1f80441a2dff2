"""Who answers is a role: addresses and accounts have no place in the strategy."""

from __future__ import annotations

from pathlib import Path

import pytest

from bsc_sync.errors import MappingError, ScorecardError
from bsc_sync.mapping.load import load_both
from bsc_sync.scorecard.load import load_scorecard

CARD = """format: 1
id: x
name: X
objectives:
  - id: A
    perspective: financial
    name: A
    owner: {}
"""


@pytest.mark.parametrize("owner", ["cfo", "Head of Success", "Anna", "'2nd line'", "Größe"])
def test_a_role_is_whatever_is_no_address(owner: str, tmp_path: Path) -> None:
    card = tmp_path / "scorecard.yaml"
    card.write_text(CARD.format(owner), encoding="utf-8")
    assert load_scorecard(card).card.objectives[0].owner == owner.strip("'")


@pytest.mark.parametrize(
    ("owner", "what"),
    [
        ("carla@acme.example", "an address"),
        ("Carla <carla@acme.example>", "an address"),
        ("5b10ac8d82e05b22cc7d4ef5", "a Jira account"),
        ("712020:0e5d3a0c-7f6b-4d8e-9a3f-1b2c3d4e5f60", "a Jira account"),
        ("JIRAUSER10100", "a Jira account"),
    ],
)
def test_an_address_or_an_account_is_refused_with_the_way_to_write_it(
    owner: str, what: str, tmp_path: Path
) -> None:
    card = tmp_path / "scorecard.yaml"
    card.write_text(CARD.format(owner), encoding="utf-8")
    with pytest.raises(ScorecardError) as refused:
        load_scorecard(card)
    hint = "write a role such as cfo here, and in mapping.yaml who it is: people: {cfo: ...}"
    assert [str(problem).removeprefix(f"{card}:") for problem in refused.value.problems] == [
        f'8:12: objectives[0].owner: "{owner}" is {what}, not a role - {hint}'
    ]


def test_the_mapping_names_roles_too_and_their_accounts_may_be_addresses(tmp_path: Path) -> None:
    card, mapping = tmp_path / "scorecard.yaml", tmp_path / "mapping.yaml"
    card.write_text(CARD.format("cfo"), encoding="utf-8")
    head = "format: 1\nscorecard: x\njira: {project: STRAT}\n"
    mapping.write_text(f"{head}people: {{cfo: carla@acme.example}}\n")
    assert load_both(card, mapping)[1].mapping.people == {"cfo": "carla@acme.example"}
    mapping.write_text(f"{head}people: {{carla@acme.example: abc}}\n")
    with pytest.raises(MappingError, match="1 problem") as refused:
        load_both(card, mapping)
    assert "is an address, not a role" in str(refused.value.problems[0])
