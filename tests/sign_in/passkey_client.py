"""What the script of a page sends about passkeys, for the tests of signing in and registering."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from werkzeug.test import TestResponse

from tests.client import Client
from tests.sign_in.soft_device import SoftDevice

SITE, ORIGIN = "portal.example", "https://portal.example"

Visit = Callable[..., Client]


def send(client: Client, address: str, content: Any) -> TestResponse:
    """Send JSON as the script does."""
    headers = {"X-CSRFToken": client.token(), "Accept": "application/problem+json"}
    return client.open(address, method="POST", json=content, headers=headers)


def options(client: Client, address: str = "/passkeys/options", **headers: str) -> dict[str, Any]:
    token = {"X-CSRFToken": client.token()}
    answer = client.open(address, method="POST", json={}, headers={**token, **headers})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.get_json()["publicKey"]
    return found


def register(client: Client, device: SoftDevice, **form: str) -> TestResponse:
    made = device.register(options(client, "/passkeys/registration-options"))
    return client.post("/account/passkeys", {"name": "我的手机", "answer": made, **form})


def sign_in(client: Client, device: SoftDevice, **more: Any) -> TestResponse:
    device.count += 1
    answer = device.sign_in(options(client))
    return send(client, "/passkeys/sign-in", {"answer": answer, **more})
