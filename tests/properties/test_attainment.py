"""What holds of every scorecard, reading and piece of work: bounds, order, sums."""

import dataclasses
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from bsc_sync.alignment.ledger import align
from bsc_sync.alignment.progress import progress
from bsc_sync.alignment.work import WorkItem
from bsc_sync.attainment.exact import decimal_text
from bsc_sync.attainment.measurement import Measurement
from bsc_sync.attainment.score import ON_PLAN, Score, Status
from bsc_sync.mapping.model import AlignmentRule
from tests.measure_sample import card, day, key_result, kpi, kpi_score, objective, reading, scores
from tests.work_sample import item

ON = "2026-07-02"
NUMBERS = st.decimals(min_value=-1000, max_value=1000, places=2)
WEIGHTS = st.decimals(min_value=Decimal("0.1"), max_value=100, places=1)
TYPES = ["increase", "decrease", "at_least", "at_most", "between"]


@st.composite
def measures(draw: st.DrawFn, ref: str = "C1.k") -> dict[str, Any]:
    """A numeric KPI that means something: target on the right side of baseline and red flag."""
    type_ = draw(st.sampled_from(TYPES))
    low, middle, high = sorted(draw(st.lists(NUMBERS, min_size=3, max_size=3, unique=True)))
    on = "2026-12-31"
    plain: dict[str, Any] = {"type": type_, "weight": draw(WEIGHTS)}
    if type_ == "increase":
        plain |= {"baseline": {"value": low, "on": "2025-12-31"}, "target": {"value": high, "on": on}}
    elif type_ == "decrease":
        plain |= {"baseline": {"value": high, "on": "2025-12-31"}, "target": {"value": low, "on": on}}
    elif type_ == "between":
        plain |= {
            "baseline": None,
            "target": {"low": middle, "high": high, "on": on},
            "red_flag": {"low": low},
        }
    else:
        red_flag = low if type_ == "at_least" else high
        plain |= {"baseline": None, "target": {"value": middle, "on": on}}
        plain |= {"red_flag": draw(st.sampled_from([None, red_flag]))}
    return kpi(ref, **plain)


@st.composite
def cards(draw: st.DrawFn) -> dict[str, list[dict[str, Any]]]:
    """KPIs by objective."""
    count = draw(st.integers(1, 3))
    return {
        f"C{one}": [draw(measures(f"C{one}.{index}")) for index in range(draw(st.integers(0, 3)))]
        for one in range(1, count + 1)
    }


@st.composite
def told(draw: st.DrawFn, of: dict[str, list[dict[str, Any]]]) -> list[Measurement]:
    days = st.sampled_from(["2026-03-31", "2026-06-30", ON, "2026-07-03"])
    refs = [one["id"] for kpis in of.values() for one in kpis]
    if not refs:
        return []
    return draw(
        st.lists(
            st.builds(
                lambda ref, value, on, recorded: reading(
                    ref, str(value), on, recorded=f"{recorded}T08:00:00Z"
                ),
                st.sampled_from(refs),
                NUMBERS,
                days,
                days,
            ),
            max_size=8,
        )
    )


@given(measures(), NUMBERS, NUMBERS)
def test_more_of_the_wanted_is_never_less_attainment(
    measure: dict[str, Any], one: Decimal, other: Decimal
) -> None:
    assume(measure["type"] != "between")
    lower, higher = sorted((one, other))
    if measure["type"] in {"decrease", "at_most"}:
        lower, higher = higher, lower
    worse = kpi_score(measure, {ON: str(lower)}, on=ON)
    better = kpi_score(measure, {ON: str(higher)}, on=ON)
    assert worse.raw is not None
    assert better.raw is not None
    assert worse.raw <= better.raw
    if worse.status in ON_PLAN:
        assert better.status in ON_PLAN


@given(measures(), NUMBERS)
def test_capped_in_0_to_1_and_exact(measure: dict[str, Any], value: Decimal) -> None:
    score = kpi_score(measure, {ON: str(value)}, on=ON)
    assert score.attainment is not None
    assert 0 <= score.attainment <= 1
    assert score.expected is not None
    assert 0 <= score.expected <= 1
    assert score.value == Fraction(value)
    assert score.coverage == 1


@given(st.data())
def test_a_parent_lies_between_its_children_and_undefined_ones_leave_it(data: st.DataObject) -> None:
    of = data.draw(cards())
    found = scores(card(*(objective(ref, *kpis) for ref, kpis in of.items())), data.draw(told(of)), on=ON)
    for ref, kpis in of.items():
        parent = found.get(ref, "objective")
        _check_parent(parent, [found.get(one["id"], "kpi") for one in kpis])
    _check_parent(
        found.get("customer", "perspective"), [found.get(ref, "objective") for ref in of], group=True
    )


def _check_parent(parent: Score, children: list[Score], *, group: bool = False) -> None:
    known = [child for child in children if child.attainment is not None]
    whole = sum((child.weight for child in children), Fraction(0))
    covered = sum((child.weight * child.coverage for child in children), Fraction(0))
    assert parent.coverage == (covered / whole if whole else 0)
    assert parent.children == tuple(child.id for child in children)
    assert (parent.undefined is None) == bool(known)
    if not known:
        assert (parent.attainment, parent.expected) == (None, None)
        assert parent.status == Status.NO_DATA
        return
    numbers = [child.attainment for child in known if child.attainment is not None]
    assert parent.attainment is not None
    assert min(numbers) <= parent.attainment <= max(numbers)
    counted = sum((child.weight for child in known), Fraction(0))
    total = sum((child.weight * (child.attainment or 0) for child in known), Fraction(0))
    assert parent.attainment == total / counted
    if not group:
        assert parent.coverage == counted / whole


@given(st.data())
def test_the_order_of_readings_never_matters(data: st.DataObject) -> None:
    of = data.draw(cards())
    readings = data.draw(told(of))
    strategy = card(*(objective(ref, *kpis) for ref, kpis in of.items()))
    assert scores(strategy, readings, on=ON) == scores(strategy, data.draw(st.permutations(readings)), on=ON)


@given(st.data())
def test_readings_after_the_day_never_matter(data: st.DataObject) -> None:
    of = data.draw(cards())
    readings = data.draw(told(of))
    strategy = card(*(objective(ref, *kpis) for ref, kpis in of.items()))
    earlier = [one for one in readings if one.effective <= day(ON)]
    assert scores(strategy, readings, on=ON) == scores(strategy, earlier, on=ON)


@given(st.data(), st.dates(day("2025-12-01"), day("2027-02-01")))
def test_on_any_day_every_figure_is_a_fraction_or_undefined_with_a_reason(
    data: st.DataObject, on: Any
) -> None:
    of = data.draw(cards())
    segments = [
        key_result(f"{one['id']}.q4", kpi=one["id"], baseline=0, target=data.draw(st.integers(1, 9)))
        | {"objective": ref}
        for ref, kpis in of.items()
        for one in kpis
        if one["type"] in {"increase", "decrease"}
    ]
    strategy = card(*(objective(ref, *kpis) for ref, kpis in of.items()), key_results=segments)
    found = scores(strategy, data.draw(told(of)), on=on.isoformat())
    for score in found.items:
        for field in dataclasses.fields(score):
            assert not isinstance(getattr(score, field.name), float)
        assert (score.attainment is None) == (score.undefined is not None)
        assert (score.attainment is None) == (score.raw is None)
        assert 0 <= score.coverage <= 1
    for tally, kind in (
        (found.objectives, "objective"),
        (found.kpis, "kpi"),
        (found.key_results, "key_result"),
    ):
        assert tally.of + tally.unjudged == sum(score.kind == kind for score in found.items)
        assert 0 <= tally.on_plan <= tally.of


@given(st.fractions(), st.integers(1, 15))
def test_decimal_text_is_the_nearest_decimal(value: Fraction, digits: int) -> None:
    text = decimal_text(value, digits)
    assert "e" not in text.lower()
    assert not ("." in text and text.endswith("0"))
    assert text not in {"-0", ""}
    significant = text.lstrip("-").replace(".", "").lstrip("0")
    assert len(significant.rstrip("0")) <= digits
    assert abs(Fraction(text) - value) <= abs(value) * Fraction(1, 2 * 10 ** (digits - 1))


SHARES = st.dictionaries(st.sampled_from(["C1", "C2", "C3"]), st.fractions(0, Fraction(1, 3)), max_size=3)
REFS = st.lists(st.sampled_from(["C1", "C2", "C3", "C1.q", "nobody"]), max_size=3).map(tuple)


@st.composite
def work(draw: st.DrawFn) -> list[WorkItem]:
    return [
        item(
            f"{draw(st.sampled_from(['CRM', 'OPS']))}-{number}",
            draw(st.sampled_from(["new", "indeterminate", "done", "undefined"])),
            touched=draw(st.sampled_from(["2026-05-01", "2026-11-01", "2026-11-19"])),
            points=draw(st.none() | st.decimals(-1, 40, places=1)),
            seconds=draw(st.none() | st.integers(0, 10**6)),
            serves=draw(REFS),
            shares=draw(SHARES),
            run_the_business=draw(st.booleans()),
            in_scope=draw(st.booleans()),
            restricted=draw(st.booleans()),
            container=draw(st.booleans()),
            resolution=draw(st.sampled_from([None, "Done", "Won't Do"])),
        )
        for number in range(draw(st.integers(0, 8)))
    ]


STRATEGY = card(
    objective("C1"),
    objective("C2"),
    objective("C3", retired="2026-11-10"),
    key_results=[key_result("C1.q", baseline=0, target=1)],
)


@given(st.data(), work(), st.sampled_from(["count", "points", "time"]))
def test_the_buckets_sum_to_the_whole_exactly(
    data: st.DataObject, items: list[WorkItem], effort: str
) -> None:
    rule = AlignmentRule.model_validate(
        {"scope": "x", "effort": effort, "exclude": {"resolution": ["Won't Do"]}}
    )
    found = align(STRATEGY, items, rule=rule, as_of=day("2026-11-20"), zone=STRATEGY.zone)
    assert sum((bucket.effort for bucket in found.buckets), Fraction(0)) == found.total
    assert sum(bucket.items for bucket in found.buckets) == found.items
    for index, bucket in enumerate(found.buckets):
        parts = [buckets[index] for _, buckets in found.by_project]
        assert sum((part.effort for part in parts), Fraction(0)) == bucket.effort
        assert sum(part.items for part in parts) == bucket.items
        assert not any(one.restricted for one in bucket.examples)
    if found.total:
        assert sum((bucket.share or Fraction(0) for bucket in found.buckets), Fraction(0)) == 1
    assert found.overlap <= found.items
    shuffled = data.draw(st.permutations(items))
    assert align(STRATEGY, shuffled, rule=rule, as_of=day("2026-11-20"), zone=STRATEGY.zone) == found


@given(work(), st.sampled_from(["count", "points", "time", "status"]), st.sampled_from(["count", "ignore"]))
def test_progress_is_a_share_of_the_whole(items: list[WorkItem], by: str, unestimated: Any) -> None:
    found = progress(items, by=by, unestimated=unestimated, excluded_resolutions=("Won't Do",))
    assert 0 <= found.done <= found.total
    assert 0 <= found.estimated <= found.items
    assert (found.share is None) == (found.why != "")
    if found.share is not None:
        assert found.share == found.done / found.total
