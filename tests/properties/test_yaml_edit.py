"""One value of a file set anew: it is read as meant, and every other letter stays."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bsc_sync.scorecard.quantity import Plain
from bsc_sync.scorecard.yaml_edit import Setting, Unwritable, edited, plan_edit
from bsc_sync.scorecard.yaml_nodes import CONTROL
from bsc_sync.scorecard.yaml_source import parse
from bsc_sync.scorecard.yaml_spans import spans
from bsc_sync.scorecard.yaml_writing import New

ORDER = ("id", "weight", "description", "kpis")
HOSTILE = (
    *(
        "yes",
        "No",
        "on",
        "null",
        "~",
        "",
        " ",
        "true",
        "2026-12-31",
        "012",
        "1_000",
        "0x1F",
        "1e3",
        ".5",
        "12:30",
    ),
    *(
        "# not a comment",
        "a # b",
        "a #b",
        "key: value",
        "ends with:",
        ": x",
        "- item",
        "-",
        "--- ",
        "...",
        "? x",
    ),
    *(
        "{a: b}",
        "[a, b]",
        "a, b",
        "}",
        "]",
        "*alias",
        "&anchor",
        "!tag",
        "%percent",
        "@at",
        "`tick",
        "|",
        "> x",
    ),
    *(
        "trailing ",
        " leading",
        "\ttab",
        "a\tb",
        'say "x"',
        "it's",
        "'quoted'",
        '"""',
        "back\\slash",
        "\\n",
        "<<",
        "=",
    ),
    *(
        "\u05e9\u05dc\u05d5\u05dd \u202e\u05d0",
        "\U0001f468\u200d\U0001f469\u200d\U0001f467 \u2764\ufe0f",
        "l\u2019objectif\u00a0: 90\u202f%",
        "a\u2028b\x85c",
        "\u3000",
    ),
    *(
        "one\ntwo",
        "one\n\n- two\n  - three",
        "a\n\n\n\nb",
        "\nlead",
        "trail\n",
        "a \nb",
        "  in\nout",
        "\ta\nb",
        "# h\n---\n...",
        "a\n\tb",
    ),
    *(
        "- a\n- b",
        "x: y\nz: w",
        "*" * 30_000,
        "long line " * 3_000,
        "\n\n".join(["para # : - graph"] * 1_500),
    ),
)
TEXTS = (
    st.sampled_from(HOSTILE)
    | st.text(max_size=40)
    | st.text(alphabet="ab \n\t#:-'\"{}[],&*!|>%@\\\u202e\U0001f600", max_size=30)
)
NEW = TEXTS | st.sampled_from([Plain("2026-12-31"), Plain("-0.5"), Plain("100000000000000")]) | st.none()
OLD = st.sampled_from(
    [
        *(
            " old",
            "   old",
            " 'it''s'",
            ' "o\\"ld"',
            "",
            " null",
            " 87",
            " >-\n{}folded\n{}text",
            " |\n{}one\n\n{}  two",
        ),
        *(
            " |+\n{}keep\n\n",
            " |2-\n{}  x",
            "\n{}below",
            "\n{}below\n{}and on",
            " 'two\n\n{}lines'",
            " |  # why\n{}x",
        ),
        *(" >\n\n{}starts late\n", " !!str 5", None),
    ]
)
FLOW_OLD = st.sampled_from([" old", " 'it''s'", ' "x, {y}"', "", " null", " 87", "\n   'below'", None])


@dataclass(frozen=True)
class Place:
    """A text around a value: what stands before its entry, the entry, and what follows."""

    before: str
    entry: str
    after: str
    flow: bool

    @property
    def text(self) -> str:
        return self.before + self.entry + self.after


@st.composite
def places(draw: st.DrawFn) -> Place:
    """An objective in block or flow style, in a file of either line break, commented or not."""
    flow = draw(st.booleans())
    old = draw(FLOW_OLD if flow else OLD)
    dash = draw(st.sampled_from(["- ", "  - ", "-   "]))
    pad = " " * len(dash)
    head = draw(st.sampled_from(["", "# A strategy\n", "---\n", "\n\n# x: [y\n"]))
    more = draw(st.sampled_from(["", '- {id: B, description: "other"}\n', "# tail: here\n", "\n\n# end"]))
    if flow:
        before = f"{head}objectives: # all\n{dash}{{id: A,  weight: 2"
        entry = "" if old is None else f", description:{old}"
        tail = draw(st.sampled_from(["}", " }", ", kpis: [ ] }  # c", ",}", ",\n    kpis: [a]}"]))
        after = f"{tail}\n{more if dash == '- ' or not more.startswith('-') else ''}"
    else:
        weight = draw(st.sampled_from(["2", "2   # heavy", "'2'"]))
        before = f"{head}objectives:\n{dash}id: A # c\n{pad}weight: {weight}\n"
        comment = "" if old is None or "\n" in old else draw(st.sampled_from(["", "  # why"]))
        entry = "" if old is None else f"{pad}description:{old.format(*[pad + '   '] * 4)}{comment}\n"
        kpis = draw(
            st.sampled_from(["", f"{pad}kpis: [a]  # k\n", f"\n{pad}# about them\n{pad}kpis:\n{pad}- a\n"])
        )
        after = kpis + (more if dash == "- " or not more.startswith("-") else "")
    place = Place(before, entry, after, flow)
    if draw(st.booleans()):
        stripped = place.after.rstrip("\n")
        place = Place(place.before, place.entry, stripped, flow) if stripped else place
    if draw(st.booleans()):
        before, entry, after = (
            part.replace("\n", "\r\n") for part in (place.before, place.entry, place.after)
        )
        place = Place(before, entry, after, flow)
    return place


@given(place=places(), new=NEW)
@settings(max_examples=500, deadline=None)
def test_exactly_the_one_value_changes(place: Place, new: New) -> None:
    document = parse(place.text, "card.yaml")
    path = ("objectives", 0)
    setting = Setting(document.node(path).place, "description", new, ORDER, (*path, "description"))
    if isinstance(new, str) and CONTROL.search(new):
        with pytest.raises(Unwritable) as refused:
            plan_edit(spans(place.text), setting)
        assert refused.value.problem.where.startswith("card.yaml:")
        assert str(refused.value.problem).isprintable()
        return
    edit = plan_edit(spans(place.text), setting)
    text = edited(place.text, [edit])
    assert text.startswith(place.before)
    assert text.endswith(place.after)
    expected = document.data
    expected["objectives"][0]["description"] = edit.read_as  # type: ignore[index]  # the document is of this form
    after = parse(text, "card.yaml").data
    assert after == expected
    found = after["objectives"][0]["description"]  # type: ignore[index]  # the document is of this form
    assert type(found) is type(edit.read_as)
    assert edit.read_as in {new, f"{new}\n"}
    assert text.count("\n") == text.count("\r\n") or "\r\n" not in place.text
    assert text.endswith("\n") == place.text.endswith("\n")


LISTS = (
    "[]",
    "[a]",
    "[a, b]",
    "[ a, 'b' ]",
    "\n{}- a\n{}- b  # two",
    "\n{}- 'a'\n\n{}# of b\n{}- b",
    "",
    "null",
    None,
)


@given(
    old=st.sampled_from(LISTS),
    new=st.lists(st.sampled_from(["a", "b", "c", "yes", "#d", "e: f"]), max_size=4, unique=True).map(tuple),
    after=st.sampled_from(["", "  name: x\n", "\n  # end\n  name: x\n"]),
    ends=st.booleans(),
)
@settings(max_examples=400, deadline=None)
def test_a_list_keeps_what_stays_in_it(
    old: str | None, new: tuple[str, ...], after: str, *, ends: bool
) -> None:
    before = "a: # c\n- id: A # 1\n"
    entry = "" if old is None else f"  themes: {old.format(*['    '] * 3)}\n"
    text = before + entry + after
    text = text if ends else text.rstrip("\n")
    document = parse(text, "card.yaml")
    rest = document.data["a"][0]  # type: ignore[index]  # the document is of this form
    edit = plan_edit(
        spans(text),
        Setting(document.node(("a", 0)).place, "themes", new, ("id", "themes", "name"), ("a", 0, "themes")),
    )
    result = edited(text, [edit])
    assert result.startswith(before)
    assert result.endswith(after if ends else after.rstrip("\n"))
    found = parse(result, "card.yaml").data["a"][0]  # type: ignore[index]  # the document is of this form
    assert sorted(found["themes"]) == sorted(new)
    assert {**found, "themes": ()} == {**rest, "themes": ()}
    assert ("# two" in result) == ("# two" in text and "b" in new)


@pytest.mark.parametrize(
    ("text", "path", "key", "told"),
    [
        (
            "a:\n- &o {id: A}\nb: *o\n",
            ("a", 0),
            "name",
            "card.yaml:2:3: *o at card.yaml:3:4 shows the same lines",
        ),
        (
            "a:\n- &o\n  id: A\nb:\n- *o\n",
            ("b", 0),
            "name",
            "card.yaml:2:3: *o at card.yaml:5:3 shows the same lines",
        ),
        (
            "a:\n- {id: A, name: &n x}\nb: *n\n",
            ("a", 0),
            "name",
            "card.yaml:2:17: name stands in an anchor or an alias",
        ),
        (
            "b: &n x\na:\n- {id: A, name: *n}\n",
            ("a", 0),
            "name",
            "card.yaml:3:17: name stands in an anchor or an alias",
        ),
        (
            "b: &n {name: x}\na:\n- <<: *n\n  id: A\n",
            ("a", 0),
            "name",
            "card.yaml:3:3: name comes from card.yaml:1:8 by <<",
        ),
        ("a:\n- {id: A, name: [x]}\n", ("a", 0), "name", "card.yaml:2:17: name is a list, not one value"),
        (
            "a:\n- {id: A, name: {y: x}}\n",
            ("a", 0),
            "name",
            "card.yaml:2:17: name is a mapping, not one value",
        ),
    ],
)
def test_what_is_shared_or_no_single_value_is_refused_with_its_place(
    text: str, path: tuple[str | int, ...], key: str, told: str
) -> None:
    node = parse(text, "card.yaml").node(path)
    with pytest.raises(Unwritable) as refused:
        plan_edit(spans(text), Setting(node.place, key, "new", ("id", "name"), (*path, key)))
    assert str(refused.value.problem).startswith(told)
