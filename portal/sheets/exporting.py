"""Taking a list along: a workbook of exactly what a list shows to whoever asks for it.

A list that can be taken along has a second address, its own with `.xlsx`, behind the same door.
It needs its fields (`Field`: a label and how a row's value is got), its rows (all pages of the
list, up to `MOST_ROWS`), and `exported(...)`; its page needs `export_link()`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

from flask import Flask, Response, request, send_file
from flask_babel import gettext as _
from flask_login import current_user

from portal import clock
from portal.language import moment
from portal.sheets import comma
from portal.sheets.writing import MIMETYPE, Column, Kind, Sheet, workbook

#: A workbook holds no more rows of a list than this; it then says that the list goes on.
MOST_ROWS = 5_000
ENDING = ".xlsx"
#: Arguments that name a page of a list: a workbook holds all of them.
PAGING = ("after", "page", "language")


@dataclass(frozen=True)
class Field:
    """One column of a list: its words, how a row's value is got, what it is."""

    label: Any
    value: Callable[[Any], Any]
    kind: Kind = Kind.TEXT
    width: int = 18


def exported(
    title: str,
    fields: Sequence[Field],
    rows: Sequence[Any],
    *,
    has_more: bool = False,
    narrowed: Sequence[str] = (),
) -> Response:
    """Answer with a workbook of a list: its rows, and a sheet saying what it is of.

    `title` is the heading of the page, `narrowed` what it is narrowed to, in words; `has_more`
    says that the list goes on beyond the rows.
    """
    columns = [Column(str(each.label), each.kind, each.width) for each in fields]
    cells = [[_cell(field.value(row)) for field in fields] for row in rows]
    facts = [
        (_("List"), title),
        (_("Narrowed down to"), _("; ").join(narrowed) or _("everything you may see")),
        (_("Rows"), _said_of(len(cells), has_more)),
        (_("Taken at"), moment(clock.now())),
        (_("Taken by"), taker_words()),
        (_("Address"), list_address()),
    ]
    content = workbook([Sheet(title, columns, cells)], (_("About this list"), facts))
    return download(f"{title} {clock.today().isoformat()}{ENDING}", content)


def exported_text(
    title: str, fields: Sequence[Field], rows: Sequence[Any], *, has_more: bool = False
) -> Response:
    """Answer with a list as comma-separated text, which holds the rows alone.

    Where the list goes on beyond the rows, the name of the file says so.
    """
    cells = ([_cell(field.value(row)) for field in fields] for row in rows)
    content = comma.written([str(each.label) for each in fields], cells)
    told = _said_of(len(rows), has_more) if has_more else clock.today().isoformat()
    return download(f"{title} {told}.csv", content, comma.MIMETYPE)


def download(name: str, content: bytes, mimetype: str = MIMETYPE) -> Response:
    """Answer with a workbook, or a file of another type, under that name."""
    response = send_file(
        BytesIO(content),
        mimetype=mimetype,
        as_attachment=True,
        download_name=re.sub(r'[\\/:*?"<>|\x00-\x1f]', " ", name),
        etag=False,
    )
    response.headers["Cache-Control"] = "no-store"  # it is one person's, as the page is
    return response


def _said_of(count: int, has_more: bool) -> str:
    if has_more:
        return str(_("The first %(count)d; the list goes on beyond them.", count=count))
    return str(count)


def _cell(value: Any) -> Any:
    """Return a value as a cell takes it; lazy words become text."""
    is_plain = value is None or isinstance(value, str | int | float) or hasattr(value, "year")
    return value if is_plain else str(value)


def taker_words() -> str:
    """Return who takes it along, for whom and for which organisation."""
    name = getattr(current_user, "name", None)
    if name is None:
        return str(_("somebody who was not signed in"))
    principal = getattr(current_user, "on_behalf_of", None)
    who = _("%(agent)s (for %(principal)s)", agent=name, principal=principal) if principal else name
    acting = getattr(current_user, "organisation_name", None)
    return " · ".join(part for part in (str(who), acting) if part)


def list_address() -> str:
    """Return the full address of the list that this request takes along."""
    return f"{request.host_url.rstrip('/')}{_address(request.path.removesuffix(ENDING))}"


def export_address() -> str:
    """Return the address under which the list on this page is taken along, as it is narrowed."""
    return _address(request.path + ENDING)


def _address(path: str) -> str:
    kept = [(k, v) for k, v in request.args.items(multi=True) if k not in PAGING]
    return f"{path}?{urlencode(kept)}" if kept else path


def init_app(app: Flask) -> None:
    """Let templates link to the workbook of the list they show."""
    app.add_template_global(export_address)
