"""JQL is read by a grammar; what is not JQL gets JqlError and nothing else."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bsc_sync.sandbox.jira.parsed import encoded
from bsc_sync.sandbox.jql.grammar import JqlError
from bsc_sync.sandbox.jql.syntax import And, Call, Clause, Empty, Many, Not, Or, Query, Sort, Value, parse


def clause(field: str, value: str = "1") -> Clause:
    return Clause(field, "=", Value(value, quoted=False))


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("a=1", Query(clause("a"))),
        ("a = 1 or b = 1 and not c = 1", Query(Or((clause("a"), And((clause("b"), Not(clause("c")))))))),
        ("(a = 1 || b = 1) && ! c = 1", Query(And((Or((clause("a"), clause("b"))), Not(clause("c")))))),
        ("a IS NOT EMPTY", Query(Clause("a", "is not", Empty()))),
        ("a is null", Query(Clause("a", "is", Empty()))),
        (
            'a not in (x, "y z", EMPTY, now("-1d"))',
            Query(
                Clause(
                    "a",
                    "not in",
                    Many((Value("x", quoted=False), Value("y z"), Empty(), Call("now", ("-1d",)))),
                )
            ),
        ),
        ("cf[10100] !~ -7d", Query(Clause("cf[10100]", "!~", Value("-7d", quoted=False)))),
        ("CF [ 10100 ] >= 1.5", Query(Clause("cf[10100]", ">=", Value("1.5", quoted=False)))),
        ('"Story Points" < 3', Query(Clause("Story Points", "<", Value("3", quoted=False)))),
        ("'single' = 'it\\'s'", Query(Clause("single", "=", Value("it's")))),
        (r'a = "\"q\" \\ \n \t \u00e9"', Query(Clause("a", "=", Value('"q" \\ \n \t é')))),
        ("a in (1)", Query(Clause("a", "in", Many((Value("1", quoted=False),))))),
        ("a = f()", Query(Clause("a", "=", Call("f", ())))),
        (
            "a=1 ORDER BY b, c DESC, cf[1] asc",
            Query(clause("a"), (Sort("b"), Sort("c", "desc"), Sort("cf[1]", "asc"))),
        ),
        ("order by b", Query(None, (Sort("b"),))),
        (" \n ", Query(None)),
        ("orderly = android", Query(clause("orderly", "android"))),
        ("a = x-y.z:1", Query(clause("a", "x-y.z:1"))),
    ],
)
def test_queries_mean_what_they_say(text: str, query: Query) -> None:
    assert parse(text) == query


OPERATORS = (
    "The valid operators are '=', '!=', '<', '>', '<=', '>=', '~', '!~', 'IN', 'NOT IN', 'IS' and 'IS NOT'."
)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (
            'summary ~ "unclosed',
            "The quoted string 'unclosed' has not been completed. (line 1, character 11)",
        ),
        ("a =\n  'x", "The quoted string 'x' has not been completed. (line 2, character 3)"),
        ('a = "x\\', "The quoted string 'x\\' has not been completed. (line 1, character 5)"),
        (
            "a @ 1",
            (
                "The character '@' is a reserved JQL character. You must enclose it in a string or use the "
                "escape '\\u0040' instead. (line 1, character 3)"
            ),
        ),
        ("a", f"Expecting operator before the end of the query. {OPERATORS}"),
        ("a b", f"Expecting operator but got 'b'. {OPERATORS} (line 1, character 3)"),
        ("a =", "Expecting either a value, list or function before the end of the query."),
        (
            "a = and",
            (
                "Expecting either a value, list or function but got 'and'. You must surround 'and' in "
                "quotation marks to use it as a value. (line 1, character 5)"
            ),
        ),
        (
            "and = 1",
            (
                "Expecting a field name but got 'and'. You must surround 'and' in quotation marks to use it "
                "as a field name. (line 1, character 1)"
            ),
        ),
        ("a = 1 and", "Expecting a field name at the end of the query."),
        ("a = 1 b", "Expecting either 'OR' or 'AND' but got 'b'. (line 1, character 7)"),
        ("(a = 1", "Expecting ')' before the end of the query."),
        (
            r'a = "\q"',
            (
                "'\\q' is an illegal JQL escape sequence. The valid escape sequences are \\', \\\", \\t, "
                "\\n, \\r, \\\\, '\\ ' and \\uXXXX. (line 1, character 5)"
            ),
        ),
        ("a = 1 order by " + ",".join("abcdefgh"), "The maximum number of fields in ORDER BY is 7."),
        ("(" * 10_000 + "a=1" + ")" * 10_000, "The query is nested too deeply. (line 1, character 121)"),
        ("not " * 10_000 + "a=1", "The query is nested too deeply."),
        ("a = 1 or " * 60_000 + "a = 1", "The query is too long."),
    ],
)
def test_errors_name_what_was_expected_and_where(text: str, complaint: str) -> None:
    with pytest.raises(JqlError) as caught:
        parse(text)
    assert str(caught.value) == f"Error in the JQL Query: {complaint}"


def test_wide_queries_are_fine() -> None:
    wide = parse(" or ".join(["a = 1"] * 20_000))
    assert isinstance(wide.where, Or)
    assert len(wide.where.items) == 20_000


PIECES = st.sampled_from(
    [
        "a",
        "b",
        "=",
        "!=",
        "~",
        "!",
        "(",
        ")",
        ",",
        "and",
        "or",
        "not",
        "in",
        "is",
        "empty",
        "order",
        "by",
        "desc",
        "cf[1]",
        "cf[",
        '"',
        "'",
        "\\",
        "1",
        "-1d",
        "now()",
        "@",
        " ",
        "\n",
        "\u0000",
        "é",
        "&",
        "||",
        "<",
        ">",
    ]
)


@given(st.lists(PIECES, max_size=30).map(" ".join) | st.lists(PIECES, max_size=30).map("".join) | st.text())
def test_the_parser_raises_only_its_own_error(text: str) -> None:
    with suppress(JqlError):
        assert isinstance(parse(text), Query)


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_any_text_survives_quoting(text: str) -> None:
    assert parse(f"a = {encoded(text)}").where == Clause(
        "a", "=", Value(text, quoted=encoded(text).startswith('"'))
    )
