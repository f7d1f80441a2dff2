"""The doctor's report as a value: how it ends, how it is told, what it asks for."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bsc_sync.report.admin_request import render_request
from bsc_sync.report.health import Check, Fault, Health, State, health_json, health_lines
from bsc_sync.report.wants import Want

STATES: tuple[State, ...] = ("well", "warning", "missing", "unknown")


def health(*checks: Check) -> Health:
    return Health("Acme", checks, 3, "cloud", "https://acme.example", "Ada (1)")


@pytest.mark.parametrize(
    ("states", "code"),
    [
        ([], 0),
        ([("well", "here"), ("warning", "here"), ("unknown", "site")], 0),
        ([("missing", "here")], 1),
        ([("missing", "site")], 4),
        ([("missing", "site"), ("missing", "here")], 1),
    ],
)
def test_how_it_ends(states: list[tuple[State, Fault]], code: int) -> None:
    assert health(*(Check("queries", "x", state, fault=fault) for state, fault in states)).exit_code == code


@given(
    st.lists(
        st.builds(
            Check,
            st.sampled_from(["queries", "people", "something new"]),
            st.text(max_size=40),
            st.sampled_from(STATES),
            st.text(max_size=200),
            st.text(max_size=200),
            st.text(max_size=20),
        ),
        max_size=6,
    )
)
def test_every_check_is_told_once_and_its_lines_are_lines(checks: list[Check]) -> None:
    lines = [line for line, _ in health_lines(health(*checks))]
    heads = [line for line in lines if line[:2] == "  " and line[2:11].strip() in STATES]
    assert len(heads) >= len(checks)
    assert all("\n" not in line for line in lines)
    data = health_json(health(*checks))
    assert data["counts"] == {state: sum(c.state == state for c in checks) for state in STATES}


def test_long_words_are_the_only_reason_to_be_wide() -> None:
    check = Check("queries", "work[0].jql", "missing", "word " * 60, "do " * 60, "mapping.yaml:34:28")
    assert max(len(line) for line, _ in health_lines(health(check))) <= 80


def test_the_same_thing_in_several_places_is_one_line_of_the_request() -> None:
    here = Want("permission", "Edit Issues", ("STRAT",), "to keep them in step")
    there = Want("permission", "Edit Issues", ("OPS",), "to keep them in step")
    create = Want("screen", "Target", ("STRAT / Task",), "it shows the target", "number", "create")
    edit = Want("screen", "Target", ("STRAT / Task",), "it shows the target", "number", "edit")
    lines = render_request(
        health(
            Check("permissions", "", "missing", wants=(here,)),
            Check("permissions", "", "missing", wants=(there, edit)),
            Check("permissions", "", "missing", wants=(create,)),
        ),
        every=False,
    ).splitlines()
    assert "| Edit Issues | STRAT and OPS | to keep them in step |" in lines
    assert "| Target | create and edit | STRAT / Task | it shows the target |" in lines


def test_only_what_is_missing_is_asked_for_unless_all_is_wanted() -> None:
    want = Want("link type", "Contribution", (), "it joins work")
    well = health(Check("issues and work", "link types", "well", wants=(want,)))
    assert "Nothing is missing" in render_request(well, every=False)
    assert "| Contribution | it joins work |" in render_request(well, every=True)


def test_a_ticket_never_says_more_than_was_looked_at() -> None:
    nobody = render_request(replace(health(), account=""), every=False)
    assert nobody.startswith("Not everything could be looked at")
    down = health(Check("site and account", "reachable", "missing", fault="site"))
    assert render_request(down, every=False).startswith("Not everything could be looked at")
    browse = Want("permission", "Browse Projects", ("STRAT",), "to see")
    shut = health(Check("permissions", "", "missing", fault="site", wants=(browse,)))
    assert "more may follow" in render_request(shut, every=False)
    edit = Want("permission", "Edit Issues", ("STRAT",), "to edit")
    let_in = health(Check("permissions", "", "missing", fault="site", wants=(edit,)))
    assert "everything else is in place already" in render_request(let_in, every=False)


def test_names_from_a_site_are_no_markup_in_the_ticket() -> None:
    want = Want("field", "a|b `c` <script> *d*\x1b[2J", ("S / T",), "because", "number")
    text = render_request(health(Check("projects and fields", "", "missing", wants=(want,))), every=False)
    assert "a\\|b \\`c\\` \\<script\\> \\*d\\*\\\\x1b\\[2J" in text


def test_data_center_is_told_its_own_ways() -> None:
    want = Want("field", "Target", ("S / T",), "because", "number")
    checks = (Check("projects and fields", "", "missing", wants=(want,)),)
    text = render_request(Health("Acme", checks, 0, "data-center"), every=False)
    assert "Administration > Issues > Custom fields" in text
