"""The readings of each measure in order, those of the file among them."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from zoneinfo import ZoneInfo

from bsc_sync.attainment.measure import one_measure
from bsc_sync.attainment.measurement import IN_FILE, Measurement
from bsc_sync.scorecard.measures import KPI, CheckIn
from bsc_sync.scorecard.model import KeyResult, Scorecard


def book(card: Scorecard, readings: Iterable[Measurement]) -> Mapping[str, tuple[Measurement, ...]]:
    """Every reading by KPI and by key result, oldest first; of one day the one that counts last.

    A key result with a KPI and that KPI are one measure (DOMAIN 2): each has the readings of
    both, and of the KPI's other key results. On equal days the file wins, then the latest
    recorded, then the latest moment; the order in which readings are handed over never matters.
    """
    measure_of = shared_measures(card)
    gathered: dict[str, list[Measurement]] = defaultdict(list)
    for reading in (*readings, *_in_file(card)):
        gathered[measure_of.get(reading.subject, reading.subject)].append(reading)
    ordered = {measure: tuple(sorted(found, key=_precedence)) for measure, found in gathered.items()}
    return {subject: ordered.get(measure, ()) for subject, measure in measure_of.items()}


def shared_measures(card: Scorecard) -> Mapping[str, str]:
    """For every KPI and key result the id of the measure that it reads: its KPI's, or its own."""
    kpis = {kpi.id: kpi for objective in card.objectives for kpi in objective.own_kpis}
    of_key_results = {
        key_result.id: (
            key_result.kpi
            if key_result.kpi and one_measure(key_result, kpis[key_result.kpi])
            else key_result.id
        )
        for _, key_result in card.key_results()
    }
    return {**{ref: ref for ref in kpis}, **of_key_results}


def usable(
    readings: Sequence[Measurement], *, until: dt.date, recorded_by: dt.date | None, zone: ZoneInfo
) -> tuple[Measurement, ...]:
    """Those effective by `until` and, where a closing day is given, recorded by its end."""
    return tuple(
        reading
        for reading in readings
        if reading.effective <= until
        and (recorded_by is None or reading.recorded.astimezone(zone).date() <= recorded_by)
    )


def end_of_day(day: dt.date, zone: ZoneInfo) -> dt.datetime:
    """The last moment of a day in the zone, the later one where the clock goes back over it."""
    return dt.datetime.combine(day, dt.time.max, zone).replace(fold=1)


def _in_file(card: Scorecard) -> Iterator[Measurement]:
    for objective in card.objectives:
        for kpi in objective.own_kpis:
            yield from _check_ins(kpi, card.zone)
    for _, key_result in card.key_results():
        yield from _check_ins(key_result, card.zone)


def _check_ins(item: KPI | KeyResult, zone: ZoneInfo) -> Iterator[Measurement]:
    of_day: dict[dt.date, CheckIn] = {check_in.on: check_in for check_in in item.check_ins}
    for day, check_in in of_day.items():  # of two for one day the lower one in the file corrects
        yield Measurement(
            subject=item.id,
            value=Fraction(check_in.value),
            effective=day,
            recorded=end_of_day(day, zone),
            source=IN_FILE,
            note=check_in.note,
        )


def _precedence(reading: Measurement) -> tuple[object, ...]:
    return (
        reading.effective,
        reading.source == IN_FILE,
        reading.recorded,
        reading.at is not None,
        reading.at or reading.recorded,
        reading.subject,
        reading.value,
        reading.source,
        reading.note or "",
    )
