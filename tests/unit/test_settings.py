"""What the environment says: which account, by which way, and all that is wrong at once."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from bsc_sync.atlassian.accounts import Connections
from bsc_sync.atlassian.credentials import Way
from bsc_sync.errors import SettingsError
from bsc_sync.settings import Settings, check_settings, read_settings

CLOUD = {
    "jira_url": "https://acme.atlassian.net",
    "jira_user": "ada@acme.example",
    "jira_token": "t0ken-cloud",
}
DATA_CENTER = {"jira_url": "https://jira.example/ctx", "jira_token": "t0ken-pat"}
OAUTH = {
    "jira_url": "https://acme.atlassian.net",
    "oauth_client_id": "app",
    "oauth_client_secret": "shh-secret",
    "oauth_refresh_token": "first-refresh",
}


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("BSC_SYNC_"):
            monkeypatch.delenv(name)


def check(folder: Path = Path("/nowhere"), /, **settings: Any) -> Connections:
    made = Settings(_env_file=None, **settings)
    return check_settings(made, folder=folder, state_folder=folder / "state", environment={})


def wrong(folder: Path = Path("/nowhere"), /, **settings: Any) -> dict[str, str]:
    with pytest.raises(SettingsError) as caught:
        check(folder, **settings)
    return {problem.where.removeprefix("BSC_SYNC_"): problem.what for problem in caught.value.problems}


@pytest.mark.parametrize(
    ("settings", "way", "cloud_id"),
    [
        (CLOUD, Way.BASIC, ""),
        (CLOUD | {"jira_auth": "scoped"}, Way.SCOPED, ""),
        (CLOUD | {"jira_cloud_id": "11111111-2222"}, Way.SCOPED, "11111111-2222"),
        (CLOUD | {"jira_cloud_id": "11111111-2222", "jira_auth": "basic"}, Way.BASIC, ""),
        (DATA_CENTER, Way.BEARER, ""),
        (DATA_CENTER | {"jira_user": "ada"}, Way.BASIC, ""),
        (DATA_CENTER | {"jira_user": "ada", "jira_auth": "bearer"}, Way.BEARER, ""),
        (DATA_CENTER | {"jira_cloud_id": "11111111-2222"}, Way.BEARER, "11111111-2222"),
        (OAUTH, Way.OAUTH, ""),
        (OAUTH | CLOUD, Way.BASIC, ""),
        (OAUTH | CLOUD | {"jira_auth": "oauth"}, Way.OAUTH, ""),
    ],
)
def test_the_way_is_chosen_by_what_is_set_and_can_be_said(
    settings: dict[str, str], way: Way, cloud_id: str
) -> None:
    jira = check(**settings).jira
    assert (jira.access.way, jira.access.cloud_id) == (way, cloud_id)


def test_confluence_is_at_the_same_site_with_the_same_account_unless_it_is_said() -> None:
    same = check(**CLOUD)
    assert (same.confluence.access.site, same.confluence.user) == (
        "https://acme.atlassian.net/wiki",
        "ada@acme.example",
    )
    assert same.confluence.token == "t0ken-cloud"
    other = check(
        **CLOUD,
        confluence_url="https://wiki.example/confluence/",
        confluence_token="t0ken-wiki",
        confluence_auth="bearer",
    )
    assert other.confluence.access.site == "https://wiki.example/confluence"
    assert (other.confluence.access.way, other.confluence.token) == (Way.BEARER, "t0ken-wiki")
    assert other.jira.access.way is Way.BASIC
    name = check(**DATA_CENTER, jira_auth="bearer", confluence_user="ada", confluence_token="passw0rd")
    assert (name.jira.access.way, name.confluence.access.way) == (Way.BEARER, Way.BASIC)
    assert check(**CLOUD, jira_auth="scoped").confluence.access.way is Way.SCOPED


def test_how_many_requests_may_be_under_way_at_once() -> None:
    assert check(**CLOUD).parallel == 4
    assert check(**CLOUD, parallel="8").parallel == 8


def test_tokens_are_read_from_where_the_settings_lead(tmp_path: Path) -> None:
    (tmp_path / "one").write_text("t0ken-one", encoding="utf-8")
    (tmp_path / "two").write_text("t0ken-two", encoding="utf-8")
    (tmp_path / "one").chmod(0o600)
    (tmp_path / "two").chmod(0o644)
    made = check(
        tmp_path, **(CLOUD | {"jira_token": "file:one", "confluence_token_file": str(tmp_path / "two")})
    )
    assert (made.jira.token, made.confluence.token) == ("t0ken-one", "t0ken-two")
    (warning,) = made.warnings
    assert warning.startswith("BSC_SYNC_CONFLUENCE_TOKEN: everybody on this machine can read")
    assert "t0ken" not in repr(made)


def test_all_that_is_missing_is_told_at_once() -> None:
    assert wrong() == {
        "JIRA_URL": "is not set",
        "JIRA_USER": "is not set",
        "JIRA_TOKEN": "is not set",
    }
    assert wrong(jira_url="https://acme.atlassian.net", jira_token="t0ken-cloud") == {
        "JIRA_USER": "is not set"
    }
    assert wrong(**(OAUTH | {"oauth_client_secret": "", "oauth_refresh_token": ""})) == {
        "OAUTH_CLIENT_SECRET": "is not set",
        "OAUTH_REFRESH_TOKEN": "is not set",
    }


@pytest.mark.parametrize(
    ("settings", "name", "said"),
    [
        ({"jira_url": "http://jira.example"}, "JIRA_URL", "is http: a token would travel readable"),
        ({"jira_url": "jira.example"}, "JIRA_URL", "begins with https://"),
        ({"jira_url": "https://u:p@jira.example"}, "JIRA_URL", "holds credentials"),
        ({"jira_url": "https://[::1"}, "JIRA_URL", "is not an address"),
        (
            {"jira_url": "https://api.atlassian.com/ex/jira/11111111-2222"},
            "JIRA_URL",
            "is the gateway's address",
        ),
        ({"confluence_url": "ftp://wiki.example"}, "CONFLUENCE_URL", "begins with https://"),
        ({"gateway_url": "http://gateway.example"}, "GATEWAY_URL", "is http"),
        ({"oauth_token_url": "http://auth.example/token"}, "OAUTH_TOKEN_URL", "is http"),
        ({"jira_auth": "kerberos"}, "JIRA_AUTH", "is none of basic, scoped, bearer, oauth"),
        ({"confluence_auth": "x"}, "CONFLUENCE_AUTH", "is none of"),
        ({"jira_cloud_id": "../../other"}, "JIRA_CLOUD_ID", "is no cloud id"),
        ({"jira_deployment": "server"}, "JIRA_DEPLOYMENT", "is none of cloud, data-center"),
        ({"jira_token": "file:missing"}, "JIRA_TOKEN", "cannot be read"),
        ({"ca_bundle": "missing.pem"}, "CA_BUNDLE", "is not there"),
        ({"client_cert": "missing.pem"}, "CLIENT_CERT", "is not there"),
        ({"parallel": "17"}, "PARALLEL", "is no number from 1 to 16"),
        ({"parallel": "four"}, "PARALLEL", "is no number from 1 to 16"),
        ({"proxy": "proxy:3128"}, "PROXY", "is no address of a proxy"),
    ],
)
def test_what_cannot_be_used_is_told_by_name(settings: dict[str, str], name: str, said: str) -> None:
    problems = wrong(**(CLOUD | settings))
    assert problems.keys() == {name}
    assert said in problems[name]


def test_a_sandbox_on_this_machine_may_speak_http() -> None:
    made = check(**(CLOUD | {"jira_url": "http://127.0.0.1:8089/", "gateway_url": "http://localhost:8089"}))
    assert made.jira.access.site == "http://127.0.0.1:8089"
    assert made.gateway == "http://localhost:8089"


def test_the_dot_env_file_counts_and_is_told_when_everybody_can_read_it(tmp_path: Path) -> None:
    lines = [f"BSC_SYNC_{name.upper()}={value}" for name, value in CLOUD.items()]
    (tmp_path / ".env").write_text("\n".join(lines), encoding="utf-8")
    (tmp_path / ".env").chmod(0o644)
    settings = read_settings(tmp_path)
    assert "t0ken" not in repr(settings)
    made = check_settings(settings, folder=tmp_path, state_folder=tmp_path, environment={})
    assert made.jira.token == "t0ken-cloud"
    assert made.warnings == (f"everybody on this machine can read {tmp_path}/.env - chmod 600 mends it",)
    (tmp_path / ".env").chmod(0o640)
    assert check_settings(settings, folder=tmp_path, state_folder=tmp_path, environment={}).warnings == ()


def test_a_dot_env_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"BSC_SYNC_JIRA_TOKEN=\xff")
    with pytest.raises(SettingsError, match="cannot be read"):
        read_settings(tmp_path)
