"""Queries that people wrote are checked by Jira before anything rests on them: a search would find nothing
for a field or a project that it does not know, and say nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from bsc_sync.errors import Problem
from bsc_sync.mapping.queries import Written, queries_of
from bsc_sync.state.store import Memory
from bsc_sync.sync.assess import Strategy
from bsc_sync.sync.ports import Tracker

_NOTE = "queries checked"


def query_problems(
    strategy: Strategy, tracker: Tracker, memory: Memory, *, now: dt.datetime
) -> tuple[Problem, ...]:
    """Each query of the mapping that Jira cannot carry out as it is meant.

    What was found sound is asked again when the mapping has changed, and once a day.
    """
    written = queries_of(strategy.mapping)
    sound = f"{strategy.mapping_digest[:24]} {now.date()}"
    if not written or memory.note(_NOTE) == sound:
        return ()
    problems = doubts(written, tracker.faults([query.text for query in written]))
    if not problems:
        memory.keep_note(_NOTE, sound)
    return problems


def doubts(written: Iterable[Written], faults: Mapping[str, str]) -> tuple[Problem, ...]:
    """What Jira says of the queries, each with its place in the mapping."""
    return tuple(
        Problem(
            f"Jira cannot carry the query out: {faults[query.text]}",
            "correct the query; try it in Jira's own search",
            path=query.path,
        )
        for query in written
        if query.text in faults
    )
