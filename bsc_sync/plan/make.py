"""Making a plan: every item against what is seen and what was agreed. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from bsc_sync.errors import NotOurs
from bsc_sync.mapping.model import Retire as RetireRule
from bsc_sync.plan.adoption import adoption
from bsc_sync.plan.change import Adopt, Change, Create, Forget, Hold, Reinstate, Retire, Update, wave_of
from bsc_sync.plan.claims import claim_on
from bsc_sync.plan.field_changes import rule_on_fields
from bsc_sync.plan.hierarchy import Hierarchy
from bsc_sync.plan.item import NAMED, Item, Seen, digest
from bsc_sync.plan.link_state import link_notes
from bsc_sync.plan.new_ids import name_unknown, perhaps_renamed
from bsc_sync.plan.no_issue import no_issue_found
from bsc_sync.plan.observation import Observation
from bsc_sync.plan.past import Past
from bsc_sync.plan.plan import Agreed, Decisions, Digests, Plan
from bsc_sync.plan.retirement import is_coming_back, is_retired, reinstatement, retirement
from bsc_sync.plan.wishes import NO_WISH, Wishes, check_wishes

Base = Mapping[str, Mapping[str, str]]  # ref -> field id -> digest of the value last agreed on

_NOTHING = Past()
_NO_ISSUE = "it has no issue of its own any more: the mapping keeps it as fields"


def make_plan(
    items: Sequence[Item],
    seen: Observation,
    base: Base,
    *,
    card: str,
    store: str,
    digests: tuple[str, str],
    retire: RetireRule,
    now: dt.datetime,
    today: dt.date,
    past: Past = _NOTHING,
    wishes: Wishes = NO_WISH,
    projects: frozenset[str] | None = None,
    in_fields: Container[str] = (),
) -> Plan:
    """What would bring Jira in line: creations in waves, adoptions, updates, retirements, holds.

    `base` are the digests last agreed on (the store's, or the issue's where its revision is
    higher), `today` is the scorecard's day. In `projects` we may write; None means in any. The refs
    `in_fields` have no issue of their own. Raises NotOurs when an issue that is to be adopted is
    somebody else's, UserError when a wish concerns nothing that has vanished.
    """
    asked_for = frozenset(item.ref for item in items if item.retired is None)
    if wishes.strict:
        check_wishes(wishes, seen, asked_for)
    making = _Making(seen, base, card, retire, today, past, wishes, projects, asked_for, set(seen.undecided))
    changes = [change for item in items for change in making.item(item)]
    wanted = {item.ref for item in items}
    for ref, found in seen.ours.items():
        if ref not in wanted:
            name = past.names.get(ref, found.summary)
            reason = _NO_ISSUE if ref in in_fields else "no longer in the scorecard"
            changes.extend(making.left(ref, name, found, reason))
    changes.extend(making.given_up(wanted))
    changes.extend(_clone(clone) for clone in seen.clones if clone.key not in making.undecidable)
    return Plan(
        scorecard=card,
        store=store,
        made=now.isoformat(timespec="seconds"),
        digests=Digests(scorecard=digests[0], mapping=digests[1], observation=seen.digest()),
        items=len(items),
        decisions=Decisions(
            take=wishes.take,
            recreate=tuple(sorted(wishes.recreate)),
            forget=tuple(sorted(wishes.forget)),
            anywhere=wishes.anywhere,
        ),
        changes=tuple(sorted(changes, key=wave_of)),
        agreed=tuple(making.agreed),
        links=link_notes(
            seen,
            changes,
            past=past,
            projects=projects,
            kept=making.kept,
            types={item.ref: item.issue_type for item in items if item.retired is None},
            existing={item.ref: item.existing for item in items if item.existing},
            left=making.left_to_jira,
            asked_for=asked_for,
        ),
    )


@dataclass(slots=True)
class _Making:
    """A plan in the making; `blocked` are refs on which nothing may be done, nor on what hangs below,
    `coming` those that get an issue by this plan, with its key where it has one."""

    seen: Observation
    base: Base
    card: str
    retire: RetireRule
    today: dt.date
    past: Past
    wishes: Wishes
    projects: frozenset[str] | None
    asked_for: frozenset[str]
    blocked: set[str]
    coming: dict[str, str] = field(default_factory=dict)
    agreed: list[Agreed] = field(default_factory=list)
    kept: dict[str, list[str]] = field(default_factory=dict)
    left_to_jira: dict[str, list[str]] = field(default_factory=dict)

    @property
    def undecidable(self) -> frozenset[str]:
        """The keys of the issues of which it cannot be told which is the clone: the hold names them."""
        return frozenset(key for ref in self.seen.unfound for key in self.seen.unfound[ref])

    def item(self, item: Item) -> Iterator[Change]:
        """What becomes of one item."""
        found = self.seen.ours.get(item.ref)
        if item.ref in self.blocked or (found is None and self._nothing_below(item.parent)):
            self.blocked.add(item.ref)
            yield self._waiting(item.ref, item.name, found, item.parent)
        elif item.ref in self.seen.missing:
            yield from self._vanished(item, self.seen.missing[item.ref])
        elif item.ref in self.seen.unfound and not (item.existing and not self.seen.unfound[item.ref]):
            yield from self._unfound(item, self.seen.unfound[item.ref])
        elif found is not None and item.retired:
            yield from self.left(item.ref, item.name, found, f"retired on {item.retired}")
        elif found is not None:
            yield from self._found(item, found)
        elif item.retired:
            return
        elif item.ref in self.past.unplaced:
            self.blocked.add(item.ref)
            yield name_unknown(item, self.past.unplaced[item.ref])
        elif item.existing:
            change = adoption(item, self.seen.candidates.get(item.existing), self.card, self._above)
            if isinstance(change, Adopt):
                self.coming[item.ref] = change.key
            else:
                self.blocked.add(item.ref)
            yield change
        else:
            yield self._creation(item)

    def _nothing_below(self, parent: str | None) -> bool:
        """Whether nothing can be put below an objective now."""
        above = self.seen.ours.get(parent) if parent else None
        return parent in self.blocked or (above is not None and above.archived)

    def left(self, ref: str, name: str, found: Seen, reason: str) -> Iterator[Change]:
        """What becomes of an issue that nothing asks for any more; one that is not ours is let go."""
        other = claim_on(found, self.card)
        if other is not None or found.mark is None:
            why = f"{other.scorecard}/{other.ref} holds it now" if other else "it carries no mark of ours"
            yield Forget(
                ref=ref, name=name, key=found.key, reason=f"{reason}, and {why}: it is let go", released=True
            )
            return
        if ref in self.seen.undecided:
            yield self._waiting(ref, name, found, None)
            return
        if found.archived:  # that says it, and nothing can be added
            return
        for change in retirement(
            ref,
            name,
            found,
            self.retire,
            self.base.get(ref, {}),
            met=self.past.rebuffs.get(ref, {}),
            today=self.today,
            reason=reason,
        ):
            yield perhaps_renamed(change, self.past.unplaced) or self._guarded(change, found)

    def given_up(self, wanted: set[str]) -> Iterator[Forget]:
        """What has vanished, is not asked for any more, and is to be forgotten."""
        for ref, key in {**dict.fromkeys(self.seen.unfound, ""), **self.seen.missing}.items():
            if ref not in wanted and ref in self.wishes.forget:
                yield self._forget(ref, self.past.names.get(ref, key), key, released=True)

    def _found(self, item: Item, found: Seen) -> Iterator[Change]:
        base = self.base.get(item.ref, {})
        self._check_name(item, found, base)
        epic = self.seen.ours.get(item.link_to) if item.link_to else None
        ruled = rule_on_fields(
            item, found, base, past=self.past, wishes=self.wishes, above=self._above, epic=epic
        )
        self.agreed += ruled.agreed
        if ruled.kept:
            self.kept[item.ref] = ruled.kept
        if ruled.left:
            self.left_to_jira[item.ref] = ruled.left
        met = self.past.rebuffs.get(item.ref, {})
        if is_retired(found, base) or is_coming_back(found, base, self.retire, met):
            yield self._guarded(reinstatement(item, found, self.retire, ruled, base), found)
        elif ruled.writes:
            update = Update(
                ref=item.ref,
                kind=item.kind,
                name=item.name,
                reason=ruled.why_written,
                id=found.id,
                key=found.key,
                revision=found.mark.revision if found.mark else 0,
                fields=tuple(ruled.writes),
            )
            yield self._guarded(update, found)
        yield from ruled.hold(item, found.key)

    def _guarded(self, change: Update | Retire | Reinstate, found: Seen) -> Change:
        """The change, or a hold where the issue is archived or in a project that is not the mapping's."""
        if found.archived:
            return Hold(
                ref=change.ref,
                name=change.name,
                key=found.key,
                reason="it is archived in Jira: it can be read, and not written to",
                hint="restore it in Jira, or take it out of the scorecard",
                fields=() if isinstance(change, Retire) else change.fields,
            )
        if self.wishes.anywhere or self.projects is None or found.project in self.projects:
            return change
        return Hold(
            ref=change.ref,
            name=change.name,
            key=found.key,
            reason=f"it stands in {found.project}, a project that the mapping does not name",
            hint=f"add jira: {{projects: [{found.project}]}} to mapping.yaml, or apply with --force projects",
            guard="projects",
            fields=() if isinstance(change, Retire) else change.fields,
        )

    def _waiting(self, ref: str, name: str, found: Seen | None, parent: str | None) -> Hold:
        unsettled = ref in self.seen.undecided
        soon = unsettled or parent in self.seen.undecided
        return Hold(
            ref=ref,
            name=name,
            key=found.key if found else None,
            reason="an earlier write is not settled yet" if unsettled else f"waits for {parent}",
            hint="run again in two minutes; nothing is written until it is known what happened"
            if soon
            else f"see what is said of {parent}",
        )

    def _vanished(self, item: Item, key: str) -> Iterator[Change]:
        yield from self._waited_for(
            item,
            key,
            f"{key} is gone",
            held="the issue is gone, or may not be seen by us any more",
            hint="restore it or its permissions in Jira",
        )

    def _unfound(self, item: Item, several: tuple[str, ...]) -> Iterator[Change]:
        """What may have an issue, as far as anybody knows, and shows none."""
        why, held, hint = no_issue_found(several, self.past.unseen.get(item.ref, ()))
        yield from self._waited_for(item, None, why, held=held, hint=hint)

    def _waited_for(self, item: Item, key: str | None, why: str, *, held: str, hint: str) -> Iterator[Change]:
        """What has no issue any more: nothing by itself, and what a person wishes."""
        if item.ref in self.wishes.recreate and not item.retired:
            yield self._creation(item, instead_of=key, why=f"{why}, and it is to be created anew")
            return
        self.blocked.add(item.ref)
        if item.ref in self.past.forgotten:
            return
        if item.ref in self.wishes.forget:
            yield self._forget(item.ref, item.name, key or "")
        elif not item.retired:
            yield Hold(
                ref=item.ref,
                name=item.name,
                key=key,
                reason=held,
                hint=f"{hint}, or decide: --recreate {item.ref} or --forget {item.ref}",
            )

    @property
    def _above(self) -> Hierarchy:
        """Who is above whom, as far as the plan has come: objectives come first."""
        ours, missing = self.seen.ours, self.seen.missing
        return Hierarchy(
            refs={
                **{key: ref for ref, key in missing.items()},
                **{one.key: ref for ref, one in ours.items()},
                **{key: ref for ref, key in self.coming.items() if key},
            },
            there=frozenset({*(ref for ref, one in ours.items() if not one.archived), *self.coming}),
            anew=frozenset(self.wishes.recreate & {*missing, *self.seen.unfound} & self.asked_for),
        )

    def _check_name(self, item: Item, found: Seen, base: Mapping[str, str]) -> None:
        """Raise NotOurs when an issue that we know as one ref says itself that it is another one."""
        name = found.mark.ref if found.mark is not None else item.ref
        if name != item.ref and name in self.asked_for and base.get(NAMED) != digest(name):
            raise NotOurs(
                f"{found.key} is {self.card}/{item.ref} to this store, and carries the mark of"
                f" {self.card}/{name}",
                hint="is the database an old one? bring the latest back; or correct the ids in the scorecard",
            )

    def _creation(
        self,
        item: Item,
        *,
        instead_of: str | None = None,
        why: str = "in the scorecard, and not in Jira yet",
    ) -> Create:
        self.coming[item.ref] = ""
        parent = self.seen.ours.get(item.parent) if item.parent else None
        return Create(
            ref=item.ref,
            kind=item.kind,
            name=item.name,
            reason=why,
            item=item,
            replaces=instead_of,
            parent_key=parent.key if parent else None,
        )

    def _forget(self, ref: str, name: str, key: str, *, released: bool = False) -> Forget:
        reason = f"{'gone' if key else 'not found'}, and not to be waited for"
        return Forget(ref=ref, name=name, key=key, reason=reason, released=released)


def _clone(clone: Seen) -> Hold:
    ref = clone.mark.ref if clone.mark else clone.key
    return Hold(
        ref=ref,
        name=clone.summary,
        key=clone.key,
        reason=f"{clone.key} carries the mark of {ref}, which another issue holds: a clone",
        hint="remove our label from the clone; it is not touched",
    )
