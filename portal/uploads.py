"""Which views take a file, and how large a request they take for it.

Everywhere else a request stays as small as `MAX_CONTENT_LENGTH` says: whoever posts a form has
no reason to send megabytes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, request
from flask_login import current_user

View = TypeVar("View", bound=Callable[..., Any])


def takes_upload(setting: str) -> Callable[[View], View]:
    """Let a view be sent a file of as many bytes as the setting of this name says.

    One that is too large should meet a sentence, not a closed door: hence twice that size, beyond
    which it is 413. Only for who is signed in.
    """

    def decorate(view: View) -> View:
        view.upload_setting = setting  # type: ignore[attr-defined]
        return view

    return decorate


def init_app(app: Flask) -> None:
    """Make room before anything reads the form: the check of its token does, too."""

    @app.url_value_preprocessor
    def make_room(endpoint: str | None, _values: dict[str, Any] | None) -> None:
        setting = getattr(app.view_functions.get(endpoint or ""), "upload_setting", None)
        if setting is not None and current_user.is_authenticated:
            room = 2 * app.config[setting]
            request.max_content_length = max(room, app.config["MAX_CONTENT_LENGTH"])
