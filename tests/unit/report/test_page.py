"""What a page says: headline, exceptions, decisions, the three numbers, and what it does not name."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from fractions import Fraction

import pytest

from bsc_sync.attainment.score import Score, Scores, Status, Tally
from bsc_sync.report.digest import page_digest
from bsc_sync.report.document import page_json
from bsc_sync.report.first_screen import headline
from bsc_sync.report.page import IssueLink, Page, PlanNote, RunNote, compose
from bsc_sync.report.parts import Move, ObjectiveRow
from bsc_sync.scorecard.model import Decision, Scorecard
from tests import report_sample as sample

RUN = RunNote("r1", sample.NOW, "aa", "bb", "1")


def composed(
    card: Scorecard | None = None,
    *,
    scores: Scores | None = None,
    previous: Scores | None = None,
    run: RunNote = RUN,
    links: dict[str, IssueLink] | None = None,
    changes: PlanNote | None = None,
) -> Page:
    card = card or sample.card()
    return compose(
        card,
        scores or sample.scores(sample.TODAY),
        sample.alignment(sample.TODAY),
        links=links if links is not None else sample.links(),
        changes=changes or PlanNote(),
        mapping=sample.mapping(),
        previous=previous,
        run=run,
        browse=sample.SITE,
    )


def objective(page: Page, ref: str) -> ObjectiveRow:
    return next(row for section in page.sections for row in section.objectives if row.id == ref)


def told(*, on_plan: int, of: int, unjudged: int, moved: tuple[Move, ...], since: dt.date | None) -> str:
    tally = Tally(on_plan, of, unjudged)
    scores = Scores(sample.TODAY, (), tally, tally, tally, None, None, Fraction(0), ())
    return headline(scores, moved, since).replace("\u00a0", " ")


def test_the_headline_is_one_sentence_of_counts_and_moves() -> None:
    week_ago = dt.date(2026, 11, 16)
    one, two, three = Move("C1", "40 %", "60 %"), Move("P2", "30 %", "45 %"), Move("F1", "1 %", "2 %")
    assert told(on_plan=6, of=9, unjudged=0, moved=(one,), since=week_ago) == (
        "6 of 9 objectives are on plan; since 16 Nov, C1 moved from 40 % to 60 %."
    )
    assert told(on_plan=1, of=8, unjudged=1, moved=(one, two), since=dt.date(2025, 12, 30)) == (
        "1 of 8 objectives is on plan and 1 cannot be judged yet;"
        " since 30 Dec 2025, C1 moved from 40 % to 60 % and P2 from 30 % to 45 %."
    )
    assert told(on_plan=6, of=9, unjudged=0, moved=(one, two, three), since=week_ago) == (
        "6 of 9 objectives are on plan; since 16 Nov, C1 moved from 40 % to 60 %,"
        " P2 from 30 % to 45 % and 1 other objective too."
    )
    assert told(on_plan=0, of=9, unjudged=0, moved=(), since=week_ago) == (
        "0 of 9 objectives are on plan; nothing has moved since 16 Nov."
    )
    assert (
        told(on_plan=0, of=0, unjudged=9, moved=(), since=None) == "None of 9 objectives can be judged yet."
    )
    assert told(on_plan=0, of=0, unjudged=0, moved=(), since=None) == "The scorecard has no objectives yet."


def test_what_moved_is_told_with_the_largest_move_first() -> None:
    page = composed(previous=sample.scores(dt.date(2026, 11, 16)))
    assert [move.id for move in page.moved] == ["P2", "C2", "C1", "P1"]
    assert objective(page, "P2").before == "64\u00a0%"
    assert objective(page, "F2").before == ""


def test_the_three_numbers_stay_apart() -> None:
    retention = objective(composed(), "C1")
    assert (retention.attainment.text, retention.okr_progress.text, retention.work_progress.text) == (
        "41.5\u00a0%",
        "90\u00a0%",
        "58.3\u00a0%",
    )
    kpi, _, key_result = retention.measures
    assert (kpi.kind, kpi.value.text, kpi.attainment.exact) == ("KPI", "86.8\u00a0%", "0.36")
    assert (key_result.kind, key_result.value.text, key_result.attainment.exact) == (
        "Key result",
        "86.8\u00a0%",
        "0.9",
    )
    assert kpi.work_progress is None


def test_a_key_result_that_is_measured_by_work_says_so() -> None:
    (pilot,) = [row for row in objective(composed(), "L2").measures if row.kind == "Key result"]
    assert pilot.by == "linked work done"
    assert (pilot.value.text, pilot.baseline, pilot.target) == ("38.5\u00a0%", "0\u00a0%", "100\u00a0%")


def test_the_exceptions_are_the_worst_first_with_the_latest_note() -> None:
    page = composed()
    assert [entry.id for entry in page.exceptions] == ["C2", "F1", "P1", "P3", "L2"]
    assert page.more_exceptions == 0
    sales = page.exceptions[2]
    assert sales.standing.word == "at risk"
    assert sales.note == "Two of five sellers left; hiring is under way."
    assert sales.noted_on == dt.date(2026, 11, 20)
    assert page.exceptions[4].standing.word == "off track", "on plan itself, but a key result is not"


def test_at_most_five_exceptions_and_three_decisions_are_shown() -> None:
    scores = sample.scores(sample.TODAY)
    bad = replace(
        scores,
        items=tuple(
            replace(item, status=Status.OFF_TRACK) if item.kind == "objective" else item
            for item in scores.items
        ),
    )
    card = sample.card()
    asked = tuple(
        Decision.model_validate({"id": ref, "text": text, "due": due})
        for ref, text, due in (
            ("a", "undated", None),
            ("b", "later", "2026-12-24"),
            ("c", "sooner", "2026-12-01"),
            ("d", "last", "2027-12-01"),
        )
    )
    first = card.objectives[0].model_copy(update={"decisions": asked})
    card = card.model_copy(update={"objectives": (first, *card.objectives[1:])})
    page = composed(card, scores=bad)
    assert (len(page.exceptions), page.more_exceptions) == (5, 4)
    assert [(wanted.text, wanted.overdue) for wanted in page.decisions] == [
        ("Offer a starter plan to accounts under five seats?", True),
        ("sooner", False),
        ("later", False),
    ]
    assert page.more_decisions == 2


def test_an_undefined_figure_is_a_dash_with_its_reason_and_never_0() -> None:
    page = composed()
    trained = objective(page, "L1")
    assert (trained.attainment.text, trained.attainment.exact) == ("–", None)
    assert trained.attainment.why == "none of its KPIs has a value"
    missing = {entry.id: entry.reason for entry in page.undefined}
    assert missing["L1.trained"] == "the field Current value of STRAT-14 is empty"
    assert missing["F1"].startswith("key-result attainment: no key results in the current cycle")
    assert [entry.id for entry in page.stale] == ["F2.arr", "P1.demos", "P3.uptime"]


def test_restricted_work_is_counted_and_not_named() -> None:
    page = composed()
    assert "OPS-70" not in str(page_json(page))
    assert "only a few may read" not in str(page_json(page))
    assert page.ledger.untouched.restricted == 1
    assert page.ledger.buckets[0].restricted == 1
    assert sum(bucket.items for bucket in page.ledger.buckets) == page.ledger.items == 16


def test_the_buckets_sum_to_the_whole() -> None:
    ledger = composed().ledger
    efforts = [Fraction(bucket.effort.exact or "0") for bucket in ledger.buckets]
    assert sum(efforts) == Fraction(ledger.total.exact or "0") == 79
    assert ledger.overlap == 1


def test_a_retired_objective_has_left_the_page() -> None:
    scores = sample.scores(sample.TODAY)
    items = tuple(
        replace(item, retired=True) if (item.kind, item.id) == ("objective", "C1") else item
        for item in scores.items
    )
    page = composed(scores=replace(scores, items=items))
    assert [node.id for row in page.map.rows for node in row.nodes if row.id == "customer"] == ["C2"]
    assert "C1" not in {end for arrow in page.map.arrows for end in (arrow.cause, arrow.effect)}
    assert page.decisions == ()


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "//evil.example",
        "https://",
        "http://a b",
        'https://a.example/"',
    ],
)
def test_only_web_addresses_are_linked(url: str) -> None:
    page = composed(links={"C1": IssueLink("STRAT-3", url)})
    assert objective(page, "C1").link == IssueLink("STRAT-3", "")


def test_the_digest_leaves_out_run_time_and_the_look_back() -> None:
    first = composed(previous=sample.scores(dt.date(2026, 11, 16)))
    later = replace(RUN, id="r2", at=sample.NOW + dt.timedelta(hours=1))
    assert page_digest(composed(run=later)) == page_digest(first)
    assert len(page_digest(first)) == 64


def test_the_digest_changes_with_what_the_page_states() -> None:
    page = composed()
    digests = {
        page_digest(page),
        page_digest(composed(scores=sample.scores(dt.date(2026, 11, 16)))),
        page_digest(composed(changes=PlanNote(pending=2))),
        page_digest(composed(run=replace(RUN, scorecard_digest="cc"))),
        page_digest(composed(links={})),
    }
    assert len(digests) == 5


def test_authors_own_names_and_overrides_of_a_status_are_shown() -> None:
    scores = sample.scores(sample.TODAY)

    def changed(item: Score) -> Score:
        if (item.kind, item.id) != ("objective", "C1"):
            return item
        return replace(item, status_name="steady", overridden="Audit pending")

    page = composed(scores=replace(scores, items=tuple(map(changed, scores.items))))
    standing = objective(page, "C1").standing
    assert (standing.word, standing.overridden, standing.tone) == ("steady", "Audit pending", "good")
