"""The texts of a mapping that another program will read: JQL, paths, placeholders."""

from __future__ import annotations

import re
from collections.abc import Iterator
from string import Formatter

from bsc_sync.mapping.model import Mapping
from bsc_sync.mapping.sources import CsvSource, JqlSource
from bsc_sync.scorecard.findings import Finding
from bsc_sync.scorecard.wording import Path, listed, quoted, suggestion

PLACEHOLDERS = ("scorecard", "date", "id", "name")

_JQL = re.compile(
    r"""(?P<quoted>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(?P<open>["'])|(?P<paren>[()])|(?P<order>\border\s+by\b)""",
    re.IGNORECASE | re.DOTALL,
)


def check_texts(mapping: Mapping) -> Iterator[Finding]:
    """Every query, path and placeholder that could not be used."""
    for path, jql in _queries(mapping):
        yield from _check_jql(path, jql)
    for index, rule in enumerate(mapping.measures):
        if isinstance(rule.source, CsvSource):
            yield from _check_path(("measures", index, "source", "csv"), rule.source.csv)
    if mapping.publish.html is not None:
        yield from _check_path(("publish", "html"), mapping.publish.html)
    if mapping.jira.retire.comment is not None:
        yield from _check_comment(("jira", "retire", "comment"), mapping.jira.retire.comment)


def _queries(mapping: Mapping) -> Iterator[tuple[Path, str]]:
    for index, work in enumerate(mapping.work):
        if work.jql is not None:
            yield ("work", index, "jql"), work.jql
    for index, rule in enumerate(mapping.measures):
        if isinstance(rule.source, JqlSource):
            yield ("measures", index, "source", "jql"), rule.source.jql
            if rule.source.to is not None:
                yield ("measures", index, "source", "to"), rule.source.to
    if mapping.alignment is not None:
        yield ("alignment", "scope"), mapping.alignment.scope
        if mapping.alignment.run_the_business is not None:
            yield ("alignment", "run_the_business"), mapping.alignment.run_the_business


def _check_jql(path: Path, jql: str) -> Iterator[Finding]:
    if not jql.strip():
        yield Finding(path, "the JQL is empty", "write a query, or leave the key out")
    depth = 0
    for found in _JQL.finditer(jql):
        if found["open"]:
            yield Finding(path, f"the JQL has a quote {found['open']} that is never closed", "close it")
            return
        if found["order"]:
            what = "the JQL has an ORDER BY, and it is joined with other conditions"
            yield Finding(path, what, "take the ORDER BY out")
            return
        depth += {"(": 1, ")": -1}.get(found["paren"] or "", 0)
        if depth < 0:
            break
    if depth:
        more = "opened" if depth > 0 else "closed"
        yield Finding(path, f"the JQL has a parenthesis that is only {more}", "balance the parentheses")


def _check_path(path: Path, given: str) -> Iterator[Finding]:
    parts = re.split(r"[\\/]", given)
    if not given.strip() or given.endswith(("/", "\\")):
        yield Finding(path, f"{quoted(given)} is no file name", "write a name such as out/page.html")
    elif not parts[0] or ".." in parts or re.match(r"[A-Za-z]:|~|[a-z]+://", given):
        what = f"{quoted(given)} leads out of the project folder"
        yield Finding(path, what, "name a file in the folder of scorecard.yaml or below it")


def _check_comment(path: Path, comment: str) -> Iterator[Finding]:
    try:
        parts = [part for part in Formatter().parse(comment) if part[1] is not None]
    except ValueError:
        yield Finding(path, "a brace is opened or closed alone", "write {{ and }} for braces that stay")
        return
    for _, name, form, conversion in parts:
        if form or conversion:
            yield Finding(
                path, f"the placeholder {quoted(f'{{{name}}}')} takes no format", "write its name only"
            )
        elif name is not None and name not in PLACEHOLDERS:
            known = listed(f"{{{known}}}" for known in PLACEHOLDERS)
            hint = suggestion(name, PLACEHOLDERS, what="there are")
            hint = hint if hint.startswith("did") else f"there are {known}"
            yield Finding(path, f"unknown placeholder {quoted(f'{{{name}}}')}", hint)
