"""A request carried to an application without a socket arrives, and comes back, as over a socket."""

import io
import json
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest
import requests
from flask import Flask, Response, jsonify, make_response, request

from bsc_sync.sandbox.in_process import InProcessAdapter
from bsc_sync.sandbox.server import serve

IN_PROCESS = "http://sandbox.test:8089"


def echo_app() -> Flask:
    app = Flask("echo")

    @app.route("/echo/<path:rest>", methods=["GET", "POST", "PUT", "DELETE"])
    def echo(rest: str) -> Response:
        return jsonify(
            method=request.method,
            rest=rest,
            args=list(request.args.items(multi=True)),
            body=request.get_data().decode("latin-1"),
            mimetype=request.mimetype,
            length=request.content_length,
            custom=request.headers.get("X-Custom"),
            authorization=request.headers.get("Authorization"),
        )

    @app.post("/files")
    def files() -> Response:
        received = {name: [part.filename, part.read().decode()] for name, part in request.files.items()}
        return jsonify(files=received, form=request.form)

    @app.get("/cookies")
    def cookies() -> Response:
        reply = make_response(jsonify(request.cookies), 203)
        reply.set_cookie("a", "1")
        reply.set_cookie("b", "2")
        return reply

    @app.get("/lines")
    def lines() -> Response:
        return Response((f"line {number}\n" for number in range(1000)), mimetype="text/plain")

    @app.get("/away")
    def away() -> Response:
        return Response(status=302, headers={"Location": "/echo/there"})

    @app.get("/teapot")
    def teapot() -> Response:
        return Response("Ünïcode", status="418 I am small", content_type="text/plain; charset=utf-8")

    return app


@pytest.fixture
def session() -> Iterator[tuple[requests.Session, str]]:
    with requests.Session() as caller:
        caller.mount(IN_PROCESS, InProcessAdapter(echo_app()))
        yield caller, IN_PROCESS


@pytest.mark.network
def test_both_ways_answer_alike(session: tuple[requests.Session, str]) -> None:
    calls: list[Callable[[requests.Session, str], requests.Response]] = [
        lambda s, url: s.get(f"{url}/echo/a%20b/%C3%A9%2F?x=1&x=%26&y=", headers={"X-Custom": "c"}),
        lambda s, url: s.post(f"{url}/echo/json", json={"é": [1, None]}, auth=("me", "secret")),
        lambda s, url: s.put(f"{url}/echo/text", data="täxt".encode()),
        lambda s, url: s.delete(f"{url}/echo/nothing"),
        lambda s, url: s.post(f"{url}/echo/file", data=io.BytesIO(b"abc\x00")),
        lambda s, url: s.post(f"{url}/files", files={"f": ("n.txt", b"content")}, data={"k": "v"}),
        lambda s, url: s.get(f"{url}/cookies"),
        lambda s, url: s.get(f"{url}/cookies"),
        lambda s, url: s.get(f"{url}/lines"),
        lambda s, url: s.get(f"{url}/away"),
        lambda s, url: s.head(f"{url}/teapot"),
        lambda s, url: s.get(f"{url}/teapot"),
        lambda s, url: s.get(f"{url}/none"),
        lambda s, url: s.post(f"{url}/lines"),
    ]

    def seen(reply: requests.Response, base: str) -> dict[str, Any]:
        ignored = {"Date", "Server", "Via", "Connection", "Transfer-Encoding"}
        return {
            "status": reply.status_code,
            "reason": reply.reason,
            "url": reply.url.replace(base, ""),
            "headers": sorted(item for item in reply.headers.items() if item[0] not in ignored),
            "raw": sorted(value for name, value in reply.raw.headers.items() if name == "Set-Cookie"),
            "content": reply.content,
            "encoding": reply.encoding,
            "cookies": reply.cookies.get_dict(),
            "history": [earlier.status_code for earlier in reply.history],
            "method": reply.request.method,
        }

    caller, url = session
    with serve(echo_app(), port=0) as server, requests.Session() as over_a_socket:
        for call in calls:
            assert seen(call(caller, url), url) == seen(call(over_a_socket, server.url), server.url)


def test_repeated_headers_stay_apart(session: tuple[requests.Session, str]) -> None:
    caller, url = session
    reply = caller.get(f"{url}/cookies")
    assert reply.raw.headers.getlist("Set-Cookie") == ["a=1; Path=/", "b=2; Path=/"]
    assert caller.cookies.get_dict() == {"a": "1", "b": "2"}
    assert caller.get(f"{url}/cookies").json() == {"a": "1", "b": "2"}


def test_an_iterable_body_arrives_whole(session: tuple[requests.Session, str]) -> None:
    caller, url = session

    def pieces() -> Iterable[bytes]:
        yield b"a"
        yield b"bc"

    assert caller.post(f"{url}/echo/x", data=pieces()).json()["body"] == "abc"


def test_a_reply_can_be_streamed(session: tuple[requests.Session, str]) -> None:
    caller, url = session
    with caller.get(f"{url}/lines", stream=True) as reply:
        assert list(reply.iter_lines())[-1] == b"line 999"
    reply = caller.get(f"{url}/lines", stream=True)
    assert [len(chunk) for chunk in reply.iter_content(1000)][:2] == [1000, 1000]
    assert reply.raw.status == 200


def test_what_the_application_raises_is_raised(session: tuple[requests.Session, str]) -> None:
    def broken(_environ: Any, _start: Any) -> Iterable[bytes]:
        raise ZeroDivisionError("inside")

    caller, _ = session
    caller.mount("http://broken.test", InProcessAdapter(broken))
    with pytest.raises(ZeroDivisionError, match="inside"):
        caller.get("http://broken.test/")


def test_the_application_may_write_and_is_closed(session: tuple[requests.Session, str]) -> None:
    closed: list[bool] = []

    class Body:
        def __iter__(self) -> Iterator[bytes]:
            yield b"second"

        def close(self) -> None:
            closed.append(True)

    def old_style(_environ: Any, start: Any) -> Iterable[bytes]:
        write = start("200 OK", [("Content-Type", "text/plain")])
        write(b"first ")
        return Body()

    caller, _ = session
    caller.mount("http://old.test", InProcessAdapter(old_style))
    assert caller.get("http://old.test/").text == "first second"
    assert closed == [True]


def test_takes_its_time_from_a_clock_and_little_of_it(session: tuple[requests.Session, str]) -> None:
    caller, url = session
    assert caller.get(f"{url}/teapot").elapsed.total_seconds() > 0
    started = time.perf_counter()
    for _ in range(100):
        json.loads(caller.post(f"{url}/echo/x", json={"a": 1}).content)
    assert (time.perf_counter() - started) / 100 < 0.05
