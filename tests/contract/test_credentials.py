"""Every kind of credentials against a site that takes just that kind, over HTTP."""

from __future__ import annotations

import datetime as dt
import json
import stat
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from requests.adapters import HTTPAdapter
from werkzeug.wrappers import Request, Response

from bsc_sync.atlassian.accounts import Sites
from bsc_sync.atlassian.client import Client
from bsc_sync.atlassian.oauth import GrantFile, RotatingToken
from bsc_sync.atlassian.patience import PatientAdapter
from bsc_sync.errors import Refused, SettingsError, Unreachable
from bsc_sync.sandbox.app import create_app
from bsc_sync.sandbox.catalog import Flavor
from bsc_sync.sandbox.clock import Clock
from bsc_sync.sandbox.server import serve
from bsc_sync.sandbox.site import Site as Sandbox
from bsc_sync.settings import Settings, check_settings
from tests.loopback import Loopback, json_reply

NOW = dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
CLOUD_ID = "11111111-2222-3333-4444-555555555555"
ADA = {"account_id": "acme:ada", "name": "Ada", "email": "ada@acme.example", "token": "t0ken-classic"}
APP = {"client_id": "the-app", "client_secret": "app-s3cr3t"}
SEED: dict[str, Any] = {
    "site": {"title": "Acme", "cloud_id": CLOUD_ID},
    "users": [ADA | {"scoped_token": "t0ken-scoped"}],
    "oauth": [APP | {"account_id": "acme:ada", "refresh_token": "refresh-0", "lifetime": 3600}],
    "projects": [{"key": "AB", "name": "Alpha"}],
    "spaces": [{"key": "WIKI", "name": "Wiki"}],
}


class House:
    """A sandbox, and ways to reach it by what the settings say."""

    def __init__(self, sandbox: Sandbox, folder: Path) -> None:
        self.sandbox = sandbox
        self.folder = folder
        self.now = NOW

    def sites(self, **settings: str) -> Sites:
        """Both products, as a process with these settings sees them."""
        base = {
            "jira_url": self.sandbox.base_url,
            "gateway_url": self.sandbox.base_url,
            "oauth_token_url": f"{self.sandbox.base_url}/oauth/token",
        }
        connections = check_settings(
            Settings(_env_file=None, **(base | settings)),  # type: ignore[arg-type]  # texts become secrets
            folder=self.folder,
            state_folder=self.folder / ".bsc-sync",
            environment={},
        )
        return Sites(connections, transport=PatientAdapter(HTTPAdapter()), now=lambda: self.now)

    def oauth(self, **settings: str) -> Sites:
        """As the OAuth app."""
        app = {
            "oauth_client_id": "the-app",
            "oauth_client_secret": "app-s3cr3t",
            "oauth_refresh_token": "refresh-0",
        }
        return self.sites(**(app | settings))

    @property
    def grant(self) -> dict[str, str]:
        """What is stored of the OAuth grant."""
        text = (self.folder / ".bsc-sync" / "oauth.json").read_text(encoding="utf-8")
        return dict(json.loads(text))

    def pass_time(self, length: dt.timedelta) -> None:
        """Here and there."""
        self.now += length
        self.sandbox.clock.set(self.now)

    def asked(self) -> list[tuple[str, int | None]]:
        """What the sandbox was asked, with the prefix, and the status."""
        entries = self.sandbox_log.entries()
        return [(f"{entry.method} {entry.prefix}{entry.path}", entry.status) for entry in entries]

    sandbox_log: Any = None


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Any]:
    servers = []

    def made(flavor: Flavor = "cloud", **how: Any) -> House:
        sandbox = Sandbox(SEED, flavor=flavor, clock=Clock(NOW), **how)
        app = create_app(sandbox)
        server = serve(app, port=0)
        servers.append(server)
        sandbox.base_url = server.url
        house = House(sandbox, tmp_path)
        house.sandbox_log = app.extensions["sandbox_log"]
        return house

    yield made
    for server in servers:
        server.stop()


def who(sites: Sites, version: str = "3") -> str:
    me = Client(sites.jira, version=version).myself()
    return str(me.get("accountId") or me["name"])


def test_email_and_token_at_the_site_itself(make: Any) -> None:
    house = make()
    assert who(house.sites(jira_user="ada@acme.example", jira_token="t0ken-classic")) == "acme:ada"
    assert house.asked() == [("GET /rest/api/3/myself", 200)]


SCOPED = {"jira_user": "ada@acme.example", "jira_token": "t0ken-scoped", "jira_auth": "scoped"}


def test_a_scoped_token_goes_through_the_gateway_and_people_stay_at_the_site(make: Any) -> None:
    house = make()
    sites = house.sites(**SCOPED)
    assert house.asked() == [], "nothing is asked before it is needed"
    assert who(sites) == "acme:ada"
    assert [space["key"] for space in sites.confluence.get("/api/v2/spaces")["results"]] == ["WIKI"]
    assert house.asked() == [
        ("GET /_edge/tenant_info", 200),
        (f"GET /ex/jira/{CLOUD_ID}/rest/api/3/myself", 200),
        (f"GET /ex/confluence/{CLOUD_ID}/wiki/api/v2/spaces", 200),
    ]
    assert sites.jira.browse_url == house.sandbox.base_url
    assert sites.confluence.browse_url == f"{house.sandbox.base_url}/wiki"


def test_a_cloud_id_that_is_set_is_not_asked_for(make: Any) -> None:
    house = make()
    assert who(house.sites(**SCOPED, jira_cloud_id=CLOUD_ID)) == "acme:ada"
    assert house.asked() == [(f"GET /ex/jira/{CLOUD_ID}/rest/api/3/myself", 200)]


def test_a_service_account_s_token_stands_for_itself_at_the_gateway(make: Any) -> None:
    assert who(make().sites(jira_token="t0ken-scoped", jira_cloud_id=CLOUD_ID)) == "acme:ada"


@pytest.mark.parametrize(
    ("settings", "kind", "said", "hint"),
    [
        (SCOPED | {"jira_auth": "basic"}, Refused, "does not accept the credentials", "AUTH=scoped"),
        (SCOPED | {"jira_token": "t0ken-classic"}, Refused, "does not accept the credentials", "AUTH=basic"),
        (SCOPED | {"jira_cloud_id": "0" * 8}, Unreachable, "knows no site with this cloud id", "CLOUD_ID"),
        ({"jira_token": "t0ken-classic"}, Refused, "takes no bearer token", "BSC_SYNC_JIRA_USER"),
    ],
)
def test_the_wrong_door_is_told_with_the_right_one_and_asked_once(
    make: Any, settings: dict[str, str], kind: type[Exception], said: str, hint: str
) -> None:
    house = make()
    sites = house.sites(**settings)
    with pytest.raises(kind, match=said) as caught:
        who(sites)
    assert hint in caught.value.hint  # type: ignore[attr-defined]  # each kind has a hint
    if kind is Refused and "bearer" not in said:
        before = len(house.asked())
        with pytest.raises(Refused):
            sites.jira.get("/rest/api/3/field")
        assert len(house.asked()) == before, "who was refused does not knock again"


def test_a_site_that_tells_no_cloud_id(make: Any) -> None:
    house = make("data-center")
    with pytest.raises(SettingsError, match="tells no cloud id") as caught:
        who(house.sites(**SCOPED))
    assert "BSC_SYNC_JIRA_CLOUD_ID" in caught.value.hint
    with Loopback(lambda _: json_reply('{"cloudId": "../../elsewhere"}')) as server:
        with pytest.raises(SettingsError, match="tells no cloud id"):
            who(house.sites(**SCOPED, jira_url=server.url))
        assert "Authorization" not in server.requests[0].headers


def test_oauth_stores_each_refresh_token_before_it_is_used(make: Any) -> None:
    house = make()
    assert who(house.oauth()) == "acme:ada"
    path = house.folder / ".bsc-sync" / "oauth.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    first = house.grant
    assert first["refresh_token"] != "refresh-0"
    assert who(house.oauth()) == "acme:ada"
    assert house.grant == first, "another process takes what is stored"
    house.pass_time(HOUR)
    assert who(house.oauth()) == "acme:ada"
    second = house.grant
    assert second["refresh_token"] not in {"refresh-0", first["refresh_token"]}
    assert [path for path, _ in house.asked() if "oauth" in path] == ["POST /oauth/token"] * 2
    assert not list(path.parent.glob("*.part"))


def test_an_access_token_that_ends_in_mid_run_is_renewed_once_for_reads_and_writes(make: Any) -> None:
    house = make()
    sites = house.oauth()
    who(sites)
    house.sandbox.clock.set(NOW + 2 * HOUR)  # the site's clock only: ours believes that the token lasts
    body = {"fields": {"project": {"key": "AB"}, "issuetype": {"name": "Task"}, "summary": "once"}}
    made = sites.jira.post("/rest/api/3/issue", body)
    found = sites.jira.get(f"/rest/api/3/issue/{made['key']}")
    assert found["fields"]["summary"] == "once"
    statuses = [(path.rpartition("/")[2], status) for path, status in house.asked()]
    assert statuses[-4:] == [("issue", 401), ("token", 200), ("issue", 201), (made["key"], 200)]


def test_credentials_that_stay_refused_after_a_renewal_end_it(make: Any) -> None:
    with Loopback(_always_401) as server:
        house = make()
        sites = house.oauth(
            jira_cloud_id=CLOUD_ID, gateway_url=server.url, oauth_token_url=f"{server.url}/token"
        )
        with pytest.raises(Refused, match="does not accept") as caught:
            who(sites)
        assert "authorize it again" in caught.value.hint
        assert [path.rpartition("/")[2] for path in server.paths()] == ["token", "myself", "token", "myself"]


def _always_401(request: Request) -> Response:
    if request.path == "/token":
        return json_reply('{"access_token": "access-1", "refresh_token": "refresh-1", "expires_in": 3600}')
    return json_reply(status=401)


def test_a_new_authorization_in_the_settings_takes_the_place_of_what_is_stored(make: Any) -> None:
    house = make()
    who(house.oauth())
    stored = house.grant["refresh_token"]
    with pytest.raises(Refused, match="authorization server refuses: Unknown or invalid") as caught:
        who(house.oauth(oauth_refresh_token="refresh-new"))
    assert "BSC_SYNC_OAUTH_REFRESH_TOKEN" in caught.value.hint
    assert house.grant["refresh_token"] == stored
    assert who(house.oauth(oauth_refresh_token="")) == "acme:ada", "without one the stored one counts"


def test_where_nothing_can_be_stored_no_refresh_token_is_spent(make: Any) -> None:
    house = make()
    (house.folder / "a-file").write_text("", encoding="utf-8")
    with pytest.raises(SettingsError, match="cannot be stored") as caught:
        who(house.oauth(oauth_file="a-file/oauth.json"))
    assert "BSC_SYNC_OAUTH_FILE" in caught.value.hint
    assert not [path for path, _ in house.asked() if "oauth" in path]


def test_many_who_meet_at_the_end_of_a_token_renew_it_once(tmp_path: Path) -> None:
    exchanges: list[str] = []
    lock = threading.Lock()

    def exchange(form: Any) -> dict[str, Any]:
        with lock:
            exchanges.append(form["refresh_token"])
            number = len(exchanges)
        threading.Event().wait(0.05)
        return {"access_token": f"access-{number}", "refresh_token": f"refresh-{number}", "expires_in": 3600}

    tokens = [
        RotatingToken(
            client_id="app",
            client_secret="app-s3cr3t",
            first="refresh-0",
            file=GrantFile(tmp_path / "deep" / "oauth.json"),
            exchange=exchange,
            now=lambda: NOW,
        )
        for _ in range(3)
    ]
    begin = threading.Barrier(6)
    seen: list[str] = []

    def ask(token: RotatingToken) -> None:
        begin.wait(10)
        request = token(_prepared())
        seen.append(request.headers["Authorization"])

    threads = [threading.Thread(target=ask, args=(token,)) for token in tokens for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert exchanges == ["refresh-0"], "each of three stands for a process, with two threads"
    assert seen == ["Bearer access-1"] * 6


def _prepared() -> Any:
    import requests

    return requests.Request("GET", "https://x.example").prepare()


def test_a_personal_access_token_of_data_center(make: Any) -> None:
    house = make("data-center")
    assert who(house.sites(jira_token="t0ken-classic", jira_deployment="data-center"), "2") == "ada"


def test_name_and_password_of_data_center_and_the_captcha_after_too_many_wrong_ones(make: Any) -> None:
    house = make("data-center")
    assert who(house.sites(jira_user="ada", jira_token="t0ken-classic"), "2") == "ada"
    said = []
    for _ in range(5):
        with pytest.raises(Refused) as caught:
            who(house.sites(jira_user="ada", jira_token="passw0rd"), "2")
        said.append(caught.value.message)
        if "CAPTCHA" in caught.value.message:
            break
    assert "CAPTCHA" in said[-1]
    assert "does not accept the credentials" in said[0]
    assert len(house.asked()) == 1 + len(said), "one try each, and never another one by itself"
    assert house.sandbox.base_url in caught.value.hint


def test_an_unknown_personal_access_token_is_told(make: Any) -> None:
    with pytest.raises(Refused, match="does not accept") as caught:
        who(make("data-center").sites(jira_token="t0ken-old"), "2")
    assert "expired" in caught.value.hint


def test_a_password_with_umlauts_arrives_as_it_is(make: Any) -> None:
    with Loopback(lambda _: json_reply('{"name": "jörg"}')) as server:
        assert who(make().sites(jira_url=server.url, jira_user="jörg", jira_token="schlüssel€")) == "jörg"
        assert server.requests[0].authorization is not None
        assert server.requests[0].authorization.password == "schlüssel€"


def test_credentials_that_are_ignored_are_no_empty_site(make: Any) -> None:
    with Loopback(lambda _: json_reply('{"issues": []}', X_AUSERNAME="anonymous")) as server:
        jira = make().sites(jira_url=server.url, jira_user="ada", jira_token="passw0rd").jira
        with pytest.raises(Refused, match="anonymous visitor"):
            jira.read("/rest/api/2/search", {})
    with Loopback(lambda _: json_reply("{}")) as server:
        sites = make().sites(jira_url=server.url, jira_user="ada", jira_token="passw0rd")
        with pytest.raises(Refused, match="anonymous visitor"):
            who(sites)
