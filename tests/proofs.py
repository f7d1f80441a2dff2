"""A promise and the tests that hold it, and where such tests stand."""

from __future__ import annotations

from typing import NamedTuple

JOB = "tests/contract/test_main_job.py::test_"
RULE = "tests/contract/test_rules.py::test_"
PLAN = "tests/contract/test_plan_contract.py::test_"
STALE = "tests/contract/test_stale_plans.py::test_"
MAKE = "tests/unit/plan/test_make.py::test_"
LOST = "tests/contract/test_lost_replies.py::test_"
GUARDS = "tests/contract/test_guards.py::test_"
BACK = "tests/contract/test_read_back.py::test_"
MACHINE = "tests/properties/test_sync_machine.py::TestSyncMachine::runTest"
STANDS = "tests/contract/test_where_links_stand.py::test_"
LABELS = "tests/contract/test_labels_one_by_one.py::test_"
WIKI = "tests/contract/test_wiki_pages.py::test_"
FLAVORS = "tests/contract/test_flavors.py::test_"
HELD = "tests/contract/test_what_no_file_holds.py::test_"
LEASE = "tests/unit/state/test_lease.py::test_"
BUDGET = "tests/contract/test_request_budget.py::test_"
MARKS = "tests/contract/test_marks_against_the_store.py::test_"
BACK_AGAIN = "tests/contract/test_retired_and_back.py::test_"
PARTIAL = "tests/contract/test_partial_creates.py::test_"
LIMITS = "tests/unit/sync/test_limits.py::test_"
WHO = "tests/unit/sync/test_who_is_who.py::test_"
MATRIX = "tests/unit/plan/test_matrix.py::test_"
TWO = "tests/contract/test_two_scorecards.py::test_"
CUT_OFF = "tests/contract/test_cut_off_and_cloned.py::test_"


class Promise(NamedTuple):
    """One promise in a person's words, and the tests that hold it."""

    what: str
    tests: tuple[str, ...]
