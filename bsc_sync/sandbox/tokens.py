"""Page tokens: opaque, bound to their question, refused when altered or a week old."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from datetime import datetime
from typing import Any

from bsc_sync.sandbox.problems import Refusal, refusal

LIFETIME_SECONDS = 7 * 24 * 3600


def token(secret: str, question: str, state: dict[str, Any], *, now: datetime) -> str:
    """A token that remembers a state, good for the same question within seven days."""
    body = json.dumps({"at": now.timestamp(), "of": _digest(question), "state": state}).encode()
    return base64.urlsafe_b64encode(_signature(secret, body) + body).decode()


def read_token(secret: str, text: str, question: str, *, now: datetime) -> dict[str, Any]:
    """The state in a token; a Refusal (400) for one that is altered, expired or of another question."""
    try:
        raw = base64.urlsafe_b64decode(text.encode())
    except (binascii.Error, ValueError):
        raise _invalid() from None
    signature, body = raw[:16], raw[16:]
    if not hmac.compare_digest(signature, _signature(secret, body)):
        raise _invalid()
    content = json.loads(body)
    age = now.timestamp() - content["at"]
    if content["of"] != _digest(question) or age > LIFETIME_SECONDS:
        raise _invalid()
    state: dict[str, Any] = content["state"]
    return state


def _digest(question: str) -> str:
    return hashlib.sha256(question.encode("utf-8", "surrogatepass")).hexdigest()[:24]


def _signature(secret: str, body: bytes) -> bytes:
    return hmac.new(secret.encode(), body, hashlib.sha256).digest()[:16]


def _invalid() -> Refusal:
    return refusal(400, "The provided next page token is invalid or expired.")
