"""Everything that the sandbox's Confluence answers, of either product."""

from __future__ import annotations

from typing import Any

from tests.fidelity.walker import Walker

V1, V2 = "/wiki/rest/api", "/wiki/api/v2"
BODY = {"representation": "storage", "value": "<p>x</p>"}


def walk_wiki_of_cloud(walker: Walker) -> None:
    """Everything of Cloud's Confluence, both versions."""
    ask = walker.ask
    space = ask("GET", f"{V2}/spaces", keys="S")["results"][0]
    page = ask("POST", f"{V2}/pages", {"spaceId": space["id"], "title": "T", "body": BODY})["id"]
    change = {"id": page, "status": "current", "title": "T", "body": BODY, "version": {"number": 2}}
    ask("PUT", f"{V2}/pages/{page}", change)
    ask("PUT", f"{V2}/pages/{page}/title", {"status": "current", "title": "U"})
    ask("POST", f"{V1}/content/{page}/label", [{"prefix": "global", "name": name} for name in ("a", "b")])
    files = f"{V1}/content/{page}/child/attachment"
    kept = walker.upload("PUT", files, "a.png")["results"][0]["id"]
    walker.upload("POST", files, "b.png")
    walker.upload("POST", f"{files}/{kept}/data", "a.png")
    told = {"id": kept, "type": "attachment", "version": {"number": 2}, "title": "c.png"}
    ask("PUT", f"{files}/{kept}", told)
    ask("GET", f"{files}/{kept}/download")
    ask("GET", f"{V1}/user/current")
    ask("GET", f"{V2}/attachments/{kept}")
    _properties(walker, f"{V2}/pages/{page}/properties")
    _properties(walker, f"{V2}/attachments/{kept}/properties")
    _lists(walker, page, space)
    for method in ("POST", "GET", "DELETE"):
        ask(method, f"{V1}/user/watch/content/{page}")
    ask("GET", f"{V1}/content/search", cql="type = page and label = a", expand="space,version,body.storage")
    ask("GET", f"{V1}/search", cql="type = page and label = a")
    ask("DELETE", f"{V1}/content/{page}/label", name="a")
    ask("DELETE", f"{V1}/content/{page}/label/b")
    ask("DELETE", f"{V2}/pages/{page}")
    other = ask("POST", f"{V2}/pages", {"spaceId": space["id"], "title": "V"})
    ask("POST", f"{V1}/content/archive", {"pages": [{"id": int(other["id"])}]})


def _properties(walker: Walker, place: str) -> None:
    ask = walker.ask
    one = f"{place}/{ask('POST', place, {'key': 'k', 'value': [1]})['id']}"
    ask("GET", place, key="k")
    ask("GET", one)
    ask("PUT", one, {"key": "k", "value": 2, "version": {"number": 2}})
    ask("DELETE", one)
    ask("POST", place, {"key": "kept", "value": {}})


def _lists(walker: Walker, page: str, space: dict[str, Any]) -> None:
    ask = walker.ask
    every = {f"include-{name}": "true" for name in ("labels", "properties", "versions", "version")}
    ask("GET", f"{V2}/pages/{page}", **{"body-format": "storage", **every})
    ask("GET", f"{V2}/pages/{page}", **{"body-format": "view"})
    ask("GET", f"{V2}/pages", **{"body-format": "storage", "space-id": space["id"], "title": "U"})
    ask("GET", f"{V2}/pages", limit=1)
    ask("GET", f"{V2}/spaces/{space['id']}")
    ask("GET", f"{V2}/spaces/{space['id']}/pages")
    ask("GET", f"{V2}/spaces/{space['id']}/operations")
    ask("GET", f"{V2}/pages/{space['homepageId']}/children")
    ask("GET", f"{V2}/pages/{space['homepageId']}/direct-children")
    ask("GET", f"{V2}/pages/{page}/versions", **{"body-format": "storage"})
    ask("GET", f"{V2}/pages/{page}/versions/2")
    ask("GET", f"{V2}/pages/{page}/labels")
    ask("GET", f"{V2}/pages/{page}/attachments")


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
    put = walker.upload("POST", f"/confluence/rest/api/{of}/child/attachment", "map.svg")["results"][0]["id"]
    ask("GET", f"{of}/child/attachment", filename="map.svg")
    walker.upload("POST", f"/confluence/rest/api/{of}/child/attachment/{put}/data", "map.svg")
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
