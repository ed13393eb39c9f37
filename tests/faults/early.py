"""A deliberately wrong portal: it acknowledges a new listing before it has committed it.

Only the kill test runs it (`gunicorn tests.faults.early:app`), to prove that its checker sees
what such a portal loses. Everything else is the portal as it is.
"""

from __future__ import annotations

import contextvars
import threading
import time
from types import SimpleNamespace
from typing import Any

from flask import Response, after_this_request, current_app

from portal.alliances.models import Alliance
from portal.database import db
from portal.exchange import operations
from portal.exchange.models import Listing
from wsgi import app

#: How long what was acknowledged waits for its commit, as with a slow disk or a group commit.
LATE_SECONDS = 0.05

_honest = operations.post_listing


def post_early(alliance: Alliance, content: Any, **options: Any) -> SimpleNamespace:
    """Post a listing, but commit it only after the answer has been sent."""
    portal = current_app._get_current_object()  # type: ignore[attr-defined]
    written, answered = threading.Event(), threading.Event()
    alliance_id, promised = alliance.id, SimpleNamespace(id=0)
    db.session.rollback()  # a read of this request must not outlive the write that overtakes it

    def write() -> None:
        with portal.app_context():
            session = db.session()
            commit = session.commit

            def commit_late() -> None:
                promised.id = max(each.id for each in session if isinstance(each, Listing))
                written.set()
                answered.wait()
                time.sleep(LATE_SECONDS)
                commit()

            session.commit = commit_late  # type: ignore[method-assign]
            try:
                _honest(session.get_one(Alliance, alliance_id), content, **options)
            finally:
                written.set()

    @after_this_request
    def when_sent(response: Response) -> Response:
        response.call_on_close(answered.set)
        return response

    threading.Thread(target=contextvars.Context().run, args=(write,), daemon=True).start()
    written.wait()
    return promised


operations.post_listing = post_early  # type: ignore[assignment]

__all__ = ["app"]
