"""What slipped in between the last look and the write: Jira has no If-Match, but it keeps a history."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from bsc_sync.mapping.catalog import FieldInfo, carrier
from bsc_sync.plan.change import Reinstate, Update, Write
from bsc_sync.plan.item import LINK, Edit, Seen
from bsc_sync.plan.labels import OWNED_ONE_BY_ONE

_SHOWN = 60


def overwritten(
    change: Write, before: Seen | None, after: Seen, fields: Sequence[FieldInfo], *, account: str
) -> tuple[str, ...]:
    """Each edit of somebody else that our write has replaced unseen: when, which field, which value.

    `before` is the issue as it was looked at just before the write, `after` as it was read back; both with
    their history. Nothing is told of who it was.
    """
    if before is None or not isinstance(change, Update | Reinstate):
        return ()
    known = max((edit.number for edit in before.edits), default=0)
    names = {info.id: info.name for info in fields}
    found = []
    for part in change.fields:
        if part.id == LINK or part.type in OWNED_ONE_BY_ONE:
            continue
        called = {carrier(part.id), names.get(part.id, part.name)}
        new = [edit for edit in after.edits if edit.number > known and edit.field in called]
        ours = next((place for place, edit in enumerate(new) if edit.by == account), 0)
        if ours:
            found.append(_told(part.name, new[ours - 1], new[ours]))
    return tuple(found)


def edited_after(before: Seen | None, after: Seen, info: FieldInfo, *, account: str) -> bool:
    """Whether somebody else has edited a field since our write of it, by the history that was read back."""
    known = max((edit.number for edit in before.edits), default=0) if before is not None else 0
    called = {carrier(info.id), info.name}
    new = [edit for edit in after.edits if edit.number > known and edit.field in called]
    return bool(account and new) and new[-1].by != account


def _told(name: str, theirs: Edit, ours: Edit) -> str:
    value = ours.was if len(ours.was) <= _SHOWN else f"{ours.was[:_SHOWN]}..."
    return f"an edit of {_moment(theirs.at)} to {name} ({value or 'empty'}) was overwritten"


def _moment(text: str) -> str:
    try:
        return f"{dt.datetime.fromisoformat(text):%Y-%m-%d %H:%M}"
    except ValueError:
        return text
