"""The verdict as a table, and as lines that say what to mend."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tests.fidelity.judge import Tally, Verdict

_COLUMNS = ("calls", "ours", "refused", "known", "staged", "violations")


def render(verdict: Verdict) -> Iterator[str]:
    """Line by line: each document with its operations, the totals, the violations, the known departures."""
    total = Tally()
    for title in sorted({title for title, _ in verdict.tallies}):
        rows = {name: tally for (of, name), tally in verdict.tallies.items() if of == title}
        yield ""
        yield _row(title, _COLUMNS)
        for name in sorted(rows, key=_by_path):
            yield _row(f"  {name}", _figures(rows[name]))
        whole = _sum(rows.values())
        yield _row(f"  {len(rows)} operations", _figures(whole))
        total = _sum([total, whole])
    yield ""
    yield _row("all documents", _COLUMNS)
    yield _row(f"  {len(verdict.tallies)} operations", _figures(total))
    yield f"  besides {verdict.outside} exchanges outside the documents (pages for people, log-in),"
    yield f"  {verdict.astray} of them at addresses where the site has nothing"
    if verdict.violations:
        yield ""
        yield "Violations, each with one example:"
    for violation, times in verdict.violations.most_common():
        found = violation.finding
        place = f"{found.side} {found.rule} {found.where or '/'}"
        yield f"  {times} x {violation.operation}: {place}: {found.says}"
        yield f"      {violation.example}"
    if verdict.met:
        yield ""
        yield "Known departures, let stand:"
    for known, times in sorted(verdict.met.items(), key=lambda one: -one[1]):
        yield f"  {times} x {known.why}" if times else f"  not met any more, to be deleted: {known.why}"


def _row(name: str, values: tuple[object, ...]) -> str:
    return f"{name:<86}" + "".join(f"{value!s:>11}" for value in values)


def _figures(tally: Tally) -> tuple[int, ...]:
    return tuple(getattr(tally, column) for column in _COLUMNS)


def _sum(tallies: Iterable[Tally]) -> Tally:
    whole = Tally()
    for one in tallies:
        for column in _COLUMNS:
            setattr(whole, column, getattr(whole, column) + getattr(one, column))
    return whole


def _by_path(name: str) -> tuple[str, str]:
    method, _, path = name.partition(" ")
    return path, method
