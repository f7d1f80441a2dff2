"""Exchanges written down: all of them, none of the credentials, and the application as it was."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import Client

from bsc_sync.sandbox.app import create_app
from bsc_sync.sandbox.recorder import RECORD, STAGED, Recorder
from bsc_sync.sandbox.site import Site
from bsc_sync.sandbox.weather.replies import Dropped
from bsc_sync.sandbox.weather.rules import read_forecast

SECRET = base64.b64encode(b"ada@acme.example:t-ada").decode()
HEADERS = {"Authorization": f"Basic {SECRET}", "Cookie": "tenant=secret", "User-Agent": "tester/1"}


def lines(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


def test_request_and_reply_are_kept_and_credentials_are_not(site: Site, tmp_path: Path) -> None:
    file = tmp_path / "all.jsonl"
    client = create_app(site, record=file).test_client()
    client.get("/rest/api/3/issue/STRAT-1?fields=summary", headers=HEADERS)
    client.post("/rest/api/3/issue", data='{"fields":', headers=HEADERS, content_type="application/json")
    client.get("/_sandbox/requests")
    read, create = lines(file)
    assert (read["method"], read["target"], read["status"], read["flavor"]) == (
        "GET",
        "/rest/api/3/issue/STRAT-1?fields=summary",
        200,
        "cloud",
    )
    assert read["headers"] == {"User-Agent": "tester/1"}
    assert json.loads(read["reply"])["key"] == "STRAT-1"
    assert (create["body"], create["type"], create["status"]) == ('{"fields":', "application/json", 400)
    assert "secret" not in file.read_text("utf-8")
    assert SECRET not in file.read_text("utf-8")
    assert file.stat().st_mode & 0o077 == 0


def test_the_environment_may_name_the_file(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(RECORD, str(tmp_path / "named.jsonl"))
    create_app(site).test_client().get("/rest/api/3/serverInfo")
    assert [one["target"] for one in lines(tmp_path / "named.jsonl")] == ["/rest/api/3/serverInfo"]
    monkeypatch.delenv(RECORD)
    create_app(site).test_client().get("/rest/api/3/serverInfo")
    assert len(lines(tmp_path / "named.jsonl")) == 1


def test_the_application_reads_and_says_the_same(tmp_path: Path) -> None:
    closed: list[bool] = []

    def app(environ: Any, start: Any) -> Any:
        body = environ["wsgi.input"].read()
        environ[STAGED] = True
        start("502 Bad Gateway", [("Content-Type", "text/html"), ("Content-Length", "5")])

        def pieces() -> Any:
            try:
                yield body[:2]
                yield body[2:]
            finally:
                closed.append(True)

        return pieces()

    reply = Client(Recorder(app, tmp_path / "all.jsonl", flavor="data-center")).put(
        "/rest/api/2/ä b?x=1", data=b"\xff\x00abc"
    )
    assert (reply.status_code, reply.get_data(), closed) == (502, b"\xff\x00abc", [True])
    (line,) = lines(tmp_path / "all.jsonl")
    assert line["body"].encode("utf-8", "surrogateescape") == b"\xff\x00abc"
    assert line["reply"] == line["body"]
    assert (line["flavor"], line["staged"], line["reply_type"]) == ("data-center", True, "text/html")
    assert line["target"] == "/rest/api/2/%C3%A4%20b?x=1"


def test_no_reply_is_written_down_as_none(site: Site, tmp_path: Path) -> None:
    forecast = read_forecast(
        {"faults": [{"fault": "drop", "on": 1}, {"fault": "status", "status": 503, "on": 2}]}
    )
    client = create_app(site, forecast, record=tmp_path / "all.jsonl").test_client()
    with pytest.raises(Dropped):
        client.get("/rest/api/3/myself", headers=HEADERS)
    client.get("/rest/api/3/myself", headers=HEADERS)
    client.get("/rest/api/3/myself", headers=HEADERS)
    kept = [(one["status"], one["staged"], one["target"]) for one in lines(tmp_path / "all.jsonl")]
    assert kept == [
        (status, staged, "/rest/api/3/myself") for status, staged in ((0, True), (503, True), (200, False))
    ]


def test_what_stands_before_the_product_s_path_is_told(site: Site, tmp_path: Path) -> None:
    site.context_path = "/jira"
    client = create_app(site, record=tmp_path / "all.jsonl").test_client()
    client.get("/jira/rest/api/3/serverInfo")
    client.get("/rest/api/3/serverInfo")
    kept = [(one["prefix"], one["target"], one["status"]) for one in lines(tmp_path / "all.jsonl")]
    assert kept == [("/jira", "/jira/rest/api/3/serverInfo", 200), ("", "/rest/api/3/serverInfo", 404)]
