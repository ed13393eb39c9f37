"""A plain Word file of headings, paragraphs and tables: pure, text in and bytes out.

What does not live here: letterheads, numbers and seals of official papers.
"""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
_TYPES = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/word/document.xml" '
    f'ContentType="{MEDIA_TYPE}.main+xml"/></Types>'
)
_RELATIONS = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}" Target="word/document.xml"/></Relationships>'
)
#: Half points, as Word counts: title, heading, text.
TITLE, HEADING, TEXT = 36, 28, 24

#: A heading or paragraph with its size, or the rows of a table.
Block = tuple[str, int] | Sequence[Sequence[str]]


def _run(text: str, size: int) -> str:
    bold = "<w:b/>" if size != TEXT else ""
    lines = "<w:br/>".join(
        f'<w:t xml:space="preserve">{escape(_printable(line))}</w:t>' for line in text.split("\n")
    )
    return f'<w:r><w:rPr>{bold}<w:sz w:val="{size}"/></w:rPr>{lines}</w:r>'


def _printable(text: str) -> str:
    return "".join(c for c in text if c == "\t" or ord(c) >= 32)


def _paragraph(text: str, size: int) -> str:
    return f"<w:p>{_run(text, size)}</w:p>"


def _table(rows: Sequence[Sequence[str]]) -> str:
    edges = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:color="808080"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    body = "".join(
        "<w:tr>" + "".join(f"<w:tc>{_paragraph(cell, TEXT)}</w:tc>" for cell in row) + "</w:tr>"
        for row in rows
    )
    grid = "<w:gridCol/>" * max(len(row) for row in rows)
    properties = f"<w:tblPr><w:tblBorders>{edges}</w:tblBorders></w:tblPr>"
    return f"<w:tbl>{properties}<w:tblGrid>{grid}</w:tblGrid>{body}</w:tbl><w:p/>"


def written(blocks: Sequence[Block]) -> bytes:
    """Return the file; the same blocks give the same bytes."""
    body = "".join(
        _paragraph(block[0], block[1])
        if isinstance(block, tuple) and isinstance(block[1], int) and isinstance(block[0], str)
        else _table(block)  # type: ignore[arg-type]
        for block in blocks
    )
    document = (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        f'<w:document xmlns:w="{_W}"><w:body>{body}</w:body></w:document>'
    )
    file = BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        for name, text in (
            ("[Content_Types].xml", _TYPES),
            ("_rels/.rels", _RELATIONS),
            ("word/document.xml", document),
        ):
            archive.writestr(ZipInfo(name, (2000, 1, 1, 0, 0, 0)), text)
    return file.getvalue()
