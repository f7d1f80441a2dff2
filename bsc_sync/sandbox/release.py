"""Versions of Data Center."""

from __future__ import annotations

import re

NEWEST_DATA_CENTER = "10.3.24"
VERSION_PATTERN = r"^[0-9]{1,3}(\.[0-9]{1,4}){1,2}$"


def checked_version(version: str) -> str:
    """The version; ValueError if it is not like 10.3.24."""
    if not re.fullmatch(VERSION_PATTERN, version):
        raise ValueError(f"a version is like {NEWEST_DATA_CENTER}, not {version!r}")
    return version


def release_of(version: str) -> tuple[int, ...]:
    """A version in numbers that can be compared: 10.3.24 is later than 8.20.30."""
    return tuple(int(part) for part in version.split("."))
