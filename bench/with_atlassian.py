"""What a team would write with `atlassian-python-api`: the same find or create, the same queries."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from atlassian import Jira

PROJECT = "STRAT"
PORTFOLIO = "project in (ALPHA, BRAVO, CHARLIE, DELTA, ECHO) AND type in (Story, Task, Bug)"
KEPT = '(resolution is EMPTY OR resolution != "Won\'t Do")'


def push(jira: Jira, items: list[dict[str, Any]]) -> None:
    """Every item is searched for by its label; what is missing is created, what differs is updated."""
    target = _field(jira, "Target value")
    keys: dict[str, str] = {}
    for item in items:
        label = f"okr-{item['ref']}"
        wanted = {"summary": item["name"], "duedate": item["due"]}
        if item["kind"] == "objective":
            wanted["description"] = item["description"]
        else:
            wanted[target] = item["target"]
        found = jira.enhanced_jql(
            f'project = {PROJECT} AND labels = "{label}"', fields=list(wanted), limit=1
        )["issues"]
        if not found:
            fields: dict[str, Any] = {
                **wanted,
                "project": {"key": PROJECT},
                "issuetype": {"name": "Epic" if item["kind"] == "objective" else "Task"},
                "labels": [label],
            }
            if item["parent"]:
                fields["parent"] = {"key": keys[item["parent"]]}
            keys[item["ref"]] = jira.create_issue(fields=fields)["key"]
            continue
        key, shown = found[0]["key"], found[0]["fields"]
        keys[item["ref"]] = key
        shown["description"] = _plain(shown.get("description"))
        changed = {name: value for name, value in wanted.items() if shown.get(name) != value}
        if changed:
            jira.update_issue_field(key, changed)


def pull(jira: Jira, epics: dict[str, str]) -> dict[str, Any]:
    """The progress of each objective's epic, the check-ins of its key results, and the ledger."""
    current_field = _field(jira, "Current value")
    progress, current = {}, {}
    for ref, epic in epics.items():
        work = jira.enhanced_jql_get_list_of_tickets(f"parent = {epic} AND {KEPT}", fields="status")
        done = sum(issue["fields"]["status"]["statusCategory"]["key"] == "done" for issue in work)
        progress[ref] = [done, len(work)]
        found = jira.enhanced_jql(f'project = {PROJECT} AND labels = "okr-{ref}"', fields=["key"], limit=1)
        for issue in jira.enhanced_jql_get_list_of_tickets(
            f"parent = {found['issues'][0]['key']}", fields=f"labels,{current_field}"
        ):
            name = next(label for label in issue["fields"]["labels"] if label.startswith("okr-"))
            current[name.removeprefix("okr-")] = issue["fields"][current_field]
    whole = jira.approximate_issue_count(f"{PORTFOLIO} AND {KEPT}")["count"]
    running = jira.approximate_issue_count(f"{PORTFOLIO} AND {KEPT} AND labels = run-the-business")["count"]
    aligned = sum(total for _, total in progress.values())
    ledger = {"aligned": aligned, "run the business": running, "unexplained": whole - running - aligned}
    return {"progress": progress, "current": current, "ledger": ledger}


def _plain(document: Any) -> str | None:
    """The text of a description, which this search gives as a document."""
    if not isinstance(document, dict):
        return document if document is None else str(document)
    if document.get("type") == "text":
        return str(document["text"])
    return "".join(_plain(part) or "" for part in document.get("content", []))


def _field(jira: Jira, name: str) -> str:
    return str(next(field["id"] for field in jira.get_all_fields() or () if field["name"] == name))


def main() -> None:
    """`python -m bench.with_atlassian push|pull FOLDER`."""
    verb, folder = sys.argv[1], Path(sys.argv[2])
    jira = Jira(
        url=os.environ["BSC_SYNC_JIRA_URL"],
        username=os.environ["BSC_SYNC_JIRA_USER"],
        password=os.environ["BSC_SYNC_JIRA_TOKEN"],
        cloud=True,
    )
    if verb == "push":
        push(jira, json.loads((folder / "items.json").read_text(encoding="utf-8")))
    else:
        found = pull(jira, json.loads((folder / "epics.json").read_text(encoding="utf-8")))
        (folder / "pulled.json").write_text(json.dumps(found), encoding="utf-8")


if __name__ == "__main__":
    main()
