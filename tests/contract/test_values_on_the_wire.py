"""Every field type and any text over a real round trip, on both products: what is written is read again."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings

from bsc_sync.atlassian.dialect import CLOUD, DATA_CENTER, Dialect
from bsc_sync.atlassian.fields import field_info, from_payload, to_payload
from bsc_sync.atlassian.regions import Region, region_of, with_region
from bsc_sync.mapping.catalog import FieldInfo
from bsc_sync.plan.item import Value
from bsc_sync.plan.values import fitting_value
from bsc_sync.sandbox.app import create_app
from bsc_sync.sandbox.catalog import Flavor
from bsc_sync.sandbox.site import Site
from bsc_sync.scorecard.markdown import canonical_markdown
from bsc_sync.scorecard.quantity import Unfit
from tests.prose_strategies import TEXTS

FIELDS = [
    {"name": "Score", "type": "number"},
    {"name": "Team", "type": "select", "options": ["Red", "Blue"]},
    {"name": "Mode", "type": "radio", "options": ["On", "Off"]},
    {"name": "Markets", "type": "multiselect", "options": ["EU", "US"]},
    {"name": "Checks", "type": "checkboxes", "options": ["One", "Two"]},
    {"name": "Region", "type": "cascading", "options": {"Europe": ["Berlin", "Bern"], "Asia": []}},
    {"name": "Story", "type": "textarea"},
    {"name": "Motto", "type": "text"},
    {"name": "Review", "type": "date"},
    {"name": "Measured", "type": "datetime"},
    {"name": "Sponsor", "type": "user"},
    {"name": "Tags", "type": "labels"},
    {"name": "Board", "type": "url"},
]
VALUES: list[tuple[str, Value]] = [
    *(("Score", value) for value in ("0.1", "-3", "99999999999999", "1234567.891", None)),
    *(("Team", value) for value in ("Red", "Blue", None)),
    *(("Mode", value) for value in ("On", None)),
    *(("Markets", value) for value in (("EU", "US"), ("US",), None)),
    *(("Checks", value) for value in (("One", "Two"), None)),
    *(("Region", value) for value in ("Europe > Bern", "Asia", None)),
    *(("Motto", value) for value in ("*Not* bold {code}", "x" * 255, "مرحبا 🎯", None)),
    *(("Review", value) for value in ("2026-12-31", None)),
    *(("Measured", value) for value in ("2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z")),
    ("Measured", "2026-03-29T01:00:00.5Z"),
    *(("Tags", value) for value in (("a", "b-c"), None)),
    *(("Board", value) for value in ("https://a.example/x?y=1", None)),
    *(("Story", value) for value in ("# Why\n\n- a\n  1. b\n- c\n\n> said\n\n```sql\nselect 1\n```", None)),
]  # fmt: skip


@dataclass(slots=True)
class Here:
    """A site, asked as one of its people."""

    client: FlaskClient
    dialect: Dialect
    api: str
    issue: str = ""

    def ask(self, method: str, path: str, body: object = None) -> Any:
        reply = self.client.open(
            f"{self.api}{path}",
            method=method,
            data=None if body is None else json.dumps(body),
            headers={"Authorization": "Bearer secret"} if self.api.endswith("2") else {},
            auth=None if self.api.endswith("2") else ("ada@acme.example", "secret"),
            content_type="application/json",
        )
        assert reply.status_code < 300, reply.get_data(as_text=True)
        return reply.get_json() if reply.get_data() else None

    def write(self, field_id: str, payload: object) -> object:
        """Set a field and read what Jira shows of it then."""
        self.ask("PUT", f"/issue/{self.issue}", {"fields": {field_id: payload}})
        return self.ask("GET", f"/issue/{self.issue}?fields={field_id}")["fields"].get(field_id)


@pytest.fixture(scope="module", params=["cloud", "data-center"])
def here(request: pytest.FixtureRequest) -> Iterator[Here]:
    """One issue with a field of every type, on a site of either product."""
    flavor: Flavor = request.param
    seed: dict[str, Any] = {
        "site": {"title": "Acme", "time_zone": "Europe/Berlin"},
        "users": [
            {
                "account_id": "acme:ada",
                "name": "Ada",
                "email": "ada@acme.example",
                "token": "secret",
                "time_zone": "America/New_York",
            }
        ],
        "fields": FIELDS,
        "projects": [
            {
                "key": "STRAT",
                "name": "Strategy",
                "components": ["web", "app"],
                "issues": [{"type": "Task", "summary": "A task"}],
            }
        ],
    }
    site = Site(seed, flavor=flavor)
    cloud = flavor == "cloud"
    made = Here(
        create_app(site).test_client(),
        CLOUD if cloud else DATA_CENTER,
        "/rest/api/3" if cloud else "/rest/api/2",
        "STRAT-1",
    )
    yield made
    site.store.close()


@pytest.mark.parametrize(("name", "value"), VALUES)
def test_a_value_is_read_as_it_was_written(here: Here, name: str, value: Value) -> None:
    info = next(field_info(raw) for raw in here.ask("GET", "/field") if raw["name"] == name)
    wanted = fitting_value(info.type, value)
    shown = here.write(info.id, to_payload(info.type, wanted, here.dialect))
    assert from_payload(info.type, shown, here.dialect) == wanted


def test_people_components_and_priorities(here: Here) -> None:
    account = "acme:ada" if here.dialect is CLOUD else "ada"
    fields = {raw["name"]: field_info(raw) for raw in here.ask("GET", "/field")}
    wanted: list[tuple[FieldInfo, Value]] = [
        (fields["Sponsor"], account),
        (next(one for one in fields.values() if one.id == "assignee"), account),
        (next(one for one in fields.values() if one.id == "components"), ("app", "web")),
        (next(one for one in fields.values() if one.id == "priority"), "High"),
    ]
    for info, value in wanted:
        shown = here.write(info.id, to_payload(info.type, value, here.dialect))
        assert from_payload(info.type, shown, here.dialect) == value


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(text=TEXTS)
def test_any_text_is_read_as_it_was_written(here: Here, text: str) -> None:
    try:
        wanted = fitting_value("text", text)
    except Unfit:
        return
    shown = here.write("description", to_payload("text", wanted, here.dialect))
    assert from_payload("text", shown, here.dialect) == wanted


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(ours=TEXTS, theirs=TEXTS)
def test_a_part_of_ours_is_kept_in_any_text(here: Here, ours: str, theirs: str) -> None:
    wanted = canonical_markdown(ours) or None
    around = here.write("description", to_payload("text", fitting_value("text", theirs), here.dialect))
    shown = here.write("description", with_region(around, wanted, here.dialect, "acme"))
    assert region_of(shown, here.dialect, "acme") == Region("one" if wanted else "absent", wanted)
