"""Number fields that the mapping needs and the site lacks: what would be made, and the making."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from bsc_sync.errors import Problem
from bsc_sync.mapping.catalog import Catalog
from bsc_sync.mapping.fitting import TYPES, field_type
from bsc_sync.mapping.lines import line_of
from bsc_sync.mapping.needs import create_places
from bsc_sync.mapping.site_facts import ProjectFacts, ScreenFacts
from bsc_sync.scorecard.wording import listed, meant
from bsc_sync.sync.assess import Strategy
from bsc_sync.sync.checks.access import find_access
from bsc_sync.sync.checks.desk import Desk, open_desk
from bsc_sync.sync.checks.questions import JiraQuestions
from bsc_sync.sync.checks.uses import Use, uses_of, why

Tell = Callable[[str], None]


class Maker(Protocol):
    """Jira, as an administrator changes it. Every method may raise RemoteError."""

    def administers(self) -> bool:
        """Whether the account may administer Jira."""

    def screens_of(self, project_id: str, type_id: str) -> Mapping[str, str] | None:
        """The screens of an issue type by operation (create, edit); None where Jira does not tell."""

    def screen_named(self, name: str) -> str | None:
        """The id of the screen of that id or name."""

    def screen(self, screen_id: str) -> ScreenFacts:
        """A screen and what is on it."""

    def put_on(self, screen: ScreenFacts, field_id: str) -> None:
        """Put a field on a screen; one that is there already stays."""

    def put_on_default(self, field_id: str) -> bool:
        """Put a field on the default screen; False when it was there already."""

    def create_number(
        self, name: str, description: str, *, projects: Collection[str], types: Collection[str]
    ) -> str:
        """Create a number field; its id."""


@dataclass(frozen=True, slots=True)
class Wish:
    """A number field of the mapping: without `id` it is to be created. `screens` are the ids of those on
    which it is to be put, by what people know them by; `default` the default screen, where Jira does not
    tell which screens a project has."""

    name: str
    id: str | None
    why: str
    places: tuple[tuple[str, str], ...]
    projects: tuple[str, ...]
    types: tuple[str, ...]
    screens: Mapping[str, str]
    default: bool = False
    caution: str = ""

    @property
    def idle(self) -> bool:
        """Whether there is nothing to do for it."""
        return self.id is not None and not self.screens and not self.default


@dataclass(frozen=True, slots=True)
class FieldPlan:
    """What would be done, and what people have to do themselves, with the reason."""

    wishes: tuple[Wish, ...]
    by_hand: tuple[Problem, ...]


def plan_fields(
    desk: Desk,
    full: Catalog,
    projects: Mapping[str, ProjectFacts],
    maker: Maker,
    *,
    screens: Sequence[str] = (),
) -> FieldPlan:
    """Find out what is missing. `screens` are names or ids of screens to use beside those that Jira tells.

    Only number fields of company-managed projects are made; a field that is there by name and type is
    never made again.
    """
    wishes: list[Wish] = []
    by_hand: list[Problem] = []
    named = {}
    for name in screens:
        found = maker.screen_named(name)
        if found is None:
            by_hand.append(Problem(f'no screen "{name}" in this Jira', "correct --screen"))
        else:
            named[name] = found
    by_name: dict[str, list[Use]] = {}
    for use in uses_of(desk):
        by_name.setdefault(use.id, []).append(use)
    for uses in by_name.values():
        hand = _by_hand(desk, uses, projects)
        by_hand += hand
        mine = [] if hand else uses
        if mine and _is_number(desk, mine[0]):
            wish = _wish(desk, full, projects, maker, mine, named)
            if not wish.idle:
                wishes.append(wish)
    return FieldPlan(tuple(wishes), tuple(by_hand))


def make_fields(plan: FieldPlan, maker: Maker, *, tell: Tell) -> None:
    """Carry the plan out, field by field, and tell each step once it is done.

    Whatever stops it, a second run goes on: fields are found by their names then.
    """
    for wish in plan.wishes:
        identifier = wish.id
        if identifier is None:
            description = f"bsc-sync: {wish.why}"
            identifier = maker.create_number(wish.name, description, projects=wish.projects, types=wish.types)
            tell(f'created the number field "{wish.name}" ({identifier})')
        for label, screen_id in wish.screens.items():
            screen = maker.screen(screen_id)
            if identifier not in screen.fields:
                maker.put_on(screen, identifier)
                tell(f'put "{wish.name}" on screen {label}')
        if wish.default and maker.put_on_default(identifier):
            tell(f'put "{wish.name}" on the default screen')


def plan_lines(plan: FieldPlan) -> Iterator[str]:
    """What would be done, in words."""
    for wish in plan.wishes:
        places = listed(" / ".join(place) for place in wish.places)
        if wish.id is None:
            yield f'+ create the number field "{wish.name}" for {places}: {wish.why}'
            if wish.caution:
                yield f"    {wish.caution}"
        for label in wish.screens:
            yield f'+ put "{wish.name}" on screen {label}'
        if wish.default:
            yield f'+ put "{wish.name}" on the default screen (Jira does not tell which screens {places} has)'


def _by_hand(desk: Desk, uses: Sequence[Use], projects: Mapping[str, ProjectFacts]) -> list[Problem]:
    """Why a field is not ours to make: where it does not exist, or no screen may be touched."""
    first = uses[0]
    where = line_of(first.field.path, desk.strategy.lines)
    if first.id not in desk.unfound:
        return []
    name = first.field.name
    several = [use for use in uses if len(desk.catalog.named_in(use.id, *use.place)) > 1]
    if several:
        return [Problem(f'"{name}" is the name of several fields', "write the id into the mapping", where)]
    kind = field_type(first.field)
    if kind != "number":
        made = TYPES.get(kind, "a fitting type")
        return [Problem(f'"{name}" is no number field', f"create it in Jira ({made})", where)]
    own = [use.place for use in uses if (facts := projects.get(use.place[0])) and facts.team_managed]
    if own:
        at = listed(dict.fromkeys(" / ".join(place) for place in own))
        hint = f'add the number field "{name}" in the project\'s own settings, under its issue types'
        return [Problem(f"{at} is team-managed: only its own settings give it fields", hint, where)]
    unseen = [use.place[0] for use in uses if use.place[0] not in projects]
    if unseen:
        return [Problem(f"project {unseen[0]} cannot be seen", "correct its key, or ask for access", where)]
    return []


def _is_number(desk: Desk, use: Use) -> bool:
    if use.id in desk.unfound:
        return field_type(use.field) == "number"
    return use.field.type == "number" and use.id.startswith("customfield")


def _wish(
    desk: Desk,
    full: Catalog,
    projects: Mapping[str, ProjectFacts],
    maker: Maker,
    uses: Sequence[Use],
    named: Mapping[str, str],
) -> Wish:
    first = uses[0]
    identifier = None if first.id in desk.unfound else first.id
    company = [
        use for use in uses if (facts := projects.get(use.place[0])) is not None and not facts.team_managed
    ]
    places = tuple(dict.fromkeys(use.place for use in company))
    types = {place: _type_id(full, place) for place in places}
    screens: dict[str, str] = {}
    told = bool(places)
    for use in company:
        found = maker.screens_of(projects[use.place[0]].id, types[use.place]) if types[use.place] else None
        if found is None:
            told = False
            continue
        for operation, screen_id in found.items():
            if use.field.rule.owner != ("jira" if operation == "create" else "seed"):
                screens[f"{screen_id} ({' / '.join(use.place)}, {operation})"] = screen_id
    blind = bool(places) and not told and not (identifier is not None and _reached(desk, full, company))
    if blind:
        screens |= {f"{screen_id} ({name})": screen_id for name, screen_id in named.items()}
    lacking = _lacking(maker, screens, identifier)
    near = meant(first.field.name, {info.name for info in desk.catalog.fields if info.type == "number"})
    return Wish(
        first.field.name,
        identifier,
        why(first.field),
        places,
        tuple(dict.fromkeys(projects[place[0]].id for place in places)),
        tuple(dict.fromkeys(kind for kind in types.values() if kind)),
        lacking,
        default=blind and not named,
        caution=f"there is a number field {near}: if that is meant, correct the mapping" if near else "",
    )


def _lacking(maker: Maker, screens: Mapping[str, str], identifier: str | None) -> dict[str, str]:
    """The screens on which the field is not yet, each once."""
    lacking: dict[str, str] = {}
    for label, screen_id in screens.items():
        if screen_id in lacking.values():
            continue
        if identifier is None or identifier not in maker.screen(screen_id).fields:
            lacking[label] = screen_id
    return lacking


def _reached(desk: Desk, full: Catalog, uses: Sequence[Use]) -> bool:
    """Whether the field shows itself wherever it is needed: on the create screen where we write it, on the
    edit screen (as an issue shows it, else as the create screen lets one guess) where teams do."""
    return all(_shows(desk, full, use) for use in uses)


def _shows(desk: Desk, full: Catalog, use: Use) -> bool:
    screen = full.screen(*use.place)
    on_create = screen is None or screen.fields is None or use.id in screen.fields
    if use.field.rule.owner != "jira":
        return on_create
    key = desk.jira.sample(use.place[0], screen.issue_type.id) if screen else None
    return on_create if key is None else use.id in desk.jira.editable(key)


def _type_id(full: Catalog, place: tuple[str, str]) -> str:
    for kind in full.types.get(place[0], ()):
        if place[1] in {kind.id, kind.name}:
            return kind.id
    return ""


def survey(
    jira: JiraQuestions, maker: Maker, strategy: Strategy, *, screens: Sequence[str] = ()
) -> FieldPlan:
    """What is missing on this site, looked up anew; nothing is changed."""
    desk, _ = open_desk(jira, strategy, {})
    access, _ = find_access(desk)
    places = [place for place in create_places(desk.binding) if place[0] in access.projects]
    places += [use.place for use in uses_of(desk) if use.place[0] in access.projects]
    full = jira.with_screens(desk.catalog, dict.fromkeys(places))
    return plan_fields(desk, full, access.projects, maker, screens=screens)
