"""From the names that a mapping uses to the fields of this site, place by place."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field

from bsc_sync.errors import Problem
from bsc_sync.mapping.catalog import Catalog, FieldInfo

_POINTS_KEY = "com.pyxis.greenhopper.jira:jsw-story-points"
_POINTS_NAMES = ("Story Points", "Story point estimate")


@dataclass(slots=True)
class Names:
    """Finds fields, and keeps what it could not find: each problem once.

    `unclear` are the places whose screens would tell which of several fields is meant.
    """

    catalog: Catalog
    unclear: set[tuple[str, str]] = field(default_factory=set)
    _problems: dict[tuple[str, str], Problem] = field(default_factory=dict)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All that was not found or is not clear."""
        return tuple(self._problems.values())

    def note(self, problem: Problem) -> None:
        """Keep what is wrong with a field that was found."""
        self._problems[problem.what, problem.path] = problem

    def find(self, name: str, where: str, place: tuple[str, str] | None = None) -> FieldInfo:
        """The field of a name or id, in a (project, issue type) place if one is given.

        What is not found is a problem, and stands for itself until all problems are told.
        """
        candidates = self.catalog.named(name)
        if place is not None and (len(candidates) > 1 or any(info.project for info in candidates)):
            self.unclear.add(place)
            found = self.catalog.named_in(name, *place)
        else:
            found = candidates
        if len(found) == 1:
            return found[0]
        self._note(name, where, found, candidates, place)
        return FieldInfo(name, name, "other")

    def points(self, name: str | None) -> FieldInfo | None:
        """The field of story points: the one that the mapping names, else the one that looks like it."""
        if name is not None:
            return self.find(name, "jira.points")
        numbers = [info for info in self.catalog.fields if info.type == "number"]
        for wanted in (
            [info for info in numbers if info.custom == _POINTS_KEY],
            *(
                [info for info in numbers if info.name.casefold() == known.casefold()]
                for known in _POINTS_NAMES
            ),
        ):
            if len(wanted) == 1:
                return wanted[0]
        return None

    def _note(
        self,
        name: str,
        where: str,
        found: tuple[FieldInfo, ...],
        candidates: tuple[FieldInfo, ...],
        place: tuple[str, str] | None,
    ) -> None:
        here = f" in {place[0]} / {place[1]}" if place and candidates else ""
        if found:
            listed = ", ".join(_shown(info) for info in found)
            problem = Problem(
                f'"{name}" is the name of {len(found)} fields{here}: {listed}', "write the id", path=where
            )
        elif candidates:
            listed = ", ".join(_shown(info) for info in candidates[:10])
            problem = Problem(
                f'no field "{name}"{here}; other projects have {listed}',
                "create it in that project, or give the items that live there fields of their own by a rule",
                path=where,
            )
        else:
            known = dict.fromkeys(info.name for info in self.catalog.fields)
            near = difflib.get_close_matches(name, known, n=3, cutoff=0.6)
            hint = f"did you mean {' or '.join(near)}?" if near else "create it in Jira, or correct the name"
            problem = Problem(f'no field "{name}" in this Jira', hint, path=where)
        self._problems.setdefault((where, problem.what), problem)


def _shown(info: FieldInfo) -> str:
    of = f" of project {info.project}" if info.project else ""
    return f"{info.id} ({info.type}{of})"
