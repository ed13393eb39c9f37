"""Addresses that somebody typed: https to public addresses only, and not for long."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from flask import Flask

from portal import create_app, hooks

PUBLIC = "93.184.216.34"


@contextmanager
def answering(answer: bytes, *, pause: float = 0.0) -> Iterator[tuple[int, list[bytes]]]:
    """Run a server that answers every request with these bytes; its port, and what it was sent."""
    asked: list[bytes] = []
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(10)

    def serve() -> None:
        try:
            while True:
                visitor, _address = listener.accept()
                with visitor:
                    asked.append(read_request(visitor))
                    for byte in range(len(answer)):
                        visitor.sendall(answer[byte : byte + 1] if pause else answer)
                        if not pause:
                            break
                        time.sleep(pause)
        except OSError:
            return

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1], asked
    finally:
        listener.close()


def read_request(visitor: socket.socket) -> bytes:
    """Read a request with its body."""
    read = b""
    while b"\r\n\r\n" not in read:
        read += visitor.recv(4096)
    head, _end, body = read.partition(b"\r\n\r\n")
    length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
    while len(body) < length:
        body += visitor.recv(4096)
    return head + b"\r\n\r\n" + body


@pytest.fixture
def called(app: Flask, context: None) -> list[tuple[str, str]]:
    """The (address, name) pairs that were connected to: none of them is in the tests."""
    found: list[tuple[str, str]] = []

    def connect(address: str, host: str) -> socket.socket:
        found.append((address, host))
        raise ConnectionRefusedError

    app.config["HOOK_CONNECTOR"] = connect
    app.config["HOOK_RESOLVER"] = lambda _host: [PUBLIC]
    return found


def lead(app: Flask, port: int) -> None:
    """Let every name stand for a public address, and lead its connections to a double."""
    app.config["HOOK_RESOLVER"] = lambda _host: [PUBLIC]
    app.config["HOOK_CONNECTOR"] = lambda _address, _host: socket.create_connection(
        ("127.0.0.1", port)
    )


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.100.100.200",
        "0.0.0.0",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "198.18.0.1",
        "::1",
        "::",
        "fe80::1",
        "fe80::1%eth0",
        "fc00::1",
        "fd00:ec2::254",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:8.8.8.8",
        "fec0::1",
        "5f00::1",
        "4000::1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "2001:0:1::1",
        "2001:db8::1",
        "not an address",
    ],
)
def test_an_address_that_is_not_public_is_never_called(
    address: str, app: Flask, called: list[tuple[str, str]]
) -> None:
    assert not hooks.is_public(address)
    # One of several is enough: which one is called would be chance.
    app.config["HOOK_RESOLVER"] = lambda _host: [PUBLIC, address]
    with pytest.raises(hooks.Unsafe):
        hooks.post_json("https://robot.example/send", {})
    assert called == []


@pytest.mark.parametrize("address", [PUBLIC, "8.8.8.8", "2400:3200::1"])
def test_a_public_address_is(address: str) -> None:
    assert hooks.is_public(address)


@pytest.mark.parametrize(
    "written",
    [
        "http://robot.example/send",
        "ftp://robot.example/",
        "file:///etc/passwd",
        "https:///send",
        "https://user@robot.example/",
        "https://user:word@robot.example/",
        "https://robot.example:8443/",
        "https://robot.example:99999/",
        "https://robot.example/a b",
        "https://robot.example/\r\nHost: x",
        "https://[::1/",
        "//robot.example/",
        "robot.example",
        "",
        "https://robot.example/" + "a" * 500,
    ],
)
def test_only_a_plain_https_address_is_taken(written: str, called: list[tuple[str, str]]) -> None:
    with pytest.raises(hooks.Unsafe):
        hooks.post_json(written, {})
    assert called == []


def test_the_checked_address_is_the_one_that_is_called(
    app: Flask, called: list[tuple[str, str]]
) -> None:
    """A name that answers differently the second time is asked only once."""
    answers = iter([[PUBLIC], ["127.0.0.1"]])
    app.config["HOOK_RESOLVER"] = lambda _host: next(answers)
    with pytest.raises(hooks.Failed):
        hooks.post_json("https://robot.example/send", {})
    assert called == [(PUBLIC, "robot.example")]


@pytest.mark.parametrize("host", ["127.0.0.1", "2130706433", "[::1]", "localhost", "0x7f.1"])
def test_a_name_that_is_an_address_itself_is_checked_too(
    host: str, app: Flask, called: list[tuple[str, str]]
) -> None:
    app.config["HOOK_RESOLVER"] = None
    with pytest.raises((hooks.Unsafe, hooks.Failed)):
        hooks.post_json(f"https://{host}/send", {})
    assert called == []


OK = b'HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\n{"errcode":0}'


def test_what_is_sent_is_json_to_the_name(app: Flask, context: None) -> None:
    with answering(OK) as (port, asked):
        lead(app, port)
        assert hooks.post_json("https://robot.example/send?key=abc", {"a": "文"}) == {"errcode": 0}
    (request,) = asked
    assert request.startswith(b"POST /send?key=abc HTTP/1.1\r\n")
    assert b"Host: robot.example\r\n" in request and request.endswith('{"a": "文"}'.encode())


def test_a_redirect_is_not_followed(app: Flask, context: None) -> None:
    moved = b"HTTP/1.1 302 Found\r\nLocation: https://other.example/\r\nContent-Length: 0\r\n\r\n"
    with answering(moved) as (port, asked):
        lead(app, port)
        with pytest.raises(hooks.Failed, match="302"):
            hooks.post_json("https://robot.example/send", {})
        assert len(asked) == 1


def test_little_is_read_of_an_answer(app: Flask, context: None) -> None:
    much = b"HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n" + b" " * 100_000
    with answering(much) as (port, _asked):
        lead(app, port)
        assert hooks.post_json("https://robot.example/send", {}) is None


def test_an_answer_that_drips_is_cut_off(app: Flask, context: None) -> None:
    app.config["HOOK_SECONDS"] = 0.3
    with answering(b"HTTP/1.1 200 OK\r\nX: " + b"a" * 200, pause=0.02) as (port, _asked):
        lead(app, port)
        began = time.monotonic()
        with pytest.raises(hooks.Failed):
            hooks.post_json("https://robot.example/send", {})
        assert time.monotonic() - began < 2


def test_production_refuses_the_stand_ins(url: str) -> None:
    stand_in: Callable[[str], list[str]] = lambda _host: [PUBLIC]  # noqa: E731
    settings = {"SQLALCHEMY_DATABASE_URI": url, "NAME": "production", "HOOK_RESOLVER": stand_in}
    with pytest.raises(SystemExit, match="HOOK_RESOLVER"):
        create_app("testing", settings)
