"""`--wait`: how long to stand behind a run that is at it."""

from __future__ import annotations

from typing import Any

import click

from bsc_sync.cli.decisions import Length
from bsc_sync.cli.render import note
from bsc_sync.cli.typed_parameter import TypedParameter
from bsc_sync.state.lease import Wait


class _Waiting(TypedParameter[Wait]):
    """How long to wait for another run, whose holder is told on stderr."""

    name = "LENGTH"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Wait:
        """The waiting, or a usage error."""
        if isinstance(value, Wait):
            return value
        return Wait(Length().convert(value, param, ctx), note)


wait_option = click.option(
    "--wait",
    type=_Waiting(),
    default=Wait(),
    help="While another run is at it, wait for so long (30s, 10m); else leave at once.",
)
