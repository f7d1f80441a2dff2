"""What people do in Jira that its REST API cannot: issues moved and cloned, projects renamed."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

from bsc_sync.sandbox.app import create_app
from bsc_sync.sandbox.catalog import read_catalog
from bsc_sync.sandbox.in_process import InProcessAdapter
from bsc_sync.sandbox.jira.fields import is_epic_name
from bsc_sync.sandbox.jira.properties import keep_property, properties_of
from bsc_sync.sandbox.jira.records import add_issue, find_issue, keep_issue, next_number


def move(acme: Any, key: str, project: str, *, with_properties: bool = True) -> str:
    """Move an issue to another project; it keeps its number, and gets another key."""
    with acme.site.store.transaction() as connection:
        catalog = read_catalog(connection)
        issue, place = find_issue(connection, key), catalog.project(project)
        assert issue is not None
        assert place is not None
        issue.project_id = place.id
        issue.number = next_number(connection, place.id)
        issue.key = f"{project}-{issue.number}"
        keep_issue(connection, catalog, issue)
        if not with_properties:
            connection.execute("DELETE FROM issue_property WHERE issue_id = ?", (issue.id,))
        return issue.key


def move_below(acme: Any, key: str, parent: str) -> None:
    """Move a sub-task below another issue."""
    with acme.site.store.transaction() as connection:
        catalog = read_catalog(connection)
        issue, above = find_issue(connection, key), find_issue(connection, parent)
        assert issue is not None
        assert above is not None
        issue.values["parent"] = above.id
        keep_issue(connection, catalog, issue)


def convert(acme: Any, key: str, issue_type: str) -> None:
    """Give an issue another type; only an epic has a name as one, which Jira asks for when it becomes one."""
    with acme.site.store.transaction() as connection:
        catalog = read_catalog(connection)
        issue = find_issue(connection, key)
        assert issue is not None
        issue.values["issuetype"] = next(one.id for one in catalog.types if one.name == issue_type)
        for field in catalog.fields:
            if is_epic_name(field):
                issue.values.pop(field.id, None)
                issue.values |= {field.id: issue.values["summary"]} if issue_type == "Epic" else {}
        keep_issue(connection, catalog, issue)


def archive(acme: Any, key: str, *, restore: bool = False) -> None:
    """Archive an issue, or bring it back out of the archive."""
    with acme.site.store.transaction() as connection:
        catalog = read_catalog(connection)
        issue = find_issue(connection, key)
        assert issue is not None
        issue.values.pop("archiveddate", None)
        if not restore:
            issue.values["archiveddate"] = "2026-11-23T09:00:00.000+0000"
        keep_issue(connection, catalog, issue)


def clone(acme: Any, key: str) -> str:
    """Clone an issue with its labels and properties."""
    with acme.site.store.transaction() as connection:
        catalog = read_catalog(connection)
        issue = find_issue(connection, key)
        assert issue is not None
        number = next_number(connection, issue.project_id)
        name = f"{key.rpartition('-')[0]}-{number}"
        copy = dataclasses.replace(issue, id=0, number=number, key=name, values=dict(issue.values))
        copy.values["summary"] = f"CLONE - {copy.values['summary']}"
        add_issue(connection, catalog, copy)
        for name_of, value in properties_of(connection, issue.id, ["*all"]).items():
            keep_property(connection, copy.id, name_of, value)
        return copy.key


def rename_project(acme: Any, old: str, new: str) -> None:
    """Give a project another key: every issue in it has another one from then on."""
    with acme.site.store.transaction() as connection:
        catalog = read_catalog(connection)
        place = catalog.project(old)
        assert place is not None
        document = json.loads(connection.execute("SELECT document FROM jira_catalog").fetchone()[0])
        for entry in document["projects"]:
            entry["key"] = new if entry["key"] == old else entry["key"]
        connection.execute("UPDATE jira_catalog SET document = ?", (json.dumps(document),))
        connection.execute("UPDATE jira_project SET key = ? WHERE id = ?", (new, place.id))
        connection.execute("UPDATE issue SET key = ? || '-' || number WHERE project_id = ?", (new, place.id))
    app = create_app(acme.site)  # its settings are read when it starts
    acme.app, acme.carrier = app, lambda: InProcessAdapter(app)
    acme.person.mount(acme.site.base_url, InProcessAdapter(app))


def keep_from_us(acme: Any, key: str, *, level: str | None) -> None:
    """Put an issue under a security level that hides it from us, or (None) show it again."""
    with acme.site.store.transaction() as connection:
        catalog = read_catalog(connection)
        issue = find_issue(connection, key)
        assert issue is not None
        issue.values.pop("security", None)
        if level is not None:
            issue.values["security"] = next(one.id for one in catalog.security_levels if one.name == level)
        keep_issue(connection, catalog, issue)
