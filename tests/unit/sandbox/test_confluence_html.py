"""Storage format as HTML: what people see, and what never reaches their browser."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree, html

from bsc_sync.sandbox.addresses import leaves_site, safe_address
from bsc_sync.sandbox.confluence.page_html import page_html
from bsc_sync.sandbox.confluence.storage_format import Malformed, parse_storage, rewrite
from bsc_sync.sandbox.confluence.surroundings import Surroundings

AROUND = Surroundings(
    attachment={"map.svg": "/wiki/download/attachments/1/map.svg?version=1&api=v2"}.get,
    page=lambda title, space: f"/wiki/spaces/{space or 'S'}/pages/7" if title == "Known" else None,
    person={"u:1": "Ada <b>"}.get,
)
ALLOWED = {
    "a": {"href", "rel", "class"},
    "img": {"src", "alt", "width", "height"},
    "col": {"width"},
    "ol": {"start"},
    "td": {"colspan", "rowspan", "class"},
    "th": {"colspan", "rowspan", "scope", "class"},
}
EVERYWHERE = {"class", "id", "title", "aria-label"}
NEVER = {
    "script",
    "style",
    "iframe",
    "object",
    "embed",
    "form",
    "input",
    "svg",
    "math",
    "link",
    "meta",
    "base",
}


def shown(storage: str) -> str:
    return str(page_html(storage, AROUND))


def macro(name: str, inside: str = "", **parameters: str) -> str:
    listed = "".join(
        f'<ac:parameter ac:name="{key}">{value}</ac:parameter>' for key, value in parameters.items()
    )
    return f'<ac:structured-macro ac:name="{name}">{listed}{inside}</ac:structured-macro>'


def rich(inside: str) -> str:
    return f"<ac:rich-text-body>{inside}</ac:rich-text-body>"


def plain(text: str) -> str:
    return f"<ac:plain-text-body><![CDATA[{text}]]></ac:plain-text-body>"


@pytest.mark.parametrize(
    ("storage", "expected"),
    [
        ("<p>a&nbsp;<b>b</b> &amp; <em>c</em><br/>d</p>", "<p>a\xa0<b>b</b> &amp; <em>c</em><br>d</p>"),
        ("<h2>Hi there</h2>", '<h2 id="h0-Hi-there">Hi there</h2>'),
        ('<ol start="3"><li>x</li></ol>', '<ol start="3"><li>x</li></ol>'),
        (
            '<table><th scope="col"/><td rowspan="3" colspan="2" style="text-align:right">b</td></table>',
            (
                '<div class="table"><table><th scope="col"></th>'
                '<td colspan="2" rowspan="3" class="to-right">b</td></table></div>'
            ),
        ),
        (
            '<table><tr><td data-highlight-colour="#E3FCEF">c</td></tr></table>',
            '<div class="table"><table><tr><td class="fill-green">c</td></tr></table></div>',
        ),
        ('<colgroup><col style="width: 120.5px"/></colgroup>', '<colgroup><col width="120"></colgroup>'),
        (macro("status", colour="Green", title="on track"), '<span class="lozenge green">on track</span>'),
        (macro("status", colour="Pink"), '<span class="lozenge grey">pink</span>'),
        (
            macro("info", rich("<p>x</p>"), title="T"),
            '<div class="panel info"><b>T</b><p>x</p></div>',
        ),
        (macro("tip", rich("x")), '<div class="panel tip">x</div>'),
        (macro("expand", rich("x"), title="More"), "<details><summary>More</summary>x</details>"),
        (
            macro("code", plain("<b>&")),
            '<figure class="code"><pre><code>&lt;b&gt;&amp;</code></pre></figure>',
        ),
        (
            (
                '<ac:structured-macro ac:name="anchor">'
                '<ac:parameter ac:name="">bsc acme"</ac:parameter></ac:structured-macro>'
            ),
            '<span id="anchor-bsc-acme"></span>',
        ),
        (macro("jira", key="OPS-1"), '<a class="issue" href="/browse/OPS-1">OPS-1</a>'),
        (
            macro("html", plain("<script>1</script>")),
            '<div class="unknown"><b>Macro: html</b><pre>&lt;script&gt;1&lt;/script&gt;</pre></div>',
        ),
        (macro("x<y".replace("<", "&lt;")), '<div class="unknown"><b>Macro: x&lt;y</b></div>'),
        (
            '<ac:image ac:width="9" ac:alt="&quot;m&quot;"><ri:attachment ri:filename="map.svg"/></ac:image>',
            (
                '<img src="/wiki/download/attachments/1/map.svg?version=1&amp;api=v2"'
                ' alt="&#34;m&#34;" width="9">'
            ),
        ),
        (
            '<ac:image><ri:attachment ri:filename="no.png"/></ac:image>',
            '<div class="unknown"><b>Missing attachment: no.png</b></div>',
        ),
        (
            '<ac:image><ri:url ri:value="https://a.example/x.png"/></ac:image>',
            '<a href="https://a.example/x.png" rel="noopener noreferrer nofollow">https://a.example/x.png</a>',
        ),
        (
            '<ac:link><ri:page ri:content-title="Known"/></ac:link>',
            '<a href="/wiki/spaces/S/pages/7">Known</a>',
        ),
        (
            (
                '<ac:link ac:anchor="x y"><ri:page ri:space-key="T" ri:content-title="Known"/>'
                "<ac:link-body><b>go</b></ac:link-body></ac:link>"
            ),
            '<a href="/wiki/spaces/T/pages/7#anchor-x-y"><b>go</b></a>',
        ),
        (
            (
                '<ac:link ac:anchor="x">'
                "<ac:plain-text-link-body><![CDATA[here]]></ac:plain-text-link-body></ac:link>"
            ),
            '<a href="#anchor-x">here</a>',
        ),
        ('<ac:link><ri:page ri:content-title="Gone"/></ac:link>', "<span>Gone</span>"),
        ('<ac:link><ri:user ri:account-id="u:1"/></ac:link>', "<span>@Ada &lt;b&gt;</span>"),
        (
            (
                "<ac:task-list><ac:task><ac:task-id>1</ac:task-id><ac:task-status>complete</ac:task-status>"
                "<ac:task-body>a</ac:task-body></ac:task></ac:task-list>"
            ),
            '<ul class="tasks"><li class="done"><span title="done">☑</span> a</li></ul>',
        ),
        ('<p><time datetime="2026-10-01"/></p>', "<p><time>2026-10-01</time></p>"),
        ('<ac:emoticon ac:name="tick" ac:emoji-fallback="✔"/>', "✔"),
        ("<p>unclosed", "<pre>&lt;p&gt;unclosed</pre>"),
        ("<foo><p>x</p></foo>", "<p>x</p>"),
    ],
)
def test_shows(storage: str, expected: str) -> None:
    assert shown(storage) == expected


def test_a_table_of_contents_points_at_the_headings() -> None:
    storage = macro("toc", maxLevel="2") + "<h1>One</h1><h2>Two &amp; a half</h2><h3>Three</h3><h2>One</h2>"
    tree = html.fromstring(f"<div>{shown(storage)}</div>")
    targets = [str(link.get("href"))[1:] for link in tree.findall(".//nav//a")]
    assert targets == ["h0-One", "h1-Two-a-half", "h3-One"]
    assert {str(item.get("id")) for item in tree.iter("h1", "h2", "h3")} > set(targets)


ATTACKS = [
    "<script>alert(1)</script>",
    "<SCRIPT>alert(1)</SCRIPT>",
    '<p onclick="alert(1)" onmouseover="x" ONLOAD="x">a</p>',
    '<a href="javascript:alert(1)">a</a>',
    '<a href="JaVaScRiPt:alert(1)">a</a>',
    '<a href="&#9;java&#10;script:alert(1)">a</a>',
    '<a href=" javascript:alert(1)">a</a>',
    '<a href="data:text/html,&lt;script&gt;1&lt;/script&gt;">a</a>',
    '<a href="vbscript:x">a</a>',
    '<a href="//evil.example/x">a</a>',
    '<a href="/\\evil.example">a</a>',
    '<img src="x" onerror="alert(1)"/>',
    '<iframe src="https://evil.example"/>',
    "<svg><script>alert(1)</script></svg>",
    '<svg:svg xmlns:svg="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    '<x:script xmlns:x="http://www.w3.org/1999/xhtml">alert(1)</x:script>',
    "<style>body{display:none}</style>",
    '<p style="background:url(https://evil.example)">a</p>',
    '<form action="https://evil.example"><input name="a"/></form>',
    '<object data="x"/><embed src="x"/><base href="https://evil.example"/>',
    '<meta http-equiv="refresh" content="0"/>',
    '<td colspan="99999999">a</td>',
    '<ac:image ac:width="1&quot; onload=&quot;x"><ri:attachment ri:filename="map.svg"/></ac:image>',
    '<ac:image><ri:url ri:value="javascript:alert(1)"/></ac:image>',
    '<ac:link><ri:url ri:value="javascript:alert(1)"/></ac:link>',
    '<ac:link ac:anchor="&quot;&gt;&lt;script&gt;"/>',
    macro("status", colour='"&gt;&lt;script&gt;', title="&lt;script&gt;alert(1)&lt;/script&gt;"),
    macro("html", plain("<script>alert(1)</script>")),
    macro("&lt;script&gt;"),
    macro("jira", key='OPS-1" onclick="x'.replace('"', "&quot;")),
    "<h1>&lt;img src=x onerror=alert(1)&gt;</h1>" + macro("toc"),
    "<pre><![CDATA[</pre><script>alert(1)</script>]]></pre>",
    "<title><![CDATA[</title><script>alert(1)</script>]]></title>",
    "<noscript><![CDATA[<p title='</noscript><script>1</script>'>]]></noscript>",
    "<textarea><![CDATA[</textarea><script>alert(1)</script>]]></textarea>",
    "<p>" + "<b>" * 200 + "x" + "</b>" * 200 + "</p>",
]


@pytest.mark.parametrize("storage", ATTACKS)
def test_nothing_that_runs_gets_through(storage: str) -> None:
    check(shown(storage))
    check(shown(rewrite(storage, seed="s")))


_TAGS = st.sampled_from(
    ["p", "a", "script", "img", "td", "svg", "h2", "ac:link", "ac:image", "ac:structured-macro", "ac:x"]
)
_ATTRIBUTES = st.dictionaries(
    st.sampled_from(["href", "src", "onclick", "style", "ac:name", "ac:anchor", "colspan", "id", "xmlns"]),
    st.one_of(
        st.text(max_size=12), st.sampled_from(["javascript:x", "//h", "status", "toc", "html", "&#0;"])
    ),
    max_size=3,
)
_TREES = st.recursive(
    st.text(max_size=8).map(lambda text: text.replace("&", "&amp;").replace("<", "&lt;")),
    lambda inner: st.builds(
        lambda tag, attributes, children: (
            f"<{tag}"
            + "".join(
                f' {name}="{value.replace("&", "&amp;").replace("<", "&lt;").replace(chr(34), "&quot;")}"'
                for name, value in attributes.items()
            )
            + f">{''.join(children)}</{tag}>"
        ),
        _TAGS,
        _ATTRIBUTES,
        st.lists(inner, max_size=3),
    ),
    max_leaves=8,
)


@given(_TREES)
def test_no_tree_gets_anything_through(storage: str) -> None:
    check(shown(storage))


@given(st.one_of(_TREES, st.text()))
def test_what_is_stored_can_be_read_again(storage: str) -> None:
    try:
        kept = rewrite(storage, seed="s")
    except Malformed:
        return
    parse_storage(kept)
    assert rewrite(kept, seed="s") == kept


@pytest.mark.parametrize(
    ("address", "safe"),
    [
        ("https://a.example/b?c#d", True),
        ("HTTP://a.example", True),
        ("mailto:a@b.example", True),
        ("/browse/A-1", True),
        ("page?x=a:b", True),
        ("#top", True),
        ("", False),
        (None, False),
        ("http:", False),
        ("https:evil", False),
        ("ftp://a.example", False),
        ("javascript:alert(1)", False),
        ("java\nscript:alert(1)", False),
        ("x:y", False),
        ("//evil.example", False),
        ("\\\\evil.example", False),
        ("http://[::1", False),
        ("file:///etc/passwd", False),
    ],
)
def test_only_ordinary_addresses_are_followed(address: str | None, safe: bool) -> None:
    assert safe_address(address) == (address if safe else None)


def test_knows_which_addresses_leave_the_site() -> None:
    assert [leaves_site(address) for address in ("/x", "#x", "https://a.example")] == [False, False, True]


def check(shown_html: str) -> None:
    tree = html.fromstring(f"<div>{shown_html}</div>".replace("\x00", ""))
    for element in tree.iter(etree.Element):
        name = str(element.tag)
        assert name not in NEVER
        assert set(map(str, element.attrib)) <= ALLOWED.get(name, set()) | EVERYWHERE
        for link in (element.get("href"), element.get("src")):
            assert link is None or safe_address(link) == link
        for span in (element.get("colspan"), element.get("rowspan")):
            assert span is None or int(span) <= 200
