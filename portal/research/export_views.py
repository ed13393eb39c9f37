"""The lists of joint projects, taken along as workbooks."""

from __future__ import annotations

from flask import request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal.access import current_standing, requires
from portal.errors import Missing
from portal.research import board_queries, plan_queries, queries, task_queries
from portal.research.board_forms import column_name
from portal.research.board_views import filter_asked
from portal.research.models import Project
from portal.research.views import bp
from portal.research.workbooks import DELIVERABLES, PROJECTS, TASK_TABLE, TASKS
from portal.sheets.exporting import MOST_ROWS, exported, exported_text


@bp.get("/projects.xlsx")
@requires("project.list")
def export_projects() -> Response:
    """Take along the projects that the list shows."""
    kind = queries.list_asked(request.args.get("list"))
    rows, next_key = queries.project_page(current_standing(), kind, size=MOST_ROWS)
    return exported(_("Joint projects"), PROJECTS, rows, has_more=next_key is not None)


@bp.get("/projects/<int:project_id>/tasks.xlsx")
@requires("project.work", Project)
def export_tasks(project: Project) -> Response:
    """Take along the tasks that the list shows."""
    rows, next_key = board_queries.task_page(project.id, filter_asked(), size=MOST_ROWS)
    names = {each.id: column_name(each) for each in board_queries.columns_of(project.id)}
    title = _("Task list: %(title)s", title=project.title)
    named = [(row, names[row.column_id]) for row in rows]
    return exported(title, TASKS, named, has_more=next_key is not None)


@bp.get("/projects/<int:project_id>/tasks/table.<ending>")
@requires("project.work", Project)
def take_tasks(project: Project, ending: str) -> Response:
    """Take along all that the tasks say, to be changed elsewhere and brought back."""
    taken = {"xlsx": exported, "csv": exported_text}.get(ending)
    if taken is None:
        raise Missing(f"table at {request.path}")
    rows = task_queries.tasks_in(project.id, filter_asked(), size=MOST_ROWS + 1)
    names = {each.id: column_name(each) for each in board_queries.columns_of(project.id)}
    items, comments = task_queries.checklists_in(project.id), task_queries.comments_in(project.id)
    named = [
        (row, names[row.column_id], items.get(row.id, ()), comments.get(row.id, 0))
        for row in rows[:MOST_ROWS]
    ]
    title = _("Tasks: %(title)s", title=project.title)
    return taken(title, TASK_TABLE, named, has_more=len(rows) > MOST_ROWS)


@bp.get("/projects/<int:project_id>/deliverables.xlsx")
@requires("project.work", Project)
def export_deliverables(project: Project) -> Response:
    """Take along the deliverables of a project."""
    rows = plan_queries.deliverables_of(project.id)
    return exported(_("Deliverables: %(title)s", title=project.title), DELIVERABLES, rows)
