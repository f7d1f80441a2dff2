"""What a person puts into a text and no file can hold is an edit like any other, on both products."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from bsc_sync.atlassian.dialect import CLOUD, DATA_CENTER
from bsc_sync.atlassian.regions import with_region
from bsc_sync.cli.plan import look
from bsc_sync.plan.change import Hold, Update
from bsc_sync.plan.verdict import Verdict
from bsc_sync.plan.wishes import NO_WISH
from bsc_sync.sync.adopting import Basis, Proposal, Wanted, propose
from bsc_sync.sync.card_files import read_card_files
from tests.runs_on_acme import Acme, apply, plan_of, put
from tests.saved_plans import fields_of, refusal, saved

TEXT = "Customers that stay and grow are worth more than customers that are won."
WHOLE = "description: {from: description, owner: scorecard, on_drift: hold}"
MANAGED = "description: {from: description, region: managed}"
MEDIA = {"type": "media", "attrs": {"id": "4d7a", "type": "file", "collection": ""}}

Node = dict[str, Any]


def text(*marks: Node) -> Node:
    return {"type": "text", "text": TEXT, **({"marks": list(marks)} if marks else {})}


def node(kind: str, *content: Node, **attributes: object) -> Node:
    made: Node = {"type": kind, "attrs": attributes} if attributes else {"type": kind}
    return {**made, "content": list(content)} if content else made


def paragraph(*content: Node, marks: tuple[Node, ...] = ()) -> Node:
    made = node("paragraph", *(content or (text(),)))
    return {**made, "marks": list(marks)} if marks else made


EMPTY = {"type": "paragraph", "content": []}
ON_CLOUD: dict[str, list[Node]] = {
    "1 picture": [paragraph(), node("mediaSingle", MEDIA, layout="center")],
    "2 pictures": [paragraph(), node("mediaGroup", MEDIA, MEDIA)],
    "1 macro": [paragraph(), node("extension", extensionType="a", extensionKey="b")],
    "1 color": [paragraph(text({"type": "textColor", "attrs": {"color": "#ff0000"}}))],
    "1 background color": [paragraph(text({"type": "backgroundColor", "attrs": {"color": "#ff0000"}}))],
    "1 underline": [paragraph(text({"type": "underline"}))],
    "1 subscript": [paragraph(text({"type": "subsup", "attrs": {"type": "sub"}}))],
    "1 alignment": [paragraph(marks=({"type": "alignment", "attrs": {"align": "center"}},))],
    "1 indentation": [paragraph(marks=({"type": "indentation", "attrs": {"level": 2}},))],
    "1 column layout": [
        node("layoutSection", *(node("layoutColumn", one, width=50) for one in (paragraph(), EMPTY)))
    ],
    "1 empty table": [paragraph(), node("table", node("tableRow", node("tableHeader", EMPTY)))],
    "1 empty list item": [paragraph(), node("bulletList", node("listItem", EMPTY))],
    "1 status lozenge": [paragraph(text(), node("status", text="", color="red"))],
}
ON_DATA_CENTER = {
    "1 color": f"{{color:red}}{TEXT}{{color}}",
    "1 underline": f"+{TEXT}+",
    "1 superscript": f"^{TEXT}^",
    "1 subscript": f"~{TEXT}~",
    "1 anchor": f"{TEXT}{{anchor:x}}",
    "1 empty code block": f"{TEXT}\n{{noformat}}{{noformat}}",
    "1 empty table": f"{TEXT}\n\n|| ||",
    "1 empty quote": f"{TEXT}\n{{quote}}{{quote}}",
}


@dataclass(frozen=True, slots=True)
class Case:
    """One thing that a person has added to the text of F1, on one product."""

    acme: Acme
    called: str
    edited: object


@pytest.fixture(
    params=[
        *(pytest.param(("cloud", name, body), id=f"cloud: {name}") for name, body in ON_CLOUD.items()),
        *(
            pytest.param(("data-center", name, body), id=f"data-center: {name}")
            for name, body in ON_DATA_CENTER.items()
        ),
    ]
)
def case(request: pytest.FixtureRequest, begin: Callable[..., Acme]) -> Case:
    """The example, applied, and what somebody is going to add."""
    flavor, name, body = request.param
    acme = begin(flavor)
    apply(acme)
    return Case(acme, name, {"type": "doc", "version": 1, "content": body} if flavor == "cloud" else body)


def held(acme: Acme) -> tuple[Verdict, str | None]:
    """How the description of F1 is held, and what it is shown as."""
    (hold,) = (change for change in plan_of(acme).changes if change.ref == "F1")
    assert isinstance(hold, Hold)
    (part,) = hold.fields
    assert hold.hint.endswith("cannot be adopted: take it out there, or leave the field to it (owner: jira)")
    assert part.old is None or isinstance(part.old, str)
    return part.verdict, part.old


def offered(acme: Acme) -> Proposal:
    office = acme.office()
    prepared = look(office, acme.world(office), wishes=NO_WISH, targets=())
    strategy = office.strategy
    files = read_card_files(office.project.scorecard, digest=strategy.scorecard_digest)
    basis = Basis(prepared.plan, prepared.items, prepared.binding, strategy.mapping, strategy.lines)
    today = strategy.card.today(acme.world(office).clock())
    return propose(basis, files, Wanted(frozenset({"F1"})), today=today)


def test_it_is_drift_and_a_conflict_and_no_saved_plan_goes_over_it(case: Case) -> None:
    acme = case.acme
    acme.edit(TEXT, f"{TEXT} And more.")
    plan = saved(acme)
    assert [type(change) for change in plan.writes()] == [Update]
    put(acme, "F1", description=case.edited)
    shown = fields_of(acme, "F1")["description"]
    (said,) = refusal(acme, plan)
    assert f"[only in Jira: {case.called}; " in said
    assert held(acme)[0] is Verdict.CONFLICT
    acme.edit(f"{TEXT} And more.", TEXT)
    ruling, value = held(acme)
    assert ruling is Verdict.DRIFT_HOLD
    assert value is not None
    assert value.startswith(f"{TEXT}\n\n[only in Jira: {case.called}; ")
    before = (acme.folder / "scorecard.yaml").read_bytes()
    proposal = offered(acme)
    assert (proposal.taken, dict(proposal.texts)) == ((), {})
    (left,) = proposal.left
    assert left.problem.what == f"the text in Jira holds {case.called}, which a scorecard cannot"
    assert (acme.folder / "scorecard.yaml").read_bytes() == before
    apply(acme)
    assert fields_of(acme, "F1")["description"] == shown
    apply(acme, take="scorecard")
    assert [change for change in plan_of(acme).changes if change.ref == "F1"] == []
    assert fields_of(acme, "F1")["description"] != shown


def test_another_picture_in_the_place_of_the_first_is_another_edit(begin: Callable[..., Acme]) -> None:
    acme = begin("cloud")
    apply(acme)
    shown = []
    for name in ("4d7a", "99ff"):
        media = {"type": "media", "attrs": {"id": name, "type": "file", "collection": ""}}
        body = [paragraph(), node("mediaSingle", media)]
        put(acme, "F1", description={"type": "doc", "version": 1, "content": body})
        shown.append(held(acme)[1])
    assert len(set(shown)) == 2


def test_what_jira_adds_by_itself_is_no_edit(begin: Callable[..., Acme]) -> None:
    acme = begin("cloud")
    wanted = "Before.\n\n1. one\n2. two\n\n| a | b |\n| --- | --- |\n| c | https://a.example/x |"
    acme.edit(f"description: {TEXT}", "description: " + repr(wanted).replace("'", '"'))
    apply(acme)
    given = fields_of(acme, "F1")["description"]
    assert plan_of(acme).writes() == ()

    def dressed(one: Node) -> Node:
        added: dict[str, Node] = {
            "orderedList": {"order": 1},
            "table": {"layout": "align-start", "width": 760, "displayMode": "default"},
            "tableCell": {"colspan": 1, "rowspan": 1, "colwidth": [380]},
            "tableHeader": {"colspan": 1, "rowspan": 1, "colwidth": [380]},
        }
        if one["type"] == "text" and one["text"].startswith("https://"):
            return {"type": "inlineCard", "attrs": {"url": one["text"], "localId": "7"}}
        made = {**one, "content": [dressed(inner) for inner in one["content"]]} if "content" in one else one
        if one["type"] in {"text", "hardBreak", "doc"}:
            return made
        return {
            **made,
            "attrs": {**made.get("attrs", {}), **added.get(str(one["type"]), {}), "localId": "5"},
        }

    put(acme, "F1", description=dressed(given))
    assert [change for change in plan_of(acme).changes if change.ref == "F1"] == []


def test_beside_our_block_a_picture_is_theirs_and_in_it_an_edit(acme_here: Acme) -> None:
    acme = acme_here
    acme.edit(WHOLE, MANAGED, "mapping.yaml")
    apply(acme)
    value = fields_of(acme, "F1")["description"]
    beside: Any
    inside: Any
    if isinstance(value, str):
        beside = f"!map.png! {{color:red}}theirs{{color}}\n\n{value}"
        inside = beside.replace(TEXT, f"+{TEXT}+")
    else:
        beside = {**value, "content": [node("mediaSingle", MEDIA), *value["content"]]}
        inside = {
            **beside,
            "content": [
                paragraph(text({"type": "underline"})) if TEXT in str(one) else one
                for one in beside["content"]
            ],
        }
    put(acme, "F1", description=beside)
    assert [change for change in plan_of(acme).changes if change.ref == "F1"] == []
    put(acme, "F1", description=inside)
    assert held(acme)[0] is Verdict.DRIFT_HOLD
    assert len(offered(acme).left) == 1
    apply(acme, take="scorecard")
    dialect = CLOUD if acme.cloud else DATA_CENTER
    assert fields_of(acme, "F1")["description"] == with_region(beside, TEXT, dialect, "acme")
