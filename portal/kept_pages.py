"""Pages that are made once for everybody who sees the same, and handed out with one's own frame.

A page is kept by everything it is made of: its rows as the database gave them, what whoever asks
may do with them, the language, the day. Changed rows are another key, so nothing kept is ever
late. It is made blind: whatever asks who is looking raises while it is made, so that nothing of
one person can stand in what another one gets. What belongs to whoever looks (the head of the page,
the token of forms, messages, the way to the other language) is a hole that is filled each time.
What does not live here: what fills the holes (`desk/frame.py`).
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from threading import Lock
from types import SimpleNamespace
from typing import Any

from flask import Flask, current_app, g, request
from markupsafe import Markup

from portal import clock
from portal.appearance import is_large_type
from portal.language import LANGUAGES, chosen_language

#: Nobody can write it: it is made anew with each process, and no text holds a NUL.
_MARK = f"\0{secrets.token_hex(8)}."
_HOLE = re.compile(f"{re.escape(_MARK)}([a-z_]+)\0")


class _Blind:
    """What stands for whoever looks while a page is made for everybody: it answers nothing."""

    def _refuse(self, *_asked: Any) -> Any:
        raise RuntimeError("a page that is kept asked who is looking: it belongs into its key")

    __getattr__ = __getitem__ = __bool__ = __str__ = __iter__ = __len__ = __eq__ = _refuse
    __hash__ = None  # type: ignore[assignment]


_BLIND = _Blind()
#: Under which names of `g` a request knows who is looking, and that it is made blind.
_KNOWN = ("is_blind", "standing", "_login_user", "frame", "waiting")
#: What templates know of whoever looks.
_PERSONAL = ("me", "waiting_count", "unread_count", "session")


class Shelf:
    """The kept pages of one process, up to so many characters; the oldest make room."""

    def __init__(self, size: int, holes: Mapping[str, Callable[[], str]]) -> None:
        self.size, self.used, self.holes = size, 0, holes
        self.pages: dict[Hashable, tuple[str, ...]] = {}
        self.lock = Lock()

    def clear(self) -> None:
        """Forget every page."""
        with self.lock:
            self.pages, self.used = {}, 0

    def put(self, key: Hashable, parts: tuple[str, ...]) -> None:
        """Keep a page; one that is larger than the shelf is not kept."""
        with self.lock:
            if key in self.pages or _size(parts) > self.size:
                return
            self.pages[key] = parts
            self.used += _size(parts)
            while self.used > self.size:
                self.used -= _size(self.pages.pop(next(iter(self.pages))))


def _size(parts: tuple[str, ...]) -> int:
    return sum(map(len, parts))


def render_kept(template: str, key: Hashable, make: Callable[[], Mapping[str, Any]]) -> str:
    """Return a page by its template; made anew only for a key that is not on the shelf.

    `key` is everything the page depends on beside language, size of type, day and endpoint;
    `make` returns the template's values from what is in the key, and from nothing else.
    """
    shelf: Shelf = current_app.extensions["kept_pages"]
    if "kept_for" not in g:
        g.kept_for = request.endpoint, chosen_language(), is_large_type(), clock.today()
    whole = template, g.kept_for, key
    parts = shelf.pages.get(whole)
    if parts is None:
        parts = _made(template, make)
        shelf.put(whole, parts)
    filled = list(parts)
    for place in range(1, len(parts), 2):
        filled[place] = shelf.holes[parts[place]]()
    return "".join(filled)


def _made(template: str, make: Callable[[], Mapping[str, Any]]) -> tuple[str, ...]:
    """Return a page in parts: its text and the names of its holes in turns."""
    endpoint, language, is_large, _today = g.kept_for
    with _blindly():
        text = current_app.jinja_env.get_template(template).render(
            make(),
            **dict.fromkeys(_PERSONAL, _BLIND),
            request=SimpleNamespace(endpoint=endpoint),
            language_tag=LANGUAGES[language],
            is_large_type=is_large,
        )
    return tuple(_HOLE.split(text))


@contextmanager
def _blindly() -> Iterator[None]:
    """Keep whatever is asked meanwhile from knowing who is looking."""
    known = {name: g.pop(name) for name in _KNOWN if name in g}
    for name in _KNOWN:
        setattr(g, name, _BLIND)
    g.is_blind = True
    try:
        yield
    finally:
        for name in _KNOWN:
            g.pop(name)
        for name, value in known.items():
            setattr(g, name, value)


def personal(name: str, fill: Callable[[], str]) -> Callable[[], str]:
    """Return what a template asks for: the words of whoever looks, or the hole for them."""
    hole = Markup(f"{_MARK}{name}\0")  # noqa: S704 - made here

    def asked() -> str:
        return hole if g.get("is_blind") else fill()

    return asked


def init_app(app: Flask, holes: Mapping[str, Callable[[], str]]) -> None:
    """Give templates what belongs to whoever looks, by name: as words, or as holes."""
    # Whoever writes templates wants to see them.
    size = 0 if app.debug else app.config["KEPT_PAGES_SIZE"]
    app.extensions["kept_pages"] = Shelf(size, holes)
    for name, fill in holes.items():
        app.add_template_global(personal(name, fill), name)
