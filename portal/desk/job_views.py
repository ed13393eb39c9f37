"""The page of a job: how far it has come, for whoever asked for it."""

from __future__ import annotations

from flask import render_template

from portal.access import requires
from portal.desk.views import bp
from portal.jobs import Job
from portal.registry import registry

#: Seconds after which the page of a job that has not ended asks anew.
RENEW_SECONDS = 3


@bp.get("/jobs/<int:job_id>")
@requires("job.view", Job)
def view_job(job: Job) -> tuple[str, dict[str, str]]:
    """Show how far a job has come, and lead to its result."""
    # None where this version of the portal knows the kind no more.
    page = registry().job_pages.get(job.kind)
    shown = render_template(
        "desk/view_job.html",
        job=job,
        heading=page.title if page else None,
        address=page.address(job) if page else None,
    )
    # The page renews itself while there is something to wait for, also without scripts.
    return shown, {} if job.ended_at else {"Refresh": str(RENEW_SECONDS)}
