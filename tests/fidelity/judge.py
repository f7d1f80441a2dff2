"""The rule: what counts as a violation.

- A reply of the sandbox departs from its document: a violation, whoever asked.
- A request of the product departs from its document: a violation, whatever the answer.
- A request of somebody else (a test, a foreign client) departs: a violation, unless the sandbox refuses it
  with a 4xx; then it is counted as refused. So a test may try what is wrong, and the sandbox may not let it
  pass.
- A reply that a scripted fault has replaced (or that never came) is no reply of the sandbox; its request
  counts.
- Departures in `known.py` are counted as known.
- An address where the site has nothing (a wrong context path, 404) is the setting's fault, not the request's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from tests.fidelity.address import resolve
from tests.fidelity.bodies import check_error, check_reply, check_request
from tests.fidelity.documents import Library, Operation
from tests.fidelity.exchange import Exchange
from tests.fidelity.finding import Finding
from tests.fidelity.known import KNOWN, Known
from tests.fidelity.parameters import check_parameters


@dataclass
class Tally:
    """What there is to say of one operation; counts are of exchanges."""

    calls: int = 0
    ours: int = 0
    refused: int = 0
    known: int = 0
    staged: int = 0
    violations: int = 0


@dataclass(frozen=True)
class Violation:
    """A finding that counts, and an exchange that shows it."""

    operation: str
    finding: Finding
    example: str


@dataclass
class Verdict:
    """The tallies by document and operation, the violations with their number, what else there was."""

    tallies: dict[tuple[str, str], Tally] = field(default_factory=dict)
    violations: Counter[Violation] = field(default_factory=Counter)
    met: Counter[Known] = field(default_factory=Counter)
    outside: int = 0
    astray: int = 0

    @property
    def count(self) -> int:
        """How many exchanges hold a violation."""
        return sum(one.violations for one in self.tallies.values())


def judge(library: Library, exchanges: Mapping[Exchange, int], known: Iterable[Known] = KNOWN) -> Verdict:
    """Hold every exchange against its document."""
    verdict = Verdict()
    known = tuple(known)
    examples: dict[tuple[str, Finding], Violation] = {}
    for exchange, times in exchanges.items():
        address = resolve(exchange.flavor, exchange.path)
        if address is None:
            verdict.outside += times
            verdict.astray += times if exchange.astray else 0
            continue
        operation = library.find(exchange.flavor, address, exchange.method)
        tally = verdict.tallies.setdefault(_row(exchange, operation), Tally())
        tally.calls += times
        tally.ours += times if exchange.ours else 0
        tally.staged += times if exchange.unanswered else 0
        counted, refused, excused = False, False, False
        for finding in _findings(operation, address.path, exchange):
            match = next((one for one in known if one.covers(finding, operation, exchange)), None)
            if match is not None:
                verdict.met[match] += times
                excused = True
            elif finding.side == "request" and not exchange.ours and exchange.refused:
                refused = True
            else:
                counted = True
                name = _row(exchange, operation)[1]
                key = (name, Finding(finding.side, finding.rule, _kind(finding.where), finding.says))
                asked = f"{exchange.method} {exchange.target} -> {exchange.status}"
                example = f"{asked}, asked by {exchange.agent or 'somebody'}"
                verdict.violations[examples.setdefault(key, Violation(name, finding, example))] += times
        tally.refused += times if refused else 0
        tally.known += times if excused else 0
        tally.violations += times if counted else 0
    for one in known:
        verdict.met.setdefault(one, 0)
    return verdict


def _findings(operation: Operation | str, path: str, exchange: Exchange) -> Iterable[Finding]:
    if isinstance(operation, str):
        yield Finding("request", "path", "", operation)
        if not exchange.refused:
            return
        if not exchange.unanswered:
            yield from check_error(exchange)
        return
    yield from check_parameters(operation, path, exchange)
    yield from check_request(operation, exchange)
    if not exchange.unanswered:
        yield from check_reply(operation, exchange)


def _row(exchange: Exchange, operation: Operation | str) -> tuple[str, str]:
    if isinstance(operation, str):
        return (f"undocumented ({exchange.flavor})", f"{exchange.method} {operation}")
    return (operation.document.title, operation.name)


def _kind(where: str) -> str:
    """The place with its numbers blurred: the same fault in every item of a list is one line."""
    return "/".join("0" if step.isdigit() else step for step in where.split("/"))
