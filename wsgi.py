"""The application a server runs: `gunicorn wsgi:app`, `flask --app wsgi`."""

from __future__ import annotations

import os

from portal import create_app

app = create_app(os.environ.get("PORTAL_ENV", "development"))
