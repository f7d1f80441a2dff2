"""What every command shares: the project folder, `--json`, and how failures end."""

from __future__ import annotations

import datetime as dt
import os
import sys
import traceback
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from bsc_sync.cli.render import complain
from bsc_sync.cli.stopping import terminable
from bsc_sync.cli.typed_parameter import TypedParameter
from bsc_sync.errors import BscSyncError, Terminated, WrongUsage
from bsc_sync.project import STATE_FOLDER, Project
from bsc_sync.redaction import covered

F = TypeVar("F", bound=Callable[..., Any])


def project_option(command: F) -> F:
    """`--project DIR`: the folder that holds scorecard.yaml and mapping.yaml."""
    option = click.option(
        "--project",
        "folder",
        type=click.Path(file_okay=False, path_type=Path),
        default=Path(),
        help="The folder with scorecard.yaml and mapping.yaml (default: the current one).",
    )
    return option(command)


def json_option(command: F) -> F:
    """`--json`: data instead of text."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON.")(command)


def project_of(folder: Path) -> Project:
    """The project in a folder; a folder that is not there is the user's error."""
    if not folder.is_dir():
        raise WrongUsage(f"no folder {folder}", hint="create it, or give another --project")
    return Project(folder)


class Day(TypedParameter[dt.date]):
    """A calendar day on the command line."""

    name = "DATE"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> dt.date:
        """YYYY-MM-DD, or a usage error."""
        if isinstance(value, dt.date):
            return value
        try:
            return dt.date.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value!r} is not a day such as 2026-12-31", param, ctx)


def run_command(group: click.Group, arguments: list[str] | None = None) -> int:
    """Run the command line and give its exit code; no traceback reaches a user who did not ask for it."""
    try:
        with terminable():
            result = group.main(args=arguments, prog_name="bsc-sync", standalone_mode=False)
    except click.UsageError as error:
        hint = f" (see: {error.ctx.command_path} --help)" if error.ctx else ""
        complain(error.format_message() + hint)
        return WrongUsage.exit_code
    except click.ClickException as error:
        complain(error.format_message())
        return WrongUsage.exit_code
    except (click.Abort, KeyboardInterrupt) as error:
        ended = isinstance(error, Terminated) or isinstance(error.__cause__, Terminated)  # click wraps it
        complain(f"stopped by {'SIGTERM' if ended else 'you'}; the next run takes up where this one ended")
        return Terminated.exit_code if ended else 130
    except BscSyncError as error:
        complain(*map(covered, error.lines()))
        return error.exit_code
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except Exception as error:  # noqa: BLE001  the last resort: where the log is, not a traceback
        if "--debug" in (sys.argv if arguments is None else arguments):
            sys.stderr.write(covered("".join(traceback.format_exception(error))))
        complain(
            f"this is a bug in bsc-sync: {type(error).__name__}", f"please report it with {_crash_log(error)}"
        )
        return 70
    return result if isinstance(result, int) else 0


def _crash_log(error: Exception) -> str:
    folder = Path(STATE_FOLDER)
    path = folder / f"crash-{uuid.uuid4().hex[:8]}.log"
    try:
        folder.mkdir(exist_ok=True)
        path.write_text(covered("".join(traceback.format_exception(error))), encoding="utf-8")
    except OSError:
        return "the output of the same command with --debug"
    return f"the log {path}"
