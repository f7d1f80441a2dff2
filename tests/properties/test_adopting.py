"""Whatever Jira shows comes into the file so that the file asks for it, or is left with a reason."""

from __future__ import annotations

import datetime as dt
import tempfile
from dataclasses import replace
from pathlib import Path

from hypothesis import event, given, settings
from hypothesis import strategies as st

from bsc_sync.mapping.bind import Binding, bind
from bsc_sync.mapping.catalog import Catalog, FieldInfo
from bsc_sync.mapping.load import load_both
from bsc_sync.plan.change import FieldChange, Hold
from bsc_sync.plan.desired import desired_items
from bsc_sync.plan.item import Item, ItemField, Value
from bsc_sync.plan.plan import Digests, Plan
from bsc_sync.plan.values import canonical_value
from bsc_sync.plan.verdict import Verdict
from bsc_sync.scorecard.load import LoadedScorecard, load_scorecard
from bsc_sync.scorecard.quantity import Unfit
from bsc_sync.sync.adopting import Basis, Proposal, Wanted, propose
from bsc_sync.sync.card_files import CardFiles, read_card_files

TODAY = dt.date(2026, 11, 23)
CARD = """\
# The strategy of Acme
format: 1
id: acme
name: Acme
timezone: Europe/Zurich
destination: {horizon: {from: 2026-01-01, to: 2028-12-31}}
teams: [{id: success, name: Success}, {id: crm, name: CRM}]
themes:
  - {id: loyal, name: Loyal}
  - {id: lead, name: Lead}
include: [objectives/all.yaml]

cycles:            # by quarter
- id: 2026-Q4
  from: 2026-10-01
  to: 2026-12-31
  key_results:
  - {id: C1.a, objective: C1, name: 'First, of all', unit: "%", baseline: 85, target: 87}  # flow
  - id: C1.b
    objective: C1
    kpi: C1.k
    name: Second      # block
    target:
      value: 3        # the target
    description: |
      A text.

      Of two paragraphs.
    owner: cfo

  - id: C2.a
    objective: C2
    name: Third
    type: at_least
    target: {value: 40, on: 2026-12-31}
    team: crm
"""
OBJECTIVES = """\
objectives:

- id: C1
  perspective: customer
  themes: [loyal]          # two at most
  name: >-
    Increase customer
    retention
  description: "One \\"line\\""
  owner: cfo
  team: success
  kpis:
  - id: C1.k
    name: K
    type: increase
    unit: "%"
    baseline: {value: 1, on: 2025-12-31}
    target: {value: 4, on: 2027-12-31}

# The second one
- {id: C2, perspective: internal, name: "Two", owner: cto}
"""
MAPPING = """\
format: 1
scorecard: acme
jira:
  project: STRAT
  objectives:
    fields:
      Summary: {from: name}
      Description: {from: description}
      Due date: {from: due}
      Assignee: {from: owner}
      Team: {from: team}
      Perspective: {from: perspective}
      Themes: {from: themes}
      Priority: {value: High}
  key_results:
    fields:
      Summary: {from: name}
      Description: {from: description}
      Until: {from: due}
      Target: {from: target}
      Baseline: {from: baseline}
      Unit: {from: unit}
      Assignee: {from: owner}
      Team: {from: team}
      Cycle: {from: cycle}
people: {cfo: "1:carla", cto: "1:priya", head: "1:mia", deputy: "1:mia"}
"""
KINDS = {
    "Summary": "line",
    "Description": "text",
    "Due date": "date",
    "Until": "moment",
    "Assignee": "user",
    "Team": "option",
    "Perspective": "line",
    "Themes": "labels",
    "Priority": "priority",
    "Target": "number",
    "Baseline": "number",
    "Unit": "line",
    "Cycle": "line",
}
CATALOG = Catalog(
    account="1:robot",
    fields=tuple(FieldInfo(f"f-{name}", name, kind) for name, kind in KINDS.items()),
    projects={"STRAT": "1"},
)
HOSTILE = st.sampled_from(
    [
        *(
            "yes",
            "null",
            "~",
            "2026-12-31",
            "012",
            "1e3",
            "# no",
            "a # b",
            "key: value",
            "- item",
            "{a: b}",
            "*x",
            "&y",
            "!t",
            "@at",
        ),
        *(
            'say "x"',
            "it's",
            "\\back",
            "trailing ",
            "\ttab\t",
            "<<",
            "=",
            "a\n\nb",
            "- a\n- b",
            "> q",
            "\u05e9\u05dc\u05d5\u05dd \u202e\u05d0",
            "\u2764\ufe0f",
        ),
        *(
            "x" * 300,
            "word " * 6_000,
            "%",
            "EUR",
            "customer",
            "internal",
            "crm",
            "success",
            "1:priya",
            "1:mia",
            "2:nobody",
            "2026-Q4",
            "\x00",
        ),
    ]
)
TEXTS = HOSTILE | st.text(max_size=30)
SHOWN = {
    "line": TEXTS,
    "text": TEXTS | st.lists(TEXTS, max_size=4).map("\n\n".join),
    "date": st.dates(dt.date(1890, 1, 1), dt.date(2210, 1, 1)),
    "moment": st.sampled_from(
        ["2026-12-23T23:00:00Z", "2026-12-23T22:59:59Z", "2027-06-30T22:00:00Z", "2027-06-30T10:00:00Z"]
    ),
    "number": st.decimals(
        allow_nan=False, allow_infinity=False, min_value=-(10**6), max_value=10**6, places=3
    ),
    "user": TEXTS,
    "option": TEXTS,
    "priority": TEXTS,
    "labels": st.lists(st.sampled_from(["loyal", "lead", "other"]), max_size=3).map(tuple),
}


def begun(folder: Path, *, crlf: bool, mark: bool) -> tuple[CardFiles, Basis]:
    """The files in a folder, with a way of their own, and what they ask for."""
    (folder / "objectives").mkdir()
    for name, text in (("scorecard.yaml", CARD), ("objectives/all.yaml", OBJECTIVES)):
        raw = text.replace("\n", "\r\n") if crlf else text
        (folder / name).write_bytes((b"\xef\xbb\xbf" if mark else b"") + raw.encode())
    (folder / "mapping.yaml").write_text(MAPPING)
    card, mapping = load_both(folder / "scorecard.yaml", folder / "mapping.yaml")
    binding = bind(mapping.mapping, card.card, CATALOG)
    items = desired_items(card.card, binding, today=TODAY)
    files = read_card_files(folder / "scorecard.yaml", digest=card.digest)
    none = Digests(scorecard="", mapping="", observation="")
    plan = Plan(scorecard="acme", store="", made="", digests=none, items=len(items))
    return files, Basis(plan, items, binding, mapping.mapping)


def held(plan: Plan, item: Item, asked: ItemField, seen: Value) -> Plan:
    part = FieldChange(
        id=asked.id,
        name=asked.name,
        type=asked.type,
        old=seen,
        new=asked.value,
        verdict=Verdict.DRIFT_ADOPT,
        asked_by=asked.asked_by,
    )
    hold = Hold(ref=item.ref, name=item.name, key="STRAT-1", reason="", hint="", fields=(part,))
    return plan.model_copy(update={"changes": (hold,)})


def asked_for(card: LoadedScorecard, binding: Binding) -> dict[tuple[str, str], Value]:
    items = desired_items(card.card, binding, today=TODAY)
    return {(item.ref, one.name): one.value for item in items for one in item.fields}


@given(st.data(), st.booleans(), st.booleans())
@settings(max_examples=120, deadline=None)
def test_what_jira_shows_is_asked_for_afterwards_or_left_with_a_reason(
    data: st.DataObject, crlf: bool, mark: bool
) -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        files, basis = begun(folder, crlf=crlf, mark=mark)
        binding = basis.binding
        item = data.draw(st.sampled_from(basis.items), label="item")
        asked = data.draw(st.sampled_from(item.fields), label="field")
        kind = asked.type
        try:
            seen = canonical_value(kind, data.draw(st.none() | SHOWN[kind], label="shown"))
        except Unfit:
            return
        before = asked_for(files.loaded, binding)
        proposal = propose(
            replace(basis, plan=held(basis.plan, item, asked, seen)), files, Wanted(), today=TODAY
        )
        event(f"{asked.name} of {item.kind}: {'left' if proposal.left else 'taken'}")
        if proposal.left:
            check_left(proposal)
            return
        files.write(proposal.texts)
        after = load_scorecard(folder / "scorecard.yaml")
        now = asked_for(after, binding)
        assert now.get((item.ref, asked.name)) == seen
        changed = {key for key in {**before, **now} if before.get(key) != now.get(key)}
        assert changed <= {(item.ref, asked.name), *proposal.along}
        raw = b"".join((folder / name).read_bytes() for name in ("scorecard.yaml", "objectives/all.yaml"))
        assert raw.count(b"\xef\xbb\xbf") == (2 if mark else 0)
        assert raw.count(b"\r\n") == (raw.count(b"\n") if crlf else 0)
        for comment in (
            "# The strategy of Acme",
            "# two at most",
            "# The second one",
            "# by quarter",
            "# flow",
        ):
            assert comment.encode() in raw


def check_left(proposal: Proposal) -> None:
    """A reason and a way out, in letters that can be read."""
    (left,) = proposal.left
    assert dict(proposal.texts) == {}
    assert proposal.taken == ()
    assert left.problem.what
    assert left.problem.hint
    assert str(left.problem).isprintable()
