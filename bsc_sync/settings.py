"""What the environment (or `.env` in the project folder) says, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from bsc_sync.atlassian.accounts import Account, Connections, OAuthApp
from bsc_sync.atlassian.channel import Line, is_loopback
from bsc_sync.atlassian.credentials import Access, Product, Way
from bsc_sync.atlassian.gateway import GATEWAY, TOKEN_URL, is_cloud_id
from bsc_sync.atlassian.pace import MOST, MOST_AT_ALL
from bsc_sync.certificates import certificate_problems
from bsc_sync.errors import Problem, SettingsError
from bsc_sync.redaction import hide
from bsc_sync.secrets import NoSecret, read_secret, readable_by_all

_DEPLOYMENTS: dict[str, Literal["cloud", "data-center"]] = {"cloud": "cloud", "data-center": "data-center"}
_NOTHING = SecretStr("")
_EXPORT = "export it, or write it into .env beside scorecard.yaml"
_CORRECT = "correct it, or leave it out"


class Settings(BaseSettings):
    """What the environment says, as it says it. Secrets never show.

    Each secret may be a reference: `file:PATH`, `env:NAME`, `keyring:SERVICE/NAME`. The manual tells
    what every setting means; here are their names, after BSC_SYNC_.
    """

    model_config = SettingsConfigDict(env_prefix="BSC_SYNC_", extra="ignore", env_file_encoding="utf-8")

    jira_url: str = ""
    jira_user: str = ""
    jira_token: SecretStr = _NOTHING
    jira_token_file: str = ""
    jira_auth: str = ""
    jira_cloud_id: str = ""
    jira_deployment: str = ""
    jira_token_expires: str = ""
    confluence_url: str = ""
    confluence_user: str = ""
    confluence_token: SecretStr = _NOTHING
    confluence_token_file: str = ""
    confluence_auth: str = ""
    confluence_cloud_id: str = ""
    gateway_url: str = GATEWAY
    oauth_client_id: str = ""
    oauth_client_secret: SecretStr = _NOTHING
    oauth_refresh_token: SecretStr = _NOTHING
    oauth_token_url: str = TOKEN_URL
    oauth_file: str = ""
    ca_bundle: str = ""
    client_cert: str = ""
    client_key: str = ""
    proxy: SecretStr = _NOTHING
    parallel: str = ""
    state_url: str = ""


def read_settings(folder: Path) -> Settings:
    """The settings of a project folder; SettingsError when `.env` cannot be read."""
    env_file = folder / ".env"
    try:
        return Settings(_env_file=env_file if env_file.is_file() else None)
    except (ValidationError, OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"the settings cannot be read ({type(error).__name__})", hint="check .env and BSC_SYNC_..."
        ) from None


def check_settings(
    settings: Settings, *, folder: Path, state_folder: Path, environment: Mapping[str, str]
) -> Connections:
    """The settings, complete and safe, references followed; SettingsError lists all that is wrong at once."""
    return _Check(settings, folder, environment).connections(state_folder)


class _Check:
    """One reading of the settings; collects problems and warnings on the way."""

    def __init__(self, settings: Settings, folder: Path, environment: Mapping[str, str]) -> None:
        self.settings = settings
        self.folder = folder
        self.environment = environment
        self.problems: list[Problem] = []
        self.warnings: list[str] = []

    def connections(self, state_folder: Path) -> Connections:
        settings = self.settings
        self._address("JIRA_URL", settings.jira_url, needed=True)
        self._address("CONFLUENCE_URL", settings.confluence_url)
        self._address("GATEWAY_URL", settings.gateway_url)
        self._address("OAUTH_TOKEN_URL", settings.oauth_token_url)
        self._cloud_ids()
        if settings.jira_deployment not in {"", *_DEPLOYMENTS}:
            self._wrong("JIRA_DEPLOYMENT", f"is none of {', '.join(_DEPLOYMENTS)}", _CORRECT)
        jira = self._account("Jira")
        confluence = self._account("Confluence", default=jira)
        oauth = None
        if Way.OAUTH in {jira.access.way, confluence.access.way}:
            oauth = self._oauth(state_folder)
        line = self._line()
        parallel = self._parallel()
        self._env_file()
        if self.problems:
            raise SettingsError("Jira cannot be reached with these settings", problems=self.problems)
        return Connections(
            jira,
            confluence,
            oauth,
            line,
            settings.gateway_url.rstrip("/"),
            _DEPLOYMENTS.get(settings.jira_deployment),
            tuple(dict.fromkeys(self.warnings)),
            parallel,
        )

    def _account(self, product: Product, default: Account | None = None) -> Account:
        settings = self.settings
        if product == "Jira":
            site, user, cloud_id = settings.jira_url, settings.jira_user, settings.jira_cloud_id
            token = self._secret("JIRA_TOKEN", settings.jira_token, settings.jira_token_file)
            wanted = settings.jira_auth
        else:
            site = settings.confluence_url or f"{settings.jira_url.rstrip('/')}/wiki"
            user, cloud_id = settings.confluence_user, settings.confluence_cloud_id
            token = self._secret(
                "CONFLUENCE_TOKEN", settings.confluence_token, settings.confluence_token_file
            )
            wanted = settings.confluence_auth
            if (
                not wanted
                and settings.jira_auth in set(Way)
                and not (user and settings.jira_auth == Way.BEARER)
            ):
                wanted = settings.jira_auth
        if default is not None:
            user, token = user or default.user, token or default.token
            cloud_id = cloud_id or default.access.cloud_id
        way = self._way(product, wanted, user=user, token=token, cloud_id=cloud_id)
        if way in {Way.BASIC, Way.BEARER} and not (way is Way.BEARER and cloud_id):
            cloud_id = ""
        access = Access(product, site.rstrip("/"), way, cloud_id)
        if default is None:
            self._complete(access, user=user, token=token)
        return Account(access, user, token)

    def _way(self, product: Product, wanted: str, *, user: str, token: str, cloud_id: str) -> Way:
        if wanted:
            if wanted in set(Way):
                return Way(wanted)
            self._wrong(f"{product.upper()}_AUTH", f"is none of {', '.join(Way)}", _CORRECT)
        if self.settings.oauth_client_id and not token:
            return Way.OAUTH
        if token and not user:
            return Way.BEARER
        return Way.SCOPED if cloud_id else Way.BASIC

    def _complete(self, access: Access, *, user: str, token: str) -> None:
        name = access.product.upper()
        if access.way is Way.OAUTH:
            return
        bare_cloud = access.is_atlassian_host and access.way is Way.BEARER and not access.cloud_id
        if not user and (access.way is not Way.BEARER or bare_cloud):
            self._wrong(
                f"{name}_USER",
                "is not set",
                f"{_EXPORT}: the account's email on Cloud, its name on Data Center"
                " (a personal access token of Data Center needs none)",
            )
        if not token and not any(problem.where == f"BSC_SYNC_{name}_TOKEN" for problem in self.problems):
            self._wrong(
                f"{name}_TOKEN", "is not set", "export it, or write it into .env beside scorecard.yaml"
            )

    def _oauth(self, state_folder: Path) -> OAuthApp:
        settings = self.settings
        secret = self._secret("OAUTH_CLIENT_SECRET", settings.oauth_client_secret)
        refresh = self._secret("OAUTH_REFRESH_TOKEN", settings.oauth_refresh_token)
        file = self.folder / settings.oauth_file if settings.oauth_file else state_folder / "oauth.json"
        for name, value in (("OAUTH_CLIENT_ID", settings.oauth_client_id), ("OAUTH_CLIENT_SECRET", secret)):
            if not value:
                self._wrong(name, "is not set", "it is shown where the OAuth app was registered")
        if not refresh and not file.is_file():
            self._wrong(
                "OAUTH_REFRESH_TOKEN", "is not set", "authorize the app with the scope offline_access"
            )
        return OAuthApp(settings.oauth_client_id, secret, refresh, settings.oauth_token_url, file)

    def _line(self) -> Line:
        settings = self.settings
        paths = {}
        before = len(self.problems)
        for name, value in (
            ("CA_BUNDLE", settings.ca_bundle),
            ("CLIENT_CERT", settings.client_cert),
            ("CLIENT_KEY", settings.client_key),
        ):
            path = (self.folder / Path(value).expanduser()).resolve() if value else None
            paths[name] = str(path or "")
            if path is not None and not path.exists():
                self._wrong(name, f"names {path}, which is not there", "name a PEM file")
        if len(self.problems) == before:
            self.problems += certificate_problems(*paths.values())
        proxy = self._secret("PROXY", settings.proxy)
        if proxy:
            parts = urlsplit(proxy)
            if parts.scheme not in {"http", "https"} or not parts.hostname:
                self._wrong("PROXY", "is no address of a proxy", "write it as http://proxy.example.com:3128")
            if parts.password:
                hide(parts.password)
        return Line(paths["CA_BUNDLE"], paths["CLIENT_CERT"], paths["CLIENT_KEY"], proxy)

    def _parallel(self) -> int:
        text = self.settings.parallel
        if text and not (text.isdecimal() and 1 <= int(text) <= MOST_AT_ALL):
            self._wrong("PARALLEL", f"is no number from 1 to {MOST_AT_ALL}", _CORRECT)
            return MOST
        return int(text) if text else MOST

    def _secret(self, name: str, given: SecretStr, file: str = "") -> str:
        reference = given.get_secret_value() or (f"file:{file}" if file else "")
        try:
            secret = read_secret(reference, folder=self.folder, environment=self.environment)
        except NoSecret as error:
            self._wrong(name, str(error), error.hint)
            return ""
        if secret.warning:
            self.warnings.append(f"BSC_SYNC_{name}: {secret.warning} - chmod 600 mends it")
        return secret.value

    def _env_file(self) -> None:
        """A `.env` with a secret in it that everybody can read is careless, except for a sandbox's."""
        path = self.folder / ".env"
        if is_loopback(self.settings.jira_url) or not readable_by_all(path):
            return
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError):
            return
        if any(line.partition("=")[0].strip().endswith(("_TOKEN", "_SECRET")) for line in lines):
            self.warnings.append(f"everybody on this machine can read {path} - chmod 600 mends it")

    def _cloud_ids(self) -> None:
        for name in ("jira_cloud_id", "confluence_cloud_id"):
            value = getattr(self.settings, name)
            if value and not is_cloud_id(value):
                self._wrong(name.upper(), "is no cloud id", f"{_CORRECT}: it is found from the site")

    def _address(self, name: str, url: str, *, needed: bool = False) -> None:
        if not url:
            if needed:
                self._wrong(name, "is not set", _EXPORT)
            return
        gateway = self.settings.gateway_url.rstrip("/")
        if name in {"JIRA_URL", "CONFLUENCE_URL"} and gateway and url.startswith(f"{gateway}/ex/"):
            self._wrong(
                name,
                "is the gateway's address",
                "write the site's own, where people open it, and BSC_SYNC_JIRA_AUTH=scoped (or oauth)",
            )
        elif fault := _fault(url):
            self._wrong(name, fault, "write an address such as https://your-site.atlassian.net")

    def _wrong(self, name: str, what: str, hint: str) -> None:
        self.problems.append(Problem(what, hint, where=f"BSC_SYNC_{name}"))


def _fault(url: str) -> str:
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return "is not an address"
    if parts.scheme not in {"http", "https"} or not host:
        return "is not an address that begins with https://"
    if parts.username or parts.password:
        return "holds credentials: they belong into BSC_SYNC_..._USER and _TOKEN"
    if parts.scheme == "http" and not is_loopback(url):
        return "is http: a token would travel readable; use https"
    return ""
