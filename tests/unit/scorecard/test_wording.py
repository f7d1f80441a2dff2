"""Nothing in a message can play tricks on a terminal, or run over."""

from __future__ import annotations

from bsc_sync.scorecard.quantity import Plain
from bsc_sync.scorecard.wording import listed, meant, neutral, path_text, quoted, shown, suggestion


def test_what_does_not_print_is_written_out() -> None:
    assert neutral("a\x1b[31m\n\t\u202eb\U000e0001é") == "a\\x1b[31m\\n\\t\\u202eb\\U000e0001é"


def test_values_are_shortened() -> None:
    assert quoted("x" * 60) == f'"{"x" * 60}"'
    assert quoted("x" * 61) == f'"{"x" * 59}…"'
    assert len(shown("\x1b" * 1000)) < 80


def test_values_in_words() -> None:
    given = (None, True, False, {"a": 1}, [1], "word", Plain("12"), 3)
    assert [shown(value) for value in given] == [
        "nothing",
        "true",
        "false",
        "a mapping",
        "a list",
        'the text "word"',
        "12",
        "3",
    ]


def test_lists_for_people() -> None:
    assert listed([]) == ""
    assert listed(["a"]) == "a"
    assert listed(["a", "b", "c"], last="or") == "a, b or c"
    assert listed("abcdefghij") == "a, b, c, d, e, f, g, h and 2 more"


def test_what_was_meant() -> None:
    assert meant("TRAGET", ["baseline", "target"]) == "target"
    assert meant("x" * 1_000_000, ["target"]) is None
    crowd = [f"{letter}{number}" for letter in "AB" for number in range(1000)]
    assert meant("b0", crowd) == "B0"
    assert meant("q7", crowd) is None
    assert suggestion("zzz", ["a", "b"], what="known keys") == "known keys: a and b"
    assert suggestion("zzz", [], what="known keys", none="there are none") == "there are none"


def test_paths() -> None:
    assert path_text(("objectives", 2, "kpis", 0, "target")) == "objectives[2].kpis[0].target"
    assert path_text(("jira", "fields", "KR target", "owner")) == 'jira.fields["KR target"].owner'
    assert path_text(()) == ""
