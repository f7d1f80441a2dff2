"""Whether each mapped field exists, suits its use, and can be set where issues are created and edited."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from bsc_sync.errors import Problem
from bsc_sync.mapping.catalog import Catalog, FieldInfo, carrier
from bsc_sync.mapping.fitting import field_type, misfits
from bsc_sync.mapping.lines import line_of
from bsc_sync.mapping.needs import OF_FIELDS, create_places, created
from bsc_sync.mapping.screens import Gap, gaps
from bsc_sync.mapping.sources import RollupSource
from bsc_sync.plan.choices import unoffered
from bsc_sync.plan.item import Item, mark_label
from bsc_sync.report.health import Check, of_problem
from bsc_sync.report.wants import Want, WantKind
from bsc_sync.scorecard.wording import listed
from bsc_sync.sync.checks.access import Access
from bsc_sync.sync.checks.desk import Desk
from bsc_sync.sync.checks.questions import Answer, ask_each
from bsc_sync.sync.checks.site import failed
from bsc_sync.sync.checks.uses import Use, uses_of, why

AREA = "projects and fields"
_CREATE = "create screen of "
_MOST_GUESSED = 10  # places without an issue of ours whose edit screens are looked at all the same


@dataclass(frozen=True, slots=True)
class Wanted:
    """What would be written into the fields, or every value that a field cannot hold."""

    items: tuple[Item, ...] = ()
    problems: tuple[Problem, ...] = ()


def field_checks(desk: Desk, unbound: Sequence[Problem], access: Access, wanted: Wanted) -> tuple[Check, ...]:
    """Every mapped field, every screen on which it is needed, every value that is chosen from a list."""
    uses = uses_of(desk)
    checks = [_unfound(desk, problem, uses) for problem in unbound]
    checks += _found(desk, uses)
    checks += _misfits(desk)
    checks += _points(desk)
    places = [place for place in create_places(desk.binding) if place[0] in access.projects]
    full, problems = _screens(desk, places)
    checks += problems
    found = gaps(
        desk.binding,
        full,
        [home.ref for home in created(desk.binding) if (home.project, home.issue_type) in places],
        label=mark_label(desk.strategy.card.id),
    )
    for place in places:
        mine = [gap for gap in found if (gap.project, gap.issue_type) == place]
        checks += _create_checks(desk, full, access, place, mine, uses)
    offered = unoffered([item for item in wanted.items if item.retired is None], full)
    checks += _values((*wanted.problems, *offered))
    checks += _edit_checks(desk, full, access, uses)
    return tuple(_together(checks))


def _together(checks: Sequence[Check]) -> Iterator[Check]:
    """Screens of which the same is told are one line: forty projects are often alike."""
    alike: dict[tuple[str, str], list[Check]] = {}
    for check in checks:
        if check.what.startswith(_CREATE) and check.state in {"well", "unknown"}:
            alike.setdefault((check.state, check.found), []).append(check)
    for check in checks:
        same = alike.get((check.state, check.found), [check]) if check.what.startswith(_CREATE) else [check]
        if check is same[0]:
            places = listed(one.what.removeprefix(_CREATE) for one in same)
            wants = tuple(want for one in same for want in one.wants)
            yield replace(check, what=f"{_CREATE}{places}", wants=wants) if len(same) > 1 else check


def _screens(desk: Desk, places: Sequence[tuple[str, str]]) -> tuple[Catalog, list[Check]]:
    """The catalog with all create screens that Jira shows; one that it does not show hides no other."""
    full = desk.catalog
    checks: list[Check] = []
    whole = Answer(lambda: desk.jira.with_screens(desk.catalog, places))
    if whole.ok:
        return whole.value, checks
    for place in places:
        one: Answer[Catalog] = Answer(lambda place=place, full=full: desk.jira.with_screens(full, [place]))  # type: ignore[misc]  # a lambda with defaults has no type
        if one.ok:
            full = one.value
        elif one.error is not None:
            checks.append(failed(AREA, f"{_CREATE}{' / '.join(place)}", one.error))
    return full, checks


def _unfound(desk: Desk, problem: Problem, uses: Sequence[Use]) -> Check:
    """A field that is missing or ambiguous; missing ones can be asked for."""
    check = of_problem(replace(problem, where=line_of(problem.path, desk.strategy.lines)), AREA)
    name = next((use.id for use in uses if use.field.path == problem.path), None)
    mine = [use for use in uses if use.id == name]
    several = any(len(desk.catalog.named_in(use.id, *use.place)) > 1 for use in mine)
    if name is None or name not in desk.unfound or several:
        return check
    kind = next((wanted for use in mine if (wanted := field_type(use.field))), "line")
    places = tuple(dict.fromkeys(" / ".join(use.place) for use in mine))
    field = Want("field", name, places, why(mine[0].field), kind)
    return replace(check, wants=(field, *_screen_wants(mine)))


def _screen_wants(uses: Sequence[Use]) -> Iterator[Want]:
    for use in uses:
        owner = use.field.rule.owner
        for operation in ("create", "edit"):
            if owner != ("jira" if operation == "create" else "seed"):
                place = " / ".join(use.place)
                yield Want("screen", use.field.name, (place,), why(use.field), use.field.type, operation)


def _found(desk: Desk, uses: Sequence[Use]) -> Iterator[Check]:
    """The mapped fields that exist; those that an admin once made are what others would have to make."""
    there = [use for use in uses if use.id not in desk.unfound]
    own = [use for use in there if use.id.startswith("customfield")]
    if there:
        names = listed(dict.fromkeys(use.field.name for use in there), most=12)
        fields = (
            Want("field", use.field.name, (" / ".join(use.place),), why(use.field), use.field.type)
            for use in own
        )
        yield Check(AREA, "mapped fields", "well", names, wants=(*fields, *_screen_wants(own)))


def _misfits(desk: Desk) -> Iterator[Check]:
    missing = frozenset(desk.unfound)
    for one in misfits(desk.strategy.mapping, desk.binding, missing):
        problem = replace(one.problem, where=line_of(one.problem.path, desk.strategy.lines))
        yield of_problem(problem, AREA, state="missing" if one.hard else "warning")


def _points(desk: Desk) -> Iterator[Check]:
    """Story points: found by their type where the mapping does not name them."""
    mapping = desk.strategy.mapping
    used = [
        f"measures[{index}].source"
        for index, rule in enumerate(mapping.measures)
        if isinstance(rule.source, RollupSource) and rule.source.by == "points"
    ]
    if mapping.alignment is not None and mapping.alignment.effort == "points":
        used.append("alignment.effort")
    if not used or mapping.jira.points:
        return
    points = desk.binding.points
    if points is not None:
        yield Check(AREA, "story points", "well", f"{points.name} ({points.id})")
    else:
        yield Check(
            AREA,
            "story points",
            "missing",
            "no field, or more than one, looks like story points",
            "name it: jira.points in the mapping",
            line_of(used[0], desk.strategy.lines),
        )


def _values(problems: Sequence[Problem]) -> Iterator[Check]:
    """Values that fields cannot take; one that many items ask for is told once."""
    asked: dict[tuple[str, str, str], list[str]] = {}
    for problem in problems:
        asked.setdefault((problem.path, problem.what, problem.hint), []).append(problem.where)
    for (path, what, hint), refs in asked.items():
        yield Check(AREA, path, "missing", f"{what}, and is asked for by {listed(refs, most=3)}", hint)


def _create_checks(
    desk: Desk,
    full: Catalog,
    access: Access,
    place: tuple[str, str],
    found: Sequence[Gap],
    uses: Sequence[Use],
) -> Iterator[Check]:
    label = " / ".join(place)
    if any(gap.kind == "issue type" for gap in found):
        yield from (_gap_check(desk, gap, access) for gap in found if not _follows(gap, access))
        return
    screen = full.screen(*place)
    if screen is None:
        return
    if screen.fields is None:
        yield Check(AREA, f"{_CREATE}{label}", "unknown", "this Jira does not tell what is on it")
        return
    shown = [gap for gap in found if gap.field not in desk.unfound and not _follows(gap, access)]
    lacking = {gap.field for gap in found}
    written = [use.field for use in uses if use.place == place and use.field.rule.owner != "jira"]
    there = [field for field in written if carrier(field.id) not in lacking | set(desk.unfound)]
    labels = [] if "labels" in lacking else ["labels"]
    yield Check(
        AREA,
        f"{_CREATE}{label}",
        "well",
        listed([*(field.name for field in there), *labels]) or "nothing of ours is on it",
        wants=(Want("issue type", place[1], (place[0],), "issues of ours have it"),),
    )
    yield from (_gap_check(desk, gap, access) for gap in shown)


def _follows(gap: Gap, access: Access) -> bool:
    """Whether a missing permission is the reason, which is told by itself."""
    if gap.kind == "issue type":
        return access.may(gap.project, "CREATE_ISSUES") is False
    return _forbidden(access, gap.project, gap.field)


def _forbidden(access: Access, project: str, field: str) -> bool:
    return access.may(project, OF_FIELDS.get(field, ("", ""))[0]) is False


def _gap_check(desk: Desk, gap: Gap, access: Access) -> Check:
    kind: WantKind = "issue type" if gap.kind == "issue type" else "screen"
    places = (gap.project,) if kind == "issue type" else (f"{gap.project} / {gap.issue_type}",)
    why = "it is what the mapping creates" if kind == "issue type" else "bsc-sync sets it on new issues"
    project = access.projects.get(gap.project)
    hint = gap.problem.hint
    if project is not None and project.team_managed and gap.kind == "field":
        hint = (
            f"{gap.project} is team-managed: add the field in its own settings, or take it out of the mapping"
        )
    problem = replace(gap.problem, hint=hint, where=line_of(gap.problem.path, desk.strategy.lines))
    wants = () if gap.kind == "required" else (Want(kind, gap.name, places, why, "", "create"),)
    return replace(of_problem(problem, AREA), wants=wants)


def _edit_checks(desk: Desk, full: Catalog, access: Access, uses: Sequence[Use]) -> Iterator[Check]:
    """The edit screens, as an issue that exists shows them: one of ours, else any of the type."""
    places = [
        place
        for place in dict.fromkeys(use.place for use in uses)
        if place[0] in access.projects and access.may(place[0], "EDIT_ISSUES") is not False
    ]
    guessed = [place for place in places if desk.issue_in(place) is None][:_MOST_GUESSED]
    places = [place for place in places if desk.issue_in(place) is not None or place in guessed]
    samples = dict(zip(places, ask_each(desk.jira, lambda p: _sample(desk, full, p), places), strict=True))
    keys = [(place, key) for place, reply in samples.items() if reply.ok and (key := reply.value)]
    replies = ask_each(desk.jira, lambda part: desk.jira.editable(part[1]), keys)
    for (place, key), reply in zip(keys, replies, strict=True):
        if reply.error is not None:
            yield failed(AREA, f"edit screen of {' / '.join(place)}", reply.error)
        else:
            yield from _edit_check(desk, access, place, key, reply.value, uses)
    empty = [" / ".join(place) for place in places if samples[place].ok and not samples[place].value]
    if empty:
        found = "no issue is there yet to see it by"
        yield Check(AREA, f"edit screen of {listed(empty)}", "unknown", found)


def _sample(desk: Desk, full: Catalog, place: tuple[str, str]) -> str | None:
    ours = desk.issue_in(place)
    if ours is not None:
        return ours
    screen = full.screen(*place)
    return desk.jira.sample(place[0], screen.issue_type.id) if screen else None


def _edit_check(
    desk: Desk,
    access: Access,
    place: tuple[str, str],
    key: str,
    shown: Mapping[str, FieldInfo],
    uses: Sequence[Use],
) -> Iterator[Check]:
    label = " / ".join(place)
    if not shown:
        found = f"{key} cannot be edited by this account, or not in its present status"
        yield Check(
            AREA, f"edit screen of {label}", "warning", found, "look at the issue's edit dialog in Jira"
        )
        return
    needed = [
        use.field
        for use in uses
        if use.place == place and use.id not in desk.unfound and use.field.rule.owner != "seed"
    ]
    lacking = [field for field in needed if carrier(field.id) not in shown]
    lacking = [field for field in lacking if not _forbidden(access, place[0], field.id)]
    there = [field for field in needed if field not in lacking]
    yield Check(
        AREA,
        f"edit screen of {label} ({key})",
        "well",
        listed((field.name for field in there), most=6) or "nothing of ours is needed there",
    )
    for field in lacking:
        reader = "the team cannot check in there" if field.rule.owner == "jira" else "no update can reach it"
        yield Check(
            AREA,
            f'"{field.name}"',
            "missing",
            f"it is not on the edit screen of {label}: {reader}",
            "ask the Jira admin to add it, or take it out of the mapping",
            line_of(field.path, desk.strategy.lines),
            wants=(Want("screen", field.name, (label,), why(field), field.type, "edit"),),
        )
