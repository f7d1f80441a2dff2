"""Where the log goes, and that nothing secret goes with it."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, MutableMapping
from pathlib import Path
from typing import Any, TextIO

import structlog

from bsc_sync.errors import WrongUsage
from bsc_sync.redaction import covered

Entry = MutableMapping[str, Any]


def open_log(file: Path | None, *, debug: bool) -> Callable[[], None]:
    """Log to a file, every request included, or to stderr (requests with `debug` only); gives what closes it.

    The file is added to, and read by its owner alone. What a person must see goes to stderr in any case.
    """
    stream: TextIO = sys.stderr
    if file is not None:
        try:
            file.touch(mode=0o600)
            stream = file.open("a", encoding="utf-8")
        except OSError as error:
            raise WrongUsage(
                f"the log cannot be written to {file} ({error.strerror})", hint="give another --log"
            ) from None
    everything = debug or file is not None
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG if everything else logging.INFO),
        processors=[
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.add_log_level,
            *([structlog.processors.format_exc_info] if everything else []),
            _cover,
            *([_echo] if file is not None else []),
            structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"]),
        ],
        logger_factory=structlog.PrintLoggerFactory(stream),
        cache_logger_on_first_use=False,
    )

    def close() -> None:
        structlog.reset_defaults()
        if stream is not sys.stderr:
            stream.close()

    return close


def _cover(_logger: Any, _method: str, entry: Entry) -> Entry:
    for name, value in entry.items():
        if isinstance(value, str):
            entry[name] = covered(value)
    return entry


def _echo(_logger: Any, method: str, entry: Entry) -> Entry:
    if method in {"warning", "error", "critical"}:
        sys.stderr.write(f"{method}: {entry['event']}\n")
    return entry
