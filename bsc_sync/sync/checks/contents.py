"""Whether what the mapping points to is there: issues, epics, link types, transitions, people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bsc_sync.errors import BscSyncError, NotOffered
from bsc_sync.mapping.lines import line_of
from bsc_sync.mapping.needs import (
    Named,
    existing_issues,
    flow_statuses,
    link_names,
    work_epics,
)
from bsc_sync.mapping.site_facts import IssueFacts
from bsc_sync.report.health import Check
from bsc_sync.report.wants import Want
from bsc_sync.scorecard.wording import listed, suggestion
from bsc_sync.sync.checks.access import Access
from bsc_sync.sync.checks.desk import Desk
from bsc_sync.sync.checks.questions import Answer, ask_each
from bsc_sync.sync.checks.site import failed

AREA = "issues and work"
PEOPLE = "people"


def find_issues(desk: Desk) -> Answer[Mapping[str, IssueFacts]]:
    """The issues that the mapping names and those that the store knows, as far as they can be seen."""
    named = (*existing_issues(desk.binding), *work_epics(desk.strategy.mapping))
    keys = list(dict.fromkeys([*(one.name for one in named), *(link.key for link in desk.links.values())]))
    return Answer(lambda: desk.jira.present(keys) if keys else {})


def content_checks(desk: Desk, access: Access, *, issues: BscSyncError | None) -> Iterator[Check]:
    """Everything in Jira that the mapping names, beside fields and queries.

    `issues` is what kept them from being seen at all, if anything did.
    """
    if issues is not None:
        yield failed(AREA, "issues that the mapping names", issues)
    else:
        yield from _adopted(desk, existing_issues(desk.binding), desk.present)
        yield from _epics(desk, work_epics(desk.strategy.mapping), desk.present)
        yield from _ours(desk, desk.present)
    yield from _links(desk)
    yield from _retirement(desk, access)
    yield from _statuses(desk)
    yield from _properties(desk)
    yield from _people(desk)


def _adopted(desk: Desk, wanted: Sequence[Named], present: Mapping[str, IssueFacts]) -> Iterator[Check]:
    there = [one for one in wanted if one.name in present]
    if there:
        yield Check(AREA, "issues to adopt", "well", f"{listed(one.name for one in there)} can be seen")
    for home in desk.binding.homes.values():
        facts = present.get(home.existing or "")
        if facts is not None and home.kind == "objective" and facts.is_epic is False:
            yield Check(
                AREA,
                facts.key,
                "warning",
                f"it is no epic but a {facts.issue_type}: key results may not hang below it",
                "adopt an epic, or give the key results parent: none and a link",
                line_of(f"{home.path}.existing", desk.strategy.lines),
            )
    yield from (_absent(desk, one) for one in wanted if one.name not in present)


def _absent(desk: Desk, one: Named) -> Check:
    return Check(
        AREA,
        one.name,
        "missing",
        "there is no such issue, it was moved, or the account may not see it",
        "correct the key, or ask for Browse Projects and for the issue's security level",
        line_of(one.path, desk.strategy.lines),
    )


def _epics(desk: Desk, wanted: Sequence[Named], present: Mapping[str, IssueFacts]) -> Iterator[Check]:
    there = [one for one in wanted if one.name in present]
    plain = [one for one in there if present[one.name].is_epic is False]
    if there:
        names = listed(dict.fromkeys(one.name for one in there))
        yield Check(AREA, "epics of work", "well", f"{names} can be seen")
    for one in plain:
        kind = present[one.name].issue_type
        yield Check(
            AREA,
            one.name,
            "warning",
            f"it is no epic but a {kind}: what hangs below it counts all the same",
            "",
            line_of(one.path, desk.strategy.lines),
        )
    yield from (_absent(desk, one) for one in wanted if one.name not in present)


def _ours(desk: Desk, present: Mapping[str, IssueFacts]) -> Iterator[Check]:
    """The issues that the store knows; what follows from one that is gone, the plan says."""
    if not desk.links:
        return
    gone = [link for link in desk.links.values() if link.key not in present]
    seen = len(desk.links) - len(gone)
    yield Check(AREA, "issues of ours", "well", f"{seen} of {len(desk.links)} can be seen")
    for link in gone:
        found = f"{link.key} was moved, deleted, or may not be seen"
        yield Check(AREA, link.ref, "warning", found, "bsc-sync plan shows what that means for it")


def _links(desk: Desk) -> Iterator[Check]:
    wanted = link_names(desk.strategy.mapping, desk.binding)
    if not wanted:
        return
    offered = Answer(desk.jira.link_types)
    if offered.error is not None:
        yield failed(AREA, "link types", offered.error)
        return
    known = {name.casefold() for name in offered.value}
    there = [one for one in wanted if one.name.casefold() in known]
    why = "it joins key results and work to what they serve"
    if there:
        wants = tuple(Want("link type", one.name, (), why) for one in there)
        yield Check(AREA, "link types", "well", listed(one.name for one in there), wants=wants)
    for one in wanted:
        if one not in there:
            yield Check(
                AREA,
                f'"{one.name}"',
                "missing",
                "there is no such link type, and no link type reads so",
                suggestion(one.name, tuple(dict.fromkeys(offered.value)), what="there are")
                or "issue linking is switched off in this Jira: ask an admin to switch it on",
                line_of(one.path, desk.strategy.lines),
                wants=(Want("link type", one.name, (), why),),
            )


@dataclass(frozen=True, slots=True)
class _Way:
    """A transition, or a status, that the mapping names: `back` opens what is done, the other one closes."""

    word: str
    name: str
    path: str
    back: bool


def _retirement(desk: Desk, access: Access) -> Iterator[Check]:
    """The transition that closes what left the scorecard, and the one that opens it again.

    Only an issue that is open (or done, for the way back) tells what it offers; where there is none, a
    status of that name is taken for a promise.
    """
    rule = desk.strategy.mapping.jira.retire
    if rule.transition is not None:
        yield from _way_checks(desk, access, _Way("transition", rule.transition, "transition", back=False))
    if rule.reopen is not None:
        yield from _way_checks(desk, access, _Way("reopening by", rule.reopen, "reopen", back=True))


def _way_checks(desk: Desk, access: Access, way: _Way) -> Iterator[Check]:
    path = f"jira.retire.{way.path}"
    homes = [home for home in desk.binding.homes.values() if home.as_ == "issue"]
    places = [place for place in dict.fromkeys(home.place for home in homes) if place[0] in access.projects]
    asked = ask_each(desk.jira, lambda place: _ways(desk, place, way), places)
    well: list[str] = []
    for place, reply in zip(places, asked, strict=True):
        label = " / ".join(place)
        if reply.error is not None:
            yield failed(AREA, f'{way.word} "{way.name}" of {label}', reply.error)
        elif way.name.casefold() in {one.casefold() for one in reply.value}:
            well.append(label)
        else:
            offered = listed(dict.fromkeys(reply.value)) or "none"
            yield Check(
                AREA,
                f'{way.word} "{way.name}" of {label}',
                "missing" if _teller(desk, place, way) else "warning",
                f"no transition of that name can be seen (there are: {offered})",
                f"correct {path}",
                line_of(path, desk.strategy.lines),
            )
    if well:
        yield Check(AREA, f'{way.word} "{way.name}"', "well", f"for {listed(well)}")


def _ways(desk: Desk, place: tuple[str, str], way: _Way) -> tuple[str, ...]:
    """The transitions that an issue in a place offers, where it is one that would take this way; else
    with the statuses of its type."""
    teller = _teller(desk, place, way)
    key = teller or desk.issue_in(place)
    offered = desk.jira.ways(key) if key is not None else ()
    if teller is not None or way.name.casefold() in {one.casefold() for one in offered}:
        return offered
    try:
        return (*offered, *desk.jira.statuses_of(place[0]).get(place[1], ()))
    except NotOffered:
        return offered


def _teller(desk: Desk, place: tuple[str, str], way: _Way) -> str | None:
    """The key of an issue that would take this way, if it is offered."""
    return desk.issue_in(place, done=way.back)


def _statuses(desk: Desk) -> Iterator[Check]:
    wanted = flow_statuses(desk.strategy.mapping)
    if not wanted:
        return
    known = Answer(desk.jira.statuses)
    if known.error is not None:
        yield failed(AREA, "statuses", known.error)
        return
    folds = {name.casefold() for name in known.value}
    there = [one.name for one in wanted if one.name.casefold() in folds]
    if there:
        yield Check(AREA, "statuses", "well", listed(there))
    for one in wanted:
        if one.name not in there:
            yield Check(
                AREA,
                f'status "{one.name}"',
                "missing",
                "there is no status of that name",
                suggestion(one.name, tuple(dict.fromkeys(known.value)), what="there are"),
                line_of(one.path, desk.strategy.lines),
            )


def _properties(desk: Desk) -> Iterator[Check]:
    present = desk.present
    what = "our mark on issues"
    if desk.strategy.mapping.jira.label_only:
        yield Check(AREA, what, "well", "labels alone, as jira.label_only says")
        return
    known = [link.key for link in desk.links.values() if link.key in present]
    if known and not any(present[key].marked for key in known):
        yield Check(
            AREA,
            what,
            "warning",
            "none of our issues carries its entity property: the site does not keep them",
            "set jira.label_only: true in the mapping",
            line_of("jira", desk.strategy.lines),
        )
        return
    key = next(iter([*known, *present]), None)
    if key is None:
        yield Check(AREA, what, "unknown", "entity properties show only when there is an issue")
        return
    offered = Answer(lambda: desk.jira.offers_properties(key))
    if offered.error is not None:
        yield failed(AREA, what, offered.error)
    elif offered.value:
        yield Check(AREA, what, "well", "an entity property and a label")
    else:
        mend = "set jira.label_only: true in the mapping"
        yield Check(AREA, what, "missing", "the site offers no entity properties", mend)


def _people(desk: Desk) -> Iterator[Check]:
    people = desk.strategy.mapping.people
    aliases = list(people)
    writes_people = any(
        part.type == "user" and part.rule.owner != "jira"
        for home in desk.binding.homes.values()
        for part in home.fields
    )
    replies = ask_each(desk.jira, lambda alias: desk.jira.person(people[alias]), aliases)
    found = {}
    for alias, reply in zip(aliases, replies, strict=True):
        where = line_of(f"people.{alias}", desk.strategy.lines)
        if reply.error is not None:
            yield failed(PEOPLE, alias, reply.error, where)
        elif reply.value is None:
            yield Check(
                PEOPLE,
                alias,
                "missing" if writes_people else "warning",  # nothing is written that would need it
                f"no account {people[alias]} that we may see",
                "write the account id (Cloud: in the address of the profile) or the user name (Data Center)",
                where,
            )
        else:
            found[alias] = reply.value
    if found:
        yield Check(PEOPLE, "aliases", "well", listed(f"{a}: {name}" for a, name in found.items()))
