"""A strategy and its Jira through everything that happens to them: it converges, nothing is twice, nothing
that a person wrote is lost, nothing foreign is touched, and then nothing is written any more.

One example is one life: people edit the file and Jira, runs fail, lose replies, are killed, overlap; the
store is lost. In the end (and now and then before) the weather clears up, and everything is looked at.
"""

from __future__ import annotations

import datetime as dt
import os
import shutil
from contextlib import suppress
from typing import Any, Literal

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from bsc_sync.errors import BscSyncError, Leased, NotOurs
from bsc_sync.sync.world import Policy
from tests.carriers import kill
from tests.machine_edits import FileEdits, JiraEdits
from tests.machine_life import QUIET
from tests.machine_scene import scene
from tests.machine_start import US
from tests.machine_truths import check

TORTURE = bool(os.environ.get("BSC_SYNC_TORTURE"))
MOST_RUNS = 5
SURE = Policy(publish="never", force=frozenset({"vanished"}))

requests = st.integers(1, 14)


class SyncMachine(FileEdits, JiraEdits):
    """People, the weather, and runs of every kind."""

    @initialize(flavor=st.sampled_from(["cloud", "data-center"]), lags=st.booleans())
    def begin(self, flavor: Any, lags: bool) -> None:
        self.scene = scene(self.folder / "strategy", flavor, lags=lags)
        self.sync()

    def teardown(self) -> None:
        try:
            if hasattr(self, "scene"):
                self.settle()
        finally:
            if hasattr(self, "scene"):
                self.scene.site.store.close()
            shutil.rmtree(self.folder, ignore_errors=True)

    # -- time and weather

    @rule(hours=st.sampled_from([0.05, 1, 30]))
    def time_passes(self, hours: float) -> None:
        """Longer than a write takes to settle, or not."""
        self.scene.site.clock.set(self.scene.site.clock.now() + dt.timedelta(hours=hours))

    @rule()
    def the_index_catches_up(self) -> None:
        """Searches find what is there."""
        self.scene.clear_up()

    # -- runs

    @rule()
    def sync(self) -> None:
        """A run on a good day."""
        self.run()

    @rule(status=st.sampled_from([400, 403, 500, 503]), nth=st.integers(1, 3))
    def sync_while_writes_fail(self, status: int, nth: int) -> None:
        """Some writes are refused, or the site breaks."""
        self.scene.expect(
            fault="status", status=status, method=["POST", "PUT"], pattern=r"/issue(/bulk$|/\d+|$)", on=nth
        )
        self.run()

    @rule(nth=requests, carried_out=st.booleans())
    def sync_while_a_reply_is_lost(self, nth: int, carried_out: bool) -> None:
        """The connection ends, before or after the site has done what was asked."""
        self.scene.expect(fault="drop", carried_out=carried_out, on=nth)
        self.run()

    @rule(nth=requests, after=st.booleans())
    def sync_that_is_killed(self, nth: int, after: bool) -> None:
        """The process ends at a request."""
        self.run(carrier=self.stepping(nth, kill, after=after))

    @rule(nth=requests, after=st.booleans(), steals=st.booleans())
    def sync_twice_at_once(self, nth: int, after: bool, steals: bool) -> None:
        """A second run begins inside the first: it leaves, unless the first one is taken for dead."""

        def another() -> None:
            if steals:
                self.scene.break_lease()
                self.run()
                return
            try:
                self.scene.sync(QUIET)
            except Leased:
                return
            raise AssertionError("two runs at once")

        self.run(carrier=self.stepping(nth, another, after=after))

    @rule(side=st.sampled_from(["scorecard", "jira"]))
    def sync_and_take(self, side: Literal["scorecard", "jira"]) -> None:
        """Somebody decides for one side."""
        self.run(Policy(publish="never", take=side))

    @rule()
    def take_over_what_jira_says(self) -> None:
        """`adopt`: what is on hold comes into the file."""
        with suppress(BscSyncError):
            self.scene.adopt()
            self.see_what_the_file_says()

    @rule(wish=st.sampled_from(["recreate", "forget"]))
    def decide_on_what_is_gone(self, wish: str) -> None:
        """Created anew, or not waited for any more."""
        plan = self.run()
        if plan is None:
            return
        for hold in plan.plan.holds():
            if hold.ref in self.gone and ("gone" in hold.reason or "no issue was found" in hold.reason):
                given_up = frozenset({hold.ref})
                if wish == "forget":
                    self.run(Policy(publish="never", forget=given_up))
                else:
                    anew = self.run(Policy(publish="never", recreate=given_up))
                    made = (
                        [] if anew is None else [one.ref for one in anew.outcomes if one.result == "applied"]
                    )
                    self.gone -= given_up & set(made)  # unless too much has vanished
                return

    @rule(comes_back=st.booleans())
    def the_store_is_lost(self, comes_back: bool) -> None:
        """A run without it stops; then the file comes back, or the marks tell."""
        self.all_is_shown_again()
        self.scene.clear_up()
        marked = [one for one in self.scene.issues() if one.ref and one.creator == US]
        if not marked:
            return
        if not comes_back:
            self.say_what_the_marks_say()
        kept = self.scene.lose_store()
        try:
            self.scene.sync(QUIET)
            raise AssertionError("a new store has taken over the marks of another")
        except NotOurs:
            pass
        shutil.rmtree(self.scene.state)
        if comes_back:
            self.scene.bring_back(kept)
            return
        self.scene.rebuild()
        self.see_what_was_known_again()

    @rule()
    def settle(self) -> None:
        """The weather is good, time has passed: everything comes to rest, and is as it should be."""
        self.scene.clear_up()
        self.scene.site.clock.set(self.scene.site.clock.now() + dt.timedelta(minutes=20))
        for _ in range(MOST_RUNS):
            before = len(self.scene.writes())
            report = self.scene.sync(SURE)
            self.scene.clear_up()
            assert report.exit_code in {0, 3}, report.failed and report.failed.lines()
            if len(self.scene.writes()) == before and not self.scene.open_intents():
                break
        else:
            raise AssertionError(f"it does not come to rest: {report.plan.model_dump_json(indent=1)}")
        assert report.plan.counts().writes == 0, report.plan.writes()
        check(self, report)


SyncMachine.TestCase.settings = settings(
    max_examples=5_000 if TORTURE else 100,
    stateful_step_count=20 if TORTURE else 12,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
TestSyncMachine = SyncMachine.TestCase
