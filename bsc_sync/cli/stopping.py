"""SIGTERM ends a command as Ctrl-C does: in order, and not with a run that never says how it ended."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from bsc_sync.errors import Terminated


@contextmanager
def terminable() -> Iterator[None]:
    """For the length of the block SIGTERM raises Terminated, once: a second one ends the process at once.

    Where SIGTERM is ignored it stays so. Only the main thread of a program receives signals; in
    another one nothing changes.
    """
    before = signal.getsignal(signal.SIGTERM)
    if before is signal.SIG_IGN or threading.current_thread() is not threading.main_thread():
        yield
        return

    def end(_signal: int, _frame: FrameType | None) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        raise Terminated

    signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
