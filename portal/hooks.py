"""Calling an address that somebody typed: https to public addresses only, one short question.

A server that fetches what others name can be led to what only it may reach: its own machine, the
network behind it, the metadata of its cloud. So every address that a name stands for must be
public, the connection goes to the very address that was checked (a name may answer differently
the next time), nothing is followed, little is read, and all of it ends after some seconds.
"""

from __future__ import annotations

import contextlib
import ipaddress
import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, current_app

#: Seconds for each step; for all of it HOOK_SECONDS.
STEP_SECONDS = 5.0
#: Bytes that are read of an answer.
MOST_BYTES = 4096
LONGEST_ADDRESS = 500

#: Returns the addresses a name stands for.
Resolver = Callable[[str], list[str]]
#: Returns a connected, encrypted socket to a checked address, for a name.
Connector = Callable[[str, str], socket.socket]


class Unsafe(Exception):
    """The address is none that the portal calls."""


class Failed(Exception):
    """The address was called and did not take it."""


@dataclass(frozen=True)
class Target:
    """An address in its parts."""

    host: str
    path: str


def target_of(url: str) -> Target:
    """Return the parts of an https address. Raises `Unsafe` for any other."""
    try:
        parts = urlsplit(url)
        port, host = parts.port, (parts.hostname or "").encode("idna").decode()
    except (ValueError, UnicodeError) as error:
        raise Unsafe("no address") from error
    path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    is_plain = url.isascii() and url.isprintable() and " " not in url
    if not is_plain or len(url) > LONGEST_ADDRESS or parts.scheme != "https" or not host:
        raise Unsafe("no https address")
    if parts.username is not None or parts.password is not None or port not in (None, 443):
        raise Unsafe("an address with a user or a port")
    return Target(host, path)


def is_public(written: str) -> bool:
    """Tell whether an IP address is one of the public internet, also inside another one."""
    try:
        address = ipaddress.ip_address(written)
    except ValueError:
        return False  # with a zone, or none at all
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or address.teredo
        if inner or address not in _UNICAST:
            return False
    return address.is_global and not (
        address.is_multicast or address.is_reserved or address.is_unspecified
    )


#: All that is given out of IPv6; outside lie site-local ones, IPv4 ones translated, the reserved.
_UNICAST = ipaddress.IPv6Network("2000::/3")


def checked_address(host: str) -> str:
    """Return an address of a name. Raises `Unsafe` where any of its addresses is not public."""
    resolve: Resolver = current_app.config.get("HOOK_RESOLVER") or _resolve
    try:
        found = resolve(host)
    except OSError:
        raise Failed("the name is not known") from None
    if not found:
        raise Failed("the name is not known")
    if not all(is_public(each) for each in found):
        raise Unsafe("the name stands for an address that is not public")
    return found[0]


def _resolve(host: str) -> list[str]:
    rows = socket.getaddrinfo(host, 443, type=socket.SOCK_STREAM)
    return [str(row[4][0]) for row in rows]


def _connect(address: str, host: str) -> socket.socket:
    plain = socket.create_connection((address, 443), timeout=STEP_SECONDS)
    try:
        return ssl.create_default_context().wrap_socket(plain, server_hostname=host)
    except BaseException:
        plain.close()
        raise


def post_json(url: str, content: Mapping[str, Any]) -> Any:
    """Send JSON to an address and return the JSON it answers, or None where it answers none.

    Raises `Unsafe` for an address that must not be called, `Failed` where it did not answer with
    success. What is raised never holds the address.
    """
    target = target_of(url)
    address = checked_address(target.host)
    connect: Connector = current_app.config.get("HOOK_CONNECTOR") or _connect
    connection = HTTPConnection(target.host, timeout=STEP_SECONDS)
    try:
        connection.sock = connect(address, target.host)
        connection.sock.settimeout(STEP_SECONDS)
        with _ended_after(current_app.config["HOOK_SECONDS"], connection.sock):
            body = json.dumps(content, ensure_ascii=False).encode()
            connection.request("POST", target.path, body, {"Content-Type": "application/json"})
            response = connection.getresponse()
            read = response.read(MOST_BYTES)
    except (OSError, HTTPException) as error:
        raise Failed(f"no answer: {type(error).__name__}") from None
    finally:
        connection.close()
    if not 200 <= response.status < 300:
        raise Failed(f"answered {response.status}")
    try:
        return json.loads(read)
    except (ValueError, RecursionError):
        return None


@contextlib.contextmanager
def _ended_after(seconds: float, open_socket: socket.socket) -> Iterator[None]:
    """Close a socket after some seconds, however slowly the other side drips.

    Raises `Failed` then: what was read so far may look like an answer.
    """
    has_ended = threading.Event()

    def end() -> None:
        has_ended.set()
        with contextlib.suppress(OSError):
            open_socket.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        if has_ended.is_set():
            raise Failed("too slow")


def init_app(app: Flask) -> None:
    """Keep a production server from starting with the stand-ins of the tests."""
    stand_ins = [name for name in ("HOOK_RESOLVER", "HOOK_CONNECTOR") if app.config.get(name)]
    if stand_ins and app.config["NAME"] == "production":
        raise SystemExit(f"The portal does not start:\n- {', '.join(stand_ins)}: for tests only.")
