"""Replies that did not arrive, or not whole: what went wrong, and whether the request ever left."""

from __future__ import annotations

import requests
import urllib3
from urllib3.exceptions import MaxRetryError, NameResolutionError, NewConnectionError
from urllib3.exceptions import ProxyError as NoProxy

LOST = (
    requests.ConnectionError,
    requests.Timeout,
    requests.exceptions.ChunkedEncodingError,
    requests.exceptions.ContentDecodingError,
)
# what a site says of our certificate, or of not having seen one
_ALERTS = (
    "certificate required",
    "handshake failure",
    "bad certificate",
    "unknown ca",
    "certificate unknown",
)


def never_sent(error: Exception | None) -> bool:
    """Whether there was no connection at all, so that nothing can have been carried out."""
    if isinstance(error, requests.exceptions.ConnectTimeout) or _distrusted(error):
        return True
    return isinstance(_cause(error), NewConnectionError | NoProxy)


def is_hopeless(error: Exception | None) -> bool:
    """Whether asking again cannot help: the two sides do not accept each other's certificates."""
    if not isinstance(error, requests.exceptions.SSLError):
        return False
    return _distrusted(error) or any(alert in str(error).lower() for alert in _ALERTS)


def is_broken(status: int) -> bool:
    """Whether a status leaves open what happened: 5xx, but for "not implemented" and refusals (503)."""
    return status >= 500 and status not in {501, 503}


def breaks_off(response: requests.Response) -> bool:
    """Whether a JSON reply ends before its last bracket (some proxies cut a reply and call it whole)."""
    if not response.ok or "json" not in response.headers.get("Content-Type", "").lower():
        return False
    begins, ends = response.content[:64].lstrip()[:1], response.content[-64:].rstrip()[-1:]
    closing = {b"{": b"}", b"[": b"]"}.get(begins)
    return closing is not None and ends != closing


def told(error: Exception) -> tuple[str, str]:
    """What went wrong between us and the site, and what to do about it."""
    cause = _cause(error)
    text = str(error)
    if isinstance(error, requests.exceptions.SSLError):
        if _distrusted(error):
            return (
                "its certificate is not trusted",
                "name the certificate authority of your company in BSC_SYNC_CA_BUNDLE",
            )
        if is_hopeless(error):
            return "it asks for a client certificate", "name yours in BSC_SYNC_CLIENT_CERT"
        return (
            "no encrypted connection comes about",
            "check the URL, the proxy, BSC_SYNC_CA_BUNDLE, and BSC_SYNC_CLIENT_CERT if the site wants one",
        )
    if isinstance(error, requests.exceptions.ProxyError) or isinstance(cause, NoProxy):
        return "the proxy does not answer, or refuses", "check BSC_SYNC_PROXY (or HTTPS_PROXY)"
    if isinstance(error, requests.Timeout):
        return "no reply in time", "check the URL and the network; run again"
    if isinstance(cause, NameResolutionError):
        return "the host name is unknown", "check the URL and the network"
    if isinstance(cause, NewConnectionError) or "refused" in text:
        return "the connection was refused", "check the URL; is the site up?"
    if isinstance(error, requests.exceptions.ChunkedEncodingError | requests.exceptions.ContentDecodingError):
        return "the reply broke off", "run again"
    return "the connection broke", "check the URL and the network; run again"


def _distrusted(error: Exception | None) -> bool:
    """Whether we did not trust the site's certificate, and so said nothing to it."""
    return isinstance(error, requests.exceptions.SSLError) and "CERTIFICATE_VERIFY_FAILED" in str(error)


def _cause(error: Exception | None) -> BaseException | None:
    inner = error.args[0] if error is not None and error.args else None
    if isinstance(inner, MaxRetryError):
        return inner.reason
    return inner if isinstance(inner, urllib3.exceptions.HTTPError) else None
