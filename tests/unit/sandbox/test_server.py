"""The sandbox behind a real socket."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterable
from typing import Any

import pytest
import requests

from bsc_sync.sandbox.server import NotLoopback, serve

pytestmark = pytest.mark.network


def hello(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
    if environ["PATH_INFO"] == "/slow":
        time.sleep(0.3)
    start("200 OK", [("Content-Type", "text/plain")])
    return [b"hello"]


def test_answers_on_a_free_port_and_stops() -> None:
    server = serve(hello, port=0)
    assert server.url == f"http://127.0.0.1:{server.port}"
    with requests.Session() as session:
        assert session.get(server.url).text == "hello"
        started = time.perf_counter()
        server.stop()
        assert time.perf_counter() - started < 2
        with pytest.raises(requests.ConnectionError):
            session.get(server.url, timeout=1)
    server.stop()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith(("sandbox", "waitress"))]


def test_the_port_is_free_again() -> None:
    with serve(hello, port=0) as server:
        port = server.port
        with pytest.raises(OSError, match="in use"):
            serve(hello, port=port)
    with serve(hello, port=port) as again:
        assert requests.get(again.url, timeout=5).text == "hello"


def test_answers_several_at_a_time() -> None:
    with serve(hello, port=0, threads=4) as server:
        threads = [
            threading.Thread(target=requests.get, args=(f"{server.url}/slow",), kwargs={"timeout": 5})
            for _ in range(4)
        ]
        started = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert time.perf_counter() - started < 1


@pytest.mark.parametrize("host", ["0.0.0.1", "192.0.2.1", "::", "example.com", ""])
def test_serves_this_machine_only(host: str) -> None:
    with pytest.raises(NotLoopback, match="is not a loopback address"):
        serve(hello, port=0, host=host)


def test_localhost_is_this_machine() -> None:
    with serve(hello, port=0, host="localhost") as server:
        assert server.url.startswith("http://127.0.0.1:")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_serves_until_it_is_asked_to_stop(number: signal.Signals) -> None:
    program = (
        "from bsc_sync.sandbox.server import serve_forever\n"
        "def app(environ, start):\n"
        "    start('200 OK', [])\n"
        "    return [b'up']\n"
        "serve_forever(app, port=0, started=lambda server: print(server.url, flush=True))\n"
        "print('stopped', flush=True)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-W", "error", "-c", program],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        assert requests.get(url, timeout=5).text == "up"
        os.kill(process.pid, number)
        rest, errors = process.communicate(timeout=10)
        assert (rest, errors, process.returncode) == ("stopped\n", "", 0)


def test_a_connection_that_says_nothing_does_not_hold_up_the_stop() -> None:
    server = serve(hello, port=0)
    with socket.create_connection(("127.0.0.1", server.port)):
        started = time.perf_counter()
        server.stop()
        assert time.perf_counter() - started < 2
