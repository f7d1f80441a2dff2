"""Making number fields and putting them on screens: what only an administrator of Jira may do."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from bsc_sync.atlassian.issues import Issues
from bsc_sync.errors import NotOffered, Rejected
from bsc_sync.mapping.site_facts import ScreenFacts

_FLOAT = "com.atlassian.jira.plugin.system.customfieldtypes:float"
_SEARCHER = "com.atlassian.jira.plugin.system.customfieldtypes:exactnumber"
_PAGE = 100


@dataclass(slots=True)
class FieldMaker:
    """The fields and screens of one Jira. Nothing is cached that this object changes."""

    issues: Issues
    _schemes: dict[str, Mapping[str, str]] = field(default_factory=dict)
    _screens: dict[str, Mapping[str, str]] = field(default_factory=dict)

    def administers(self) -> bool:
        """Whether the account may administer Jira."""
        query = {"permissions": "ADMINISTER"} if self._cloud else {}
        reply = self.issues.site.get(f"{self.issues.api}/mypermissions", **query) or {}
        return bool(((reply.get("permissions") or {}).get("ADMINISTER") or {}).get("havePermission"))

    def screens_of(self, project_id: str, type_id: str) -> Mapping[str, str] | None:
        """The screens by operation (create, edit) of a type in a company-managed project.

        None where Jira does not tell: Data Center, and Cloud for a project without a scheme.
        """
        if not self._cloud:
            return None
        schemes = self._schemes.get(project_id)
        if schemes is None:
            schemes = self._schemes[project_id] = self._schemes_of(project_id)
        scheme = schemes.get(type_id) or schemes.get("default")
        if scheme is None:
            return None
        if scheme not in self._screens:
            (found,) = self._values("screenscheme", id=int(scheme))[:1] or ({},)
            screens = found.get("screens") or {}
            usual = screens.get("default")
            self._screens[scheme] = {
                operation: str(screens.get(operation) or usual)
                for operation in ("create", "edit")
                if screens.get(operation) or usual
            }
        return self._screens[scheme]

    def screen_named(self, name: str) -> str | None:
        """The id of the screen of that id or name; None where there is none."""
        query = {("queryString" if self._cloud else "search"): name}
        reply = self.issues.site.get(f"{self.issues.api}/screens", **query) or []
        entries = reply.get("values") or () if isinstance(reply, Mapping) else reply
        for entry in entries:
            if str(entry.get("name")).casefold() == name.casefold():
                return str(entry["id"])
        return name if name.isdigit() else None

    def screen(self, screen_id: str) -> ScreenFacts:
        """A screen: its first tab, and the fields on all of its tabs."""
        path = f"{self.issues.api}/screens/{quote(screen_id)}/tabs"
        tabs = self.issues.site.get(path) or []
        shown: list[str] = []
        for tab in tabs:
            shown += [str(one["id"]) for one in self.issues.site.get(f"{path}/{tab['id']}/fields") or ()]
        if not tabs:
            raise Rejected(f"screen {screen_id} has no tab", hint="give it one in Jira", status=400)
        return ScreenFacts(screen_id, str(tabs[0]["id"]), frozenset(shown))

    def put_on(self, screen: ScreenFacts, field_id: str) -> None:
        """Put a field on a screen; one that is there already stays."""
        path = f"{self.issues.api}/screens/{quote(screen.id)}/tabs/{quote(screen.tab)}/fields"
        try:
            self.issues.site.post(path, {"fieldId": field_id})
        except NotOffered:
            raise
        except Rejected:
            if field_id not in self.screen(screen.id).fields:
                raise

    def put_on_default(self, field_id: str) -> bool:
        """Put a field on the default screen; False when it was there already."""
        try:
            self.issues.site.post(f"{self.issues.api}/screens/addToDefault/{quote(field_id)}", None)
        except NotOffered:
            raise
        except Rejected as error:
            if error.status in {400, 404}:  # Jira has one word for "there already" and "no such field"
                return False
            raise
        return True

    def create_number(
        self, name: str, description: str, *, projects: Collection[str], types: Collection[str]
    ) -> str:
        """Create a number field that queries can use; its id. It applies in these projects (ids) and to
        these issue types on Data Center, and everywhere on Cloud, where contexts are narrowed later."""
        body: dict[str, Any] = {
            "name": name,
            "description": description,
            "type": _FLOAT,
            "searcherKey": _SEARCHER,
        }
        if not self._cloud:
            body |= {"projectIds": [int(one) for one in projects], "issueTypeIds": [*types]}
        made = self.issues.site.post(f"{self.issues.api}/field", body) or {}
        identifier = str(made["id"])
        if self._cloud:
            self._see_to_context(identifier, name, projects)
        return identifier

    def _see_to_context(self, field_id: str, name: str, projects: Collection[str]) -> None:
        """A field without a context shows nowhere; Cloud makes one with the field, if it still does."""
        path = f"field/{field_id}/context"
        if self._values(path):
            return
        body = {"name": f"Context of {name}", "projectIds": [*projects], "issueTypeIds": []}
        self.issues.site.post(f"{self.issues.api}/{path}", body)

    def _schemes_of(self, project_id: str) -> Mapping[str, str]:
        """The screen scheme of each issue type of a project."""
        found = self._values("issuetypescreenscheme/project", projectId=int(project_id))
        ids = [str(one["issueTypeScreenScheme"]["id"]) for one in found]
        return {
            str(one["issueTypeId"]): str(one["screenSchemeId"])
            for identifier in ids
            for one in self._values("issuetypescreenscheme/mapping", issueTypeScreenSchemeId=int(identifier))
        }

    def _values(self, path: str, **query: str | int) -> list[dict[str, Any]]:
        entries: list[dict[str, Any]] = []
        while True:
            page = (
                self.issues.site.get(
                    f"{self.issues.api}/{path}", **query, startAt=len(entries), maxResults=_PAGE
                )
                or {}
            )
            part = page.get("values") or []
            entries += part
            if not part or page.get("isLast") or len(entries) >= int(page.get("total") or 0):
                return entries

    @property
    def _cloud(self) -> bool:
        return self.issues.deployment.kind == "cloud"
