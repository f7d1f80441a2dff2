"""A strategy and its Jira through everything that happens to them: it converges, nothing is twice, nothing
that a person wrote is lost, nothing foreign is touched, and then nothing is written any more.

One example is one life: people edit the file and Jira, runs fail, lose replies, are killed, overlap; the
store is lost. In the end (and now and then before) the weather clears up, and everything is looked at.
"""

from __future__ import annotations

import datetime as dt
import itertools
import os
import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from bsc_sync.errors import BscSyncError, Leased, NotOurs
from bsc_sync.sync.run import RunReport
from bsc_sync.sync.world import Policy
from tests.machine_scene import Issue, Killed, Scene, Stepping, scene
from tests.machine_start import CURRENT, PROJECTS, TARGET, US

TORTURE = bool(os.environ.get("BSC_SYNC_TORTURE"))
MOST_RUNS = 5
QUIET = Policy(publish="never")
SURE = Policy(publish="never", force=frozenset({"vanished"}))
FIELDS = {"objective": ("summary", "description", "duedate"), "key_result": ("summary", TARGET)}
NAMES = {"summary": "name", "description": "description", "duedate": "due", TARGET: "target"}
NOBODYS = ("priority", CURRENT)  # written once by us at most
Kind = Literal["objective", "key_result"]

places = st.integers(0, 1_000)
requests = st.integers(1, 14)


class SyncMachine(RuleBasedStateMachine):
    """What people did is kept in a few tables, and what must be true follows from them."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="machine-"))
        self.texts = (f"Text {number}" for number in itertools.count(1))
        self.days = (f"2027-{2 + n // 28 % 11:02}-{n % 28 + 1:02}" for n in itertools.count(1))
        self.numbers = itertools.count(100)
        self.kept: Path | None = None  # a copy of the store
        self.theirs: dict[tuple[int, str], Any] = {}  # what a person wrote, and that must still be there
        self.excused: set[tuple[int, str]] = set()  # fields that may differ, if they are on hold
        self.labels: dict[int, set[str]] = {}  # labels that people have put on
        self.gone: set[str] = set()  # refs whose issue was deleted
        self.replaced: set[int] = set()  # issues that another one was made for
        self.strayed: dict[int, int] = {}  # in a project that is not ours: how often we had edited it then
        self.adopted: set[int] = set()  # issues of people that the mapping names
        self.removed: list[dict[str, Any]] = []
        self.retirements: dict[str, int] = {}
        self.scene: Scene

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

    # -- the file

    @rule(place=places, what=st.sampled_from(["name", "due", "description", "target"]))
    def change_the_file(self, place: int, what: str) -> None:
        """A text, a date or a target moves."""
        if what == "target":
            entry = self._pick(self.key_results(), place)
            if entry is not None:
                entry["target"] = next(self.numbers)
        else:
            entry = self._pick(self.objectives(), place)
            if entry is not None:
                entry[what] = next(self.days) if what == "due" else next(self.texts)
        self.scene.save()

    @rule(place=places, kind=st.sampled_from(["objective", "key_result"]))
    def add(self, place: int, kind: Kind) -> None:
        """One more."""
        number = next(self.numbers)
        if kind == "objective":
            entry: dict[str, Any] = {"id": f"N{number}", "perspective": "learning", "name": next(self.texts)}
            self.objectives().append(entry)
        else:
            objective = self._pick(self._living(), place)
            if objective is not None:
                entry = {"id": f"n{number}", "objective": objective["id"], "name": next(self.texts)}
                self.key_results().append({**entry, "baseline": 1, "target": number})
        self.scene.save()

    @rule(project=st.sampled_from(["STRAT", "CRM"]))
    def adopt_an_epic(self, project: str) -> None:
        """An objective is added, and the mapping says that a team has an epic for it."""
        text, ref = next(self.texts), f"E{next(self.numbers)}"
        key, number = self.scene.epic(project, text)
        self.adopted.add(number)
        self.theirs[number, "summary"] = text
        self.excused |= {(number, name) for name in (*FIELDS["objective"], "labels")}
        self.objectives().append({"id": ref, "perspective": "learning", "name": next(self.texts)})
        self.scene.mapping["jira"]["rules"].append({"match": {"id": ref}, "existing": key})
        self.scene.save()

    @rule(place=places, kind=st.sampled_from(["objective", "key_result"]), says_when=st.booleans())
    def retire(self, place: int, kind: Kind, says_when: bool) -> None:
        """Taken out of the file, or given a date; an objective together with its key results."""
        entries = self.objectives() if kind == "objective" else self.key_results()
        entry = self._pick([one for one in entries if "retired" not in one and one["id"][0] != "E"], place)
        if entry is None or (kind == "objective" and len(self._living()) < 2):
            return
        leaving = [entry]
        if kind == "objective":
            leaving += [
                one for one in self.key_results() if one["objective"] == entry["id"] and "retired" not in one
            ]
        for one in leaving:
            self.retirements[one["id"]] = self.retirements.get(one["id"], 0) + 1
        if says_when:
            for one in leaving:
                one["retired"] = "2026-11-20"
        else:
            if kind == "objective":  # those that are retired already leave the file, too
                leaving += [
                    one
                    for one in self.key_results()
                    if one["objective"] == entry["id"] and one not in leaving
                ]
            for one in leaving:
                (self.objectives() if "perspective" in one else self.key_results()).remove(one)
                self.removed.append(one)
        self.scene.save()

    @precondition(lambda self: self.removed or any("retired" in one for one in self.everything()))
    @rule(place=places)
    def restore(self, place: int) -> None:
        """What had left comes back, with the objective that it hangs below."""
        dated = [one for one in self.everything() if "retired" in one]
        entry = self._pick([*self.removed, *dated], place)
        if entry is None:
            return
        back = [entry]
        if "objective" in entry:
            back = [one for one in [*self.removed, *dated] if one["id"] == entry["objective"]] + back
        for one in back:
            one.pop("retired", None)
            if one in self.removed:
                self.removed.remove(one)
                (self.objectives() if "perspective" in one else self.key_results()).append(one)
        self.scene.save()

    @rule(place=places)
    def rename(self, place: int) -> None:
        """An id changes, and the file says what it was."""
        entry = self._pick(self.everything(), place)
        if entry is None or "was" in entry or entry["id"][0] == "E":
            return  # once each: two new ids between two runs are one too many
        old, new = entry["id"], f"R{next(self.numbers)}"
        entry["was"], entry["id"] = old, new
        for one in [*self.key_results(), *self.removed]:
            if one.get("objective") == old:
                one["objective"] = new
        if old in self.retirements:
            self.retirements[new] = self.retirements.pop(old)
        if old in self.gone:
            self.gone.add(new)
        self.scene.save()

    @rule(place=places, other=places)
    def move_to_another_objective(self, place: int, other: int) -> None:
        """A key result belongs elsewhere from now on."""
        entry = self._pick(self.key_results(), place)
        objective = self._pick(self._living(), other)
        if entry is not None and objective is not None and "retired" not in entry:
            entry["objective"] = objective["id"]
            self.scene.save()

    @rule(label=st.sampled_from(["plan", "strategy", "2027"]))
    def change_the_label(self, label: str) -> None:
        """The mapping asks for another label."""
        self.scene.mapping["jira"]["objectives"]["fields"]["labels"] = {"value": label}
        self.scene.save()

    # -- people in Jira

    @rule(place=places, name=st.sampled_from(["summary", "description", "duedate", TARGET, *NOBODYS]))
    def a_person_edits(self, place: int, name: str) -> None:
        """Any field of any issue of ours."""
        issue = self._pick([one for one in self.scene.issues() if one.ref], place)
        if issue is None or "security" in issue.values:
            return
        value = self._new_value(name)
        sent = float(value) if name in {TARGET, CURRENT} else value
        if name == "priority":
            sent = {"name": value}
        elif name == "description" and self.scene.site.flavor == "cloud":
            sent = _document(value)
        field_id = self.scene.ids.get(name, name)
        self.scene.ask("PUT", f"{self.scene.api}/issue/{issue.id}", {"fields": {field_id: sent}})
        shown = self.scene.shown(next(one for one in self.scene.issues() if one.id == issue.id), name)
        if name != "duedate":  # dates are restored
            self.theirs[issue.id, name] = shown
        self.excused.add((issue.id, name))

    @rule(place=places, label=st.sampled_from(["mine", "plan", "strategy", "2027"]), put=st.booleans())
    def a_person_labels(self, place: int, label: str, put: bool) -> None:
        """On or off."""
        issue = self._pick([one for one in self.scene.issues() if one.ref], place)
        if issue is None or "security" in issue.values:
            return
        steps = {"update": {"labels": [{"add" if put else "remove": label}]}}
        self.scene.ask("PUT", f"{self.scene.api}/issue/{issue.id}", steps)
        mine = self.labels.setdefault(issue.id, set())
        mine.discard(label)
        if put and label == "mine":  # of the others it cannot be told whose they are
            mine.add(label)
        self.excused.add((issue.id, "labels"))

    @rule(place=places, name=st.sampled_from(["Closed", "To Do", "In Progress"]))
    def a_person_moves_on(self, place: int, name: str) -> None:
        """Closed, or open again."""
        issue = self._pick([one for one in self.scene.issues() if one.ref], place)
        if issue is None or "security" in issue.values:
            return
        way = f"{self.scene.api}/issue/{issue.id}/transitions"
        found = next(
            (one for one in self.scene.ask("GET", way)["transitions"] if one["to"]["name"] == name), None
        )
        if found is not None:
            self.scene.ask("POST", way, {"transition": {"id": found["id"]}})

    @rule(project=st.sampled_from(PROJECTS))
    def a_person_adds_work(self, project: str) -> None:
        """An issue that is none of ours."""
        kinds = {"project": {"key": project}, "issuetype": {"name": "Task"}, "summary": next(self.texts)}
        self.scene.ask("POST", f"{self.scene.api}/issue", {"fields": kinds})

    @rule(place=places)
    def a_person_clones(self, place: int) -> None:
        """A clone carries our mark."""
        issue = self._pick([one for one in self.scene.issues() if one.ref and one.creator == US], place)
        if issue is not None and "security" not in issue.values:
            self.scene.clone(issue)

    @rule(place=places, project=st.sampled_from(PROJECTS))
    def an_issue_is_moved(self, place: int, project: str) -> None:
        """Its key changes, its number does not."""
        issue = self._pick([one for one in self.scene.issues() if one.ref and one.creator == US], place)
        if issue is None or issue.project == project:
            return
        self.scene.move(issue, project)
        self.strayed.pop(issue.id, None)
        if project == "LEFT":
            self.strayed[issue.id] = self.scene.our_edits(issue.id)

    @rule(place=places)
    def an_issue_is_deleted(self, place: int) -> None:
        """Gone for good."""
        issue = self._pick([one for one in self.scene.issues() if one.ref and one.creator == US], place)
        if issue is None or "security" in issue.values or issue.id in self.replaced:
            return
        self.scene.ask("DELETE", f"{self.scene.api}/issue/{issue.id}")
        ref = self.scene.links().get(issue.id, str(issue.ref))
        renamed = {one["was"]: one["id"] for one in self.everything() if "was" in one}
        self.gone |= {ref, renamed.get(ref, ref)}

    @rule(place=places)
    def an_issue_is_hidden(self, place: int) -> None:
        """A security level that we are not in."""
        issue = self._pick([one for one in self.scene.issues() if one.ref and one.creator == US], place)
        if issue is not None and issue.id not in self.replaced:
            self.scene.hide(issue, hidden=True)

    @rule()
    def all_is_shown_again(self) -> None:
        """Permissions come back."""
        for issue in self.scene.issues():
            if "security" in issue.values:
                self.scene.hide(issue, hidden=False)

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
        self._run()

    @rule(status=st.sampled_from([400, 403, 500, 503]), nth=st.integers(1, 3))
    def sync_while_writes_fail(self, status: int, nth: int) -> None:
        """Some writes are refused, or the site breaks."""
        self.scene.expect(
            fault="status", status=status, method=["POST", "PUT"], pattern=r"/issue(/bulk$|/\d+|$)", on=nth
        )
        self._run()

    @rule(nth=requests, carried_out=st.booleans())
    def sync_while_a_reply_is_lost(self, nth: int, carried_out: bool) -> None:
        """The connection ends, before or after the site has done what was asked."""
        self.scene.expect(fault="drop", carried_out=carried_out, on=nth)
        self._run()

    @rule(nth=requests, after=st.booleans())
    def sync_that_is_killed(self, nth: int, after: bool) -> None:
        """The process ends at a request."""

        def kill() -> None:
            raise Killed

        self._run(carrier=self._stepping(nth, kill, after=after))

    @rule(nth=requests, after=st.booleans(), steals=st.booleans())
    def sync_twice_at_once(self, nth: int, after: bool, steals: bool) -> None:
        """A second run begins inside the first: it leaves, unless the first one is taken for dead."""

        def another() -> None:
            if steals:
                self.scene.break_lease()
                self._run()
                return
            try:
                self.scene.sync(QUIET)
            except Leased:
                return
            raise AssertionError("two runs at once")

        self._run(carrier=self._stepping(nth, another, after=after))

    @rule(side=st.sampled_from(["scorecard", "jira"]))
    def sync_and_take(self, side: Literal["scorecard", "jira"]) -> None:
        """Somebody decides for one side."""
        self._run(Policy(publish="never", take=side))

    @rule()
    def take_over_what_jira_says(self) -> None:
        """`adopt`: what is on hold comes into the file."""
        with suppress(BscSyncError):
            self.scene.adopt()

    @rule(wish=st.sampled_from(["recreate", "forget"]))
    def decide_on_what_is_gone(self, wish: str) -> None:
        """Created anew, or not waited for any more."""
        plan = self._run()
        if plan is None:
            return
        for hold in plan.plan.holds():
            if hold.ref in self.gone and "gone" in hold.reason:
                given_up = frozenset({hold.ref})
                if wish == "forget":
                    self._run(Policy(publish="never", forget=given_up))
                else:
                    self._run(Policy(publish="never", recreate=given_up))
                    self.gone.discard(hold.ref)
                return

    @rule(comes_back=st.booleans())
    def the_store_is_lost(self, comes_back: bool) -> None:
        """A run without it stops; then the file comes back, or the marks tell."""
        self.all_is_shown_again()
        self.scene.clear_up()
        marked = [one for one in self.scene.issues() if one.ref and one.creator == US]
        if not marked:
            return
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
        self.gone.clear()  # nobody knows of them any more

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
        self.check(report)

    # -- what must be true

    def check(self, report: RunReport) -> None:
        """Everything, when nothing is left to do."""
        issues = self.scene.issues()
        self._check_people(issues)
        held = {(hold.ref, part.id) for hold in report.plan.holds() for part in hold.fields}
        whole = {hold.ref for hold in report.plan.holds() if not hold.fields}
        links = self.scene.links()
        by_ref = {links[issue.id]: issue for issue in issues if issue.id in links}
        twice = [one.key for one in issues if one.creator == US and one.id not in links]
        assert len(twice) <= len(self.replaced), f"made by us, and not known: {twice}"
        hidden = {ref for ref, issue in by_ref.items() if "security" in issue.values}
        for kind, entries in (("objective", self.objectives()), ("key_result", self.key_results())):
            for entry in entries:
                ref = entry["id"]
                if "retired" in entry or ref in hidden:
                    continue
                if ref not in by_ref:
                    above = entry.get("objective")
                    waits = {ref, above} & (self.gone | hidden)
                    assert waits, f"{ref} has no issue"
                    continue
                self._check_fields(kind, entry, by_ref[ref], held, whole)
                above = by_ref.get(entry.get("objective", ""))
                if above is not None and ref not in {one for one, _ in held} | whole:
                    assert by_ref[ref].values.get("parent") == above.id, f"{ref} hangs elsewhere"
        for ref, issue in by_ref.items():
            comments = self.scene.our_comments(issue.id)
            assert comments <= self.retirements.get(ref, 0) + 1, f"{ref} was commented on {comments} times"

    def _check_fields(
        self, kind: str, entry: dict[str, Any], issue: Issue, held: set[tuple[str, str]], whole: set[str]
    ) -> None:
        ref = entry["id"]
        for name in FIELDS[kind]:
            if NAMES[name] not in entry:
                continue
            wanted, shown = entry[NAMES[name]], self.scene.shown(issue, name)
            if _alike(shown, wanted):
                self.excused.discard((issue.id, name))
                self.theirs.pop((issue.id, name), None)
                continue
            where = f"{name} of {ref} ({issue.key}) is {shown!r}, the file says {wanted!r}"
            assert (issue.id, name) in self.excused or issue.project == "LEFT", where
            is_held = (ref, self.scene.ids.get(name, name)) in held or ref in whole
            assert is_held, f"{where}, and it is not on hold"
        if kind == "objective" and (issue.id, "labels") not in self.excused and issue.project != "LEFT":
            label = self.scene.mapping["jira"]["objectives"]["fields"]["labels"]["value"]
            assert label in issue.values.get("labels", ()), f"{ref} has no label {label}"

    def _check_people(self, issues: list[Issue]) -> None:
        known = {issue.id: issue for issue in issues}
        for (number, name), value in self.theirs.items():
            if number in known:
                shown = self.scene.shown(known[number], name)
                assert shown == value, f"{name} of {known[number].key} was {value!r}, and is {shown!r}"
        for number, labels in self.labels.items():
            if number in known:
                assert labels <= set(known[number].values.get("labels", ())), f"labels of {known[number].key}"
        for issue in issues:
            if issue.creator != US and issue.id not in self.adopted:
                assert not self.scene.our_edits(issue.id), f"{issue.key} is not ours, and was touched"
            if issue.id in self.strayed:
                edits = self.scene.our_edits(issue.id)
                assert edits == self.strayed[issue.id], f"{issue.key} was touched where we may not write"
        assert not any(entry.method == "DELETE" and entry.user == US for entry in self.scene.writes())

    # -- the rest

    def _run(self, policy: Policy = QUIET, carrier: Callable[[], Any] | None = None) -> RunReport | None:
        """One run, whatever comes of it: only what is no error of ours and no kill is a failure."""
        if policy.take == "scorecard":
            for key in [key for key in self.theirs if key[1] not in NOBODYS]:
                del self.theirs[key]
        try:
            return self.scene.sync(policy, carrier)
        except (BscSyncError, Killed):
            return None
        finally:
            self.scene.app.extensions["sandbox_weather"].script.clear()

    def _stepping(self, nth: int, happens: Callable[[], None], *, after: bool) -> Callable[[], Any]:
        return lambda: Stepping(self.scene.carrier(), nth, happens, after=after)

    def objectives(self) -> list[dict[str, Any]]:
        """Those of the file."""
        found: list[dict[str, Any]] = self.scene.card["objectives"]
        return found

    def key_results(self) -> list[dict[str, Any]]:
        """Those of the file."""
        found: list[dict[str, Any]] = self.scene.card["cycles"][0]["key_results"]
        return found

    def everything(self) -> list[dict[str, Any]]:
        """Objectives and key results."""
        return [*self.objectives(), *self.key_results()]

    def _living(self) -> list[dict[str, Any]]:
        return [one for one in self.objectives() if "retired" not in one]

    def _new_value(self, name: str) -> Any:
        if name == "duedate":
            return next(self.days)
        if name == "priority":
            return "Low"
        return next(self.numbers) if name in {TARGET, CURRENT} else next(self.texts)

    @staticmethod
    def _pick(entries: list[Any], place: int) -> Any:
        return entries[place % len(entries)] if entries else None


def _alike(shown: Any, wanted: Any) -> bool:
    if isinstance(wanted, int) and shown is not None:
        return float(shown) == wanted
    return str(shown) == str(wanted)


def _document(text: str) -> dict[str, Any]:
    return {
        "type": "doc",
        "version": 1,
        "content": [{"type": "paragraph", "content": [{"type": "text", "text": text}]}],
    }


SyncMachine.TestCase.settings = settings(
    max_examples=5_000 if TORTURE else 100,
    stateful_step_count=20 if TORTURE else 12,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
TestSyncMachine = SyncMachine.TestCase
