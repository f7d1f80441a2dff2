"""Which addresses a page may link to."""

from __future__ import annotations

from urllib.parse import urlsplit

_SCHEMES = {"http", "https", "mailto"}


def safe_address(text: str | None) -> str | None:
    """The address if a browser may follow it, else None: http, https, mailto, or relative to this site."""
    address = (text or "").strip()
    # Browsers drop control characters and read a backslash as a slash, so neither may decide anything.
    if (
        not address
        or "\\" in address
        or any(ord(character) <= 0x20 or ord(character) == 0x7F for character in address)
    ):
        return None
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    if parts.scheme:
        reachable = parts.netloc or parts.scheme == "mailto"
        return address if parts.scheme.lower() in _SCHEMES and reachable else None
    return (
        None
        if parts.netloc
        or address.startswith("//")
        or ":" in address.split("/")[0].split("?")[0].split("#")[0]
        else address
    )


def leaves_site(address: str) -> bool:
    """Whether an address names another host."""
    return bool(urlsplit(address).netloc)
