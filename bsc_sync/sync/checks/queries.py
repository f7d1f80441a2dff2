"""Whether Jira reads the mapping's queries as they are meant, and whether they find anything."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from bsc_sync.mapping.lines import line_of
from bsc_sync.mapping.queries import Written, queries_of, query_fault
from bsc_sync.report.health import Check, of_problem
from bsc_sync.sync.check_queries import doubts
from bsc_sync.sync.checks.desk import Desk
from bsc_sync.sync.checks.questions import Answer, ask_each
from bsc_sync.sync.checks.site import failed

AREA = "queries"


def query_checks(desk: Desk) -> Iterator[Check]:
    """Each query of the mapping: read by Jira, and counted. One that finds nothing is worth a look."""
    written = [query for query in queries_of(desk.strategy.mapping) if not query_fault(query.text)]
    if not written:
        return
    faults: Answer[Mapping[str, str]] = Answer(lambda: desk.jira.faults([query.text for query in written]))
    if faults.error is not None:
        yield failed(AREA, "checking queries", faults.error)
    bad = faults.value if faults.ok else {}
    for problem in doubts(written, bad):
        yield of_problem(replace(problem, where=line_of(problem.path, desk.strategy.lines)), AREA)
    sound = [query for query in written if query.text not in bad]
    texts = list(dict.fromkeys(query.text for query in sound))
    counts = dict(
        zip(texts, ask_each(desk.jira, lambda text: desk.jira.count(f"({text})"), texts), strict=True)
    )
    for query in sound:
        yield _counted(desk, query, counts[query.text])


def _counted(desk: Desk, query: Written, count: Answer[int]) -> Check:
    where = line_of(query.path, desk.strategy.lines)
    if count.error is not None:
        return failed(AREA, query.path, count.error, where)
    if count.value == 0:
        return Check(
            AREA,
            query.path,
            "warning",
            "finds nothing at present: a name in it may be wrong, or the account may not see the issues",
            "try it in Jira's own search, as this account",
            where,
        )
    number = f"{count.value:,}".replace(",", " ")
    return Check(
        AREA, query.path, "well", f"finds about {number} issue{'' if count.value == 1 else 's'}", "", where
    )
