"""What was brought back of a lost store, for people and as data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bsc_sync.cli.render import Line
from bsc_sync.sync.importing.evidence import Evidence
from bsc_sync.sync.importing.rebuild import Rebuilt

_LISTED = 12


def rebuilt_lines(rebuilt: Rebuilt, *, card: str, dry_run: bool) -> Iterator[Line]:
    """What is known again, what stands aside, and what nobody can bring back."""
    evidence = rebuilt.evidence
    known = len(rebuilt.links) - len(rebuilt.new)
    verb = "would be known again" if dry_run else "known again"
    yield Line(f"{len(rebuilt.new)} issues of {card} {verb}, {known} known before.", "strong")
    if evidence.store:
        yield Line(f"The store is the one that the marks name: {evidence.store}.")
    for what, refs in (("Retired", rebuilt.retired), ("Never marked, known by existing:", rebuilt.by_key)):
        if refs:
            yield Line(f"{what} {_listed(refs)}.")
    for page in rebuilt.pages:
        yield Line(f"The page: {page.where} {page.url}".rstrip())
    for why in rebuilt.missed:
        yield Line(f"The page was not looked for: {why}. The next publish finds it by its mark.", "warn")
    if rebuilt.baseless:
        yield Line(
            f"Nobody knows what was agreed on for {_listed(rebuilt.baseless)} (no mark tells): "
            "where both sides differ now, plan holds them.",
            "warn",
        )
    yield from _aside(evidence, card)
    yield from _lacking(rebuilt)
    yield Line("")
    yield Line("What marks do not tell:", "quiet")
    yield from (Line(f"  {what}", "quiet") for what in rebuilt.lost)


def _aside(evidence: Evidence, card: str) -> Iterator[Line]:
    """The issues with our mark that are not what it says, or may not be."""
    for clone in evidence.clones:
        ref = clone.mark.ref if clone.mark else ""
        held = evidence.ours.get(ref)
        of = f", and {held.key} is it" if held else ""
        yield Line(f"{clone.key} carries the mark of {ref} too{of}: a clone; take our label off it.", "warn")
    for ref, several in evidence.undecided.items():
        yield Line(
            f"{_listed([one.key for one in several])} carry the mark of {ref}, and nothing tells the clone "
            "from it: none is taken, and plan holds it. Take our label off what is not it.",
            "warn",
        )
    for one in evidence.perhaps:
        ref = one.mark.ref if one.mark else ""
        yield Line(
            f"{one.key} is taken for {ref}, and may be a clone of an issue that is gone: somebody else "
            "created it, and its summary is not the one that was agreed on. If it is a clone, take our label "
            "off it, set this store aside, and import again.",
            "warn",
        )
    for store, seen in evidence.strangers.items():
        keys = _listed([one.key for one in seen])
        yield Line(
            f"{keys} carry the mark of another store ({store}) and stand aside: take the label bsc-{card} "
            "off, or they stop the next run.",
            "warn",
        )


def _lacking(rebuilt: Rebuilt) -> Iterator[Line]:
    """What no issue was found for."""
    lost = [ref for ref in rebuilt.held if ref not in rebuilt.evidence.undecided]
    if lost:
        yield Line(
            f"No issue was found for {_listed(lost)}, and none is created by itself: if there are some, the "
            "search index may lag, run this again first. Else decide: --recreate ID creates one, --forget ID "
            "gives it up.",
            "warn",
        )
    new = [ref for ref in rebuilt.unfound if ref not in rebuilt.held]
    if new:
        yield Line(f"The store knew nothing of {_listed(new)}: plan would create them.", "warn")


def rebuilt_data(rebuilt: Rebuilt) -> dict[str, object]:
    """The same in plain JSON."""
    evidence = rebuilt.evidence
    return {
        "store": evidence.store,
        "links": [
            {
                "ref": link.ref,
                "id": link.id,
                "key": link.key,
                "kind": link.kind,
                "revision": link.revision,
                "new": link.ref in rebuilt.new,
                "retired": link.ref in rebuilt.retired,
                "marked": link.ref not in rebuilt.by_key,
                "base_known": link.ref not in rebuilt.baseless,
            }
            for link in rebuilt.links
        ],
        "clones": [
            {"key": clone.key, "ref": clone.mark.ref if clone.mark else None} for clone in evidence.clones
        ],
        "other_stores": {store: [one.key for one in seen] for store, seen in evidence.strangers.items()},
        "undecided": {ref: [one.key for one in seen] for ref, seen in evidence.undecided.items()},
        "perhaps_clones": [
            {"key": one.key, "ref": one.mark.ref if one.mark else None} for one in evidence.perhaps
        ],
        "unfound": list(rebuilt.unfound),
        "held": list(rebuilt.held),
        "pages": [{"where": page.where, "url": page.url} for page in rebuilt.pages],
        "pages_missed": list(rebuilt.missed),
        "not_rebuilt": list(rebuilt.lost),
    }


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _LISTED} more" if len(names) > _LISTED else ""
    return f"{', '.join(names[:_LISTED])}{more}"
