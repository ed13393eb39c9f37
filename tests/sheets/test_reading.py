"""Workbooks of strangers: what they hold, and what is refused before it can do harm."""

from __future__ import annotations

import resource
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask

from portal.errors import Refused
from portal.sheets.reading import column_letter, read_workbook
from tests.sheets.make import changed, ods, packed, xls, xlsx

pytestmark = pytest.mark.usefixtures("context")
TABLE = {"成员": [["名录"], [], ["单位名称", "电话"], ["北京甲公司", 12], ["河北乙公司", None]]}
SAMPLE = Path(__file__).parent.parent / "imports" / "messy_members.xlsx"
SHEET = "xl/worksheets/sheet1.xml"
MEGABYTE = 1024 * 1024


@pytest.mark.parametrize("make", [xlsx, xls, ods])
def test_every_kind_of_workbook_gives_the_same_rows(make) -> None:  # type: ignore[no-untyped-def]
    (sheet,) = read_workbook(make(TABLE))
    assert sheet.name == "成员"
    assert dict(sheet.rows) == {
        1: ("名录",),
        3: ("单位名称", "电话"),
        4: ("北京甲公司", "12"),
        5: ("河北乙公司",),
    }


@pytest.mark.parametrize("make", [xlsx, xls])
def test_merged_areas_are_known(make) -> None:  # type: ignore[no-untyped-def]
    (sheet,) = read_workbook(
        make({"a": [["x", "y"], ["京", "一"], [None, "二"]]}, {"a": ["A2:A3"]})
    )
    (merge,) = sheet.merges
    assert (merge.top, merge.left, merge.bottom, merge.right) == (2, 0, 3, 0)


@pytest.mark.parametrize("make", [xlsx, xls])
def test_a_table_that_begins_at_another_cell_keeps_its_columns(make) -> None:  # type: ignore[no-untyped-def]
    (sheet,) = read_workbook(make({"a": [[], [None, None, "名称"], [None, None, "甲"]]}))
    assert dict(sheet.rows) == {2: ("", "", "名称"), 3: ("", "", "甲")}


def test_the_sample_is_read_with_the_rows_of_the_sheet() -> None:
    members, projects = read_workbook(SAMPLE.read_bytes())
    assert members.rows[6][:3] == ("北\n京\n市", "１", "北京亿华通科技股份有限公司")
    assert members.rows[6][5] == "燃料电池系统"  # of a hidden column
    assert projects.name == "项目情况"


def test_errors_and_formulas_without_a_result_are_named_by_their_cell() -> None:
    (sheet,) = read_workbook(xlsx({"a": [["名称"], ["=A1&A9"], ["甲", "#N/A"], ["乙"]]}))
    named = {(f"{column_letter(f.column)}{f.row}", f.kind, f.shown) for f in sheet.faults}
    assert named == {("A2", "formula", "=A1&A9"), ("B3", "error", "#N/A")}


def test_a_formula_with_its_result_is_read_as_the_result() -> None:
    content = changed(
        xlsx({"a": [["名称"], ["=1+1"]]}),
        SHEET,
        lambda xml: xml.replace(b"<v></v>", b"<v>2</v>").replace(b"<v />", b"<v>2</v>"),
    )
    (sheet,) = read_workbook(content)
    assert sheet.rows[2] == ("2",) and not sheet.faults


def refusal(content: bytes) -> str:
    """Return the sentence a workbook is refused with, in English."""
    with pytest.raises(Refused) as refused:
        read_workbook(content)
    return refused.value.sentence._args[0]  # type: ignore[union-attr,no-any-return]


def test_a_renamed_program_is_no_spreadsheet() -> None:
    assert "no spreadsheet" in refusal(b"MZ\x90\x00" + bytes(4000))
    assert "no spreadsheet" in refusal(packed({"word/document.xml": "<w/>"}))


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_web_page_that_says_it_is_a_spreadsheet_is_named_as_text(encoding: str) -> None:
    assert "holds text" in refusal("<html><table><tr><td>单位名称</td></tr>".encode(encoding))


def test_a_locked_workbook_says_so() -> None:
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
    assert "password" in refusal(ole + "EncryptedPackage".encode("utf-16-le"))


def test_an_old_document_of_another_program_is_no_spreadsheet() -> None:
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
    assert "no spreadsheet" in refusal(ole + "WordDocument".encode("utf-16-le"))


def test_a_zip_bomb_is_not_unpacked() -> None:
    bomb = changed(xlsx(TABLE), SHEET, lambda xml: xml + b" " * (100 * MEGABYTE))
    assert len(bomb) < MEGABYTE
    assert "unpacks to more" in refusal(bomb)


def test_a_zip_that_lies_about_its_size_ends_in_its_own_process() -> None:
    """It states few bytes and unpacks to many: the fence holds, the portal does not grow."""
    bomb = changed(xlsx(TABLE), SHEET, lambda xml: xml + b" " * (300 * MEGABYTE))
    lying = bomb.replace(
        (300 * MEGABYTE + size_of_sheet()).to_bytes(4, "little"), bytes([9, 0, 0, 0])
    )
    assert lying != bomb
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert "damaged" in refusal(lying)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 * 1024


def size_of_sheet() -> int:
    with zipfile.ZipFile(BytesIO(xlsx(TABLE))) as archive:
        return archive.getinfo(SHEET).file_size


def test_a_cell_at_the_far_end_does_not_fill_the_memory() -> None:
    far = changed(
        xlsx({"a": [["名称"], ["甲"]]}),
        SHEET,
        lambda xml: xml.replace(
            b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
        ),
    )
    assert "unpacks to more" in refusal(far)


def test_a_workbook_of_too_many_bytes_is_not_even_opened(app: Flask) -> None:
    app.config["WORKBOOK_BYTES"] = 2 * MEGABYTE
    assert "larger than" in refusal(bytes(100 * MEGABYTE))


def filled(xml: bytes, rows: bytes) -> bytes:
    """Return the XML of a sheet with other rows."""
    return xml.partition(b"<sheetData>")[0] + b"<sheetData>" + rows + b"</sheetData></worksheet>"


def test_too_many_rows_are_refused() -> None:
    rows = "".join(f'<row r="{n}"><c r="A{n}"><v>{n}</v></c></row>' for n in range(1, 30_000))
    full = changed(xlsx({"a": [["x"]]}), SHEET, lambda xml: filled(xml, rows.encode()))
    assert "more rows" in refusal(full)


def test_merged_areas_that_lie_upon_each_other_are_refused() -> None:
    def pile(xml: bytes) -> bytes:
        areas = b"".join(b'<mergeCell ref="A2:B%d"/>' % (1000 - n) for n in range(300))
        return xml.replace(b"</sheetData>", b"</sheetData><mergeCells>" + areas + b"</mergeCells>")

    table = xlsx({"a": [["单位名称", "类别"], *([f"甲{n}", "企业"] for n in range(1000))]})
    assert "unpacks to more" in refusal(changed(table, SHEET, pile))


def test_an_external_entity_is_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("geheim")
    doctype = f'<!DOCTYPE x [<!ENTITY leak SYSTEM "file://{secret}">]>'.encode()
    name = "北京甲公司"
    # As UTF-8, or character by character, as the writer happens to write it.
    ways = (name.encode(), name.encode("ascii", "xmlcharrefreplace"))

    def poison(xml: bytes) -> bytes:
        found = xml[xml.find(b"<worksheet") :]
        for way in ways:
            found = found.replace(way, b"&leak;")
        return doctype + found

    hostile = changed(xlsx(TABLE), SHEET, poison)
    assert b"&leak;" in zipfile.ZipFile(BytesIO(hostile)).read(SHEET)
    assert "no office program" in refusal(hostile)


def test_reading_that_takes_too_long_ends(app: Flask) -> None:
    app.config["WORKBOOK_SECONDS"] = 1
    cells = b"<row>" + b"".join(b"<c><v>%d</v></c>" % n for n in range(200)) + b"</row>"
    slow = changed(xlsx({"a": [["x"]]}), SHEET, lambda xml: filled(xml, cells * 19_000))
    assert "took too long" in refusal(slow)


def test_a_damaged_workbook_says_so() -> None:
    whole = xlsx(TABLE)
    assert "damaged" in refusal(whole[: len(whole) // 2])
    assert "damaged" in refusal(changed(whole, SHEET, lambda xml: xml[: len(xml) // 2]))


def test_an_empty_workbook_says_so() -> None:
    assert "nothing in this workbook" in refusal(xlsx({"a": [], "b": []}))


def test_the_reader_sees_nothing_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """What it is given is the file alone; the portal's secrets stay outside."""
    monkeypatch.setenv("PYTHONPATH", "/nowhere")
    monkeypatch.setenv("PYTHONSTARTUP", "/nowhere")
    assert read_workbook(xlsx(TABLE))


def test_columns_are_called_as_spreadsheets_call_them() -> None:
    assert [column_letter(n) for n in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]
