"""The ticket that a team sends to the admin of its Jira: what it needs, where, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from bsc_sync.report.health import Check, Health
from bsc_sync.report.wants import Want, WantKind
from bsc_sync.scorecard.wording import listed, neutral

_TYPES = {
    "number": "Number field",
    "date": "Date picker",
    "moment": "Date time picker",
    "line": "Text field (single line)",
    "text": "Text field (multi-line)",
    "user": "User picker (single user)",
    "labels": "Labels",
    "option": "Select list (single choice)",
}
_ORDER: tuple[WantKind, ...] = (
    "permission",
    "issue type",
    "field",
    "screen",
    "link type",
    "space permission",
)
_HEADS: Mapping[WantKind, str] = {
    "permission": "Project permissions",
    "issue type": "Issue types",
    "field": "Custom fields",
    "screen": "Fields on screens",
    "link type": "Issue link types",
    "space permission": "Confluence space permissions",
}
_WAYS: Mapping[str, Mapping[WantKind, str]] = {
    "cloud": {
        "permission": "Project settings > Permissions (company-managed: the permission scheme; "
        "team-managed: Access).",
        "issue type": "Project settings > Issue types (company-managed: Settings > Work items > schemes).",
        "field": "Settings > Work items > Custom fields > Create field, with a context that covers the "
        "projects and issue types below. In a team-managed project: Project settings > Issue types, since "
        "a global field does not appear there.",
        "screen": "Settings > Work items > Screens: the create and the edit screen that the project's "
        "screen scheme uses for the issue type.",
        "link type": "Settings > Work items > Issue linking.",
        "space permission": "Space settings > Space permissions.",
    },
    "data-center": {
        "permission": "Project settings > Permissions, in the permission scheme of the project.",
        "issue type": "Administration > Issues > Issue type schemes.",
        "field": "Administration > Issues > Custom fields > Add custom field, with a context that covers the "
        "projects and issue types below, and with the searcher that belongs to the type.",
        "screen": "Administration > Issues > Screens: the create and the edit screen that the project's "
        "screen scheme uses for the issue type.",
        "link type": "Administration > Issues > Issue linking.",
        "space permission": "Space tools > Permissions.",
    },
}


def render_request(health: Health, *, every: bool) -> str:
    """Markdown to be pasted into a ticket: what is missing, or (`every`) all that is needed."""
    return "\n".join(_lines(health, every=every)) + "\n"


def _lines(health: Health, *, every: bool) -> Iterator[str]:
    wants = _merged(health.wants(every=every))
    blind = not health.account or any(check.fault == "site" and not check.wants for check in _missing(health))
    if not wants:
        yield (
            "Not everything could be looked at, so it is not known what is missing: see bsc-sync doctor."
            if blind
            else "Nothing is missing: there is nothing to ask an admin for."
        )
        return
    yield f"# Request to the admin of {health.site or 'Jira'}"
    yield ""
    yield "bsc-sync keeps our Balanced Scorecard in step with Jira: objectives and key results become issues,"
    yield "and teams report their figures in them. " + (
        f"It works as the account {_plain(health.account)}."
        if health.account
        else "It has an account of its own."
    )
    yield "It only touches issues that carry its own mark, and it deletes nothing."
    if blind or (not every and _is_shut_out(wants)):
        yield "This is what is known so far; not everything could be looked at yet, so more may follow."
    else:
        yield (
            "This is all that it needs."
            if every
            else "This is what it still lacks; everything else is in place already."
        )
    ways = _WAYS.get(health.flavor, _WAYS["cloud"])
    for kind in _ORDER:
        mine = [want for want in wants if want.kind == kind]
        if mine:
            yield ""
            yield f"## {_HEADS[kind]}"
            yield ""
            yield f"Where: {ways[kind]}"
            yield ""
            yield from _table(kind, mine)
    yield ""
    yield "Afterwards `bsc-sync doctor` checks it; nobody has to take our word for it."


def _missing(health: Health) -> list[Check]:
    return [check for check in health.checks if check.state == "missing"]


def _is_shut_out(wants: Iterable[Want]) -> bool:
    """Whether it may not even look: then nothing else could be examined there."""
    return any(want.kind == "permission" and want.name == "Browse Projects" for want in wants)


def _table(kind: WantKind, wants: Sequence[Want]) -> Iterator[str]:
    heads = {
        "permission": ("permission", "in projects", "why"),
        "issue type": ("issue type", "in projects", "why"),
        "field": ("name", "type", "for", "why"),
        "screen": ("field", "on the screens", "of", "why"),
        "link type": ("name, or one of its two readings", "why"),
        "space permission": ("permission", "in spaces", "why"),
    }[kind]
    yield _row(heads)
    yield _row(["---"] * len(heads))
    for want in wants:
        places = listed(want.places, most=60)
        if kind == "field":
            yield _row((want.name, _TYPES.get(want.type, want.type), places, want.why))
        elif kind == "screen":
            yield _row((want.name, want.operation, places, want.why))
        elif kind == "link type":
            yield _row((want.name, want.why))
        else:
            yield _row((want.name, places, want.why))


def _merged(wants: Iterable[Want]) -> tuple[Want, ...]:
    """The same thing in several places is one line; create and edit screens of one field are one, too."""
    found: dict[tuple[str, ...], tuple[dict[str, None], dict[str, None], Want]] = {}
    for want in _by_operation(wants):
        key = (want.kind, want.name.casefold(), want.type if want.kind == "field" else want.operation)
        places, reasons, _ = found.setdefault(key, ({}, {}, want))
        places.update(dict.fromkeys(want.places))
        reasons[want.why] = None
    return tuple(
        Want(
            want.kind,
            want.name,
            tuple(places),
            "; ".join(reasons),
            want.type,
            want.operation,
        )
        for places, reasons, want in found.values()
    )


def _by_operation(wants: Iterable[Want]) -> Iterator[Want]:
    """Screens: for each field and place, on which of them it is wanted, as one want."""
    screens: dict[tuple[str, str], tuple[dict[str, None], Want]] = {}
    for want in wants:
        if want.kind != "screen":
            yield want
            continue
        for place in want.places:
            operations, _ = screens.setdefault((want.name.casefold(), place), ({}, want))
            operations[want.operation] = None
    for (_, place), (operations, want) in screens.items():
        order = [one for one in ("create", "edit") if one in operations]
        yield Want("screen", want.name, (place,), want.why, want.type, " and ".join(order))


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(_plain(cell) for cell in cells)} |"


def _plain(text: str) -> str:
    """A text that no Markdown reads as markup of a table or of anything that acts."""
    return "".join(f"\\{char}" if char in "\\|*_`[]<>" else char for char in neutral(text))
