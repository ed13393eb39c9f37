"""The application a server runs: `gunicorn wsgi:app`, `flask --app wsgi`."""

from __future__ import annotations

import gc
import os

# What is imported lives as long as the process: looking it through for garbage took a fifth of
# the start, and would be done again and again for each page.
gc.disable()

from portal import create_app  # noqa: E402

app = create_app(os.environ.get("PORTAL_ENV", "development"))

gc.freeze()
gc.enable()
