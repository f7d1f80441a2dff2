"""The question before something is done, and who is there to answer it."""

from __future__ import annotations

import sys

import click

from bsc_sync.errors import WrongUsage


def agreed(question: str) -> bool:
    """Whether the person at the terminal says yes; WrongUsage where there is none."""
    if not sys.stdin.isatty():
        raise WrongUsage("there is nobody to ask", hint="add --yes where there is no terminal")
    return click.confirm(question, err=True)
