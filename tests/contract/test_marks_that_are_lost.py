"""A store that knows nothing while the index lags, and a mark that somebody took off."""

from __future__ import annotations

import datetime as dt
import shutil
from typing import Any

import pytest

from bsc_sync.errors import NotOurs
from bsc_sync.plan.change import Update
from bsc_sync.plan.link_state import LinkState
from tests.runs_on_acme import Acme, key_of, sync_and_publish


@pytest.mark.parametrize("flavor", ["cloud", "data-center"])
def test_a_lost_store_makes_nothing_twice_though_the_index_shows_nothing(begin: Any, flavor: str) -> None:
    acme = begin(flavor, change=lambda seed: seed["site"].update(index_lag=3600))
    text = (acme.folder / "mapping.yaml").read_text()
    start, end = text.index("    - match: {id: P2}"), text.index("  retire:")
    (acme.folder / "mapping.yaml").write_text(text[:start] + text[end:])
    made = sync_and_publish(acme)
    assert made.plan.counts().creates == 14
    shutil.rmtree(acme.folder / ".bsc-sync")
    writes = acme.writes()
    with pytest.raises(NotOurs, match="from another store") as caught:
        sync_and_publish(acme)
    assert "import --state" in caught.value.hint
    assert acme.writes() == writes


def test_a_mark_that_was_taken_off_is_put_back_by_an_edit_that_says_so(acme_here: Acme) -> None:
    acme = acme_here
    sync_and_publish(acme)
    key = acme.office().memory.links()["C1"].key
    acme.ask("PUT", f"{acme.api}/issue/{key}", {"update": {"labels": [{"remove": "bsc-acme"}]}})
    acme.ask("DELETE", f"{acme.api}/issue/{key}/properties/bsc-sync")
    writes = acme.writes()
    quiet = sync_and_publish(acme)
    assert acme.writes() == writes
    (note,) = (note for note in quiet.plan.links if note.ref == "C1")
    assert (note.state, note.note) == (
        LinkState.IN_SYNC,
        "our mark is gone; the next edit puts it back",
    )
    acme.edit("name: Increase customer retention\n", "name: Keep more customers\n")
    (update,) = sync_and_publish(acme).plan.writes()
    assert isinstance(update, Update)
    assert [(part.name, part.new) for part in update.fields] == [
        ("Summary", "Keep more customers"),
        ("Our mark and label", "C1"),
    ]
    assert sync_and_publish(acme).plan.writes() == ()


@pytest.mark.parametrize("flavor", ["cloud", "data-center"])
def test_a_label_that_was_taken_off_is_told_and_put_back_by_the_next_edit(begin: Any, flavor: str) -> None:
    acme = begin(flavor)
    sync_and_publish(acme)
    key = key_of(acme, "L1")
    path = f"{acme.api}/issue/{key}"
    acme.ask("PUT", path, {"update": {"labels": [{"remove": "bsc-acme"}, {"add": "theirs"}]}})
    acme.site.clock.set(acme.site.clock.now() + dt.timedelta(hours=1))
    writes = acme.writes()
    quiet = sync_and_publish(acme)
    assert quiet.plan.writes() == ()
    assert acme.writes() == writes
    (note,) = (note for note in quiet.plan.links if note.ref == "L1")
    assert (note.state, note.note) == (LinkState.IN_SYNC, "our label is gone; the next edit puts it back")
    acme.edit("name: Train staff on the new CRM\n", "name: Train\n")
    (update,) = sync_and_publish(acme).plan.writes()
    assert isinstance(update, Update)
    assert [(part.name, part.new) for part in update.fields] == [
        ("Summary", "Train"),
        ("Our label", "L1"),
    ]
    assert acme.ask("GET", path)["fields"]["labels"] == ["bsc-acme", "strategy", "theirs"]
    again = sync_and_publish(acme).plan
    assert again.writes() == ()
    assert next(note.note for note in again.links if note.ref == "L1") == ""


@pytest.mark.parametrize("flavor", ["cloud", "data-center"])
@pytest.mark.parametrize("minutes", [0, 60])
def test_a_property_that_was_taken_off_is_put_back_whole_by_the_next_edit(
    begin: Any, flavor: str, minutes: int
) -> None:
    acme = begin(flavor)
    sync_and_publish(acme)
    path = f"{acme.api}/issue/{key_of(acme, 'L1')}"
    before = acme.ask("GET", f"{path}/properties/bsc-sync")["value"]
    acme.ask("DELETE", f"{path}/properties/bsc-sync")
    acme.site.clock.set(acme.site.clock.now() + dt.timedelta(minutes=minutes))
    writes = acme.writes()
    quiet = sync_and_publish(acme)
    assert (quiet.plan.writes(), acme.writes()) == ((), writes)
    (note,) = (note for note in quiet.plan.links if note.ref == "L1")
    told = "our mark is gone; the next edit puts it back" if flavor == "cloud" else ""
    assert (note.state, note.note) == (LinkState.IN_SYNC, told)  # Data Center remembers marks of quiet issues
    assert "bsc-sync" not in {one["key"] for one in acme.ask("GET", f"{path}/properties")["keys"]}
    acme.edit("name: Train staff on the new CRM\n", "name: Train\n")
    (update,) = sync_and_publish(acme).plan.writes()
    assert (update.ref, update.action) == ("L1", "update")
    after = acme.ask("GET", f"{path}/properties/bsc-sync")["value"]
    for name in ("version", "scorecard", "ref", "store"):
        assert after[name] == before[name], name
    assert set(after["digests"]) >= set(before["digests"])
    changed = {name for name, known in before["digests"].items() if after["digests"][name] != known}
    assert changed == {"summary"}
    again = sync_and_publish(acme).plan
    assert again.writes() == ()
    assert next(note.note for note in again.links if note.ref == "L1") == ""
