"""Whether the files of an encrypted connection can be used, told before anything is asked."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from pathlib import Path

from bsc_sync.errors import Problem

_LOCKED = "write the key without a passphrase, readable by the account that runs bsc-sync alone"


def certificate_problems(ca_bundle: str, client_cert: str, client_key: str) -> Iterator[Problem]:
    """What is wrong with these files (paths; empty: none), each as a problem of its setting."""
    if client_key and not client_cert:
        yield _problem("CLIENT_KEY", "is set without BSC_SYNC_CLIENT_CERT", "name the certificate, too")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if ca_bundle:
        folder = Path(ca_bundle).is_dir()
        try:
            context.load_verify_locations(
                cafile=None if folder else ca_bundle, capath=ca_bundle if folder else None
            )
        except (OSError, ValueError):
            yield _problem("CA_BUNDLE", "holds no certificate that can be read", "name a PEM file")
    if client_cert:
        try:
            context.load_cert_chain(client_cert, client_key or None, password=_no_passphrase)
        except _Locked:
            yield _problem("CLIENT_KEY", "is locked with a passphrase", _LOCKED)
        except (OSError, ValueError):
            yield _problem(
                "CLIENT_CERT",
                "and its key cannot be used together",
                "name PEM files that belong together; the key may stand in the certificate's file",
            )


class _Locked(Exception):
    """Somebody would have to be asked for a passphrase."""


def _no_passphrase() -> str:
    raise _Locked


def _problem(name: str, what: str, hint: str) -> Problem:
    return Problem(what, hint, where=f"BSC_SYNC_{name}")
