"""A walk over everything that the sandbox's Jira answers, and what its Confluence Data Center does."""

from __future__ import annotations

import base64
import json
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

from flask import Flask

from bsc_sync.sandbox.app import create_app
from bsc_sync.sandbox.catalog import Flavor
from bsc_sync.sandbox.site import Site

FLOAT = "com.atlassian.jira.plugin.system.customfieldtypes:float"
SELECT = "com.atlassian.jira.plugin.system.customfieldtypes:select"
SEED: dict[str, Any] = {
    "users": [{"account_id": "acme:ada", "name": "Ada", "email": "ada@acme.example", "token": "t-ada"}],
    "fields": [
        {"name": "Story Points", "type": "number"},
        {"name": "Team", "type": "select", "options": ["Red", "Blue"]},
    ],
    "link_types": [{"name": "Contributes", "inward": "is contributed to by", "outward": "contributes to"}],
    "projects": [
        {
            "key": "OPS",
            "name": "Operations",
            "components": ["core"],
            "issues": [
                {"type": "Epic", "summary": "Run smoothly"},
                {
                    "type": "Story",
                    "summary": "Oil the hinge",
                    "description": "It *squeaks*.",
                    "labels": ["a"],
                    "components": ["core"],
                    "assignee": "acme:ada",
                    "fields": {"Story Points": 3, "Team": "Red"},
                    "links": [{"type": "contributes to", "to": "OPS-1"}],
                },
                {"type": "Story", "summary": "Paint the door"},
            ],
        }
    ],
    "spaces": [{"key": "S", "name": "Strategy"}],
}


class Walker:
    """Asks a fresh sandbox; every answer has to be a success."""

    def __init__(self, flavor: Flavor, version: int) -> None:
        self.cloud = flavor == "cloud"
        self.version = version
        self.site = Site(SEED, flavor=flavor)
        self.app: Flask = create_app(self.site)
        self.client = self.app.test_client()
        name = "ada@acme.example" if self.cloud else "ada"
        token = base64.b64encode(f"{name}:t-ada".encode()).decode()
        self.headers = {"Authorization": f"Basic {token}", "X-Atlassian-Token": "no-check"}

    def ask(self, method: str, path: str, body: object = None, **query: object) -> Any:
        """The reply's JSON; paths that do not begin with a slash are Jira's own."""
        full = path if path.startswith("/") else f"/rest/api/{self.version}/{path}"
        full += f"?{urlencode(query)}" if query else ""
        sent: dict[str, Any] = {}
        if body is not None:
            sent = {"data": json.dumps(body), "content_type": "application/json"}
        return self._answer(method, full, sent)

    def upload(self, path: str, name: str) -> Any:
        """A file as an attachment."""
        return self._answer("POST", path, {"data": {"file": (BytesIO(b"<svg/>"), name), "comment": "a"}})

    def _answer(self, method: str, full: str, sent: dict[str, Any]) -> Any:
        reply = self.client.open(full, method=method, headers=self.headers, **sent)
        text = reply.get_data(as_text=True)
        assert reply.status_code < 300, (method, full, reply.status_code, text)
        return json.loads(text) if text and "json" in (reply.content_type or "") else None

    def words(self, text: str) -> Any:
        """Text as the version writes it."""
        if self.version == 2:
            return text
        paragraph = {"type": "paragraph", "content": [{"type": "text", "text": text}]}
        return {"type": "doc", "version": 1, "content": [paragraph]}


def walk_jira(walker: Walker) -> None:
    """Everything of Jira."""
    _who_and_what(walker)
    _issue(walker)
    _links(walker)
    _find(walker)
    _make_fields(walker)
    _boards(walker)
    walker.ask("DELETE", "issue/OPS-3")


def _who_and_what(walker: Walker) -> None:
    ask = walker.ask
    me = ask("GET", "myself")
    ask("GET", "serverInfo")
    if walker.cloud:
        ask("GET", "user", accountId=me["accountId"])
        ask("GET", "user/search", query="ada")
        ask("GET", "user/assignable/search", query="ada", project="OPS")
        ask("GET", "project/search", keys="OPS")
    else:
        ask("GET", "user", username=me["name"])
        ask("GET", "user/search", username="ada")
        ask("GET", "user/assignable/search", username="ada", project="OPS")
    if walker.cloud:
        ask("GET", "mypermissions", projectKey="OPS", permissions="BROWSE_PROJECTS,EDIT_ISSUES")
    else:
        ask("GET", "mypermissions", projectKey="OPS")
    for listed in (
        "field",
        "issuetype",
        "status",
        "statuscategory",
        "priority",
        "resolution",
        "issueLinkType",
    ):
        ask("GET", listed)
    ask("GET", f"issuetype/{ask('GET', 'issuetype')[0]['id']}")
    ask("GET", f"status/{ask('GET', 'status')[0]['id']}")
    ask("GET", "project")
    ask("GET", "project/OPS")
    ask("GET", "project/OPS/statuses")
    ask("GET", "project/OPS/components")
    types = ask("GET", "issue/createmeta/OPS/issuetypes")
    kind = (types.get("issueTypes") or types["values"])[0]["id"]
    ask("GET", f"issue/createmeta/OPS/issuetypes/{kind}")
    if walker.cloud:
        ask("GET", "issue/createmeta", projectKeys="OPS", expand="projects.issuetypes.fields")


def _issue(walker: Walker) -> None:
    ask = walker.ask
    new = {"project": {"key": "OPS"}, "issuetype": {"name": "Story"}, "summary": "New"}
    made = ask("POST", "issue", {"fields": {**new, "description": walker.words("Why")}})
    ask("POST", "issue/bulk", {"issueUpdates": [{"fields": new}, {"fields": {**new, "labels": ["b"]}}]})
    ask("GET", f"issue/{made['key']}", fields="*all", expand="changelog,names,schema,renderedFields")
    ask("GET", "issue/OPS-2", properties="p")
    ask("PUT", "issue/OPS-2", {"fields": {"summary": "Oil it"}, "update": {"labels": [{"add": "c"}]}})
    who = {"accountId": "acme:ada"} if walker.cloud else {"name": "ada"}
    ask("PUT", "issue/OPS-2/assignee", who)
    ask("GET", "issue/OPS-2/editmeta")
    shown = {"expand": "transitions.fields"} if walker.cloud else {}
    way = ask("GET", "issue/OPS-2/transitions", **shown)["transitions"][-1]["id"]
    ask("POST", "issue/OPS-2/transitions", {"transition": {"id": way}})
    said = ask("POST", "issue/OPS-2/comment", {"body": walker.words("Done")})
    ask("GET", "issue/OPS-2/comment", maxResults=1)
    ask("GET", f"issue/OPS-2/comment/{said['id']}")
    ask("PUT", "issue/OPS-2/properties/p", {"a": [1]})
    ask("GET", "issue/OPS-2/properties")
    ask("GET", "issue/OPS-2/properties/p")
    ask("DELETE", "issue/OPS-2/properties/p")
    if walker.cloud:
        ask("GET", "issue/OPS-2/changelog", maxResults=1)
        ask("POST", "changelog/bulkfetch", {"issueIdsOrKeys": ["OPS-2"], "maxResults": 2})
        ask("POST", "issue/bulkfetch", {"issueIdsOrKeys": ["OPS-1", "OPS-2", "NO-1"], "expand": ["names"]})


def _links(walker: Walker) -> None:
    ask = walker.ask
    ends = {"inwardIssue": {"key": "OPS-2"}, "outwardIssue": {"key": "OPS-3"}}
    ask("POST", "issueLink", {"type": {"name": "Contributes"}, **ends})
    link = ask("GET", "issue/OPS-3", fields="issuelinks")["fields"]["issuelinks"][0]["id"]
    ask("GET", f"issueLink/{link}")
    ask("DELETE", f"issueLink/{link}")
    there = {"globalId": "g=1", "object": {"url": "https://acme.example/page", "title": "Scorecard"}}
    first = ask("POST", "issue/OPS-2/remotelink", there)["id"]
    ask("POST", "issue/OPS-2/remotelink", there)
    ask("GET", "issue/OPS-2/remotelink")
    ask("GET", f"issue/OPS-2/remotelink/{first}")
    ask("DELETE", "issue/OPS-2/remotelink", globalId="g=1")
    second = ask("POST", "issue/OPS-2/remotelink", there)["id"]
    ask("DELETE", f"issue/OPS-2/remotelink/{second}")


def _find(walker: Walker) -> None:
    ask, query = walker.ask, "project = OPS ORDER BY key"
    if walker.cloud:
        ask("GET", "search/jql", jql=query, fields="summary,status", maxResults=1)
        first = ask("POST", "search/jql", {"jql": query, "fields": ["*all"], "maxResults": 1})
        ask("POST", "search/jql", {"jql": query, "nextPageToken": first["nextPageToken"], "expand": "names"})
        ask("POST", "search/approximate-count", {"jql": query})
        ask("POST", "jql/parse", {"queries": [query, "nonsense ="]}, validation="strict")
        return
    ask("GET", "search", jql=query, fields="summary,status", maxResults=1, startAt=1)
    ask("POST", "search", {"jql": query, "fields": ["*all"], "maxResults": 2, "expand": ["changelog"]})


def _make_fields(walker: Walker) -> None:
    ask = walker.ask
    field = ask("POST", "field", {"name": "Actual", "type": FLOAT, "searcherKey": f"{FLOAT[:-5]}exactnumber"})
    choice = ask("POST", "field", {"name": "Mood", "type": SELECT, "description": "How it is"})
    ask("POST", f"screens/addToDefault/{field['id']}")
    screens = ask("GET", "screens")
    screen = (screens["values"] if isinstance(screens, dict) else screens)[0]["id"]
    tab = ask("GET", f"screens/{screen}/tabs")[0]["id"]
    ask("GET", f"screens/{screen}/availableFields")
    ask("GET", f"screens/{screen}/tabs/{tab}/fields")
    ask("POST", f"screens/{screen}/tabs/{tab}/fields", {"fieldId": choice["id"]})
    if not walker.cloud:
        ask("GET", "customFields")
        ask("GET", f"customFields/{choice['id']}/options")
        return
    ask("GET", "field/search", query="Mood")
    place = f"field/{choice['id']}/context"
    ask("POST", place, {"name": "In Operations", "projectIds": [ask("GET", "project/OPS")["id"]]})
    context = ask("GET", place)["values"][0]["id"]
    ask("POST", f"{place}/{context}/option", {"options": [{"value": "Fine"}, {"value": "Tired"}]})
    ask("GET", f"{place}/{context}/option")


def _boards(walker: Walker) -> None:
    ask, agile = walker.ask, "/rest/agile/1.0"
    ask("GET", f"{agile}/epic/OPS-1")
    ask("POST", f"{agile}/epic/OPS-1/issue", {"issues": ["OPS-2", "OPS-3"]})
    ask("GET", f"{agile}/epic/OPS-1/issue", maxResults=1)
    ask("POST", f"{agile}/epic/none/issue", {"issues": ["OPS-3"]})
    ask("GET", f"{agile}/epic/none/issue", maxResults=1)
    board = ask("GET", f"{agile}/board")["values"][0]["id"]
    ask("GET", f"{agile}/board/{board}")
    ask("GET", f"{agile}/board/{board}/issue", maxResults=1)


def walk_wiki_of_data_center(walker: Walker) -> None:
    """Everything of Data Center's Confluence."""

    def ask(method: str, path: str, body: object = None, **query: object) -> Any:
        return walker.ask(method, f"/confluence/rest/api/{path}", body, **query)

    storage = {"storage": {"value": "<p>One</p>", "representation": "storage"}}
    new = {"type": "page", "title": "T", "space": {"key": "S"}, "body": storage}
    page = ask("POST", "content", new)
    of = f"content/{page['id']}"
    ask("PUT", of, {"type": "page", "title": "T", "version": {"number": 2}, "body": storage})
    ask("GET", "content", spaceKey="S", title="T", expand="version,body.storage")
    ask("GET", of, expand="version,space,ancestors,body.storage")
    ask("POST", "content", {**new, "title": "U", "ancestors": [{"id": page["id"]}]})
    ask("GET", f"{of}/child", expand="page")
    ask("GET", f"{of}/child/page", limit=1)
    ask("GET", "space", spaceKey="S")
    ask("GET", "space/S", expand="homepage")
    ask("GET", "space/S/content")
    ask("GET", "space/S/content/page", limit=1)
    ask("GET", "server-information")
    me = ask("GET", "user/current")
    ask("GET", "user", username=me["username"])
    ask("GET", "content/search", cql="type = page", limit=1)
    ask("GET", "search", cql="type = page", limit=1)
    ask("POST", f"{of}/property", {"key": "k", "value": {"a": 1}})
    ask("GET", f"{of}/property")
    ask("GET", f"{of}/property/k", expand="version")
    ask("PUT", f"{of}/property/k", {"key": "k", "value": [2], "version": {"number": 2}})
    ask("POST", f"{of}/property/l", {"value": "x"})
    ask("DELETE", f"{of}/property/k")
    ask("POST", f"{of}/label", [{"prefix": "global", "name": name} for name in ("a", "b")])
    ask("GET", f"{of}/label")
    ask("DELETE", f"{of}/label", name="a")
    ask("DELETE", f"{of}/label/b")
    put = walker.upload(f"/confluence/rest/api/{of}/child/attachment", "map.svg")["results"][0]["id"]
    ask("GET", f"{of}/child/attachment", filename="map.svg")
    walker.upload(f"/confluence/rest/api/{of}/child/attachment/{put}/data", "map.svg")
    told = {"id": put, "type": "attachment", "version": {"number": 2}, "title": "card.svg"}
    ask("PUT", f"{of}/child/attachment/{put}", told)
    ask("GET", f"{of}/history")
    for method in ("POST", "GET", "DELETE"):
        ask(method, f"user/watch/{of}")
        if method == "POST":
            ask("GET", f"{of}/watchers")
    ask("GET", f"{of}/restriction/byOperation")
    ask(
        "PUT", f"{of}/restriction", [{"operation": "update", "restrictions": {"user": [{"username": "ada"}]}}]
    )
    ask("GET", f"{of}/restriction/byOperation/update")
    ask("DELETE", of)
