"""The whole examination: every question that can still be asked is asked, whatever failed before it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from bsc_sync.errors import MappingError, Problem
from bsc_sync.mapping.bind import Binding
from bsc_sync.mapping.fitting import misfits
from bsc_sync.plan.desired import desired_items
from bsc_sync.report.health import Check, Health, of_problem
from bsc_sync.state.store import Link
from bsc_sync.sync.assess import Strategy
from bsc_sync.sync.checks import access, contents, fields, queries, site, wiki
from bsc_sync.sync.checks.creating import Maker
from bsc_sync.sync.checks.desk import open_desk
from bsc_sync.sync.checks.questions import Answer, JiraQuestions, WikiQuestions

FILES = "files and store"


@dataclass(frozen=True, slots=True)
class Premises:
    """What there is before anything is asked.

    `strategy` is None where the files do not even give a part; `problems` is all that is wrong with
    files and settings; `here` are checks of this machine (the store, the way to the site). Without
    `jira` the settings do not suffice to ask it.
    """

    strategy: Strategy | None
    problems: tuple[Problem, ...]
    here: tuple[Check, ...] = ()
    jira: Callable[[], JiraQuestions] | None = None
    jira_url: str = ""
    maker: Callable[[], Maker] | None = None
    wiki: Callable[[], WikiQuestions] | None = None
    wiki_url: str = ""
    links: Mapping[str, Link] = field(default_factory=dict)
    token_expires: dt.date | None = None
    token_renewed: bool = False
    clock: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC)
    requests: Callable[[], int] = lambda: 0


def examine(premises: Premises) -> Health:
    """Ask everything, change nothing, and tell all that is missing at once."""
    strategy, now = premises.strategy, premises.clock()
    title = f"{strategy.card.name} ({strategy.card.id})" if strategy else "bsc-sync"
    checks = [*_files(premises), *premises.here]
    flavor = name = ""
    opened = Answer(premises.jira) if premises.jira is not None else None
    if opened is not None and opened.error is not None:
        checks.append(site.unreachable(site.AREA, opened.error))
    elif opened is not None:
        jira = opened.value
        server = Answer(jira.server)
        checks += site.server_checks(server, premises.jira_url)
        if server.ok:
            flavor = server.value.kind
            account = Answer(jira.account)
            checks.append(site.account_check(account))
            if account.ok:
                name = f"{account.value.name} ({account.value.id})"
                checks.append(
                    site.token_check(
                        premises.token_expires,
                        kind=flavor,
                        today=now.date(),
                        renewed=premises.token_renewed,
                    )
                )
            if strategy is not None and account.ok:
                checks += _in_jira(jira, strategy, premises.links, today=strategy.card.today(now))
    checks += _in_wiki(premises)
    return Health(
        f"{title}: the files, and {premises.jira_url or 'no site'}",
        tuple(checks),
        premises.requests(),
        flavor,
        premises.jira_url,
        name,
    )


def _files(premises: Premises) -> Iterator[Check]:
    if not premises.problems and premises.strategy is not None:
        card = premises.strategy.card
        results = sum(1 for _ in card.key_results())
        found = f"in order, {len(card.objectives)} objectives, {results} key results"
        yield Check(FILES, "scorecard.yaml and mapping.yaml", "well", found)
    for problem in premises.problems:
        yield of_problem(problem, FILES)


def _in_wiki(premises: Premises) -> Iterator[Check]:
    strategy = premises.strategy
    if strategy is None or strategy.mapping.publish.confluence is None or premises.wiki is None:
        return
    opened = Answer(premises.wiki)
    if opened.error is not None:
        yield site.unreachable(wiki.AREA, opened.error)
        return
    mark = f"bsc-sync-{strategy.card.id}"
    place = strategy.mapping.publish.confluence
    yield from wiki.wiki_checks(opened.value, place, strategy.lines, mark=mark, url=premises.wiki_url)


def _in_jira(
    jira: JiraQuestions, strategy: Strategy, links: Mapping[str, Link], *, today: dt.date
) -> Sequence[Check]:
    opened = Answer(lambda: open_desk(jira, strategy, links))
    if opened.error is not None:
        return [site.failed(fields.AREA, "fields", opened.error)]
    desk, problems = opened.value
    wanted = fields.Wanted() if problems else _wanted(strategy, desk.binding, today=today)
    present = contents.find_issues(desk)
    if present.ok:
        desk = replace(desk, present=present.value)
    may, checks = access.find_access(desk)
    return [
        *checks,
        *fields.field_checks(desk, problems, may, wanted),
        *contents.content_checks(desk, may, issues=present.error),
        *queries.query_checks(desk),
    ]


def _wanted(strategy: Strategy, binding: Binding, *, today: dt.date) -> fields.Wanted:
    """What would be written; values of a field whose type does not suit are told with the type alone."""
    wrong = {f'field "{one.name}"' for one in misfits(strategy.mapping, binding, frozenset()) if one.hard}
    try:
        return fields.Wanted(desired_items(strategy.card, binding, today=today))
    except MappingError as error:
        return fields.Wanted(problems=tuple(one for one in error.problems if one.path not in wrong))
