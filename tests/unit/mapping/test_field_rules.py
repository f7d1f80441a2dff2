"""A mapped field: where its value comes from, and which part of it is ours."""

import pytest
from pydantic import ValidationError

from bsc_sync.mapping.bind import bind
from bsc_sync.mapping.catalog import Catalog, FieldInfo, carrier
from bsc_sync.mapping.model import FieldRule, Mapping
from bsc_sync.scorecard.model import Scorecard


def test_a_part_is_the_scorecards_alone() -> None:
    assert FieldRule.model_validate({"from": "description", "region": "managed"}).owner == "scorecard"
    assert FieldRule.model_validate({"from": "description"}).region == "whole"
    for owner in ("seed", "jira"):
        with pytest.raises(ValidationError, match="managed"):
            FieldRule.model_validate({"from": "description", "owner": owner, "region": "managed"})
    with pytest.raises(ValidationError):
        FieldRule.model_validate({"from": "description", "region": "half"})


def test_a_part_is_bound_under_an_id_of_its_own() -> None:
    mapping = Mapping.model_validate(
        {
            "format": 1,
            "scorecard": "acme",
            "jira": {
                "project": "STRAT",
                "objectives": {
                    "fields": {
                        "summary": {"from": "name"},
                        "description": {"from": "description", "region": "managed"},
                    }
                },
            },
            "people": {"cfo": "5b10"},
        }
    )
    card = Scorecard.model_validate(
        {
            "format": 1,
            "id": "acme",
            "name": "Acme",
            "objectives": [{"id": "F1", "name": "Grow", "perspective": "financial"}],
        }
    )
    catalog = Catalog(
        "me", (FieldInfo("summary", "Summary", "line"), FieldInfo("description", "Description", "text"))
    )
    binding = bind(mapping, card, catalog)
    fields = [(field.id, field.type) for field in binding.homes["F1"].fields]
    assert fields == [("summary", "line"), ("description#block", "block")]
    assert [carrier(field_id) for field_id, _ in fields] == ["summary", "description"]
    assert binding.people == {"cfo": "5b10"}
