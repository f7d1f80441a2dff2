"""Whatever people, lost replies and lost stores do to our page: one page, and no word of theirs lost."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
import requests
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from bsc_sync.errors import Ambiguous
from bsc_sync.sandbox.app import create_app
from bsc_sync.sandbox.catalog import Flavor
from bsc_sync.sandbox.clock import Clock
from bsc_sync.sandbox.in_process import InProcessAdapter
from bsc_sync.sandbox.site import Site
from tests.wiki_site import (
    MARK,
    NOW,
    SEED,
    TITLE,
    Wiki,
    is_creation,
    is_label,
    is_note,
    is_update,
    is_upload,
)

LOSSES: tuple[Callable[[requests.PreparedRequest], bool], ...] = (
    is_creation,
    is_label,
    is_note,
    is_update,
    is_upload,
)


class PageLife(RuleBasedStateMachine):
    """One page, one person, one publisher."""

    flavor: Flavor = "cloud"

    @initialize()
    def open(self) -> None:
        self.place = tempfile.TemporaryDirectory()
        site = Site(SEED, flavor=self.flavor, clock=Clock(NOW))
        app = create_app(site)
        person = requests.Session()
        mia = site.users["acme:mia"]
        person.auth = (mia.email if self.flavor == "cloud" else mia.login, mia.token)
        person.mount(site.base_url, InProcessAdapter(app))
        self.wiki = Wiki(site, app, Path(self.place.name), lambda: InProcessAdapter(app), person)
        self.digest, self.title, self.words, self.names = 0, TITLE, 0, 0
        self.edited = False  # the person's words stand on the page
        self.unsure = False  # a reply was lost, and nobody has looked yet
        self.theirs = ""  # the title that the person gave
        self.renaming = False  # the mapping has a new title that is not on the page yet

    def teardown(self) -> None:
        if hasattr(self, "wiki"):
            self.wiki.site.store.close()
            self.place.cleanup()

    @rule()
    def say_something_new(self) -> None:
        self.digest += 1

    @rule(lost=st.sampled_from((None, None, *LOSSES)), force=st.booleans())
    def publish(self, lost: Callable[[requests.PreparedRequest], bool] | None, force: bool) -> None:
        before = self._words()
        self.wiki.lose = lost or (lambda _request: False)
        try:
            found = self.wiki.publish(str(self.digest), force=force, title=self.title)
        except Ambiguous:
            self.unsure = True
            if force:
                self.edited = self._words() == before and self.edited
            return
        finally:
            self.wiki.lose = lambda _request: False
        assert (found.result == "held") == (self.edited and not force), found
        if self.edited and not force:
            assert self._words() == before
            return
        self.edited = self.unsure = self.renaming = False
        counts = self.wiki.counts()
        assert self.wiki.publish(str(self.digest), title=self.title).result == "unchanged"
        assert self.wiki.counts() == counts

    @precondition(lambda self: self._exists() and not self.unsure)
    @rule()
    def person_writes(self) -> None:
        self.words += 1
        page = self.wiki.the_page()
        self.wiki.edit(page, body=self.wiki.read(page)[1] + f"<p>word {self.words}</p>")
        self.edited = True

    @precondition(lambda self: self._exists() and not self.unsure)
    @rule()
    def person_renames(self) -> None:
        self.names += 1
        name = f"Named by a person {self.names}"
        self.wiki.edit(self.wiki.the_page(), title=name)
        self.theirs = "" if self.renaming else name

    @precondition(lambda self: self._exists() and not self.unsure)
    @rule()
    def we_rename(self) -> None:
        self.names += 1
        self.title, self.theirs, self.renaming = f"{TITLE} {self.names}", "", True

    @precondition(lambda self: self._exists() and not self.unsure)
    @rule()
    def the_store_is_lost(self) -> None:
        self.wiki.lose_store()

    @invariant()
    def there_is_one_page_at_most(self) -> None:
        if hasattr(self, "wiki"):
            assert self._pages() <= 1

    @invariant()
    def a_name_that_a_person_gave_stays(self) -> None:
        if hasattr(self, "wiki") and self.theirs:
            assert self.wiki.read(self.wiki.the_page())[0] == self.theirs

    def _pages(self) -> int:
        with self.wiki.site.store.transaction() as connection:
            return int(
                connection.execute(
                    "SELECT count(*) AS n FROM wiki_page p JOIN wiki_version v"
                    " ON v.page = p.id AND v.number = p.version WHERE v.body LIKE ?",
                    (f"%>{MARK}<%",),
                ).fetchone()["n"]
            )

    def _exists(self) -> bool:
        return self._pages() == 1

    def _words(self) -> str:
        return self.wiki.read(self.wiki.the_page())[1] if self._exists() else ""


class PageLifeOnDataCenter(PageLife):
    flavor = "data-center"


@pytest.mark.parametrize("life", [PageLife, PageLifeOnDataCenter])
def test_a_page_lives_through_anything(life: type[PageLife]) -> None:
    from hypothesis.stateful import run_state_machine_as_test

    run_state_machine_as_test(
        life,
        settings=settings(
            max_examples=10,
            stateful_step_count=12,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
