"""Pieces of a meeting's page that are the same for whoever may see them: rendered once."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

from flask import current_app
from markupsafe import Markup

from portal.language import chosen_language
from portal.meetings.forms import ItemForm
from portal.meetings.page_queries import AgendaRow
from portal.meetings.queries import timed_from
from portal.meetings.resolution_workflow import ACTION


def agenda_html(rows: tuple[AgendaRow, ...], starts_at: datetime, may_edit: bool) -> Markup:
    """Return the items of an agenda as they stand on the page, with buttons where asked for."""
    return _kept_agenda(rows, starts_at, may_edit, chosen_language())


@lru_cache(maxsize=128)
def _kept_agenda(
    rows: tuple[AgendaRow, ...], starts_at: datetime, may_edit: bool, _language: str
) -> Markup:
    """Render an agenda once: its rows are plain values. Nothing of who looks may stand in it."""
    page = current_app.jinja_env.get_template("meetings/agenda.html")
    agenda, states = timed_from(starts_at, rows), ACTION.labels
    text = page.render(agenda=agenda, may_edit=may_edit, action_states=states)
    return Markup(text)  # noqa: S704 - a template


def item_fields(form: ItemForm | None) -> Markup:
    """Return the fields of an agenda item: as they were sent, or empty ones."""
    return _fields(form) if form is not None else _kept_fields(chosen_language())


@lru_cache(maxsize=8)
def _kept_fields(_language: str) -> Markup:
    """Render the empty fields once: they are the same on every meeting's page."""
    return _fields(ItemForm(formdata=None))


def _fields(form: ItemForm) -> Markup:
    page = current_app.jinja_env.get_template("meetings/item_fields.html")
    return Markup(page.render(form=form))  # noqa: S704 - a template
