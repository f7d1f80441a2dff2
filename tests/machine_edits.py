"""What people do in the lives of the state machine: to the files, and in Jira."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.machine_life import FIELDS, NAMES, NOBODYS, Kind, Life, places
from tests.machine_start import CURRENT, PROJECTS, TARGET, US


class FileEdits(Life):
    """Somebody edits the scorecard or the mapping."""

    @rule(place=places, what=st.sampled_from(["name", "due", "description", "target"]))
    def change_the_file(self, place: int, what: str) -> None:
        """A text, a date or a target moves."""
        if what == "target":
            entry = self.pick(self.key_results(), place)
            if entry is not None:
                entry["target"] = next(self.numbers)
        else:
            entry = self.pick(self.objectives(), place)
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
            objective = self.pick(self.living(), place)
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
        entry = self.pick([one for one in entries if "retired" not in one and one["id"][0] != "E"], place)
        if entry is None or (kind == "objective" and len(self.living()) < 2):
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
        entry = self.pick([*self.removed, *dated], place)
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
        entry = self.pick(self.everything(), place)
        if entry is None or "was" in entry or entry["id"][0] == "E":
            return  # once each: two new ids between two runs are one too many
        old = entry["was"] = entry["id"]
        self._call(entry, f"R{next(self.numbers)}")
        self.former[entry["id"]] = {*self.former.pop(old, ()), old}

    @rule(place=places)
    def rename_back(self, place: int) -> None:
        """The edit is reverted: the former id stands there, and no word of the other one."""
        entry = self.pick([one for one in self.everything() if "was" in one], place)
        if entry is None:
            return
        old, was = entry["id"], entry.pop("was")
        self._call(entry, was)
        self.former[was] = {*self.former.pop(old, ()), old}

    def _call(self, entry: dict[str, Any], new: str) -> None:
        """Another id, wherever the old one stands."""
        old, entry["id"] = entry["id"], new
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
        entry = self.pick(self.key_results(), place)
        objective = self.pick(self.living(), other)
        if entry is not None and objective is not None and "retired" not in entry:
            entry["objective"] = objective["id"]
            self.scene.save()

    @rule(label=st.sampled_from(["plan", "strategy", "2027"]))
    def change_the_label(self, label: str) -> None:
        """The mapping asks for another label."""
        self.scene.mapping["jira"]["objectives"]["fields"]["labels"] = {"value": label}
        self.scene.save()


class JiraEdits(Life):
    """Somebody works in Jira."""

    @rule(place=places, name=st.sampled_from(["summary", "description", "duedate", TARGET, *NOBODYS]))
    def a_person_edits(self, place: int, name: str) -> None:
        """Any field of any issue of ours."""
        issue = self.pick([one for one in self.scene.issues() if one.ref], place)
        if issue is None or "security" in issue.values:
            return
        value = self.new_value(name)
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
        issue = self.pick([one for one in self.scene.issues() if one.ref], place)
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
        issue = self.pick([one for one in self.scene.issues() if one.ref], place)
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
        issue = self.pick([one for one in self.scene.issues() if one.ref and one.creator == US], place)
        if issue is not None and "security" not in issue.values:
            self.scene.clone(issue)

    def see_what_the_file_says(self) -> None:
        """What a person wrote in Jira stands in the file now: whoever edits the file edits it."""
        links = self.scene.links()
        entries = {entry["id"]: entry for entry in self.everything()}
        for issue in self.scene.issues():
            entry = entries.get(links.get(issue.id, ""), {})
            for name, said in NAMES.items():
                if said in entry and str(entry[said]) == str(self.scene.shown(issue, name)):
                    self.theirs.pop((issue.id, name), None)

    def say_what_the_marks_say(self) -> None:
        """Former ids are lost with the store: somebody writes what an issue's mark says into `was:`."""
        links = self.scene.links()
        for issue in self.scene.issues():
            ref = links.get(issue.id)
            for entry in [*self.everything(), *self.removed]:
                known = ref is not None and ref in {entry["id"], *self.former.get(entry["id"], ())}
                if known and issue.ref not in {None, entry["id"]}:
                    entry["was"] = issue.ref
                elif known and issue.ref == entry["id"]:  # no rename that is reverted now can be told
                    entry.pop("was", None)
        self.scene.save()

    def see_what_was_known_again(self) -> None:
        """Once the store is lost, a clone of a deleted issue may be taken for it, where it is the only one or
        tells more than the others; never beside an issue that we made. What has no issue is waited for."""
        issues, links = self.scene.issues(), self.scene.links()
        made = {one.ref for one in issues if one.creator == US}
        for issue in issues:
            if issue.creator != US and issue.id in links and issue.ref and issue.id not in self.adopted:
                assert issue.ref not in made, f"{issue.key} is a clone, and was taken for {issue.ref}"
                self.adopted.add(issue.id)
                self.excused |= {
                    (issue.id, name) for name in (*FIELDS["objective"], *FIELDS["key_result"], "labels")
                }
        entries = {entry["id"]: entry for entry in self.everything()}
        for issue in issues:
            entry = entries.get(links.get(issue.id, ""), {})
            for name in ("description", "duedate"):  # what the file asks for since the mark was written
                if NAMES[name] in entry and name not in issue.agreed:
                    self.excused.add((issue.id, name))
        known = set(links.values())
        self.gone |= {one["id"] for one in self.everything()} - known

    @rule(place=places, project=st.sampled_from(PROJECTS))
    def an_issue_is_moved(self, place: int, project: str) -> None:
        """Its key changes, its number does not."""
        issue = self.pick([one for one in self.scene.issues() if one.ref and one.creator == US], place)
        if issue is None or issue.project == project:
            return
        self.scene.move(issue, project)
        self.strayed.pop(issue.id, None)
        if project == "LEFT":
            self.strayed[issue.id] = self.scene.our_edits(issue.id)

    @rule(place=places)
    def an_issue_is_deleted(self, place: int) -> None:
        """Gone for good."""
        issue = self.pick([one for one in self.scene.issues() if one.ref and one.creator == US], place)
        if issue is None or "security" in issue.values or issue.id in self.replaced:
            return
        self.scene.ask("DELETE", f"{self.scene.api}/issue/{issue.id}")
        ref = self.scene.links().get(issue.id, str(issue.ref))
        self.gone |= {ref, *(new for new, former in self.former.items() if ref in former)}

    @rule(place=places)
    def an_issue_is_hidden(self, place: int) -> None:
        """A security level that we are not in."""
        issue = self.pick([one for one in self.scene.issues() if one.ref and one.creator == US], place)
        if issue is None or issue.id in self.replaced:
            return
        self.scene.hide(issue, hidden=True)
        newest = max(one.id for one in self.scene.issues() if one.project == issue.project)
        if issue.id == newest and issue.id not in self.scene.links():
            self.replaced.add(issue.id)  # a write that was cut off, and nothing shows that there is something

    @rule()
    def all_is_shown_again(self) -> None:
        """Permissions come back."""
        for issue in self.scene.issues():
            if "security" in issue.values:
                self.scene.hide(issue, hidden=False)


def _document(text: str) -> dict[str, Any]:
    return {
        "type": "doc",
        "version": 1,
        "content": [{"type": "paragraph", "content": [{"type": "text", "text": text}]}],
    }
