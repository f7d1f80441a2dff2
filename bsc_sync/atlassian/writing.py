"""Writing issues: each with its mark in the same request, in the fewest requests that are safe."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bsc_sync.atlassian.documents import rich_text
from bsc_sync.atlassian.fields import to_payload
from bsc_sync.atlassian.issues import Issues, Raw
from bsc_sync.atlassian.marks import label_marks, mark_property
from bsc_sync.atlassian.regions import region_of, with_region
from bsc_sync.atlassian.transitions import go, way_of
from bsc_sync.errors import Ambiguous, BscSyncError, NotOffered, Refused, Rejected, WrongCredentials
from bsc_sync.mapping.catalog import IssueTypeInfo, carrier
from bsc_sync.plan.change import Create, FieldChange, Reinstate, Retire, Update, Write
from bsc_sync.plan.item import LINK, NAMED, PARENT, Value
from bsc_sync.plan.labels import OWNED_ONE_BY_ONE, added, removed
from bsc_sync.plan.order import Order, Reply

_PROPERTIES = "entity properties"


@dataclass(frozen=True, slots=True)
class Place:
    """An issue type in a project; `epic_name`: whether its issues are given a name of their own as
    epics, None where this Jira does not tell (then objectives are)."""

    kind: IssueTypeInfo
    epic_name: bool | None = None


Places = Mapping[tuple[str, str], Place]


@dataclass(slots=True)
class Writing:
    """What writes to one Jira. Without entity properties, labels say which ref an issue is."""

    issues: Issues
    label_only: bool = False
    _link_types: list[dict[str, str]] = field(default_factory=list)

    def create(self, orders: Sequence[Order], label: str, places: Places) -> list[Reply]:
        """Create issues, in one request where the site can; a reply for each."""
        replies = self._create(orders, label, places)
        if self._marks_are_refused(replies):
            replies = self._create(orders, label, places)  # nothing was created, and a refusal may pass
        if self._marks_are_refused(replies):
            # once more without the property, to find out whether that was in the way
            again = self._create(orders, label, places, label_only=True)
            if any(reply.error is None for reply in again):
                self.issues.can.missing.add(_PROPERTIES)
                replies = again
        return [self._linked(order, reply) for order, reply in zip(orders, replies, strict=True)]

    def change(self, orders: Sequence[Order], label: str) -> list[Reply]:
        """Adopt, update, retire and bring back side by side; a reply for each.

        What cannot be closed is left alone altogether; what cannot be opened again comes back all the
        same, and the reply says so.
        """

        def carry_out(order: Order) -> Reply:
            change = order.change
            if isinstance(change, Create):
                raise TypeError("creations go through create")
            try:
                name = self.issues.name_of(change.id, change.key)
                way, said = way_of(self.issues.client, name, change)  # before anything is written
                self._edit(order, label)
                said += go(self.issues.client, name, way)
            except BscSyncError as error:
                return Reply(id=change.id, key=change.key, error=error)
            links = [part for part in _fields(change) if part.id == LINK and order.link_key]
            said += [self.link(change.key, part.name, str(order.link_key)) for part in links]
            return Reply(id=change.id, key=change.key, warning="; ".join(filter(None, said)))

        return self.issues.site.side_by_side(carry_out, orders)

    def _without_properties(self) -> bool:
        return self.label_only or _PROPERTIES in self.issues.can.missing

    def _create(
        self, orders: Sequence[Order], label: str, places: Places, *, label_only: bool = False
    ) -> list[Reply]:
        plain = label_only or self._without_properties()
        bodies = [self._creation(order, label, places, label_only=plain) for order in orders]
        return self.issues.can.first_of(
            ("issue/bulk", lambda: self._in_bulk(bodies)), ("issue", lambda: self._singly(bodies))
        )

    def _in_bulk(self, bodies: Sequence[Raw]) -> list[Reply]:
        try:
            reply = (
                self.issues.site.post_many(f"{self.issues.api}/issue/bulk", {"issueUpdates": bodies}) or {}
            )
        except Refused as error:
            return [Reply(error=error) for _ in bodies]
        errors = {int(error["failedElementNumber"]): error for error in reply.get("errors") or ()}
        created = iter(reply.get("issues") or ())
        replies = []
        for index in range(len(bodies)):
            if index in errors:
                replies.append(Reply(error=_rejected(errors[index])))
                continue
            issue = next(created, None)
            if issue is None:
                replies.append(Reply(error=Ambiguous("Jira's reply does not say what became of it")))
            else:
                replies.append(Reply(id=str(issue["id"]), key=str(issue["key"])))
        return replies

    def _singly(self, bodies: Sequence[Raw]) -> list[Reply]:
        def one(body: Raw) -> Reply:
            try:
                issue = self.issues.site.post(f"{self.issues.api}/issue", body) or {}
            except BscSyncError as error:
                return Reply(error=error)
            return Reply(id=str(issue["id"]), key=str(issue["key"]))

        return self.issues.site.side_by_side(one, bodies)

    def _creation(self, order: Order, label: str, places: Places, *, label_only: bool) -> Raw:
        change = order.change
        if not isinstance(change, Create):
            raise TypeError("only creations are created")
        item, epics = change.item, self.issues.epics
        place = places.get((item.project, item.issue_type))
        fields = self._payloads(
            [(part.id, part.type, part.value) for part in item.fields if part.value is not None],
            {},
            order.mark.scorecard,
        )
        fields["project"] = {"key": item.project}
        fields["issuetype"] = {"id": place.kind.id} if place else {"name": item.issue_type}
        labels = {*item.labels, label, *(fields.get("labels") or ())}
        fields["labels"] = sorted({*labels, *label_marks(order.mark)} if label_only else labels)
        if order.parent_key:
            epics.hang(fields, order.parent_key, subtask=place is not None and place.kind.level < 0)
        named = item.kind == "objective" if place is None or place.epic_name is None else place.epic_name
        if epics.name and named:
            fields.setdefault(epics.name, item.name)
        if label_only:
            return {"fields": fields}
        return {"fields": fields, "properties": [mark_property(order.mark)]}

    def _edit(self, order: Order, label: str) -> None:
        change = order.change
        if isinstance(change, Create):
            raise TypeError("creations are no edits")
        path = f"{self.issues.api}/issue/{self.issues.name_of(change.id, change.key)}"
        comment = isinstance(change, Retire) and bool(change.comment)
        plain = self._without_properties()
        body = self._edit_body(order, label, label_only=plain)
        try:
            self.issues.site.put(path, body, repeatable=not comment)
        except (Rejected, Refused) as error:
            if plain or not _blames_no_field(error):
                raise
            if self._passes_now(path, body, repeatable=not comment):
                return
            body = self._edit_body(order, label, label_only=True)
            self.issues.site.put(path, body, repeatable=not comment)
            self.issues.can.missing.add(_PROPERTIES)

    def _passes_now(self, path: str, body: Raw, *, repeatable: bool) -> bool:
        """Whether an edit that was refused goes through when asked again: then nothing is forbidden."""
        try:
            self.issues.site.put(path, body, repeatable=repeatable)
        except (Rejected, Refused) as error:
            if not _blames_no_field(error):
                raise
            return False
        return True

    def _edit_body(self, order: Order, label: str, *, label_only: bool) -> Raw:
        change, dialect = order.change, self.issues.dialect
        body: Raw = {} if label_only else {"properties": [mark_property(order.mark)]}
        update: Raw = {}
        own = label_marks(order.mark) if label_only and not isinstance(change, Create) else []
        for verb, names in (
            ("remove", _labels_off(order, label_only=label_only)),
            ("add", [*([label] if _is_labeled_by(order) else []), *own, *_label_on(change)]),
        ):
            if names:
                update.setdefault("labels", []).extend({verb: name} for name in names)
        if isinstance(change, Retire) and change.comment:
            update["comment"] = [{"add": {"body": rich_text(change.comment, dialect)}}]
        parts = [part for part in _fields(change) if part.id not in {LINK, NAMED, PARENT}]
        for part in parts:
            if part.type in OWNED_ONE_BY_ONE:
                steps = update.setdefault(part.id, [])
                steps += [{"remove": name} for name in removed(part.old, part.new)]
                steps += [{"add": name} for name in added(part.old, part.new)]
        whole = [(part.id, part.type, part.new) for part in parts if part.type not in OWNED_ONE_BY_ONE]
        if whole and isinstance(change, Update | Reinstate):
            card = order.mark.scorecard
            body["fields"] = self._payloads(whole, self._texts_around(change, card), card)
        if order.parent_key and not isinstance(change, Create):
            self.issues.epics.hang(body.setdefault("fields", {}), order.parent_key, subtask=False)
        if update:
            body["update"] = update
        return body

    def _payloads(self, parts: Sequence[tuple[str, str, Value]], around: Raw, card: str) -> Raw:
        """What the fields are to be set to; a block of ours goes into the text that is `around` it."""
        dialect = self.issues.dialect
        payloads: Raw = {}
        for field_id, kind, value in parts:
            bearer = carrier(field_id)
            if kind == "block":
                text = payloads.get(bearer, around.get(bearer))
                payloads[bearer] = with_region(text, None if value is None else str(value), dialect, card)
            else:
                payloads[bearer] = to_payload(kind, value, dialect)
        return payloads

    def _texts_around(self, change: Update | Reinstate, card: str) -> Raw:
        """The texts that blocks of ours stand in, as they are at this moment.

        Raises Rejected when a block is no longer what the plan saw.
        """
        blocks = [part for part in change.fields if part.type == "block"]
        if not blocks:
            return {}
        issue = self.issues.get(
            self.issues.name_of(change.id, change.key), [carrier(part.id) for part in blocks]
        )
        if issue is None:
            raise Rejected(f"{change.key} is gone, or may not be seen by us any more")
        texts = dict(issue.get("fields") or {})
        for part in blocks:
            if region_of(texts.get(carrier(part.id)), self.issues.dialect, card).text != part.old:
                raise Rejected(f"{part.name} changed in Jira since the plan; nothing was overwritten")
        return texts

    def _marks_are_refused(self, replies: Sequence[Reply]) -> bool:
        """Whether all was refused, and for no reason that one of the fields gives."""
        return not self._without_properties() and all(_blames_no_field(reply.error) for reply in replies)

    def _linked(self, order: Order, reply: Reply) -> Reply:
        """The reply for a created issue, after linking it where its home asks for a link."""
        change = order.change
        if (
            reply.error is not None
            or not isinstance(change, Create)
            or not change.item.link
            or not order.link_key
        ):
            return reply
        warning = self.link(str(reply.key), change.item.link, order.link_key)
        return Reply(id=reply.id, key=reply.key, warning=warning)

    def link(self, key: str, verb: str, other: str) -> str:
        """Link two issues by a verb or a link type's name; what went wrong, or nothing."""
        wanted = verb.casefold()
        try:
            self._link_types = self._link_types or list(self.issues.client.link_types())
            for kind in self._link_types:
                readings = {str(kind.get(way)).casefold(): way for way in ("name", "inward", "outward")}
                if wanted in readings:
                    ends = (other, key) if readings[wanted] == "inward" else (key, other)
                    self.issues.client.link(str(kind["name"]), inward=ends[0], outward=ends[1])
                    return ""
        except BscSyncError as error:
            return f"not linked to {other}: {error.message}"
        return f'not linked: there is no link type "{verb}"'


def _fields(change: Write) -> tuple[FieldChange, ...]:
    return change.fields if isinstance(change, Update | Reinstate) else ()


def _is_labeled_by(order: Order) -> bool:
    """Whether a write puts our label on: the first one does, and those that mend or decide what the mark
    says; to add what is there is nothing."""
    change = order.change
    if order.mark.revision == 1 or isinstance(change, Retire | Reinstate):
        return True
    return any(part.id == NAMED for part in _fields(change))


def _label_on(change: Write) -> list[str]:
    return [change.label] if isinstance(change, Retire) and change.label else []


def _labels_off(order: Order, *, label_only: bool) -> list[str]:
    """What is to go of our own labels: that of its retirement, and those that say what it was before."""
    change = order.change
    off = [change.label] if isinstance(change, Reinstate) and change.label else []
    if label_only and not isinstance(change, Create):
        now = set(label_marks(order.mark))
        before = order.mark.model_copy(update={"ref": order.was or order.mark.ref, "retired": "yes"})
        if isinstance(change, Reinstate) or before.ref != order.mark.ref:
            off += sorted(set(label_marks(before)) - now)
    return off


def _blames_no_field(error: BscSyncError | None) -> bool:
    """Whether a write was turned down for a reason that may be its entity property."""
    if isinstance(error, Refused):
        return not isinstance(error, WrongCredentials)
    if not isinstance(error, Rejected) or isinstance(error, NotOffered):
        return False
    return error.status in {400, 403} and not set(error.fields) - {"properties"}


def _rejected(error: Raw) -> BscSyncError:
    said = error.get("elementErrors") or {}
    fields = {str(name): str(text) for name, text in (said.get("errors") or {}).items()}
    texts = [
        *map(str, said.get("errorMessages") or ()),
        *(f"{name}: {text}" for name, text in fields.items()),
    ]
    return Rejected(
        "; ".join(texts)[:500] or "Jira refused it without a reason",
        hint="correct the mapping or the field in Jira",
        fields=fields,
        status=int(error.get("status") or 400),
    )
