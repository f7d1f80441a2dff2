"""Readings from Jira: what teams wrote into fields (every change counts) and figures over queries."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from heapq import nsmallest
from statistics import median
from zoneinfo import ZoneInfo

from bsc_sync.alignment.effort import natural_key
from bsc_sync.atlassian.changelogs import changelogs
from bsc_sync.atlassian.fields import from_payload
from bsc_sync.atlassian.issues import Issues, Raw
from bsc_sync.atlassian.jql import wrapped
from bsc_sync.atlassian.queries import faults
from bsc_sync.atlassian.workload import stamp
from bsc_sync.attainment.asking import FieldAsk, QueryAsk
from bsc_sync.attainment.measurement import Found, Measurement
from bsc_sync.errors import Rejected
from bsc_sync.scorecard.quantity import Plain, to_number

_EVIDENCE_KEYS = 200


@dataclass(frozen=True, slots=True)
class JiraReadings:
    """The readings of one site, dated in the scorecard's time zone."""

    issues: Issues
    zone: ZoneInfo

    def fields(self, asks: Sequence[FieldAsk], *, now: dt.datetime) -> Found:
        """Every change of the fields as a reading of its day, and a first value that no change tells."""
        if not asks:
            return Found()
        readings: list[Measurement] = []
        reasons: dict[str, str] = {}
        current = self._current([ask for ask in asks if not ask.is_shown])
        changes = self._changes(asks)
        for ask in asks:
            where = f'field "{ask.field.name}" of {ask.issue_key}'
            told = list(self._told(ask, changes.get((ask.issue_id, ask.field.id), []), where, now))
            readings.extend(told)
            if not ask.is_shown and ask.issue_id not in current:
                reasons[ask.subject] = f"{ask.issue_key} is gone, or may not be seen by us"
                continue
            text = (
                ask.shown
                if ask.is_shown
                else from_payload(ask.field.type, current[ask.issue_id].get(ask.field.id))
            )
            value = _exact(text)
            if text is None:
                reasons[ask.subject] = f"the {where} is empty"
            elif value is None:
                reasons[ask.subject] = f"the {where} is not a number: {str(text)[:40]}"
            elif value != (told[-1].value if told else ask.latest):
                readings.append(
                    Measurement(
                        ask.subject,
                        value,
                        now.astimezone(self.zone).date(),
                        now,
                        "field",
                        evidence={
                            "issue": ask.issue_key,
                            "field": ask.field.name,
                            "seen": "first by this pull",
                        },
                    )
                )
        return Found(tuple(readings), reasons)

    def queries(self, asks: Sequence[QueryAsk], *, now: dt.datetime) -> Found:
        """A figure for each query, effective today; a query that Jira cannot read is a reason, not a 0."""
        texts = [text for ask in asks for text in (ask.source.jql, ask.source.to) if text]
        wrong = faults(self.issues, texts)
        readings: list[Measurement] = []
        reasons: dict[str, str] = {}
        for ask in asks:
            source = ask.source
            fault = wrong.get(source.jql) or (wrong.get(source.to) if source.to else None)
            if fault:
                reasons[ask.subject] = f"the query has an error: {fault}"
                continue
            try:
                value, evidence = self._figure(ask)
            except Rejected as error:
                reasons[ask.subject] = f"Jira refuses the query: {error.message}"
                continue
            if value is None:
                reasons[ask.subject] = (
                    f"nothing to {source.value}: no issue that the query finds has a number"
                )
                continue
            day = now.astimezone(self.zone).date()
            readings.append(Measurement(ask.subject, value, day, now, "jql", evidence=evidence))
        return Found(tuple(readings), reasons)

    def _current(self, asks: Sequence[FieldAsk]) -> dict[str, Raw]:
        """What the issues show now in their fields, by id."""
        ids = dict.fromkeys(ask.issue_id for ask in asks)
        fields = list({ask.field.id for ask in asks})
        found = self.issues.fetch(ids, fields, closely=False) if ids else ()
        return {str(issue["id"]): issue.get("fields") or {} for issue in found}

    def _changes(self, asks: Sequence[FieldAsk]) -> dict[tuple[str, str], list[tuple[dt.datetime, str, str]]]:
        """(issue, field) -> (moment, new text, history id), oldest first."""
        wanted = {ask.field.id for ask in asks}
        names = {ask.field.name: ask.field.id for ask in asks}
        changes: dict[tuple[str, str], list[tuple[dt.datetime, str, str]]] = {}
        ids = dict.fromkeys(ask.issue_id for ask in asks)
        for issue_id, history in changelogs(self.issues, ids, sorted(wanted)):
            at = dt.datetime.fromisoformat(stamp(history.get("created"))).astimezone(dt.UTC)
            for item in history.get("items") or ():
                field_id = item.get("fieldId") or names.get(str(item.get("field")))
                if field_id in wanted:
                    text = str(item.get("toString") or item.get("to") or "")
                    entry = (at, text, str(history.get("id")))
                    changes.setdefault((issue_id, str(field_id)), []).append(entry)
        return {key: sorted(entries) for key, entries in changes.items()}

    def _told(
        self, ask: FieldAsk, entries: list[tuple[dt.datetime, str, str]], where: str, now: dt.datetime
    ) -> Iterator[Measurement]:
        for at, text, history in entries:
            value = _exact(text)
            if value is not None:
                yield Measurement(
                    ask.subject,
                    value,
                    at.astimezone(self.zone).date(),
                    now,
                    "field",
                    at=at,
                    evidence={
                        "issue": ask.issue_key,
                        "field": ask.field.name,
                        "change": history,
                        "where": where,
                    },
                )

    def _figure(self, ask: QueryAsk) -> tuple[Fraction | None, dict[str, object]]:
        source = ask.source
        keys: list[str] = []
        numbers: list[Fraction] = []
        for issue in self.issues.search(wrapped(source.jql), [ask.field.id] if ask.field else ["key"]):
            keys.append(str(issue["key"]))
            number = (
                _exact(from_payload("number", (issue.get("fields") or {}).get(ask.field.id)))
                if ask.field
                else None
            )
            if number is not None:
                numbers.append(number)
        shown = nsmallest(_EVIDENCE_KEYS, keys, key=natural_key)
        evidence: dict[str, object] = {"query": source.jql, "found": len(keys), "keys": shown}
        if ask.field:
            evidence |= {"field": ask.field.name, "with a number": len(numbers)}
        match source.value:
            case "count":
                return Fraction(len(keys)), evidence
            case "ratio":
                whole = sum(1 for _ in self.issues.search(wrapped(source.to or ""), ["key"]))
                evidence |= {"of query": source.to, "of": whole}
                return (Fraction(len(keys), whole) if whole else None), evidence
            case "sum":
                return (sum(numbers, Fraction(0)) if numbers else None), evidence
            case "average":
                return (sum(numbers, Fraction(0)) / len(numbers) if numbers else None), evidence
            case _:
                return (Fraction(median(numbers)) if numbers else None), evidence


def _exact(text: object) -> Fraction | None:
    if not isinstance(text, str):
        return None
    try:
        number: Decimal = to_number(Plain(text.strip()))
    except ValueError:
        return None
    return Fraction(number)
