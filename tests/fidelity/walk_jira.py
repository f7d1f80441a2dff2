"""Everything that the sandbox's Jira answers, in the dialect of either product and version."""

from __future__ import annotations

from tests.fidelity.walker import Walker

FLOAT = "com.atlassian.jira.plugin.system.customfieldtypes:float"
SELECT = "com.atlassian.jira.plugin.system.customfieldtypes:select"


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
    number = int(ask("GET", "project/OPS")["id"])
    ask("GET", "issuetypescreenscheme/project", projectId=number)
    ask("GET", "issuetypescreenscheme/mapping")
    ask("GET", "screenscheme")
    wanted = [{"permissions": ["EDIT_ISSUES"], "projects": [number]}]
    ask("POST", "permissions/check", {"globalPermissions": ["ADMINISTER"], "projectPermissions": wanted})
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
