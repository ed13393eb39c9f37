"""What is kept for a while instead of asked for anew.

Only what is the same for everybody, and may be a minute old, is ever kept here: never what one
person is or may see.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from typing import TypeVar

from flask import current_app

Value = TypeVar("Value")

#: How old, in seconds, a kept value may become.
LIFETIME = 60.0


def kept(name: Hashable, make: Callable[[], Value]) -> Value:
    """Return the value of that name, made at most a minute ago by this process."""
    shelf: dict[Hashable, tuple[float, Value]] = current_app.extensions.setdefault("kept", {})
    found = shelf.get(name)
    if found is None or time.monotonic() > found[0]:
        found = time.monotonic() + LIFETIME, make()
        shelf[name] = found
    return found[1]


def forget(name: Hashable) -> None:
    """Let the value of that name be made anew by this process: it was just changed."""
    current_app.extensions.get("kept", {}).pop(name, None)
