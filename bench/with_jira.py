"""What a team would write with the `jira` package: find or create, item by item; one query an objective."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from jira import JIRA

PROJECT = "STRAT"
PORTFOLIO = "project in (ALPHA, BRAVO, CHARLIE, DELTA, ECHO) AND type in (Story, Task, Bug)"
KEPT = '(resolution is EMPTY OR resolution != "Won\'t Do")'


def push(jira: JIRA, items: list[dict[str, Any]]) -> None:
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
        found = jira.search_issues(
            f'project = {PROJECT} AND labels = "{label}"', fields=list(wanted), maxResults=1
        )
        if not found:
            fields: dict[str, Any] = {
                **wanted,
                "project": {"key": PROJECT},
                "issuetype": {"name": "Epic" if item["kind"] == "objective" else "Task"},
                "labels": [label],
            }
            if item["parent"]:
                fields["parent"] = {"key": keys[item["parent"]]}
            keys[item["ref"]] = jira.create_issue(fields=fields).key
            continue
        issue = found[0]
        keys[item["ref"]] = issue.key
        changed = {name: value for name, value in wanted.items() if issue.raw["fields"].get(name) != value}
        if changed:
            issue.update(fields=changed)


def pull(jira: JIRA, epics: dict[str, str]) -> dict[str, Any]:
    """The progress of each objective's epic, the check-ins of its key results, and the ledger."""
    current_field = _field(jira, "Current value")
    progress, current = {}, {}
    for ref, epic in epics.items():
        work = jira.search_issues(f"parent = {epic} AND {KEPT}", fields=["status"], maxResults=False)
        done = sum(issue.fields.status.statusCategory.key == "done" for issue in work)
        progress[ref] = [done, len(work)]
        found = jira.search_issues(
            f'project = {PROJECT} AND labels = "okr-{ref}"', fields=["key"], maxResults=1
        )
        for issue in jira.search_issues(
            f"parent = {found[0].key}", fields=["labels", current_field], maxResults=False
        ):
            name = next(label for label in issue.fields.labels if label.startswith("okr-"))
            current[name.removeprefix("okr-")] = issue.raw["fields"][current_field]
    whole = jira.approximate_issue_count(f"{PORTFOLIO} AND {KEPT}")
    running = jira.approximate_issue_count(f"{PORTFOLIO} AND {KEPT} AND labels = run-the-business")
    aligned = sum(total for _, total in progress.values())
    ledger = {"aligned": aligned, "run the business": running, "unexplained": whole - running - aligned}
    return {"progress": progress, "current": current, "ledger": ledger}


def _field(jira: JIRA, name: str) -> str:
    return str(next(field["id"] for field in jira.fields() if field["name"] == name))


def main() -> None:
    """`python -m bench.with_jira push|pull FOLDER`."""
    verb, folder = sys.argv[1], Path(sys.argv[2])
    login = (os.environ["BSC_SYNC_JIRA_USER"], os.environ["BSC_SYNC_JIRA_TOKEN"])
    jira = JIRA(server=os.environ["BSC_SYNC_JIRA_URL"], basic_auth=login)
    if verb == "push":
        push(jira, json.loads((folder / "items.json").read_text(encoding="utf-8")))
    else:
        found = pull(jira, json.loads((folder / "epics.json").read_text(encoding="utf-8")))
        (folder / "pulled.json").write_text(json.dumps(found), encoding="utf-8")


if __name__ == "__main__":
    main()
