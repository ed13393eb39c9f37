"""Which views take a file, and how large a request they take for it.

Everywhere else a request stays as small as `MAX_CONTENT_LENGTH` says: whoever posts a form has
no reason to send megabytes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, current_app, request
from flask_login import current_user

#: What a view that takes a file carries: the name of the setting that bounds it.
SETTING = "upload_setting"
View = TypeVar("View", bound=Callable[..., Any])


def takes_upload(setting: str) -> Callable[[View], View]:
    """Let a view be sent a file of as many bytes as the setting of this name says.

    One that is too large should meet a sentence, not a closed door: hence twice that size, beyond
    which it is 413. Only for who is signed in.
    """

    def decorate(view: View) -> View:
        setattr(view, SETTING, setting)
        return view

    return decorate


def largest_upload() -> int | None:
    """Return how many bytes a file may have at the address that is asked, or None."""
    setting = getattr(current_app.view_functions.get(request.endpoint or ""), SETTING, None)
    return int(current_app.config[setting]) if setting and current_user.is_authenticated else None


def init_app(app: Flask) -> None:
    """Make room before anything reads the form: the check of its token does, too.

    The page of a request that is too large asks what would have been taken.
    """
    app.add_template_global(largest_upload)

    @app.url_value_preprocessor
    def make_room(_endpoint: str | None, _values: dict[str, Any] | None) -> None:
        largest = largest_upload()
        if largest is not None:
            request.max_content_length = max(2 * largest, app.config["MAX_CONTENT_LENGTH"])
