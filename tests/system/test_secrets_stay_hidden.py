"""A whole run at debug level: no output, log, store or page holds a token, a header or a cookie."""

from __future__ import annotations

import base64
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from werkzeug.wrappers import Request, Response

from bsc_sync.sandbox.app import create_app
from bsc_sync.sandbox.catalog import Flavor
from bsc_sync.sandbox.seed import load_seed
from bsc_sync.sandbox.server import serve
from bsc_sync.sandbox.site import Site
from tests.loopback import Loopback

CLOUD_ID = "11111111-2222-3333-4444-555555555555"
TOKEN = "ATATT3x-t0ken-of-the-site"
SCOPED = "ATATT3x-t0ken-with-scopes"
CLIENT_SECRET = "client-s3cr3t-of-the-app"
REFRESH = "refresh-t0ken-of-the-app"
EMAIL = "sync@acme.example"


@dataclass
class Trace:
    """Everything that a process has left behind."""

    code: int
    output: str
    folder: Path
    secrets: set[str] = field(default_factory=set)

    def files(self) -> dict[str, bytes]:
        """All files of the project folder but those that are meant to hold secrets."""
        kept = {".env", "oauth.json", "oauth.lock", "sandbox.yaml"}
        return {
            str(path.relative_to(self.folder)): path.read_bytes()
            for path in self.folder.rglob("*")
            if path.is_file() and path.name not in kept
        }


def run(folder: Path, *arguments: str, **environment: str) -> Trace:
    clean = {key: value for key, value in os.environ.items() if not key.startswith("BSC_SYNC")}
    done = subprocess.run(
        [sys.executable, "-m", "bsc_sync", *arguments],
        cwd=folder,
        env={**clean, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return Trace(done.returncode, done.stdout + done.stderr, folder)


class Eavesdropper:
    """Stands before a sandbox and writes down what must not show: credentials and cookies, both ways."""

    def __init__(self, site: Site) -> None:
        self.app = create_app(site)
        self.heard: set[str] = set()

    def __call__(self, environ: dict[str, object], start_response: object) -> object:
        authorization = str(environ.get("HTTP_AUTHORIZATION") or "")
        self.heard.update(part for part in authorization.split(" ")[1:] if part)

        def start(status: str, headers: list[tuple[str, str]], *rest: object) -> object:
            for name, value in headers:
                if name.lower() == "set-cookie":
                    self.heard.add(value.partition("=")[2].partition(";")[0])
            return start_response(status, headers, *rest)  # type: ignore[operator]  # a WSGI callable

        return self.app(environ, start)  # type: ignore[arg-type]  # a WSGI callable


@pytest.fixture
def strategy(tmp_path: Path) -> Path:
    """The example in a folder."""
    assert run(tmp_path, "init", "--example", "acme", "strategy").code == 0
    return tmp_path / "strategy"


@pytest.fixture
def stand(strategy: Path) -> Iterator[object]:
    servers = []

    def made(flavor: Flavor) -> tuple[Eavesdropper, str]:
        seed = load_seed(strategy / "sandbox.yaml")
        account = seed["users"][0] | {"email": EMAIL, "token": TOKEN}
        if flavor == "cloud":
            account["scoped_token"] = SCOPED
            seed["oauth"] = [
                {
                    "client_id": "the-app",
                    "client_secret": CLIENT_SECRET,
                    "account_id": account["account_id"],
                    "refresh_token": REFRESH,
                }
            ]
            seed["site"] = seed.get("site", {}) | {"cloud_id": CLOUD_ID}
        seed["users"] = [account, *seed["users"][1:]]
        site = Site(seed, flavor=flavor)
        ear = Eavesdropper(site)
        server = serve(ear, port=0)  # type: ignore[arg-type]  # a WSGI callable
        servers.append(server)
        site.base_url = server.url
        return ear, server.url

    yield made
    for server in servers:
        server.stop()


def settings(kind: str, url: str, strategy: Path) -> dict[str, str]:
    (strategy / "token").write_text(TOKEN + "\n", encoding="utf-8")
    (strategy / "token").chmod(0o600)
    common = {"BSC_SYNC_JIRA_URL": url, "BSC_SYNC_GATEWAY_URL": url}
    return (
        common
        | {
            "classic": {"BSC_SYNC_JIRA_USER": EMAIL, "BSC_SYNC_JIRA_TOKEN": TOKEN},
            "scoped": {
                "BSC_SYNC_JIRA_USER": EMAIL,
                "BSC_SYNC_JIRA_TOKEN": SCOPED,
                "BSC_SYNC_JIRA_AUTH": "scoped",
            },
            "oauth": {
                "BSC_SYNC_OAUTH_CLIENT_ID": "the-app",
                "BSC_SYNC_OAUTH_CLIENT_SECRET": CLIENT_SECRET,
                "BSC_SYNC_OAUTH_REFRESH_TOKEN": REFRESH,
                "BSC_SYNC_OAUTH_TOKEN_URL": f"{url}/oauth/token",
            },
            "access token": {
                "BSC_SYNC_JIRA_TOKEN": f"file:{strategy}/token",
                "BSC_SYNC_CONFLUENCE_URL": f"{url}/confluence",
            },
        }[kind]
    )


def secrets_of(ear: Eavesdropper, folder: Path) -> set[str]:
    secrets = {*ear.heard, TOKEN, SCOPED, CLIENT_SECRET, REFRESH}
    secrets.add(base64.b64encode(f"{EMAIL}:{TOKEN}".encode()).decode())
    grant = folder / ".bsc-sync" / "oauth.json"
    if grant.is_file():
        stored = json.loads(grant.read_text(encoding="utf-8"))
        secrets |= {stored["access_token"], stored["refresh_token"]}
    assert all(len(secret) >= 6 for secret in secrets), "short ones would be found everywhere"
    return secrets


def leaks(trace: Trace, secrets: set[str], log: Path | None = None) -> list[str]:
    """Where a secret shows."""
    places = {"the output": trace.output.encode(), **trace.files()}
    if log is not None:
        places["the log"] = log.read_bytes()
    places.pop("token", None)
    return [
        f"{name}: {secret[:4]}..."
        for name, text in places.items()
        for secret in secrets
        if secret.encode() in text
    ]


@pytest.mark.parametrize(
    ("flavor", "kind"),
    [
        ("cloud", "classic"),
        ("cloud", "scoped"),
        ("cloud", "oauth"),
        ("data-center", "access token"),
    ],
)
def test_a_whole_sync_at_debug_level_shows_no_secret(
    strategy: Path, tmp_path: Path, stand: object, flavor: str, kind: str
) -> None:
    ear, url = stand(flavor)  # type: ignore[operator]  # the fixture is a function
    environment = settings(kind, url, strategy)
    log = tmp_path / "requests.log"
    first = run(strategy, "--debug", "--log", str(log), "sync", **environment)
    assert first.code == 0, first.output
    second = run(strategy, "--debug", "sync", **environment)
    assert second.code == 0, second.output
    entries = log.read_text(encoding="utf-8").splitlines()
    assert len(entries) > 20
    assert all("event='asked'" in entry for entry in entries), "nothing else is logged in a good run"
    assert "event='asked'" in second.output
    assert log.stat().st_mode & 0o077 == 0
    secrets = secrets_of(ear, strategy)
    assert len(ear.heard) >= 2, "a credential and a cookie at least"
    assert leaks(first, secrets, log) + leaks(second, secrets) == []
    for text in (first.output, second.output, *entries):
        assert not re.search(r"authorization|set-cookie|nextPageToken=(?!\.\.\.)", text, re.IGNORECASE)


HEADERS = {"Set-Cookie": "JSESSIONID=c00kie-of-the-error; Path=/", "X-AREQUESTID": "abc123"}
ERROR_PAGE = "<html>Oops: Authorization: Basic c00kie-of-the-error</html>"


@pytest.mark.parametrize(
    ("reply", "code", "said"),
    [
        ((401, "Client must be authenticated", "text/plain"), 4, "does not accept the credentials"),
        ((403, '{"errorMessages":["no"]}', "application/json"), 1, "BSC_SYNC_JIRA_DEPLOYMENT"),
        ((500, ERROR_PAGE, "text/html"), 4, "failed with 500"),
        ((200, ERROR_PAGE, "text/html"), 4, "web page"),
        ((200, '{"deploymentType": 5}', "application/json"), None, ""),
        ((200, '[{"deploymentType": "Cloud"}]', "application/json"), None, ""),
    ],
)
def test_a_run_that_fails_shows_no_secret_either(
    strategy: Path, tmp_path: Path, reply: tuple[int, str, str], code: int | None, said: str
) -> None:
    status, body, kind = reply

    def answer(_request: Request) -> Response:
        return Response(body, status=status, content_type=kind, headers={**HEADERS, "Retry-After": "0"})

    log = tmp_path / "requests.log"
    with Loopback(answer) as server:
        user = {"BSC_SYNC_JIRA_URL": server.url, "BSC_SYNC_JIRA_USER": EMAIL, "BSC_SYNC_JIRA_TOKEN": TOKEN}
        trace = run(strategy, "--debug", "--log", str(log), "sync", **user)
    secrets = {TOKEN, "c00kie-of-the-error", base64.b64encode(f"{EMAIL}:{TOKEN}".encode()).decode()}
    if code is not None:
        assert trace.code == code, trace.output
    assert said in trace.output
    assert leaks(trace, secrets, log) == []
    assert "Traceback" not in trace.output


def test_three_processes_at_the_end_of_a_token_renew_it_once(strategy: Path, stand: object) -> None:
    ear, url = stand("cloud")  # type: ignore[operator]  # the fixture is a function
    environment = settings("oauth", url, strategy)
    assert run(strategy, "score").code == 0, "the store is there"
    with ThreadPoolExecutor(3) as pool:
        traces = list(pool.map(lambda _: run(strategy, "plan", **environment), range(3)))
    assert [trace.code for trace in traces] == [0, 0, 0], [trace.output for trace in traces]
    entries = ear.app.extensions["sandbox_log"].entries()
    assert [entry.status for entry in entries if entry.path == "/oauth/token"] == [200]
    assert not [entry for entry in entries if entry.status == 401]


def test_the_log_file_can_be_named_in_the_environment_and_is_told_when_it_cannot_be_written(
    strategy: Path, tmp_path: Path
) -> None:
    nobody = {"BSC_SYNC_JIRA_URL": "http://127.0.0.1:9", "BSC_SYNC_JIRA_TOKEN": TOKEN}
    log = tmp_path / "requests.log"
    assert run(strategy, "plan", **nobody, BSC_SYNC_LOG=str(log)).code == 4
    assert "status='ConnectionError'" in log.read_text(encoding="utf-8")
    refused = run(strategy, "--log", str(tmp_path / "missing" / "x.log"), "plan", **nobody)
    assert (refused.code, "the log cannot be written" in refused.output) == (64, True)


def test_a_token_file_that_everybody_can_read_is_told_on_the_terminal(strategy: Path) -> None:
    (strategy / "token").write_text(TOKEN, encoding="utf-8")
    (strategy / "token").chmod(0o644)
    trace = run(strategy, "plan", BSC_SYNC_JIRA_URL="http://127.0.0.1:9", BSC_SYNC_JIRA_TOKEN="file:token")
    assert "everybody on this machine can read" in trace.output
    assert TOKEN not in trace.output
