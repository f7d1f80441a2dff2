"""Whatever is asked of the sandbox's Jira, on either flavor: it answers or refuses, and never stumbles."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bsc_sync.sandbox.catalog import Flavor
from bsc_sync.sandbox.jira.routes import AGILE, routes_of
from bsc_sync.sandbox.recorder import RECORD
from bsc_sync.sandbox.site import Site
from tests.unit.sandbox.conftest import SEED
from tests.unit.sandbox.flavored import FLAVORS, Door

_FIELDS = [
    "project",
    "issuetype",
    "summary",
    "description",
    "labels",
    "duedate",
    "priority",
    "assignee",
    "reporter",
    "components",
    "parent",
    "issuelinks",
    "security",
    "comment",
    "nope",
    "customfield_11433",
    "customfield_11436",
] + [f"customfield_{number}" for number in range(10_100, 10_110)]
_NAMES = [
    "update",
    "properties",
    "transition",
    "jql",
    "maxResults",
    "startAt",
    "expand",
    "validateQuery",
    "issueUpdates",
    "issueIdsOrKeys",
    "queries",
    "body",
    "type",
    "inwardIssue",
    "outwardIssue",
    "comment",
    "object",
    "globalId",
    "name",
    "searcherKey",
    "projectIds",
    "issueTypeIds",
    "options",
    "fieldId",
    "issues",
    "fieldIds",
    "nextPageToken",
    "reconcileIssues",
    "accountId",
    "key",
]
_QUERY = [
    "maxResults",
    "startAt",
    "jql",
    "fields",
    "expand",
    "properties",
    "projectKey",
    "username",
    "query",
    "key",
    "accountId",
    "validateQuery",
    "permissions",
    "notifyUsers",
    "returnIssue",
    "projectKeys",
    "type",
]
_texts = st.sampled_from(
    ["", "x", "CRM-7", "10001", "STRAT-1", "Task", "project = CRM", "*all", "-1", "true"]
)
_values = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 20_000) | st.just(1.5) | _texts,
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(["id", "key", "name", "value", "child", "add", "set"]), inner, max_size=2
        )
    ),
    max_leaves=6,
)
_issue = st.fixed_dictionaries(
    {"project": st.just({"key": "CRM"}), "issuetype": st.sampled_from([{"name": "Task"}, {"name": "Epic"}])},
    optional={name: _values for name in _FIELDS if name not in {"project", "issuetype"}},
)
_bodies = st.fixed_dictionaries({}, optional={"fields": _issue | _values} | dict.fromkeys(_NAMES, _values))


@pytest.mark.parametrize("flavor", FLAVORS)
def test_no_request_makes_it_stumble(flavor: Flavor, monkeypatch: pytest.MonkeyPatch) -> None:
    # Nobody would send such requests, so they are no part of what is held against Atlassian's documents.
    monkeypatch.delenv(RECORD, raising=False)
    door = Door(Site(SEED, flavor=flavor))
    routes = [(method, door.api + path) for method, path, _ in routes_of(door.site)]
    routes += [(method, f"/rest/agile/1.0{path}") for method, path, _ in AGILE]

    @settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        st.sampled_from(routes),
        st.sampled_from(["CRM-7", "10000", "CRM", "customfield_10101", "110101", "x"]),
        st.dictionaries(st.sampled_from(_QUERY), _texts, max_size=3),
        _bodies | _values,
    )
    def ask(route: tuple[str, str], named: str, query: dict[str, str], body: Any) -> None:
        method, path = route
        address = re.sub("<[^>]*>", named, path) + "?" + "&".join(f"{k}={quote(v)}" for k, v in query.items())
        reply = door.send(method, address, body if method in {"POST", "PUT"} else None)
        assert reply.status_code < 500, reply.get_data(as_text=True)

    ask()
    door.site.store.close()
