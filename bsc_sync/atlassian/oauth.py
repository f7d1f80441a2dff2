"""OAuth 2.0 with refresh tokens that change at each use: kept in a file, before anything uses them."""

from __future__ import annotations

import datetime as dt
import fcntl
import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any

from requests import PreparedRequest

from bsc_sync.atlassian.credentials import Renewable
from bsc_sync.errors import SettingsError, WrongCredentials
from bsc_sync.redaction import hide

_EARLY = dt.timedelta(seconds=60)  # a token is renewed before it ends, not in the middle of a request

Exchange = Callable[[Mapping[str, str]], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Grant:
    """What the authorization server gave last. `began` tells from which first refresh token it stems."""

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    expires_at: str
    began: str

    def lasts(self, now: dt.datetime) -> bool:
        """Whether the access token is good for a while."""
        try:
            return dt.datetime.fromisoformat(self.expires_at) - _EARLY > now
        except (ValueError, TypeError):
            return False


@dataclass(frozen=True, slots=True)
class GrantFile:
    """The file of the current grant: read by its owner alone, replaced as a whole, one writer at a time."""

    path: Path

    def read(self) -> Grant | None:
        """The grant, or None where there is none that can be used."""
        try:
            grant = Grant(**json.loads(self.path.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None
        hide(grant.access_token, grant.refresh_token)
        return grant

    def write(self, grant: Grant) -> None:
        """Replace the grant; on the disk when this returns."""
        handle, temporary = tempfile.mkstemp(
            dir=self.path.parent, prefix=".oauth.", suffix=".part"
        )  # mode 0600
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(asdict(grant), file)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).replace(self.path)
            _to_disk(self.path.parent)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep other processes from renewing meanwhile; SettingsError where nothing can be stored."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(self.path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise SettingsError(
                f"the OAuth token cannot be stored in {self.path} ({type(error).__name__})",
                hint="make the folder writable, or name another file in BSC_SYNC_OAUTH_FILE",
            ) from None
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)


class RotatingToken(Renewable):
    """A bearer token that is renewed when it ends, and once when the site refuses it before.

    Two processes (or threads) that meet at the end of a token renew it once: whoever comes second
    finds the new one in the file. A new refresh token is stored before it is used, since the old
    one is spent.
    """

    def __init__(
        self,
        *,
        client_id: str,
        client_secret: str,
        first: str,
        file: GrantFile,
        exchange: Exchange,
        now: Callable[[], dt.datetime],
    ) -> None:
        hide(client_secret, first)
        self._client = {"client_id": client_id, "client_secret": client_secret}
        self._first = first
        self._began = hashlib.sha256(f"{client_id}\n{first}".encode()).hexdigest()[:16]
        self._file = file
        self._exchange = exchange
        self._now = now
        self._lock = Lock()
        self._grant: Grant | None = None

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        """Say who we are, with a token that lasts."""
        with self._lock:
            if self._grant is None:
                self._grant = self._stored()
            if self._grant is None or not self._grant.lasts(self._now()):
                self._grant = self._renewed(refused=None)
            request.headers["Authorization"] = f"Bearer {self._grant.access_token}"
        return request

    def renew(self, request: PreparedRequest) -> None:
        """Give a request that was refused another token; WrongCredentials when there is none to be had."""
        refused = str(request.headers.get("Authorization", "")).removeprefix("Bearer ")
        with self._lock:
            if self._grant is None or self._grant.access_token == refused:
                self._grant = self._renewed(refused=refused)
            request.headers["Authorization"] = f"Bearer {self._grant.access_token}"

    def _stored(self) -> Grant | None:
        """What the file holds, unless the settings name a newer authorization."""
        grant = self._file.read()
        return grant if grant is not None and (grant.began == self._began or not self._first) else None

    def _renewed(self, *, refused: str | None) -> Grant:
        with self._file.held():
            stored = self._stored()
            if stored is not None and stored.access_token != refused and stored.lasts(self._now()):
                return stored
            refresh = stored.refresh_token if stored is not None else self._first
            if not refresh:
                raise SettingsError(
                    "there is no OAuth refresh token", hint="set BSC_SYNC_OAUTH_REFRESH_TOKEN, once"
                )
            reply = self._exchange({"grant_type": "refresh_token", **self._client, "refresh_token": refresh})
            access = str(reply.get("access_token") or "")
            if not access:
                raise WrongCredentials(
                    "the authorization server gives no token", hint="check BSC_SYNC_OAUTH_TOKEN_URL"
                )
            lifetime = dt.timedelta(seconds=float(reply.get("expires_in") or 3600))
            grant = Grant(
                access,
                str(reply.get("refresh_token") or refresh),
                (self._now() + lifetime).isoformat(),
                self._began if self._first or stored is None else stored.began,
            )
            hide(grant.access_token, grant.refresh_token)
            self._file.write(grant)
            return grant


def _to_disk(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
