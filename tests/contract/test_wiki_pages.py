"""Our page in Confluence, on Cloud and on Data Center: one suite for both, in process and over HTTP."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import pytest
import requests
from lxml import etree
from requests.adapters import HTTPAdapter

from bsc_sync.atlassian.patience import PatientAdapter
from bsc_sync.atlassian.session import connect
from bsc_sync.errors import Ambiguous, NotOffered, Refused, Rejected, WrongCredentials
from bsc_sync.sandbox.app import create_app
from bsc_sync.sandbox.clock import Clock
from bsc_sync.sandbox.confluence.storage_format import AC, parse_storage
from bsc_sync.sandbox.in_process import InProcessAdapter
from bsc_sync.sandbox.server import serve
from bsc_sync.sandbox.site import Site
from tests.wiki_site import (
    MARK,
    NOW,
    SEED,
    TITLE,
    Wiki,
    a_page,
    is_creation,
    is_label,
    is_note,
    is_update,
    is_upload,
)

pytestmark = pytest.mark.network


@pytest.fixture(params=["in process", "over HTTP"])
def way(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=["cloud", "data-center"])
def flavor(request: pytest.FixtureRequest) -> Literal["cloud", "data-center"]:
    return "cloud" if request.param == "cloud" else "data-center"


@pytest.fixture
def wiki(way: str, flavor: Literal["cloud", "data-center"], tmp_path: Path) -> Iterator[Wiki]:
    site = Site(SEED, flavor=flavor, clock=Clock(NOW))
    app = create_app(site)
    person = requests.Session()
    mia = site.users["acme:mia"]
    person.auth = (mia.email if flavor == "cloud" else mia.login, mia.token)
    if way == "over HTTP":
        with serve(app, port=0) as server:
            site.base_url = server.url
            house = Wiki(site, app, tmp_path, HTTPAdapter, person)
            yield house
            house.close()
    else:
        person.mount(site.base_url, InProcessAdapter(app))
        yield Wiki(site, app, tmp_path, lambda: InProcessAdapter(app), person)
    site.store.close()


def test_a_page_is_created_whole_and_stays_untouched_while_nothing_changes(wiki: Wiki) -> None:
    made = wiki.publish(parent="Quarter")
    assert (made.result, made.where) == ("created", f'Confluence STRAT: "{TITLE}"')
    page_id = wiki.the_page()
    title, body, number = wiki.read(page_id)
    assert (title, number) == (TITLE, 1)
    assert 'ri:filename="strategy-map.svg"' in body
    shown = wiki.person.get(made.url, timeout=30)
    assert shown.status_code == 200
    assert "bsc-acme" in shown.text
    assert "Quarter" in shown.text
    before = wiki.counts()
    assert (before["property"], before["page_label"], before["attachment_version"]) == (1, 1, 1)
    again = wiki.publish(parent="Quarter")
    assert (again.result, again.url) == ("unchanged", made.url)
    assert wiki.counts() == before


def test_what_changed_is_written_once_and_the_picture_only_if_it_differs(wiki: Wiki) -> None:
    wiki.publish("one")
    before = wiki.counts()
    assert wiki.publish("two").result == "updated"
    after = wiki.counts()
    assert after["writes"] == before["writes"] + 2  # the page and its note
    assert after["attachment_version"] == 1
    assert (after["version"], wiki.note_version()) == (before["version"] + 1, 2)
    page = a_page()
    nodes = page.map.rows[0].nodes
    moved = replace(page.map.rows[0], nodes=tuple(replace(node, name=f"{node.name}!") for node in nodes))
    redrawn = replace(page, map=replace(page.map, rows=(moved, *page.map.rows[1:])))
    assert wiki.publish("three", page=redrawn).result == "updated"
    assert wiki.counts()["attachment_version"] == 2
    assert wiki.publish("three", page=redrawn).result == "unchanged"


def test_watchers_are_left_in_peace_where_the_product_allows_it(wiki: Wiki) -> None:
    wiki.publish("one")
    wiki.ask("POST", f"/rest/api/user/watch/content/{wiki.the_page()}")
    wiki.publish("two")
    wiki.publish("two")
    mailed = [(mail["to"], mail["version"]) for mail in wiki.mail()]
    assert mailed == ([("acme:mia", 2)] if wiki.cloud else [])


def test_a_page_that_a_person_renamed_and_moved_stays_ours_and_stays_there(wiki: Wiki) -> None:
    wiki.publish("one")
    page_id = wiki.the_page()
    quarter = wiki.add("Elsewhere")
    wiki.edit(page_id, title="Our strategy", parent=quarter)
    renamed = wiki.publish("one")
    assert (renamed.result, renamed.where) == ("unchanged", 'Confluence STRAT: "Our strategy"')
    assert wiki.publish("two").result == "updated"
    assert wiki.read(wiki.the_page())[0] == "Our strategy"
    with wiki.site.store.transaction() as connection:
        row = connection.execute("SELECT parent FROM wiki_page WHERE id = ?", (page_id,)).fetchone()
    assert str(row["parent"]) == quarter
    wiki.lose_store()
    assert wiki.publish("two").result == "unchanged"
    assert wiki.publish("three").result == "updated"
    assert wiki.the_page() == page_id


def test_a_new_title_of_ours_renames_the_page(wiki: Wiki) -> None:
    wiki.publish("one")
    page_id = wiki.the_page()
    assert wiki.publish("one", title="Scorecard 2027").result == "updated"
    assert wiki.read(page_id)[0] == "Scorecard 2027"
    assert wiki.publish("one", title="Scorecard 2027").result == "unchanged"
    wiki.lose_store()
    assert wiki.publish("one", title="Scorecard 2028").result == "updated"
    assert wiki.read(wiki.the_page())[0] == "Scorecard 2028"
    held = wiki.publish("one", title="Quarter")
    assert (held.result, "is not ours" in held.reason) == ("held", True)
    assert wiki.read(page_id)[0] == "Scorecard 2028"


def test_what_a_person_wrote_is_held_until_forced(wiki: Wiki) -> None:
    wiki.publish("one")
    page_id = wiki.the_page()
    wiki.edit(page_id, body=wiki.read(page_id)[1] + "<p>my words</p>")
    for digest in ("one", "two"):
        held = wiki.publish(digest)
        assert (held.result, "a person has edited the page" in held.reason) == ("held", True)
    assert "my words" in wiki.read(page_id)[1]
    assert wiki.publish("one", force=True).result == "updated"
    assert "my words" not in wiki.read(page_id)[1]
    assert wiki.publish("one").result == "unchanged"


def test_the_page_of_somebody_else_is_never_taken(wiki: Wiki) -> None:
    wiki.add(TITLE, f"<p>we quote: {MARK}</p>")
    before = wiki.counts()
    held = wiki.publish(force=True)
    assert (held.result, "is not ours" in held.reason) == ("held", True)
    assert wiki.counts() == before
    theirs: dict[str, Any] = {"mark": f"{MARK}-2", "label": "bsc-acme-2", "title": "Other"}
    theirs["history"] = replace(wiki.history(), card="acme-2")
    assert wiki.publish(page=replace(a_page(), id="acme-2"), **theirs).result == "created"
    assert wiki.publish(title="Other").result == "held"


def test_an_edit_between_reading_and_writing_is_not_written_over(wiki: Wiki) -> None:
    wiki.publish("one")
    page_id = wiki.the_page()

    def edit(request: requests.PreparedRequest) -> None:
        if is_update(request):
            wiki.in_the_middle = lambda _request: None
            wiki.edit(page_id, body="<p>faster</p>")

    wiki.in_the_middle = edit
    held = wiki.publish("two")
    assert (held.result, "while it was about to be written" in held.reason) == ("held", True)
    assert "faster" in wiki.read(page_id)[1]
    assert wiki.publish("two").result == "held"


def test_a_rename_between_reading_and_writing_is_kept_and_the_page_written(wiki: Wiki) -> None:
    wiki.publish("one")
    page_id = wiki.the_page()

    def rename(request: requests.PreparedRequest) -> None:
        if is_update(request):
            wiki.in_the_middle = lambda _request: None
            wiki.edit(page_id, title="Renamed in time")

    wiki.in_the_middle = rename
    assert wiki.publish("two").result == "updated"
    assert wiki.read(page_id)[0] == "Renamed in time"
    assert wiki.publish("two").result == "unchanged"


def test_endless_conflicts_end_in_a_hold(wiki: Wiki) -> None:
    wiki.publish("one")
    page_id = wiki.the_page()
    tries = 0

    def rename(request: requests.PreparedRequest) -> None:
        nonlocal tries
        if is_update(request):
            tries += 1
            wiki.edit(page_id, title=f"Renamed {tries}")

    wiki.in_the_middle = rename
    held = wiki.publish("two")
    assert (held.result, tries) == ("held", 2)
    assert "again and again" in held.reason


def test_an_edit_right_behind_our_version_is_seen_as_one(wiki: Wiki) -> None:
    wiki.publish("one")
    page_id = wiki.the_page()
    updated = False

    def edit(request: requests.PreparedRequest) -> None:
        nonlocal updated
        if updated:
            wiki.in_the_middle = lambda _request: None
            wiki.edit(page_id, body="<p>right behind</p>")
        updated = is_update(request)

    wiki.in_the_middle = edit
    assert wiki.publish("two").result == "updated"
    assert "right behind" in wiki.read(page_id)[1]
    assert wiki.publish("three").result == "held"


@pytest.mark.parametrize("lost", [is_creation, is_upload, is_label, is_note])
def test_a_reply_lost_at_creation_leaves_one_page_that_the_next_run_finishes(
    wiki: Wiki, lost: Callable[[requests.PreparedRequest], bool]
) -> None:
    wiki.lose = lost
    if lost is is_upload and wiki.cloud:
        assert wiki.publish().result == "created"  # a PUT may be repeated
    else:
        with pytest.raises(Ambiguous):
            wiki.publish()
    page_id = wiki.the_page()
    assert wiki.publish().result in {"updated", "unchanged"}
    assert wiki.the_page() == page_id
    assert wiki.read(page_id)[2] == 1
    before = wiki.counts()
    assert (before["property"], before["page_label"], before["attachment"]) == (1, 1, 1)
    assert wiki.publish().result == "unchanged"
    assert wiki.counts() == before


def test_a_page_whose_creation_nobody_saw_is_found_also_under_another_name(wiki: Wiki) -> None:
    wiki.lose = is_creation
    with pytest.raises(Ambiguous):
        wiki.publish(parent="Quarter")
    page_id = wiki.the_page()
    wiki.edit(page_id, title="Found by its mark")
    assert wiki.publish(parent="Quarter").result == "updated"
    assert wiki.the_page() == page_id


@pytest.mark.parametrize("lost", [is_update, is_note])
def test_a_reply_lost_at_an_update_is_no_edit_and_no_second_version(
    wiki: Wiki, lost: Callable[[requests.PreparedRequest], bool]
) -> None:
    wiki.publish("one")
    page_id = wiki.the_page()
    wiki.lose = lost
    with pytest.raises(Ambiguous):
        wiki.publish("two")
    assert wiki.publish("two").result in {"updated", "unchanged"}
    assert wiki.read(page_id)[2] == 2
    before = wiki.counts()
    assert wiki.publish("two").result == "unchanged"
    assert wiki.counts() == before


def test_a_title_in_the_trash_or_the_archive_is_told(wiki: Wiki) -> None:
    archived = wiki.publish(title="Old scorecard")
    assert (archived.result, "an archived page holds that title" in archived.reason) == ("held", True)
    wiki.trash(wiki.add("Thrown away"))
    trashed = wiki.publish(title="Thrown away")
    assert (trashed.result, "in the trash" in trashed.reason) == ("held", True)


def test_a_page_of_ours_in_the_trash_is_not_made_again_by_itself(wiki: Wiki) -> None:
    wiki.publish()
    wiki.trash(wiki.the_page())
    held = wiki.publish()
    assert (held.result, "is gone or hidden" in held.reason) == ("held", True)
    forced = wiki.publish(force=True)
    assert (forced.result, "in the trash" in forced.reason) == ("held", True)
    assert wiki.publish(force=True, title="Anew").result == "created"


def test_a_copy_of_our_page_is_not_taken_for_it(wiki: Wiki) -> None:
    wiki.publish("one")
    page_id = wiki.the_page()
    body = wiki.read(page_id)[1]
    copy = wiki.add(f"Copy of {TITLE}", body)
    wiki.ask("POST", f"/rest/api/content/{copy}/label", [{"prefix": "global", "name": "bsc-acme"}])
    with wiki.site.store.transaction() as connection:
        connection.execute(
            "INSERT INTO wiki_property SELECT id + 1, ?, key, value, version, message, author, created"
            " FROM wiki_property",
            (copy,),
        )
    wiki.edit(page_id, title="The original")
    wiki.lose_store()
    wiki.publish("two")
    assert wiki.read(page_id)[2] == 3
    assert wiki.read(copy)[2] == 1


def test_what_is_missing_or_forbidden_is_told_in_one_line(wiki: Wiki) -> None:
    with pytest.raises(Rejected, match="no Confluence space NONE"):
        wiki.publish(space="NONE")
    with pytest.raises(Rejected, match='no page "Nowhere" in Confluence space STRAT'):
        wiki.publish(parent="Nowhere")
    with pytest.raises(Refused, match="let the account create pages in Confluence space READ") as refused:
        wiki.publish(space="READ")
    assert '"Add pages"' in refused.value.hint
    with pytest.raises(Refused, match="let the account attach files in Confluence space BARE"):
        wiki.publish(space="BARE")
    wiki.aside = ("/nowhere", "/nothing")
    with pytest.raises(NotOffered, match="no Confluence answers"):
        wiki.publish()


def test_what_is_too_large_is_told_before_anything_is_asked(wiki: Wiki) -> None:
    with pytest.raises(Rejected, match="the title of the page has 1048576 characters"):
        wiki.publish(title="x" * 1024 * 1024)
    page = replace(a_page(), rules=("x" * 1024,) * 6000)
    with pytest.raises(Rejected, match="Confluence takes 5 MB at most"):
        wiki.publish(page=page)
    assert wiki.writes() == 0


def test_credentials_that_end_in_mid_run_are_told_as_such(wiki: Wiki) -> None:
    def expire(request: requests.PreparedRequest) -> None:
        if is_creation(request):
            request.headers["Authorization"] = "Basic eDp5"

    wiki.in_the_middle = expire
    with pytest.raises(WrongCredentials, match="credentials"):
        wiki.publish()
    wiki.in_the_middle = lambda _request: None
    assert wiki.publish().result == "created"


def test_searching_that_is_forbidden_keeps_nobody_from_publishing(wiki: Wiki) -> None:
    wiki.forbidden = "/content/search"
    assert wiki.publish("one").result == "created"
    wiki.lose_store()
    assert wiki.publish("one").result == "unchanged"


def test_it_publishes_below_a_context_path_and_through_the_gateway(
    flavor: Literal["cloud", "data-center"], tmp_path: Path
) -> None:
    bot = {**SEED["users"][0], "scoped_token": "scoped"}
    site = Site({**SEED, "users": [bot, *SEED["users"][1:]]}, flavor=flavor, context_path="/corp")
    app = create_app(site)
    wiki = Wiki(site, app, tmp_path, lambda: InProcessAdapter(app), requests.Session())
    user, token, url = "bot", "bot-token", f"{site.base_url}/confluence"
    if wiki.cloud:
        user, token = "bot@acme.example", "scoped"
        url = f"{site.origin}/ex/confluence/{site.cloud_id}/wiki"
    channel = connect(url, user=user, token=token, transport=PatientAdapter(InProcessAdapter(app)))
    made = wiki.publish(site=channel)
    assert made.result == "created"
    assert made.url.startswith(f"{site.origin}/corp/")  # where people read, not where programs ask
    with requests.Session() as person:
        person.mount(site.origin, InProcessAdapter(app))
        shown = person.get(made.url, timeout=30)
    assert (shown.status_code, 'src="/corp/' in shown.text) == (200, True)
    assert wiki.publish(site=channel).result == "unchanged"
    site.store.close()


HOSTILE = (
    ']]> <![CDATA[ & < > " \' <script>alert(1)</script> <ac:structured-macro ac:name="html"/>'
    " </p></table> {code} &nbsp; &bogus; \u202e\U0001f600 --> <!-- \t\r\n ${x} [~mia] \ufffd"
)


def test_hostile_texts_arrive_as_texts(wiki: Wiki) -> None:
    page = replace(a_page(), headline=HOSTILE, rules=(HOSTILE,))
    assert wiki.publish(page=page, title='A "title" & <b>more</b> ]]>').result == "created"
    title, body, _ = wiki.read(wiki.the_page())
    assert title == 'A "title" & <b>more</b> ]]>'
    assert "<![CDATA[" not in body  # Confluence 8.0 to 8.2 stumbles over its end
    assert "<script" not in body
    assert body.count("alert(1)") == 2
    assert wiki.publish(page=page, title='A "title" & <b>more</b> ]]>').result == "unchanged"


def test_the_site_is_recognized_by_what_it_offers(wiki: Wiki) -> None:
    """A context path says nothing for sure: a Data Center may live below /wiki."""
    asked: list[str] = []

    def note(request: requests.PreparedRequest) -> None:
        asked.append(f"{request.method} {str(request.url).partition('?')[0]}")

    wiki.in_the_middle = note
    wiki.publish("one")
    expected = "/api/v2/spaces" if wiki.cloud else "/rest/api/space/STRAT"
    assert asked[0] == f"GET {wiki.root}{expected}"
    asked.clear()
    wiki.publish("one")
    assert len(asked) == 2  # the page and its note
    if not wiki.cloud:
        wiki.aside = ("/wiki", "/confluence")
        assert wiki.publish("one").result == "unchanged"
        assert wiki.publish("two").result == "updated"
        assert wiki.the_page()


def test_the_body_is_well_formed_storage(wiki: Wiki) -> None:
    wiki.publish()
    tree = parse_storage(wiki.read(wiki.the_page())[1])
    tags = {str(element.tag).rpartition("}")[2] for element in tree.iter(etree.Element)}
    assert not tags & {"script", "style", "iframe", "html", "img"}
    (image,) = tree.iter(f"{AC}image")
    assert (image.get(f"{AC}custom-width"), image.get(f"{AC}width")) == ("true", "760")
