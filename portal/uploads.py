"""Which views take a file, and how large a request they take for it.

Everywhere else a request stays as small as `MAX_CONTENT_LENGTH` says: whoever posts a form has
no reason to send megabytes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, current_app, request

View = TypeVar("View", bound=Callable[..., Any])
#: What a form takes beside its file.
BESIDE = 64 * 1024


def takes_upload(setting: str) -> Callable[[View], View]:
    """Let a view take a file of as many bytes as the setting of this name says."""

    def decorate(view: View) -> View:
        view.upload_setting = setting  # type: ignore[attr-defined]
        return view

    return decorate


def init_app(app: Flask) -> None:
    """Raise the limit before anything reads the form; so this comes before the CSRF check."""

    @app.before_request
    def raise_limit() -> None:
        view = app.view_functions.get(request.endpoint or "")
        setting = getattr(view, "upload_setting", None)
        if setting is not None:
            request.max_content_length = current_app.config[setting] + BESIDE
