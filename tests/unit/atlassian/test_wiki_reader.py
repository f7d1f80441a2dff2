"""Wiki markup as people and Jira's editors write it, read as the Markdown that says the same."""

import pytest

from bsc_sync.atlassian.wiki_reader import from_wiki
from bsc_sync.atlassian.wiki_writer import wiki_of
from bsc_sync.scorecard.markdown import canonical, from_markdown


@pytest.mark.parametrize(
    ("markup", "markdown"),
    [
        ("h1. Goal\r\nText\r\n", "# Goal\n\nText"),
        ("*b* _i_ -s- +u+ ^up^ ~down~ ??said?? {{mono}}", "**b** *i* ~~s~~ u up down *said* `mono`"),
        ("un{*}believ{*}able", "un**believ**able"),
        ("*_both_* and _*both*_", "***both*** and ***both***"),
        ("snake_case_name a-b-c 2*3*4", "snake_case_name a-b-c 2\\*3\\*4"),
        ("C:\\temp and \\{code} and \\*no\\*", "C:\\\\temp and {code} and \\*no\\*"),
        ("one\ntwo \\\\ three", "one\\\ntwo\\\nthree"),
        ("[site|https://a.example/x] [https://a.example/y] [mail|mailto:a@b.c]",
         "[site](<https://a.example/x>) https://a.example/y [mail](<mailto:a@b.c>)"),
        ("[Doc|https://a.example/x|smart-link]", "[Doc](<https://a.example/x>)"),
        ("ask [~jdoe] or [~accountid:5b10]", "ask @jdoe or @5b10"),
        ("!https://a.example/p.png|alt=A map,width=300! !shot.png|thumbnail!",
         "[A map](<https://a.example/p.png>) shot.png"),
        ("* a\n** b\n**# c\n* d\n\n# e", "- a\n  - b\n    1. c\n- d\n\n1. e"),
        ("- a\n- b", "- a\n- b"),
        ("* a\n{code:sql}\nselect 1\n{code}\n* b", "- a\n\n  ```sql\n  select 1\n  ```\n- b"),
        ("{noformat}\n*raw*\n\n{quote}\n{noformat}", "```\n*raw*\n\n{quote}\n```"),
        ("{code:title=A.java|borderStyle=solid}\nx\n{code}", "```\nx\n```"),
        ("{quote}\nsaid\n\n* so\n{quote}\nafter", "> said\n>\n> - so\n\nafter"),
        ("bq. said", "> said"),
        ("{panel:title=Note|bgColor=#fff}\ninside\n{panel}", "> **Note**\n>\n> inside"),
        ("{color:#ff0000}red{color} {anchor:x}text", "red text"),
        ("||a||b||\n|c|[d\\|e|https://a.example]|\n",
         "| a | b |\n| --- | --- |\n| c | [d\\|e](<https://a.example>) |"),
        ("before\n----\nafter", "before\n\n***\n\nafter"),
        ("{quote}never closed", "{quote}never closed"),
        ("{unknown:x} {html}<b>{html}", "{unknown:x} {html}\\<b>{html}"),
        ("a &amp; b &#92; c&nbsp;d", "a & b \\\\ c d"),
    ],
)  # fmt: skip
def test_what_is_written_is_read(markup: str, markdown: str) -> None:
    assert canonical(from_wiki(markup)) == markdown
    # and what we would write for it says the same
    assert canonical(from_wiki(wiki_of(from_markdown(markdown)))) == markdown


@pytest.mark.parametrize(
    ("markdown", "markup"),
    [
        ("# Why\n\n*em* **strong** `code` ~~gone~~", "h1. Why\n\n_em_ *strong* {{code}} -gone-"),
        ("in**side**word", "in{*}side{*}word"),
        ("{html} [~admin] !x! {color:red}", "\\{html\\} \\[\\~admin\\] \\!x! \\{color:red\\}"),
        ("\\---- (!) :) h1. no", "\\-\\-\\-\\- \\(\\!) \\:) h1. no"),
        ("h1. no", "h&#49;. no"),
        ("a \\\\ b &lt; &amp;lt;", "a &#92; b < &amp;lt;"),
        ("* a\n  1. b\n\n     c\n* d", "* a\n*# b \\\\ \\\\ c\n* d"),
        ("see https://a.example/a_b-c.", "see [https://a.example/a_b-c]."),
        ("```sql\nselect '{code}'\n```", "{code:sql}\nselect '\\{code}'\n{code}"),
        ("| a | b |\n|---|---|\n| c \\| d | |", "||a||b||\n|c \\| d| |"),
        ("well-known snake_case 50 %-60 % C++", "well-known snake_case 50 %\\-60 % C\\+\\+"),
    ],
)
def test_what_is_written_shows_as_meant(markdown: str, markup: str) -> None:
    assert wiki_of(from_markdown(markdown)) == markup
