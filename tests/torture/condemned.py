"""A process that is killed at a step: it does the work, and its parent plays the site and the executioner.

The site lives in the parent, which forks the process and answers its requests one at a time over a
pipe. The process asks before and after every commit of its store, too; so the parent can end it with
SIGKILL at any of these steps, and all that is left of it is what a dead process leaves: the site as it
was then, and its files on the disk with whatever SQLite's log holds.
"""

from __future__ import annotations

import gc
import os
import re
import signal
import traceback
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from io import BytesIO
from itertools import count
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from threading import Lock
from typing import TYPE_CHECKING, Any, Literal

from requests.adapters import BaseAdapter
from sqlalchemy.engine.default import DefaultDialect

from bsc_sync.sandbox.exchange import Exchange
from bsc_sync.sandbox.in_process import InProcessAdapter
from bsc_sync.sandbox.weather.door import WAIT
from bsc_sync.sandbox.weather.replies import Dropped
from tests.fault_trial import Stage

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

COMMIT = "COMMIT"
Environ = dict[str, Any]
Change = Callable[[Environ], Environ]
Side = Literal["before", "after"]
Watch = Callable[[int, Side], None]
Act = Callable[[Stage, Callable[[Stage], BaseAdapter]], tuple[int, tuple[str, ...]]]


@dataclass(frozen=True, slots=True)
class Blow:
    """What happens to the process at a step: killed before or after it, or its reply is lost."""

    at: int
    side: Side
    kind: Literal["kill", "lose"] = "kill"


@dataclass(frozen=True, slots=True)
class Fate:
    """How a process ended: its steps until then, its exit code (None: killed), and what it said.

    `under_way` is the request that it was killed before: perhaps it still arrives.
    """

    steps: tuple[str, ...]
    exit_code: int | None
    said: tuple[str, ...] = ()
    under_way: Environ | None = None


def condemned(
    stage: Stage,
    act: Act,
    blow: Blow | None = None,
    *,
    change: Change | None = None,
    watch: Watch | None = None,
) -> Fate:
    """Fork a process that acts on the stage, strike it, and wait for its end.

    `change` makes another request of each one on its way to the site; `watch` is called before and
    after each step, while the process waits.
    """
    runs = stage.app.extensions.setdefault("condemned", count())
    seed = f"{stage.site.clock.now()} {next(runs)}"
    here, there = Pipe()
    child = os.fork()
    if child == 0:
        here.close()
        _live(stage, act, there, seed)
    there.close()
    try:
        return _attend(stage, here, child, blow, change or _as_it_is, watch or _nobody)
    finally:
        here.close()


def arrive(stage: Stage, environ: Environ) -> None:
    """A request reaches the site although whoever sent it is gone."""
    _reply(stage, environ)


def _attend(
    stage: Stage, pipe: Connection, child: int, blow: Blow | None, change: Change, watch: Watch
) -> Fate:
    """Serve the process until it ends, or until its step has come."""
    steps: list[str] = []
    struck = False

    def strikes(number: int, side: Side) -> bool:
        watch(number, side)
        return blow is not None and blow.kind == "kill" and (blow.at, blow.side) == (number, side)

    while True:
        try:
            kind, content = pipe.recv()
        except EOFError:
            _, status = os.waitpid(child, 0)
            return Fate(tuple(steps), 70, (f"the process ended by itself with status {status}",))
        if kind == "end":
            os.waitpid(child, 0)
            return Fate(tuple(steps), *content)
        if kind == "committed":
            if strikes(content, "after"):
                return _killed(child, steps)
            pipe.send(None)
            continue
        steps.append(_name(content) if kind == "request" else COMMIT)
        if strikes(len(steps), "before"):
            return _killed(child, steps, content)
        if kind == "committing":
            pipe.send(len(steps))
            continue
        reply = _reply(stage, change(content))
        if strikes(len(steps), "after"):
            return _killed(child, steps)
        if blow is not None and blow.kind == "lose" and len(steps) >= blow.at and not struck:
            struck, reply = True, None
        pipe.send(reply)


def _as_it_is(environ: Environ) -> Environ:
    return environ


def _nobody(_number: int, _side: Side) -> None:
    """Watches."""


def _name(environ: Environ) -> str:
    return f"{environ['REQUEST_METHOD']} {re.sub(r'(?<=/)[0-9]+', '*', environ['PATH_INFO'])}"


def _killed(child: int, steps: list[str], under_way: Environ | None = None) -> Fate:
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    if not os.WIFSIGNALED(status) or os.WTERMSIG(status) != signal.SIGKILL:
        raise AssertionError(f"the process was to be killed and ended with status {status}")
    return Fate(tuple(steps), None, under_way=under_way)


def _reply(stage: Stage, environ: Environ) -> tuple[str, list[tuple[str, str]], bytes] | None:
    """What the site answers; None where it hangs up."""
    exchange = Exchange()
    body = BytesIO(environ.pop("body"))
    try:
        answer = exchange.run(
            stage.app, {**environ, "wsgi.input": body, "wsgi.errors": BytesIO(), WAIT: _wait}
        )
    except Dropped:
        return None
    return exchange.status, exchange.headers, answer


def _wait(_seconds: float) -> None:
    """Nobody waits here."""


def _live(stage: Stage, act: Act, pipe: Connection, seed: str) -> None:
    """The process: it never returns."""
    gc.disable()  # it does not live long
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # warnings of a death that was meant
    uuid.uuid4 = _Names(seed).next  # equal runs leave equal worlds
    site = _Distant(pipe)
    try:
        told = act(stage, lambda _stage: InProcessAdapter(site, sleep=_wait))
    except BaseException:  # noqa: BLE001  whatever it dies of is told to the one who waits for it
        told = (70, tuple(traceback.format_exc().splitlines()[-12:]))
    try:
        pipe.send(("end", told))
    finally:
        os._exit(0)


class _Names:
    """Names that look random: the same run of two stages gives the same ones, in the same order."""

    def __init__(self, seed: str) -> None:
        self._seed, self._count = seed, 0

    def next(self) -> uuid.UUID:
        self._count += 1
        return uuid.uuid5(uuid.NAMESPACE_OID, f"{self._seed} {self._count}")


class _Distant:
    """The site as the process sees it: one request at a time, at the other end of a pipe."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe
        self._turn = Lock()
        commit: Callable[[DefaultDialect, Any], None] = DefaultDialect.do_commit

        def do_commit(dialect: DefaultDialect, connection: Any) -> None:
            number = self._ask("committing", None)
            commit(dialect, connection)
            self._ask("committed", number)

        DefaultDialect.do_commit = do_commit  # type: ignore[method-assign]  # in this process alone

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        plain = {
            name: value for name, value in environ.items() if isinstance(value, str | bool | int | tuple)
        }
        plain["body"] = environ["wsgi.input"].read()
        reply = self._ask("request", plain)
        if reply is None:
            raise Dropped("the connection was closed without a reply")
        status, headers, body = reply
        start_response(status, headers)
        return [body]

    def _ask(self, kind: str, content: object) -> Any:
        with self._turn:
            self._pipe.send((kind, content))
            return self._pipe.recv()
