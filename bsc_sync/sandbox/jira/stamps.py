"""Moments as Jira writes them."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo


def milliseconds(at: datetime) -> int:
    """An aware moment in whole milliseconds since 1970."""
    return round(at.timestamp() * 1000)


def iso_stamp(moment: int, zone: tzinfo = UTC) -> str:
    """`2026-10-05T10:11:12.345+0200`: milliseconds, and an offset without a colon."""
    at = datetime.fromtimestamp(moment / 1000, UTC).astimezone(zone)
    return f"{at:%Y-%m-%dT%H:%M:%S}.{moment % 1000:03d}{at:%z}"
