"""Workbooks for the tests, made as offices and attackers make them."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO
from typing import Any
from xml.sax.saxutils import escape

import openpyxl
import xlwt

Rows = Sequence[Sequence[Any]]


def xlsx(sheets: Mapping[str, Rows], merges: Mapping[str, Iterable[str]] | None = None) -> bytes:
    """Return an xlsx; `merges` names areas as `A3:A7`. A text that begins with = is a formula."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        page = book.create_sheet(name)
        for number, row in enumerate(rows, start=1):
            for column, value in enumerate(row, start=1):
                if value is not None:
                    page.cell(number, column, value)
        for area in (merges or {}).get(name, ()):
            page.merge_cells(area)
    target = BytesIO()
    book.save(target)
    return target.getvalue()


def xls(sheets: Mapping[str, Rows], merges: Mapping[str, Iterable[str]] | None = None) -> bytes:
    """Return an old binary workbook, which is also what WPS calls et."""
    book = xlwt.Workbook(encoding="utf-8")
    for name, rows in sheets.items():
        page = book.add_sheet(name)
        merged: dict[tuple[int, int], tuple[int, int, int, int]] = {}
        for area in (merges or {}).get(name, ()):
            left, top, right, bottom = openpyxl.utils.range_boundaries(area)
            merged[(top - 1, left - 1)] = (top - 1, bottom - 1, left - 1, right - 1)
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                if (number, column) in merged:
                    page.write_merge(*merged[(number, column)], value)
                elif value is not None:
                    page.write(number, column, value)
    target = BytesIO()
    book.save(target)
    return target.getvalue()


def ods(sheets: Mapping[str, Rows]) -> bytes:
    """Return an OpenDocument spreadsheet."""
    tables = "".join(
        f'<table:table table:name="{escape(name)}">'
        + "".join(
            "<table:table-row>" + "".join(_ods_cell(value) for value in row) + "</table:table-row>"
            for row in rows
        )
        + "</table:table>"
        for name, rows in sheets.items()
    )
    spaces = "".join(
        f' xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{short}:1.0"'
        for short in ("office", "table", "text")
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content{spaces}>'
        f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body>"
        "</office:document-content>"
    )
    manifest = '<?xml version="1.0"?><manifest:manifest xmlns:manifest="urn:m"/>'
    return packed(
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "META-INF/manifest.xml": manifest,
            "content.xml": content,
        }
    )


def _ods_cell(value: Any) -> str:
    if value is None:
        return "<table:table-cell/>"
    text = f"<text:p>{escape(str(value))}</text:p>"
    return f'<table:table-cell office:value-type="string">{text}</table:table-cell>'


def packed(members: Mapping[str, str | bytes]) -> bytes:
    """Return a zip of members."""
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return target.getvalue()


def changed(content: bytes, member: str, change: Any) -> bytes:
    """Return a workbook with one member of its zip changed."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members[member] = change(members[member])
    return packed(members)
