"""Queries that people wrote are checked by Jira before anything rests on them: a search would find nothing
for a field or a project that it does not know, and say nothing."""

from __future__ import annotations

import datetime as dt

from bsc_sync.errors import MappingError, Problem
from bsc_sync.mapping.queries import queries_of
from bsc_sync.state.store import Memory
from bsc_sync.sync.assess import Strategy
from bsc_sync.sync.ports import Tracker

_NOTE = "queries checked"


def check_queries(strategy: Strategy, tracker: Tracker, memory: Memory, *, now: dt.datetime) -> None:
    """Raise MappingError with each query of the mapping that Jira cannot carry out as it is meant.

    What was found sound is asked again when the mapping has changed, and once a day.
    """
    written = queries_of(strategy.mapping)
    sound = f"{strategy.mapping_digest[:24]} {now.date()}"
    if not written or memory.note(_NOTE) == sound:
        return
    faults = tracker.faults([query.text for query in written])
    problems = [
        Problem(
            f"Jira cannot carry the query out: {faults[query.text]}", "correct the query", path=query.path
        )
        for query in written
        if query.text in faults
    ]
    if problems:
        raise MappingError("a query of the mapping finds nothing in this Jira", problems=problems)
    memory.keep_note(_NOTE, sound)
