"""What lies between us and a site: certificates, proxies, redirects, log-in pages."""

from __future__ import annotations

import datetime as dt
import ssl
import threading
from pathlib import Path
from typing import Any

import pytest
import trustme
from pydantic import SecretStr
from requests.adapters import HTTPAdapter
from werkzeug.wrappers import Request, Response

from bsc_sync.atlassian.accounts import Sites
from bsc_sync.atlassian.channel import DIRECT, Line
from bsc_sync.atlassian.client import Client
from bsc_sync.atlassian.credentials import Access, Basic
from bsc_sync.atlassian.patience import PatientAdapter
from bsc_sync.atlassian.session import Site, open_site
from bsc_sync.errors import Ambiguous, NotOffered, RemoteError, Unreachable
from bsc_sync.settings import Settings, check_settings
from tests.loopback import Loopback, json_reply


def site_at(url: str, line: Line = DIRECT, **settings: Any) -> Site:
    transport = PatientAdapter(HTTPAdapter(), sleep=lambda _: None, **settings)
    return open_site(
        url, transport=transport, auth=Basic("ada", "passw0rd"), access=Access(site=url), line=line
    )


def me(_request: Request) -> Response:
    return json_reply('{"name": "ada", "weight": 0.1}')


class Authority:
    """A company's own certificate authority."""

    def __init__(self, folder: Path) -> None:
        self.ca = trustme.CA()
        self.bundle = str(folder / "ca.pem")
        self.ca.cert_pem.write_to_path(self.bundle)
        self.client_cert, self.client_key = str(folder / "client.pem"), str(folder / "client.key")
        issued = self.ca.issue_cert("bsc-sync@acme.example")
        issued.cert_chain_pems[0].write_to_path(self.client_cert)
        issued.private_key_pem.write_to_path(self.client_key)

    def context(self, *, asks_for_client: bool = False) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.ca.issue_cert("127.0.0.1").configure_cert(context)
        if asks_for_client:
            self.ca.configure_trust(context)
            context.verify_mode = ssl.CERT_REQUIRED
        return context


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


def test_a_company_s_own_certificate_authority(authority: Authority) -> None:
    with Loopback(me, context=authority.context()) as server:
        with pytest.raises(Unreachable, match="its certificate is not trusted") as caught:
            site_at(server.url).get("/rest/api/2/myself")
        assert "BSC_SYNC_CA_BUNDLE" in caught.value.hint
        trusting = site_at(server.url, Line(ca_bundle=authority.bundle))
        assert trusting.get("/rest/api/2/myself")["name"] == "ada"
        assert Client(trusting, version="2").myself()["name"] == "ada", "the same line for the jira package"
        assert len(server.requests) == 2


def test_what_is_set_here_comes_before_what_the_environment_says(
    authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere.pem")
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    with Loopback(me, context=authority.context()) as server:
        assert site_at(server.url, Line(ca_bundle=authority.bundle)).get("/rest/api/2/myself")


def test_a_client_certificate(authority: Authority) -> None:
    with Loopback(me, context=authority.context(asks_for_client=True)) as server:
        with pytest.raises(Unreachable):
            site_at(server.url, Line(ca_bundle=authority.bundle), tries=1).get("/rest/api/2/myself")
        line = Line(authority.bundle, authority.client_cert, authority.client_key)
        assert site_at(server.url, line).get("/rest/api/2/myself")["name"] == "ada"


def test_what_the_settings_say_reaches_the_wire(authority: Authority, tmp_path: Path) -> None:
    with Loopback(me, context=authority.context(asks_for_client=True)) as server:
        settings = Settings(
            _env_file=None,
            jira_url=server.url,
            jira_token=SecretStr("t0ken-pat"),
            jira_deployment="data-center",
            confluence_url=f"{server.url}/confluence",
            ca_bundle="ca.pem",
            client_cert="client.pem",
            client_key="client.key",
        )
        connections = check_settings(
            settings, folder=tmp_path, state_folder=tmp_path / ".bsc-sync", environment={}
        )
        transport = PatientAdapter(HTTPAdapter(), most=connections.parallel)
        sites = Sites(connections, transport=transport, now=lambda: dt.datetime.now(dt.UTC))
        assert sites.jira.get("/rest/api/2/myself")["name"] == "ada"
        assert sites.confluence.get("/rest/api/space")["name"] == "ada"
        assert [request.headers["Authorization"] for request in server.requests] == ["Bearer t0ken-pat"] * 2
        assert server.paths() == ["GET /rest/api/2/myself", "GET /confluence/rest/api/space"]


def test_a_certificate_file_that_is_none_is_told(authority: Authority, tmp_path: Path) -> None:
    (tmp_path / "none.pem").write_text("hello", encoding="utf-8")
    with Loopback(me, context=authority.context()) as server:
        for line in (
            Line(ca_bundle=str(tmp_path / "none.pem")),
            Line(ca_bundle=str(tmp_path / "gone.pem")),
            Line(ca_bundle=authority.bundle, client_cert=str(tmp_path / "gone.pem")),
        ):
            with pytest.raises(Unreachable) as caught:
                site_at(server.url, line, tries=1).get("/rest/api/2/myself")
            assert "BSC_SYNC_C" in caught.value.hint


def test_a_proxy_of_the_settings_is_the_only_way_out() -> None:
    with Loopback(me) as proxy:
        site = site_at("http://jira.invalid", Line(proxy=proxy.url))
        assert site.get("/rest/api/2/myself")["name"] == "ada"
        (request,) = proxy.requests
        assert request.host == "jira.invalid"
    with pytest.raises(Unreachable, match="the proxy does not answer") as caught:
        site.get("/rest/api/2/myself")
    assert "BSC_SYNC_PROXY" in caught.value.hint


def test_a_sandbox_on_this_machine_needs_no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    with Loopback(me) as server:
        assert site_at(server.url).get("/rest/api/2/myself")


def test_a_netrc_file_is_not_asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "netrc").write_text("default login x password y\n", encoding="utf-8")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    with Loopback(me) as server:
        site_at(server.url).get("/rest/api/2/myself")
        assert server.requests[0].authorization is not None
        assert server.requests[0].authorization.username == "ada"


def test_credentials_follow_no_redirect() -> None:
    with Loopback(me) as elsewhere:
        target = f"{elsewhere.url}/rest/api/2/myself"
        with Loopback(lambda _: Response(status=302, headers={"Location": target})) as server:
            for ask in (
                lambda: site_at(server.url).get("/rest/api/2/myself"),
                lambda: Client(site_at(server.url), version="2").myself(),
            ):
                with pytest.raises(RemoteError, match="redirect"):
                    ask()
        assert elsewhere.requests == []


def test_no_request_leaves_for_a_host_that_a_reply_names() -> None:
    with Loopback(me) as elsewhere, Loopback(me) as server:
        site = site_at(server.url)
        with pytest.raises(RemoteError, match=r"leads to 127\.0\.0\.1"):
            site.session.get(f"{elsewhere.url}/rest/api/2/issue/1")
        with pytest.raises(RemoteError, match="leads to evil"):
            site.session.get("http://evil.example/rest/api/2/issue/1")
        assert (elsewhere.requests, server.requests) == ([], [])


def page(_request: Request) -> Response:
    return Response("<html><form>Log in</form></html>", content_type="text/html;charset=utf-8")


def test_a_log_in_page_is_no_reply() -> None:
    with Loopback(page) as server:
        site = site_at(server.url)
        for ask in (
            lambda: site.get("/rest/api/2/myself"),
            lambda: Client(site, version="2").myself(),
            lambda: Client(site, version="2").project("AB"),
        ):
            with pytest.raises(RemoteError, match="not JSON but a web page") as caught:
                ask()
            assert "log" in caught.value.hint
            assert "<form>" not in "".join(caught.value.lines())
        with pytest.raises(Ambiguous):
            site.post("/rest/api/2/issue", {})


def test_a_404_page_of_a_proxy_is_a_missing_endpoint() -> None:
    with (
        Loopback(lambda _: Response("<html>", status=404, content_type="text/html")) as server,
        pytest.raises(NotOffered),
    ):
        site_at(server.url).get("/rest/api/2/myself")


def test_numbers_are_exact_and_what_is_no_json_at_all_is_told() -> None:
    with Loopback(me) as server:
        assert str(site_at(server.url).get("/x")["weight"]) == "0.1"
    with (
        Loopback(lambda _: Response("OK", content_type="text/plain")) as server,
        pytest.raises(RemoteError, match="the reply is not JSON"),
    ):
        site_at(server.url).get("/x")


def test_a_silent_host_is_given_up() -> None:
    gone = threading.Event()

    def silent(_request: Request) -> Response:
        gone.wait(5)
        return json_reply()

    with Loopback(silent) as server:
        site = site_at(server.url, Line(read_seconds=0.2), tries=2)
        with pytest.raises(Unreachable, match="no reply in time"):
            site.get("/rest/api/2/myself")
        with pytest.raises(Ambiguous, match="no reply in time"):
            site.post("/rest/api/2/issue", {})
        assert server.paths() == ["GET /rest/api/2/myself"] * 2 + ["POST /rest/api/2/issue"]
        gone.set()
