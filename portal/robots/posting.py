"""How a text reaches a chat group: the shape its robots take, and what their answer means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from portal import hooks
from portal.delivering import Courier, Later, Never
from portal.robots.models import RobotPost
from portal.robots.operations import is_still_true

#: Under which names the robots of the usual chat programs say whether they took it: 0 if so.
CODES = ("errcode", "code", "StatusCode")


@dataclass(frozen=True)
class Sheet:
    """A text and where it goes."""

    url: str | None
    #: None where it is no longer true, or no longer for everybody.
    text: str | None


def pack(post: RobotPost) -> Sheet:
    """Return what is sent of a post: it may have waited for days."""
    return Sheet(post.robot.url, post.body if is_still_true(post) else None)


def say(url: str, text: str) -> None:
    """Post a text to a chat group.

    Raises `hooks.Unsafe` for an address that is never called, `hooks.Failed` where the group did
    not take it, with a word that holds nothing of the address.
    """
    answer: Any = hooks.post_json(url, {"msgtype": "text", "text": {"content": text}})
    if isinstance(answer, dict):
        refusals = [answer[name] for name in CODES if answer.get(name) not in (None, 0)]
        if refusals:
            raise hooks.Failed(f"the group refuses it ({ascii(refusals[0])[:20]})")


def send(sheet: Sheet) -> None:
    """Post a text. Raises `Never` without a text or an address to be called, else `Later`."""
    if sheet.url is None:
        raise Never("no address")
    if sheet.text is None:
        raise Never("it was changed or taken back")
    try:
        say(sheet.url, sheet.text)
    except hooks.Unsafe as unsafe:
        raise Never(str(unsafe)) from None
    except hooks.Failed as failed:
        raise Later(str(failed)) from None


def courier() -> Courier:
    """Return the courier of what robots post."""
    return Courier(RobotPost, pack, send)
