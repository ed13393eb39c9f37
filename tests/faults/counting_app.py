"""The portal with one more kind of job: `flask --app tests.faults.counting_app worker`."""

from __future__ import annotations

from tests.faults.counting import teach
from wsgi import app

teach(app)

__all__ = ["app"]
