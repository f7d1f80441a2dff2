"""Whether the projects can be seen, and whether the account may do there what the mapping needs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bsc_sync.mapping.lines import line_of
from bsc_sync.mapping.needs import PERMISSIONS, PermissionNeed, permission_needs
from bsc_sync.mapping.site_facts import ProjectFacts
from bsc_sync.report.health import Check
from bsc_sync.report.wants import Want
from bsc_sync.scorecard.wording import listed
from bsc_sync.sync.checks.desk import Desk
from bsc_sync.sync.checks.questions import Answer
from bsc_sync.sync.checks.site import failed

AREA = "permissions"


@dataclass(frozen=True, slots=True)
class Access:
    """The projects that can be seen, and which permissions are there (None: Jira does not tell)."""

    projects: Mapping[str, ProjectFacts]
    granted: Mapping[str, Mapping[str, bool]]

    def may(self, project: str, permission: str) -> bool | None:
        """Whether the account has a permission; None where that is not known."""
        return self.granted.get(project, {}).get(permission)


def find_access(desk: Desk) -> tuple[Access, tuple[Check, ...]]:
    """Ask for every project that the mapping concerns."""
    needs = permission_needs(desk.strategy.mapping, desk.binding)
    keys = list(dict.fromkeys(need.project for need in needs))
    seen = Answer(lambda: desk.jira.projects(keys))
    if seen.error is not None:
        return Access({}, {}), (failed(AREA, "projects", seen.error),)
    first = {need.project: need for need in reversed(needs)}
    checks = [_unseen(desk, first[key]) for key in keys if key not in seen.value]
    names = list(dict.fromkeys(need.permission for need in needs))
    granted = Answer(lambda: desk.jira.granted(list(seen.value.values()), names))
    if granted.error is not None:
        checks.append(failed(AREA, "permissions", granted.error))
    access = Access(seen.value, granted.value if granted.ok else {})
    checks += _by_permission(desk, access, [need for need in needs if need.project in access.granted])
    return access, tuple(checks)


def _unseen(desk: Desk, need: PermissionNeed) -> Check:
    return Check(
        AREA,
        f"project {need.project}",
        "missing",
        "there is no such project, or the account may not see it",
        "correct the key in the mapping, or ask for Browse Projects there",
        line_of(need.path, desk.strategy.lines),
        wants=(Want("permission", PERMISSIONS["BROWSE_PROJECTS"], (need.project,), need.why),),
    )


def _by_permission(desk: Desk, access: Access, needs: Sequence[PermissionNeed]) -> Iterator[Check]:
    for permission, name in PERMISSIONS.items():
        mine = [need for need in needs if need.permission == permission]
        had = [need for need in mine if access.may(need.project, permission)]
        lacking = [need for need in mine if access.may(need.project, permission) is False]
        unknown = [need for need in mine if access.may(need.project, permission) is None]
        if had:
            yield Check(AREA, _what(name, had), "well", _reasons(had), wants=_wants(name, had))
        if lacking:
            yield Check(
                AREA,
                _what(name, lacking),
                "missing",
                f"the account does not have it; needed {_reasons(lacking)}",
                "ask an admin to grant it to the account's group or role in the permission scheme",
                line_of(lacking[0].path, desk.strategy.lines),
                "site",
                _wants(name, lacking),
            )
        if unknown:
            found = f"Jira does not tell; needed {_reasons(unknown)}"
            yield Check(AREA, _what(name, unknown), "unknown", found)


def _what(name: str, needs: Sequence[PermissionNeed]) -> str:
    return f"{name} in {listed(need.project for need in needs)}"


def _reasons(needs: Sequence[PermissionNeed]) -> str:
    return listed(dict.fromkeys(need.why for need in needs), most=4)


def _wants(name: str, needs: Sequence[PermissionNeed]) -> tuple[Want, ...]:
    reasons = dict.fromkeys(need.why for need in needs)
    return tuple(
        Want("permission", name, tuple(need.project for need in needs if need.why == why), why)
        for why in reasons
    )
