"""The shapes that stand for a status, so that no one needs its color: one outline per tone."""

from __future__ import annotations

from bsc_sync.report.parts import Tone

# Outlines in a square of 16 by 16: a disc with a check, a triangle with a bar, a diamond with a cross,
# an hourglass, an empty ring. The inner mark is cut out by the even-odd rule.
GLYPHS: dict[Tone, str] = {
    "good": ("M8 1A7 7 0 1 1 8 15A7 7 0 1 1 8 1ZM4.2 8.3L5.5 7L7.2 8.7L10.7 5.2L12 6.5L7.2 11.3Z"),
    "warn": "M8 1L15.5 14.5L0.5 14.5Z"
    "M7.1 5.8L8.9 5.8L8.6 10.2L7.4 10.2ZM7.1 11.2L8.9 11.2L8.9 12.9L7.1 12.9Z",
    "bad": (
        "M8 0L16 8L8 16L0 8Z"
        "M5.2 6.3L6.3 5.2L8 6.9L9.7 5.2L10.8 6.3L9.1 8L10.8 9.7L9.7 10.8L8 9.1L6.3 10.8L5.2 9.7L6.9 8Z"
    ),
    "wait": "M3 1L13 1L13 3L9.3 8L13 13L13 15L3 15L3 13L6.7 8L3 3Z"
    "M5.6 3.2L10.4 3.2L8 6.4ZM5.6 12.8L8 9.6L10.4 12.8Z",
    "none": "M8 1A7 7 0 1 1 8 15A7 7 0 1 1 8 1ZM8 3.2A4.8 4.8 0 1 0 8 12.8A4.8 4.8 0 1 0 8 3.2Z",
}

MEANINGS: dict[Tone, str] = {
    "good": "on plan",
    "warn": "at risk",
    "bad": "off plan",
    "wait": "not due yet",
    "none": "no data",
}
