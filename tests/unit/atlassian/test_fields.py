"""Field types by their keys, and each type's payload and back, for both products."""

from typing import Any

import pytest

from bsc_sync.atlassian.dialect import CLOUD, DATA_CENTER, Dialect
from bsc_sync.atlassian.fields import field_info, from_payload, to_payload
from bsc_sync.plan.item import Value

CUSTOM = "com.atlassian.jira.plugin.system.customfieldtypes:"
LATER = "2026-12-31T16:00:00.250+0000"
GERMANY = {"value": "EU", "child": {"value": "DE"}}
GREENHOPPER = "com.pyxis.greenhopper.jira:"


@pytest.mark.parametrize(
    ("schema", "kind"),
    [
        ({"type": "number", "custom": f"{CUSTOM}float"}, "number"),
        ({"type": "number", "custom": f"{GREENHOPPER}jsw-story-points"}, "number"),
        ({"type": "string", "custom": f"{CUSTOM}textarea"}, "text"),
        ({"type": "option", "custom": f"{CUSTOM}radiobuttons"}, "option"),
        ({"type": "array", "items": "option", "custom": f"{CUSTOM}multicheckboxes"}, "options"),
        ({"type": "option-with-child", "custom": f"{CUSTOM}cascadingselect"}, "cascade"),
        ({"type": "any", "custom": f"{GREENHOPPER}gh-epic-link"}, "epic-link"),
        ({"type": "string", "custom": f"{GREENHOPPER}gh-epic-label"}, "epic-name"),
        ({"type": "array", "items": "json", "custom": f"{GREENHOPPER}gh-sprint"}, "sprint"),
        ({"type": "any", "custom": f"{GREENHOPPER}gh-lexo-rank"}, "rank"),
        ({"type": "number", "custom": "com.example:score"}, "number"),
        ({"type": "any", "custom": "com.example:strange"}, "other"),
        ({"type": "array", "items": "component", "system": "components"}, "components"),
        ({"type": "array", "items": "version", "system": "fixVersions"}, "versions"),
        ({"type": "priority", "system": "priority"}, "priority"),
        ({"type": "date", "system": "duedate"}, "date"),
        ({"type": "user", "system": "assignee"}, "user"),
        ({}, "other"),
    ],
)
def test_a_type_is_known_by_its_key(schema: dict[str, Any], kind: str) -> None:
    assert field_info({"id": "customfield_1", "name": "X", "schema": schema}).type == kind


@pytest.mark.parametrize(
    ("kind", "value", "cloud", "data_center"),
    [
        ("number", "85.5", 85.5, 85.5),
        ("number", "100", 100, 100),
        ("option", "Red", {"value": "Red"}, {"value": "Red"}),
        ("options", ("EU", "US"), [{"value": "EU"}, {"value": "US"}], [{"value": "EU"}, {"value": "US"}]),
        ("options", None, [], []),
        ("cascade", "EU > DE", GERMANY, GERMANY),
        ("cascade", "EU", {"value": "EU"}, {"value": "EU"}),
        ("priority", "High", {"name": "High"}, {"name": "High"}),
        ("user", "5b10", {"accountId": "5b10"}, {"name": "5b10"}),
        ("labels", ("a", "b"), ["a", "b"], ["a", "b"]),
        ("components", ("web",), [{"name": "web"}], [{"name": "web"}]),
        ("date", "2026-12-31", "2026-12-31", "2026-12-31"),
        ("moment", "2026-12-31T16:00:00Z", "2026-12-31T16:00:00.000+0000", "2026-12-31T16:00:00.000+0000"),
        ("moment", "2026-12-31T16:00:00.250Z", LATER, LATER),
        ("line", "x", "x", "x"),
        ("url", "https://a.example", "https://a.example", "https://a.example"),
        ("epic-name", "Win", "Win", "Win"),
        ("number", None, None, None),
        ("text", "**b**",
         {"version": 1, "type": "doc", "content": [{"type": "paragraph", "content": [
             {"type": "text", "text": "b", "marks": [{"type": "strong"}]}]}]}, "*b*"),
    ],
)  # fmt: skip
def test_a_value_goes_there_and_back(kind: str, value: Value, cloud: object, data_center: object) -> None:
    for dialect, payload in ((CLOUD, cloud), (DATA_CENTER, data_center)):
        assert to_payload(kind, value, dialect) == payload
        assert from_payload(kind, payload, dialect) == value


@pytest.mark.parametrize(
    ("kind", "raw", "dialect", "value"),
    [
        ("moment", "2026-10-25T02:30:00.000+0200", CLOUD, "2026-10-25T00:30:00Z"),
        ("moment", "2026-10-25T02:30:00.000+0100", CLOUD, "2026-10-25T01:30:00Z"),
        ("user", {"accountId": "5b10", "displayName": "Mia"}, CLOUD, "5b10"),
        ("user", {"name": "mia", "key": "JIRAUSER10100"}, DATA_CENTER, "mia"),
        ("user", "mia", DATA_CENTER, None),
        ("options", [{"value": "US"}, {"value": "EU"}], CLOUD, ("EU", "US")),
        ("option", {"id": "1", "value": "Red"}, CLOUD, "Red"),
        ("number", True, CLOUD, None),
        ("number", "many", CLOUD, None),
        ("date", "no date", CLOUD, None),
        ("text", "", DATA_CENTER, None),
        ("other", {"name": "x"}, CLOUD, "x"),
    ],
)
def test_what_jira_shows_is_read(kind: str, raw: object, dialect: Dialect, value: Value) -> None:
    assert from_payload(kind, raw, dialect) == value
