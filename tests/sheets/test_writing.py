"""Workbooks: what is typed stays text, what is a number is one, nothing is ever a formula."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from io import BytesIO
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook
from openpyxl.cell.cell import Cell

from portal.sheets.writing import CELL_LIMIT, Column, Kind, Sheet, sheet_name, workbook

DANGEROUS = (
    "=1+1",
    "+1",
    "-1",
    "@SUM(1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    '=HYPERLINK("http://example.org","x")',
    "=cmd|' /C calc'!A0",
    "{=1+1}",
    "＝1+1",
)


def cells(content: bytes, sheet: int = 0) -> list[list[Cell]]:
    page = load_workbook(BytesIO(content)).worksheets[sheet]
    return [list(row) for row in page.iter_rows()]  # type: ignore[arg-type]


def parts(content: bytes) -> dict[str, str]:
    with ZipFile(BytesIO(content)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("text", DANGEROUS)
def test_no_cell_is_a_formula_whatever_its_column_is(text: str, kind: Kind) -> None:
    sheet = Sheet(text[:20], [Column(text, kind)], [[text]])
    content = workbook([sheet], ("Facts", [(text, text)]))
    for number in (0, 1):
        for row in cells(content, number):
            for cell in row:
                assert cell.data_type == "s"
    # The carriage return is kept as what the format writes for it.
    assert cells(content)[1][0].value in (text, text.replace("\r", "_x000D_"))
    for name, part in parts(content).items():
        if name.startswith("xl/worksheets"):
            assert not re.search(r"<f[ >/]|<hyperlink", part), name


def test_what_looks_like_a_formula_is_marked_as_text_for_whoever_edits_it() -> None:
    content = workbook([Sheet("A", [Column("a")], [["=1+1"], ["plain"]])])
    (_head,), (first,), (second,) = cells(content)
    assert first.quotePrefix and not second.quotePrefix


def test_cells_are_what_their_column_is() -> None:
    columns = [Column(kind.value, kind) for kind in Kind]
    at = datetime(2026, 11, 23, 18, 30, tzinfo=UTC)
    row = ["91110000600037341L", 36, 580_000_000, date(2026, 11, 23), at]
    _head, found = cells(workbook([Sheet("A", columns, [row])]))
    assert [cell.value for cell in found] == [
        "91110000600037341L",
        36,
        580,
        datetime(2026, 11, 23),  # noqa: DTZ001 - a cell knows no zone
        datetime(2026, 11, 24, 2, 30),  # noqa: DTZ001 - Shanghai
    ]
    assert [cell.data_type for cell in found] == ["s", "n", "n", "d", "d"]
    assert found[2].number_format == "#,##0.00"


def test_digits_that_are_text_stay_text() -> None:
    _head, (phone, code) = cells(
        workbook([Sheet("A", [Column("a"), Column("b")], [["01088880000", "110105"]])])
    )
    assert (phone.value, phone.data_type, phone.number_format) == ("01088880000", "s", "@")
    assert code.value == "110105"


def test_a_missing_value_leaves_the_cell_empty() -> None:
    columns = [Column("a"), Column("b", Kind.DAY), Column("c")]
    _head, found = cells(workbook([Sheet("A", columns, [[None, None, "x"]])]))
    assert [cell.value for cell in found] == [None, None, "x"]


def test_the_header_stays_in_sight_and_facts_stand_at_the_end() -> None:
    content = workbook(
        [Sheet("Members", [Column("Name")], [["甲"]])], ("About", [("List", "Members")])
    )
    book = load_workbook(BytesIO(content))
    assert book.sheetnames == ["Members", "About"]
    assert book["Members"].freeze_panes == "A2"
    assert [cell.value for cell in book["About"][1]] == ["List", "Members"]


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ("x" * 40_000, "x" * (CELL_LIMIT - 1) + "…"),
        ("a\ud800b", "a?b"),
        (date(1899, 12, 31), "1899-12-31"),
        ("<b>&amp;</b>", "<b>&amp;</b>"),
    ],
)
def test_what_no_cell_can_hold_is_written_as_well_as_can_be(value: object, kept: str) -> None:
    kind = Kind.DAY if isinstance(value, date) else Kind.TEXT
    _head, (found,) = cells(workbook([Sheet("A", [Column("a", kind)], [[value]])]))
    assert found.value == kept


def test_sheet_names_are_allowed_and_differ() -> None:
    taken: set[str] = set()
    names = [
        sheet_name(each, taken) for each in ("a/b:c", "A/B:C", "", "'x'", "长" * 40, "长" * 40)
    ]
    assert names == ["a b c", "A B C 2", "1", "x", "长" * 31, "长" * 27 + " 2"]


def test_a_row_of_another_length_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="zip"):
        workbook([Sheet("A", [Column("a")], [["x", "y"]])])


def test_rows_are_written_as_they_come() -> None:
    """A generator is read once; nothing asks for all rows at once."""

    def rows() -> Iterator[list[object]]:
        for number in range(3000):
            yield [number, f"row {number}"]

    content = workbook([Sheet("A", [Column("n", Kind.NUMBER), Column("t")], rows())])
    found = cells(content)
    assert len(found) == 3001
    assert found[-1][0].value == 2999
