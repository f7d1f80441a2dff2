"""What a site lacks is found once and worked around: the outcome is the same as where nothing is missing."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
import requests
from requests.adapters import BaseAdapter

from bsc_sync.errors import RemoteError, SettingsError
from bsc_sync.plan.change import Hold
from bsc_sync.runtime import Office
from tests.runs_on_acme import Acme, sync

GONE = {"errorMessages": ["Issue does not exist or you do not have permission to see it."], "errors": {}}
CLOUD = [
    ["GET /serverInfo"],
    ["POST /issue/bulk"],
    ["POST /issue/bulk 501", "POST /issue/bulkfetch 405"],
    ["POST /search/jql 405"],
    ["POST /issue/bulkfetch"],
    ["POST /changelog/bulkfetch"],
    ["POST /changelog/bulkfetch", "GET /issue/{key}/changelog"],
    ["POST /jql/parse"],
    ["GET /issue/createmeta/{key}/issuetypes"],
    [
        "GET /serverInfo",
        "POST /issue/bulk",
        "POST /issue/bulkfetch",
        "POST /search/jql",
        "POST /changelog/bulkfetch",
        "GET /issue/{key}/changelog",
        "POST /jql/parse",
        "GET /issue/createmeta/{key}/issuetypes",
    ],
]
DATA_CENTER = [
    ["GET /serverInfo 501"],
    ["POST /issue/bulk"],
    ["GET /search 405"],
    ["POST /search 405"],
    ["GET /issue/createmeta/{key}/issuetypes"],
    ["GET /serverInfo", "POST /issue/bulk", "GET /search", "GET /issue/createmeta/{key}/issuetypes"],
]


def told(acme: Acme) -> Office:
    """The office whose settings say which Jira it is, for where nobody else does."""
    office: Office = acme.office()
    office.settings.jira_deployment = acme.site.flavor
    return office


def issues(acme: Acme) -> dict[str, Any]:
    """Our issues as Jira shows them, by ref; what differs from run to run left out."""
    shown = {}
    links = acme.office().memory.links()
    refs = {link.key: ref for ref, link in links.items()}
    for ref, link in links.items():
        issue = acme.ask("GET", f"{acme.api}/issue/{link.key}?properties=bsc-sync")
        fields = issue["fields"]
        mark = issue["properties"].get("bsc-sync", {})
        values = {name: fields[name] for name in ("summary", "description", "duedate", "labels")}
        shown[ref] = {**values, "parent": refs.get(acme.parent_of(issue)), "ref": mark.get("ref")}
    return shown


def outcome(acme: Acme) -> Any:
    """What two syncs come to; the second has nothing to do."""
    first = sync(acme, office=told(acme))
    assert first.exit_code == 0
    assert {outcome.result for outcome in first.outcomes} == {"applied"}
    second = sync(acme, office=told(acme))
    assert second.plan.counts().writes == 0
    assert second.pulled is not None
    return issues(acme), second.pulled.work_items, second.pulled.new_readings, second.scores.objectives


@pytest.mark.parametrize(
    ("flavor", "missing"),
    [*(("cloud", missing) for missing in CLOUD), *(("data-center", missing) for missing in DATA_CENTER)],
    ids=lambda value: value if isinstance(value, str) else ", ".join(value),
)
def test_a_missing_endpoint_is_worked_around(begin: Any, flavor: str, missing: list[str]) -> None:
    assert outcome(begin(flavor, missing=missing)) == outcome(begin(flavor))


@pytest.mark.parametrize("flavor", ["cloud", "data-center"])
def test_each_missing_endpoint_is_asked_for_once(begin: Any, flavor: str) -> None:
    acme = begin(flavor, missing=["POST /issue/bulk", "POST /issue/bulkfetch", "GET /search"])
    sync(acme)
    log = acme.ask("GET", "/_sandbox/requests")["requests"]
    refused = [f"{entry['method']} {entry['path']}" for entry in log if entry["status"] == 404]
    assert refused
    assert len(refused) == len(set(refused))


@pytest.mark.parametrize("flavor", ["cloud", "data-center"])
def test_a_blocked_server_info_asks_for_the_setting(begin: Any, flavor: str) -> None:
    with pytest.raises(SettingsError, match="Cloud or Data Center") as caught:
        sync(begin(flavor, missing=["GET /serverInfo"]))
    assert "BSC_SYNC_JIRA_DEPLOYMENT" in caught.value.lines()[0]


@pytest.fixture
def forbidding(begin: Any, flavor: str) -> Acme:
    """The example on a site where nobody may keep properties on issues."""
    return begin(flavor, change=lambda seed: seed.setdefault("site", {}).update(properties=False))


@pytest.mark.parametrize("said", [True, False])
def test_where_properties_are_forbidden_labels_say_what_is_ours(forbidding: Acme, *, said: bool) -> None:
    if said:
        forbidding.edit("jira:\n", "jira:\n  label_only: true\n", "mapping.yaml")
    first = sync(forbidding)
    assert {outcome.result for outcome in first.outcomes} == {"applied"}
    links = forbidding.office().memory.links()
    for ref, link in links.items():
        labels = forbidding.ask("GET", f"{forbidding.api}/issue/{link.key}")["fields"]["labels"]
        assert {"bsc-acme", f"bsc-acme/{ref}"} <= set(labels)
    writes = forbidding.writes()
    assert sync(forbidding).plan.counts().writes == 0
    assert forbidding.writes() == writes
    forbidding.edit("name: Increase customer retention\n", "name: Keep more customers\n")
    sync(forbidding)
    issue = forbidding.ask("GET", f"{forbidding.api}/issue/{links['C1'].key}")
    assert issue["fields"]["summary"] == "Keep more customers"
    forbidding.ask("PUT", f"{forbidding.api}/issue/{links['F2'].key}", {"fields": {"summary": "Theirs"}})
    holds = [change for change in sync(forbidding).plan.changes if isinstance(change, Hold)]
    assert ("F2", "drift: edited in Jira") in [(hold.ref, hold.reason) for hold in holds]


def test_label_only_retires_with_one_comment(forbidding: Acme) -> None:
    forbidding.edit("jira:\n", "jira:\n  label_only: true\n", "mapping.yaml")
    sync(forbidding)
    key = forbidding.office().memory.links()["C2.ttfv.q4"].key
    path = forbidding.folder / "scorecard.yaml"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(line for line in lines if "C2.ttfv.q4" not in line), encoding="utf-8")
    sync(forbidding)
    sync(forbidding)
    assert forbidding.ask("GET", f"{forbidding.api}/issue/{key}/comment")["total"] == 1


@pytest.mark.parametrize("flavor", ["cloud", "data-center"])
def test_where_numbers_name_no_issue_keys_do(begin: Any, flavor: str) -> None:
    acme = begin(flavor, missing=["POST /issue/bulkfetch"])
    weather = {"faults": [{"fault": "status", "status": 404, "pattern": "/issue/[0-9]+(/|$)", "body": GONE}]}
    acme.ask("POST", "/_sandbox/faults", weather)
    first = sync(acme)
    assert {(outcome.result, outcome.reason) for outcome in first.outcomes} == {("applied", "")}
    acme.edit("name: Increase customer retention\n", "name: Keep more customers\n")
    second = sync(acme)
    assert [(o.ref, o.result, o.unverified) for o in second.outcomes if o.action != "hold"] == [
        ("C1", "applied", ())
    ]
    assert sync(acme).plan.counts().writes == 0
    key = acme.office().memory.links()["C1"].key
    assert acme.ask("GET", f"{acme.api}/issue/{key}")["fields"]["summary"] == "Keep more customers"


class Ignoring(BaseAdapter):
    """Carries requests to a server that leaves out the clauses that it does not know."""

    def __init__(self, inner: BaseAdapter, shown: str = "project in (STRAT, CRM, OPS)") -> None:
        super().__init__()
        self.inner = inner
        self.shown = shown
        self.left_out = 0

    def send(self, request: requests.PreparedRequest, **how: Any) -> requests.Response:  # type: ignore[override]  # requests calls by keyword
        if request.method == "POST" and "/search" in str(request.url):
            body = json.loads(request.body or b"{}")
            for clause in (r"^labels = ", r"^parent in ", r"^\(cf\[", r"^project = "):
                if re.match(clause, body.get("jql", "")):
                    self.left_out += 1
                    order = " ORDER BY key DESC" if "DESC" in body["jql"] else ""
                    body["jql"] = f"{self.shown}{order}"
            request.prepare_body(json.dumps(body), files=None)
            request.headers["Content-Type"] = "application/json"
        return self.inner.send(request, **how)

    def close(self) -> None:
        self.inner.close()


def test_what_a_search_shows_is_checked_again(begin: Any) -> None:
    """Servers that leave out clauses show foreign issues: none is taken for ours, none for work of ours."""
    plain = outcome(begin("cloud"))
    acme = begin("cloud")
    calm = acme.carrier
    carriers: list[Ignoring] = []

    def carrier() -> BaseAdapter:
        carriers.append(Ignoring(calm()))
        return carriers[-1]

    acme.carrier = carrier
    assert outcome(acme) == plain
    assert sum(one.left_out for one in carriers) > 4


def test_a_search_that_shows_everything_for_our_label_stops_the_run(begin: Any) -> None:
    def crowd(seed: dict[str, Any]) -> None:
        seed["projects"].append(
            {
                "key": "BIG",
                "name": "Big",
                "issue_types": ["Task"],
                "screens": {"*": ["summary"]},
                "issues": [
                    {"key": f"BIG-{number}", "type": "Task", "summary": "x"} for number in range(1, 602)
                ],
            }
        )

    acme = begin("cloud", change=crowd)
    calm = acme.carrier
    acme.carrier = lambda: Ignoring(calm(), shown="project = BIG")
    with pytest.raises(RemoteError, match="shows 601 issues that do not carry it"):
        sync(acme)


@pytest.mark.parametrize("flavor", ["cloud", "data-center"])
def test_what_cannot_be_closed_is_not_commented_on_either(begin: Any, flavor: str) -> None:
    def no_way(seed: dict[str, Any]) -> None:
        seed["transitions"] = [{"name": "Start", "to": "In Progress"}, {"name": "Done", "to": "Done"}]

    acme = begin(flavor, change=no_way)
    sync(acme)
    key = acme.office().memory.links()["C2.ttfv.q4"].key
    path = acme.folder / "scorecard.yaml"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(line for line in lines if "C2.ttfv.q4" not in line), encoding="utf-8")
    writes = acme.writes()
    for _ in range(2):
        report = sync(acme)
        assert report.exit_code == 5
        (failed,) = [one for one in report.outcomes if one.result == "failed"]
        assert f'{key} offers no transition "Closed"' in failed.reason
    assert acme.writes() == writes
    assert acme.ask("GET", f"{acme.api}/issue/{key}/comment")["total"] == 0
