"""The strategy has figures and people have none: no output tells a number of a person."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select

from bsc_sync.atlassian.workload import Shape
from bsc_sync.attainment.document import scores_json
from bsc_sync.cli.endings import run_json
from bsc_sync.cli.plan_text import plan_lines
from bsc_sync.cli.report import rendered
from bsc_sync.cli.status import standing, status_json
from bsc_sync.report.document import page_json
from bsc_sync.report.markdown import render_markdown
from bsc_sync.report.page import Page
from bsc_sync.state.schema import metadata
from bsc_sync.sync.run import RunReport, run
from bsc_sync.sync.world import Policy

Acme = Any  # the fixture's class lives in conftest, which is not imported

PERSONAL = re.compile(
    r"(?i)assignee|reporter|creator|author|people|person|account|users?$|owners$|worklog|by_owner"
)
ITEM = {"id", "ref", "objective", "key", "code"}  # a row about one of these may name its owner


def figures_per_person(document: object, names: frozenset[str], path: str = "") -> Iterator[str]:
    """Where a number stands under a person, in JSON: below one, or in a row about nobody else."""
    if isinstance(document, dict):
        for key, value in document.items():
            here = f"{path}.{key}"
            if (key in names or PERSONAL.search(key)) and any(_numbers(value)):
                yield here
            yield from figures_per_person(value, names, here)
        named = [key for key, value in document.items() if isinstance(value, str) and value in names]
        if named and not ITEM & set(document) and any(_numbers(document)):
            yield f"{path}.{named[0]}"
    elif isinstance(document, list):
        for index, value in enumerate(document):
            yield from figures_per_person(value, names, f"{path}[{index}]")


def _numbers(value: object) -> Iterator[object]:
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _numbers(inner)
    elif isinstance(value, bool) or value is None:
        return
    elif not isinstance(value, str) or re.fullmatch(r"-?[0-9]+([.,/][0-9]+)? ?%?", value):
        yield value


def rows_per_person(text: str, names: frozenset[str]) -> list[str]:
    """Rows of a table, in HTML, storage format or Markdown, that begin with a person."""
    people = "|".join(map(re.escape, names))
    rows = re.compile(rf"(?im)(?:<tr[^>]*>\s*<t[hd][^>]*>(?:<[^>]*>|\s)*|^\|\s*)({people})\s*(?:<|\|)")
    return [found[1] for found in rows.finditer(text)]


@pytest.mark.parametrize(
    ("document", "where"),
    [
        ({"assignees": {"x": 3}}, [".assignees"]),
        ({"work": {"mia": {"done": "4"}}}, [".work.mia"]),
        ({"rows": [{"owner": "cfo", "done": "40 %"}]}, [".rows[0].owner"]),
        ({"rows": [{"id": "C1", "owner": "cfo", "done": "40 %"}]}, []),
        ({"by_owner": [["cfo", 3]]}, [".by_owner"]),
    ],
)
def test_a_figure_of_a_person_would_be_found(document: object, where: list[str]) -> None:
    assert list(figures_per_person(document, frozenset({"cfo", "mia"}))) == where


def test_a_row_of_a_person_would_be_found() -> None:
    names = frozenset({"cfo"})
    assert rows_per_person("<tr>\n<th scope='row'><span>cfo</span></th><td>3</td>", names) == ["cfo"]
    assert rows_per_person("| cfo | 3 |", names) == ["cfo"]
    assert rows_per_person("| C1 | cfo | 3 |", names) == []


def test_no_output_names_whoever_works_or_counts_by_who_answers(acme_here: Acme) -> None:
    done = synced(acme_here)
    roles = frozenset(
        {"cfo", "head-of-success", "head-of-sales", "head-of-operations", "head-of-people", "cto"}
    )
    workers = frozenset(
        name for user in acme_here.site.users.values() for name in (user.account_id, user.name, user.email)
    )
    outputs = texts(done, acme_here)
    assert "head-of-success" in outputs["html"], "roles are shown, with what they answer for"
    for kind, text in outputs.items():
        assert [name for name in workers if name in text] == [], kind
        assert rows_per_person(text, roles) == [], kind
    for kind, document in documents(done, acme_here).items():
        assert list(figures_per_person(document, roles | workers)) == [], kind


def test_nothing_of_those_who_work_is_asked_for_or_kept(acme_here: Acme) -> None:
    synced(acme_here)
    assert not [name for name in Shape(None, ()).fields if PERSONAL.search(name)]
    office = acme_here.office()
    with office.engine.connect() as connection:
        held = "\n".join(
            str(tuple(row)) for table in metadata.sorted_tables for row in connection.execute(select(table))
        )
    columns = [f"{table.name}.{column.name}" for table in metadata.sorted_tables for column in table.columns]
    assert not [name for name in columns if PERSONAL.search(name)]
    for user in acme_here.site.users.values():
        for name in (user.account_id, user.name, user.email):
            assert name not in held, name


def synced(acme: Acme) -> RunReport:
    office = acme.office()
    return run(office.strategy, acme.world(office), Policy())


def documents(done: RunReport, acme: Acme) -> dict[str, object]:
    """All that is printed as JSON."""
    office = acme.office()
    runs = [office.history.runs_named(one.id)[0] for one in office.history.runs(limit=10)]
    return {
        "page": page_json(done.page),
        "scores": scores_json(office.strategy.card, done.scores),
        "summary": json.loads(json.dumps(done.summary())),
        "plan": done.plan.model_dump(mode="json"),
        "history": [run_json(one, None, whole=True) for one in runs],
        "status": status_json(standing(office)),
    }


def texts(done: RunReport, acme: Acme) -> dict[str, str]:
    """All that is shown, in every form."""
    page: Page = done.page
    shown = {form: rendered(page, form) for form in ("html", "json", "storage")}
    return {
        **shown,
        "markdown": render_markdown(page),
        "plan": "\n".join(line.text for line in plan_lines(done.plan)),
        **{
            kind: json.dumps(document, ensure_ascii=False) for kind, document in documents(done, acme).items()
        },
    }
