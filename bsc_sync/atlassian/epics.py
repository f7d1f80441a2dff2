"""How issues hang below epics: by `parent` on Cloud, by the fields Epic Link and Epic Name on Data Center.

The fields are found by what they are (`schema.custom`), never by number or name: both differ from site
to site, and names are translated.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bsc_sync.atlassian.jql import one_of

EPIC_LINK = "com.pyxis.greenhopper.jira:gh-epic-link"
EPIC_NAME = "com.pyxis.greenhopper.jira:gh-epic-label"


@dataclass(frozen=True, slots=True)
class Epics:
    """`link` and `name` are the ids of the two fields, where this Jira uses them."""

    link: str | None = None
    name: str | None = None

    @property
    def fields(self) -> tuple[str, ...]:
        """What to ask for, to know what an issue hangs below."""
        return ("parent", *(field for field in (self.link, self.name) if field))

    @property
    def above(self) -> tuple[str, ...]:
        """The fields that hold what an issue hangs below."""
        return ("parent", self.link) if self.link else ("parent",)

    def is_epic(self, issue: Mapping[str, Any]) -> bool:
        """Whether the issue shows itself as an epic: by its name as one, where there are such names."""
        return self.name is not None and (issue.get("fields") or {}).get(self.name) is not None

    def level_of(self, issue: Mapping[str, Any]) -> int | None:
        """The level of the issue's type, as Cloud tells it; Data Center shows only what is an epic."""
        kind = (issue.get("fields") or {}).get("issuetype") or {}
        if kind.get("subtask"):
            return -1
        if kind.get("hierarchyLevel") is not None:
            return int(kind["hierarchyLevel"])
        if self.name is None:
            return None
        return int(self.is_epic(issue) or str(kind.get("name")).casefold() == "epic")

    def parent_of(self, fields: Mapping[str, Any]) -> str | None:
        """The key of the parent, else of the epic."""
        parent = fields.get("parent")
        if isinstance(parent, Mapping) and parent.get("key"):
            return str(parent["key"])
        epic = fields.get(self.link) if self.link else None
        return str(epic) if epic else None

    def binds(self, fields: Mapping[str, Any]) -> bool:
        """Whether an issue stays below its parent for good, as far as programs go: a sub-task does on
        Data Center, whose edits know no parent."""
        return self.link is not None and bool((fields.get("issuetype") or {}).get("subtask"))

    def below(self, keys: Iterable[str]) -> str:
        """The query for what hangs directly below these issues."""
        listed = list(keys)
        children = one_of("parent", listed)
        if self.link is None:
            return children
        return f"({one_of(f'cf[{number_of(self.link)}]', listed)} OR {children})"

    def hang(self, fields: dict[str, Any], parent: str, *, subtask: bool) -> None:
        """Say in the fields of a new issue what it hangs below."""
        if self.link is None or subtask:
            fields["parent"] = {"key": parent}
        else:
            fields[self.link] = parent


def epics_of(kind: str, fields: Callable[[], Iterable[Mapping[str, Any]]]) -> Epics:
    """The two fields of a Data Center; Cloud needs neither."""
    if kind == "cloud":
        return Epics()
    by_custom = {str((raw.get("schema") or {}).get("custom")): str(raw["id"]) for raw in fields()}
    return Epics(by_custom.get(EPIC_LINK), by_custom.get(EPIC_NAME))


def number_of(field_id: str) -> str:
    """The number of a custom field, as `cf[...]` names it."""
    return field_id.rpartition("_")[2]
