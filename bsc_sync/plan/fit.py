"""Whether a saved plan still fits: what of it is left to do, what is done already, what has moved.

Nothing that stands in the file is ever written: it only chooses among the changes that would be
made now, so a plan that was edited by hand cannot do anything that a new plan would not.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from bsc_sync.errors import Problem
from bsc_sync.plan.change import Adopt, Change, Create, FieldChange, Forget, Hold, Reinstate, Retire, Update
from bsc_sync.plan.item import Item, Seen, Value, digest
from bsc_sync.plan.labels import our_part
from bsc_sync.plan.observation import Observation
from bsc_sync.plan.past import Past
from bsc_sync.plan.plan import Digests, Plan
from bsc_sync.plan.shown import said

Base = Mapping[str, Mapping[str, str]]
_APART = frozenset({"mark", "parent", "link"})


@dataclass(frozen=True, slots=True)
class Fit:
    """`left` is what is to be done, as it is planned now; `done` are the refs of what was done before;
    `moved` says of everything that has moved what it is now and what it was."""

    left: Plan
    done: tuple[str, ...] = ()
    moved: tuple[Problem, ...] = ()


def fit(
    saved: Plan,
    now: Plan,
    *,
    items: Mapping[str, Item],
    seen: Observation,
    base: Base,
    past: Past,
    zone: dt.tzinfo,
) -> Fit:
    """Each change of the saved plan against what would be planned now.

    `items` by ref, `base` the digests last agreed on, `zone` the scorecard's. A change whose values were
    agreed on since is done, whoever did it and whatever became of the values afterwards.
    """
    fitting = _Fitting(saved, now, items, seen, base, past, zone)
    for change in saved.changes:
        if not isinstance(change, Hold):
            fitting.rule(change)
    left = {(change.action, change.ref): change for change in fitting.left}
    ordered = tuple(left[key] for change in now.changes if (key := (change.action, change.ref)) in left)
    return Fit(now.model_copy(update={"changes": ordered}), tuple(fitting.done), tuple(fitting.moved))


@dataclass(slots=True)
class _Fitting:
    saved: Plan
    now: Plan
    items: Mapping[str, Item]
    seen: Observation
    base: Base
    past: Past
    zone: dt.tzinfo
    left: list[Change] = field(default_factory=list)
    done: list[str] = field(default_factory=list)
    moved: list[Problem] = field(default_factory=list)

    def rule(self, change: Change) -> None:
        """File the change under left, done or moved."""
        gone = self._out_of_reach(change)
        moved, left = ([gone], None) if gone else self._ruling(change)
        if moved:
            key = getattr(change, "key", None)
            where = f"{change.ref} ({key})" if key else change.ref
            self.moved += [Problem(what, where=where) for what in moved]
        elif left is None:
            self.done.append(change.ref)
        else:
            self.left.append(left)

    def _ruling(self, change: Change) -> tuple[list[str], Change | None]:
        """What has moved, or else what is left to do."""
        alike = (change.action, change.ref)
        planned = next((other for other in self.now.changes if (other.action, other.ref) == alike), None)
        match change:
            case Create():
                return self._creation(change, planned if isinstance(planned, Create) else None)
            case Adopt():
                return self._adoption(change, planned if isinstance(planned, Adopt) else None)
            case Update():
                return self._edit(change, planned if isinstance(planned, Update) else None)
            case Reinstate():
                return self._return(change, planned if isinstance(planned, Reinstate) else None)
            case Retire():
                return self._retirement(change, planned if isinstance(planned, Retire) else None)
            case Forget():
                return self._forgetting(change, planned if isinstance(planned, Forget) else None)
            case Hold():
                return [], None

    def _out_of_reach(self, change: Change) -> str:
        """Why nothing can be said of the change's issue at all, if so."""
        ref = change.ref
        item = self.items.get(ref)
        if ref in self.seen.undecided or (item is not None and item.parent in self.seen.undecided):
            return "an earlier write is not settled yet; run again in two minutes"
        if isinstance(change, Retire | Forget) and item is not None and not item.retired:
            if isinstance(change, Retire):
                return f"{self._file('scorecard')} asks for it again"
        elif not isinstance(change, Retire | Forget):
            if item is None:
                return f"{self._file('scorecard')} does not ask for it any more"
            if item.retired:
                return f"{self._file('scorecard')} retires it now"
        missing = self.seen.missing.get(ref)
        if isinstance(change, Forget) or missing is None or missing == getattr(change, "replaces", None):
            return ""
        return f"{missing} is gone, or may not be seen by us any more"

    def _creation(self, change: Create, planned: Create | None) -> tuple[list[str], Create | None]:
        item, found = self.items[change.ref], self.seen.ours.get(change.ref)
        moved = [*self._asked_otherwise(change.item, item)]
        if planned is not None:
            if planned.replaces != change.replaces:
                moved.append(f"it takes the place of {planned.replaces or 'no other issue'} now")
            before = change.parent_key
            if before is not None and planned.parent_key != before:
                moved.append(f"it would hang below {planned.parent_key or item.parent} now; it was {before}")
            return moved, planned
        if found is None:
            return [*moved, self._held(change.ref) or "it is not to be created any more"], None
        same = all(
            self._was_agreed(change.ref, part.id, part.type, part.value, found, fresh=change.replaces is None)
            for part in item.fields
            if part.owner == "scorecard"
        )
        if moved or not same:
            return [*moved, f"it is not to be created any more: {found.key} is it now"], None
        return [], None

    def _adoption(self, change: Adopt, planned: Adopt | None) -> tuple[list[str], Adopt | None]:
        if planned is not None:
            if planned.id != change.id:
                return [f"{self._file('mapping')} names {planned.key} now; it was {change.key}"], None
            return [], planned
        found = self.seen.ours.get(change.ref)
        if found is not None and found.id == change.id and found.mark is not None:
            return [], None
        what = (
            f"{found.key} is it now"
            if found
            else self._held(change.ref) or "it is not to be adopted any more"
        )
        return [what], None

    def _forgetting(self, change: Forget, planned: Forget | None) -> tuple[list[str], Forget | None]:
        if change.ref in self.past.forgotten:
            return [], None
        if planned is not None and planned.key == change.key:
            return [], planned
        found = self.seen.ours.get(change.ref)
        return [f"{found.key} is back" if found else "it is not to be forgotten any more"], None

    def _edit(self, change: Update, planned: Update | None) -> tuple[list[str], Update | None]:
        moved, fields = self._fields(change, planned)
        left = planned.model_copy(update={"fields": fields}) if planned is not None and fields else None
        return moved, left

    def _return(self, change: Reinstate, planned: Reinstate | None) -> tuple[list[str], Reinstate | None]:
        found = self.seen.ours.get(change.ref)
        mark = found.mark if found is not None and found.id == change.id else None
        if planned is None and mark is not None and not mark.retired:
            moved, _ = self._fields(change, None)
            return moved, None
        moved, fields = self._fields(change, planned)
        if planned is None:
            return moved or [self._held(change.ref) or "it is not to be brought back any more"], None
        moved += self._steps(change, planned, found)
        return moved, planned.model_copy(update={"fields": fields})

    def _retirement(self, change: Retire, planned: Retire | None) -> tuple[list[str], Retire | None]:
        found = self.seen.ours.get(change.ref)
        if found is None or found.id != change.id:
            return [f"{found.key} is it now" if found else "it has no issue any more"], None
        if planned is None:
            retired = found.mark is not None and found.mark.retired
            return ([] if retired else [self._held(change.ref) or "it is not to be retired any more"]), None
        moved = [*self._steps(change, planned, found)]
        if planned.comment is not None:
            days = self._day(self.now), self._day(self.saved)
            if change.comment is None or planned.comment.replace(*days) != change.comment.replace(*days):
                moved.append(f"{self._file('mapping')} asks for another comment now")
        return moved, planned

    def _day(self, plan: Plan) -> str:
        """The scorecard's day on which a plan was made, as its comments tell it."""
        try:
            return dt.datetime.fromisoformat(plan.made).astimezone(self.zone).date().isoformat()
        except (ValueError, OverflowError):
            return plan.made  # edited by hand: no comment of such a day fits

    def _steps(
        self, change: Retire | Reinstate, planned: Retire | Reinstate, found: Seen | None
    ) -> Iterator[str]:
        """Label and transition: a label that is there already need not be put; what was not planned is not
        done, nor is a transition from another status than the plan was made on."""
        was = change.status_now
        if change.transition is not None and found is not None and was not in {"", found.status}:
            yield f"Status is {said(found.status)} in Jira now; it was {said(was)} when the plan was made"
            return
        for name, step, before in (
            ("label", planned.label, change.label),
            ("transition", planned.transition, change.transition),
        ):
            if step != before and (step is not None or name == "transition"):
                yield f"the {name} would be {step or 'none'} now; the plan says {before or 'none'}"

    def _fields(
        self, change: Update | Reinstate, planned: Update | Reinstate | None
    ) -> tuple[list[str], tuple[FieldChange, ...]]:
        """What has moved of the fields, and those that are left to write."""
        found = self.seen.ours.get(change.ref)
        if found is None or found.id != change.id:
            return [f"its issue is {found.key} now" if found else "it has no issue any more"], ()
        writes = {part.id: part for part in planned.fields} if planned is not None else {}
        shown = {part.id for part in change.fields}
        moved = [
            f"{part.name} would be written, too, and the plan does not show that"
            for part in writes.values()
            if part.type == "mark" and part.id not in shown  # it travels with any edit
        ]
        left: list[FieldChange] = []
        for part in change.fields:
            write = writes.get(part.id)
            what = self._field(change.ref, part, write, found)
            if what:
                moved.append(what)
            elif write is not None and (write.old, write.new) == (part.old, part.new):
                left.append(write)
        return moved, tuple(left)

    def _field(self, ref: str, part: FieldChange, write: FieldChange | None, found: Seen) -> str:
        """What has moved of one field; nothing where it is as it was, or done."""
        if write is not None and (write.old, write.new) == (part.old, part.new):
            return ""
        if part.type in _APART:
            return self._apart(ref, part, write, found)
        asked = next((field for field in self.items[ref].fields if field.id == part.id), None)
        if asked is None or asked.owner != "scorecard":
            return f"{self._file('')} does not ask for {part.name} any more"
        if asked.value != part.new:
            return self._other_wish(part.name, asked.value, part.new)
        value = our_part(part.type, found.values.get(part.id), part.old, part.new)
        fresh = part.base != digest(part.new)
        if self._was_agreed(ref, part.id, part.type, part.new, found, fresh=fresh, before=part.old):
            return ""
        if value != part.old:
            return _elsewhere(part, value)
        return self._held(ref) or f"{part.name} is not to be changed any more"

    def _apart(self, ref: str, part: FieldChange, write: FieldChange | None, found: Seen) -> str:
        """What has moved of what is no field: what it hangs below, what it is linked to, its mark's id."""
        item = self.items[ref]
        wanted = {"mark": ref, "parent": item.parent, "link": item.link_to}[part.type]
        epic = self.seen.ours.get(item.link_to or "")
        seal = digest(part.new)
        done = {
            "mark": found.mark is not None and found.mark.ref == part.new,
            "link": any(key in {part.new, epic.key if epic else None} for _, key in found.links),
        }.get(part.type, part.base != seal and self.base.get(ref, {}).get(part.id) == seal)
        if part.new != wanted:
            return self._other_wish(part.name, wanted, part.new)
        if write is not None:
            return _elsewhere(part, write.old)
        if done:
            return ""
        return self._held(ref) or f"{part.name} is not to be changed any more"

    def _was_agreed(
        self, ref: str, name: str, kind: str, value: Value, found: Seen, *, fresh: bool, before: Value = None
    ) -> bool:
        """Whether Jira shows the value, and of labels none that it was to lose (`before`), or was given it
        since (`fresh`: it was not agreed on before)."""
        if our_part(kind, found.values.get(name), value, before) == value:
            return True
        seal = digest(value)
        rebuff = self.past.rebuffs.get(ref, {}).get(name)
        written = self.base.get(ref, {}).get(name) == seal or (rebuff is not None and rebuff.wanted == seal)
        return fresh and written

    def _asked_otherwise(self, before: Item, now: Item) -> Iterator[str]:
        """What the files ask of a new issue that they did not ask when the plan was made."""
        if now.existing:
            yield f"{self._file('mapping')} names {now.existing} now: it is not to be created"
        for name, one, other in (
            ("project", before.project, now.project),
            ("issue type", before.issue_type, now.issue_type),
            ("labels", before.labels, now.labels),
            ("objective", before.parent or before.link_to, now.parent or now.link_to),
            ("link", before.link, now.link),
        ):
            if one != other:
                yield self._other_wish(name, other or None, one or None)
        old = {part.id: part for part in before.fields}
        new = {part.id: part for part in now.fields}
        for part in now.fields:
            was = old[part.id].value if part.id in old else None
            if was != part.value:
                yield self._other_wish(part.name, part.value, was)
        for part in before.fields:
            if part.id not in new and part.value is not None:
                yield f"{self._file('')} does not ask for {part.name} any more"

    def _other_wish(self, name: str, now: Value, before: Value) -> str:
        if self.saved.digests == _same_files(self.saved.digests, self.now.digests):
            return f"the plan says {said(before)} for {name}, the files ask for {said(now)}: it was edited"
        return (
            f"{self._file('')} wants {name} to be {said(now)} now; "
            f"it was {said(before)} when the plan was made"
        )

    def _held(self, ref: str) -> str:
        """Why the change is on hold now, where it is."""
        reasons = (
            change.reason for change in self.now.changes if isinstance(change, Hold) and change.ref == ref
        )
        return next(reasons, "")

    def _file(self, likely: str) -> str:
        """Which file it is that has moved; the likelier one where both have, or neither."""
        before, now = self.saved.digests, self.now.digests
        files = ["scorecard"] if before.scorecard != now.scorecard else []
        files += ["mapping"] if before.mapping != now.mapping else []
        if len(files) != 1:
            files = [likely] if likely else ["scorecard", "mapping"]
        return " or ".join(f"{name}.yaml" for name in files)


def _elsewhere(part: FieldChange, now: Value) -> str:
    return f"{part.name} is {said(now)} in Jira now; it was {said(part.old)} when the plan was made"


def _same_files(before: Digests, now: Digests) -> Digests:
    return before.model_copy(update={"scorecard": now.scorecard, "mapping": now.mapping})
