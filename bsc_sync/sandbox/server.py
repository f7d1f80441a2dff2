"""A WSGI application behind a real socket, for this machine only."""

import ipaddress
import logging
import signal
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from types import FrameType
from typing import TYPE_CHECKING, Any

from waitress import wasyncore
from waitress.channel import ClientDisconnected
from waitress.server import BaseWSGIServer, create_server

from bsc_sync.sandbox.weather.replies import Dropped

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_MAX_REQUEST_BYTES = 128 * 1024 * 1024


class NotLoopback(ValueError):
    """The sandbox knows no privacy, so it listens on this machine only."""


class RunningServer:
    """A server that is listening; use it as a context manager, or call `stop`."""

    def __init__(self, server: BaseWSGIServer, sockets: dict[int, object]) -> None:
        self._server = server
        self._sockets = sockets
        self._thread = threading.Thread(target=self._run, name="sandbox-server", daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        """The port it listens on, also where 0 was asked for."""
        return int(self._server.effective_port)

    @property
    def url(self) -> str:
        """Where it is found, without a slash at the end: ``http://127.0.0.1:8089``."""
        host = self._server.effective_host
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"

    def stop(self) -> None:
        """Close every connection and wait until the last thread has ended. Stopping twice is fine."""
        if self._thread.is_alive():
            # Sockets belong to the loop's thread, so the loop is asked to close them itself.
            # Where it has done so already, and only its last threads still end, there is nobody to ask.
            with suppress(OSError):
                self._server.trigger.pull_trigger(lambda: wasyncore.close_all(self._sockets, ignore_all=True))
            self._thread.join()

    def __enter__(self) -> "RunningServer":
        return self

    def __exit__(self, *_exc: object) -> None:
        self.stop()

    def _run(self) -> None:
        self._server.run()
        self._server.task_dispatcher.shutdown(timeout=2)


def serve(app: "WSGIApplication", *, port: int, host: str = "127.0.0.1", threads: int = 32) -> RunningServer:
    """Listen on `host` and `port` (0: any free one) and answer in background threads.

    Raises `NotLoopback` for a host that other machines could reach, `OSError` if the port is taken.
    """
    logging.getLogger("waitress").setLevel(logging.ERROR)
    sockets: dict[int, object] = {}
    listener = socket.create_server(
        (name := _loopback(host), port), family=socket.AF_INET6 if ":" in name else socket.AF_INET
    )
    server = create_server(
        _hanging_up(app),
        map=sockets,
        sockets=[listener],
        threads=threads,
        ident=None,
        max_request_body_size=_MAX_REQUEST_BYTES,
        clear_untrusted_proxy_headers=True,
    )
    return RunningServer(server, sockets)


def serve_forever(
    app: "WSGIApplication",
    *,
    port: int,
    host: str = "127.0.0.1",
    threads: int = 32,
    started: Callable[[RunningServer], None],
) -> None:
    """Serve until SIGINT or SIGTERM, then stop cleanly; `started` is told once it listens.

    Call it from the main thread: only there can a program receive signals.
    """
    asked = threading.Event()

    def ask(_number: int, _frame: FrameType | None) -> None:
        asked.set()

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        with serve(app, port=port, host=host, threads=threads) as server:
            started(server)
            asked.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _hanging_up(app: "WSGIApplication") -> "WSGIApplication":
    def answer(environ: "WSGIEnvironment", start_response: "StartResponse") -> Any:
        try:
            return app(environ, start_response)
        except Dropped as dropped:
            # Waitress closes the connection without a word when it believes that the client has gone.
            raise ClientDisconnected from dropped

    return answer


def _loopback(host: str) -> str:
    name = "127.0.0.1" if host.lower() == "localhost" else host
    try:
        if ipaddress.ip_address(name).is_loopback:
            return name
    except ValueError:
        pass
    raise NotLoopback(
        f"The sandbox serves this machine only: {host!r} is not a loopback address."
        " Use 127.0.0.1, ::1 or localhost."
    )
