"""What the kill test has brought to light, each on its own."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import Any

import pytest
import requests
from requests.adapters import BaseAdapter

from tests.carriers import Killed, Meddling, is_bulk, kill, lose
from tests.runs_on_acme import Acme, sync, sync_and_publish

NOON = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)


class Detour(BaseAdapter):
    """Keeps the first edit that carries a comment: it is under way, and nobody hears of it."""

    def __init__(self, inner: BaseAdapter) -> None:
        super().__init__()
        self.inner = inner
        self.kept: requests.PreparedRequest | None = None

    def send(self, request: requests.PreparedRequest, **how: Any) -> requests.Response:  # type: ignore[override]  # requests calls by keyword
        if self.kept is None and request.method == "PUT" and b'"comment"' in _body(request):
            self.kept = request
            raise requests.ConnectionError("no reply")
        return self.inner.send(request, **how)

    def close(self) -> None:
        self.inner.close()


def _body(request: requests.PreparedRequest) -> bytes:
    body = request.body or b""
    return body.encode() if isinstance(body, str) else body


def test_a_retirement_that_still_arrives_after_the_next_run_is_commented_once(acme_here: Acme) -> None:
    sync(acme_here)
    text = (acme_here.folder / "scorecard.yaml").read_text(encoding="utf-8")
    line = next(line for line in text.splitlines() if "id: L1.trained.q4" in line)
    acme_here.edit(line + "\n", "")
    detour = Detour(acme_here.carrier_of_test())
    assert sync(acme_here, lambda: detour).exit_code == 5
    soon = sync(acme_here)
    assert "L1.trained.q4" in {hold.ref for hold in soon.plan.holds()}
    assert detour.kept is not None
    assert detour.inner.send(detour.kept).status_code == 204
    acme_here.site.clock.set(NOON)
    healed = sync(acme_here)
    assert healed.exit_code == 0
    assert "L1.trained.q4" not in {hold.ref for hold in healed.plan.holds()}
    with acme_here.site.store.transaction() as connection:
        (comments,) = connection.execute(
            "SELECT count(*) FROM issue_comment WHERE text LIKE 'Retired from%'"
        ).fetchone()
    assert comments == 1
    assert sync(acme_here).plan.counts().writes == 0


def test_what_was_created_empty_is_remembered_also_where_the_reply_was_lost(begin: Any) -> None:
    agreed = []
    for is_lost in (False, True):
        acme = begin("cloud")
        sync(acme, partial(Meddling, acme.carrier_of_test(), is_bulk, lose) if is_lost else None)
        acme.site.clock.set(NOON)
        sync(acme)
        agreed.append(acme.office().memory.base()["F1"])
    assert agreed[0] == agreed[1]


def test_a_file_of_the_page_is_attached_once_however_often_the_run_that_does_it_is_cut_off(
    acme_here: Acme,
) -> None:
    """Between the file and the note that remembers it, three times."""

    def is_note(request: requests.PreparedRequest) -> bool:
        return request.method in {"POST", "PUT"} and "/propert" in str(request.url)

    for _ in range(3):
        with pytest.raises(Killed):
            sync_and_publish(
                acme_here, lambda: Meddling(acme_here.carrier_of_test(), is_note, kill, before=True)
            )
    assert sync_and_publish(acme_here).exit_code == 0
    with acme_here.site.store.transaction() as connection:
        files = connection.execute("SELECT filename, version FROM wiki_attachment").fetchall()
    assert [tuple(one) for one in files] == [("strategy-map.svg", 1)]
