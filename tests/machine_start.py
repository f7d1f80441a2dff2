"""How the lives of the state machine begin: two objectives, their mapping, and a Jira with three projects."""

from __future__ import annotations

import datetime as dt
from typing import Any, TypeAlias

NOW = dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)
TARGET, CURRENT = "Target value", "Current value"
US, PERSON = "sandbox:admin", "acme:mia"
PROJECTS = ("STRAT", "CRM", "LEFT")  # the mapping names the first two

Document: TypeAlias = dict[str, Any]

SEED: Document = {
    "site": {"title": "Machine", "time_zone": "UTC"},
    "users": [
        {"account_id": US, "name": "Ada", "email": "ada@acme.example", "token": "ada-token"},
        {"account_id": PERSON, "name": "Mia", "email": "mia@acme.example", "token": "mia-token"},
    ],
    "fields": [{"name": TARGET, "type": "number"}, {"name": CURRENT, "type": "number"}],
    "security_levels": [{"name": "Board only", "users": [PERSON]}],
    "projects": [
        {
            "key": key,
            "name": key.title(),
            "issue_types": ["Epic", "Task"],
            "screens": {
                "*": ["summary", "description", "labels", "duedate", "priority", "parent", TARGET, CURRENT]
            },
        }
        for key in PROJECTS
    ],
}


def first_card() -> Document:
    """Two objectives, one with two key results."""
    return {
        "format": 1,
        "id": "small",
        "name": "A small strategy",
        "timezone": "UTC",
        "objectives": [
            {"id": "A", "perspective": "customer", "name": "First", "due": "2027-01-31"},
            {"id": "B", "perspective": "internal", "name": "Second", "description": "Why it counts."},
        ],
        "cycles": [
            {
                "id": "now",
                "kind": "own",
                "from": "2026-10-01",
                "to": "2026-12-31",
                "key_results": [
                    {"id": "A.k", "objective": "A", "name": "Key of A", "baseline": 1, "target": 5},
                    {"id": "A.l", "objective": "A", "name": "Other of A", "baseline": 1, "target": 6},
                ],
            }
        ],
    }


def first_mapping() -> Document:
    """Texts are held, dates restored, a label is ours, priorities are seeds."""
    return {
        "format": 1,
        "scorecard": "small",
        "jira": {
            "project": "STRAT",
            "projects": ["CRM"],
            "objectives": {
                "issue_type": "Epic",
                "fields": {
                    "summary": {"from": "name"},
                    "description": {"from": "description"},
                    "duedate": {"from": "due", "on_drift": "restore"},
                    "priority": {"value": "High", "owner": "seed"},
                    "labels": {"value": "plan"},
                },
            },
            "key_results": {
                "issue_type": "Task",
                "fields": {"summary": {"from": "name"}, TARGET: {"from": "target"}},
            },
            "rules": [],
            "retire": {"transition": "Closed", "comment": "Retired: {id}."},
        },
        "limits": {
            "creates": {"count": 1000},
            "updates": {"count": 1000},
            "retires": {"count": 1000},
            "vanished": {"count": 1000},
        },
    }
