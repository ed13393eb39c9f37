"""Small files of every kind, and the bad ones: made here, so that each says what is wrong."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Mapping
from io import BytesIO

import xlwt
from openpyxl import Workbook

PDF = b"%PDF-1.4\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF\n"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(40) + b"\xff\xd9"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(40) + b"\x00\x00\x00\x00IEND\xaeB`\x82"
GIF = b"GIF89a" + bytes(40) + b";"
WEBP = b"RIFF\x40\x00\x00\x00WEBPVP8 " + bytes(52)
HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + bytes(40)
EXE = b"MZ\x90\x00\x03" + bytes(60) + b"PE\x00\x00" + bytes(400)
ELF = b"\x7fELF\x02\x01\x01" + bytes(60)

_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
TYPES = f'<Types><Override PartName="/word/document.xml" ContentType="{_MAIN}"/></Types>'
NOTHING, LAST = 0xFFFFFFFF, 0xFFFFFFFE


def zipped(members: Mapping[str, str | bytes]) -> bytes:
    """Return a ZIP file with these members."""
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as container:
        for name, content in members.items():
            container.writestr(name, content)
    return file.getvalue()


def document(main: str = "word/document.xml", **members: str | bytes) -> bytes:
    """Return the least that is a document of newer Office, with more members."""
    return zipped({"[Content_Types].xml": TYPES, main: "<xml/>", **members})


def xlsx() -> bytes:
    """Return a workbook as openpyxl writes it."""
    book, file = Workbook(), BytesIO()
    book.active.append(["单位", "联系人"])
    book.save(file)
    return file.getvalue()


def xls() -> bytes:
    """Return a workbook as xlwt writes it: a real OLE container."""
    book, file = xlwt.Workbook(), BytesIO()
    book.add_sheet("成员").write(0, 0, "单位")
    book.save(file)
    return file.getvalue()


def ole(*names: str, inner: str | None = None, first: int = 1, chain: int = LAST) -> bytes:
    """Return an OLE container with these streams at its root, and one in a storage.

    Sector 0 holds the table of chains, sectors 1 and 2 the directory; `chain` is what the table
    says of sector 2.
    """
    header = bytearray(b"\xff" * 512)
    header[:76] = bytes(76)
    header[:8] = bytes.fromhex("d0cf11e0a1b11ae1")
    struct.pack_into("<HHHHH", header, 24, 0x3E, 3, 0xFFFE, 9, 6)
    struct.pack_into("<II", header, 44, 1, first)
    struct.pack_into("<II", header, 60, LAST, 0)
    struct.pack_into("<II", header, 68, LAST, 0)
    struct.pack_into("<I", header, 76, 0)
    table = bytearray(b"\xff" * 512)
    struct.pack_into("<III", table, 0, 0xFFFFFFFD, 2, chain)
    # Root, the streams in a row to the right, at last a storage with one stream in it.
    rows = [*names, *(["ObjectPool"] if inner else [])]
    entries = [_entry("Root Entry", 5, NOTHING, 1 if rows else NOTHING)]
    for number, name in enumerate(rows, start=1):
        right = number + 1 if number < len(rows) else NOTHING
        is_storage = inner and number == len(rows)
        child = len(rows) + 1 if is_storage else NOTHING
        entries.append(_entry(name, 1 if is_storage else 2, right, child))
    if inner:
        entries.append(_entry(inner, 2, NOTHING, NOTHING))
    directory = b"".join(entries).ljust(1024, b"\0")
    assert len(directory) == 1024
    return bytes(header) + bytes(table) + directory


def _entry(name: str, kind: int, right: int, child: int) -> bytes:
    written = name.encode("utf-16-le")
    return (
        written.ljust(64, b"\0")
        + struct.pack("<HBB", len(written) + 2, kind, 1)
        + struct.pack("<III", NOTHING, right, child)
        + bytes(36)
        + struct.pack("<IQ", LAST, 0)
    )


def bomb(megabytes: int = 150) -> bytes:
    """Return a document that unpacks to much more than it is."""
    return document(**{"word/media/image1.bmp": bytes(megabytes * 1024 * 1024)})


GOOD: dict[str, bytes] = {
    "合同.pdf": PDF,
    "照片.jpg": JPEG,
    "照片.JPEG": JPEG,
    "图.png": PNG,
    "图.gif": GIF,
    "图.webp": WEBP,
    "手机照片.heic": HEIC,
    "名单.xlsx": xlsx(),
    "名单.xls": xls(),
    "表格.et": ole("Workbook"),
    "旧表.xls": ole("Book", "SummaryInformation"),
    "方案.doc": ole("WordDocument", "1Table", inner="Workbook"),
    "方案.wps": ole("WordDocument"),
    "演示.ppt": ole("PowerPoint Document"),
    "演示.dps": ole("PowerPoint Document"),
    "方案.docx": document(),
    "演示.pptx": document("ppt/presentation.xml"),
    "公文.ofd": zipped({"OFD.xml": "<ofd/>", "Doc_0/Document.xml": "<xml/>"}),
}

#: Name and content of what is refused, and a word of the sentence that says why.
BAD: dict[str, tuple[str, bytes, str]] = {
    "a renamed program": ("发票.pdf", EXE, "不接收此类文件"),
    "a program in Word's name": ("方案.docx", EXE, "不接收此类文件"),
    "a program": ("安装.exe", EXE, "不接收此类文件"),
    "another program": ("方案.doc", ELF, "不接收此类文件"),
    "a page": ("说明.pdf", b"<!doctype html><script>alert(1)</script>", "不接收此类文件"),
    "a drawing with scripts": ("图.png", b"<svg onload='alert(1)'/>", "不接收此类文件"),
    "plain text": ("名单.csv", "单位,联系人\n".encode(), "不接收此类文件"),
    "an archive": ("资料.zip", zipped({"a.txt": "a"}), "不接收此类文件"),
    "an archive in Word's name": ("资料.docx", zipped({"a.exe": EXE}), "不接收此类文件"),
    "an archive of Java": ("x.docx", zipped({"META-INF/MANIFEST.MF": "x"}), "不接收此类文件"),
    "two documents in one": (
        "两用.docx",
        document(**{"xl/workbook.xml": "<xml/>"}),
        "不接收此类文件",
    ),
    "an installer": ("方案.doc", ole("MsiDatabase", inner="WordDocument"), "不接收此类文件"),
    "a document with a password": (
        "密.docx",
        ole("EncryptedPackage", "EncryptionInfo"),
        "不接收此类文件",
    ),
    "two old documents in one": ("x.doc", ole("WordDocument", "Workbook"), "不接收此类文件"),
    "macros in a new document": (
        "宏.docx",
        document(**{"word/vbaProject.bin": b"x"}),
        "不接收带宏的文件",
    ),
    "macros by the list of contents": (
        "宏.docx",
        zipped(
            {
                "[Content_Types].xml": "application/vnd.ms-word.document.macroEnabled.main+xml",
                "word/document.xml": "<xml/>",
            }
        ),
        "不接收带宏的文件",
    ),
    "macros in an old document": (
        "宏.xls",
        ole("Workbook", inner="_VBA_PROJECT"),
        "不接收带宏的文件",
    ),
    "a bomb": ("大.docx", bomb(), "解压后过大"),
    "a picture that is an archive too": ("图.gif", GIF + zipped({"a.class": "x"}), "已损坏"),
    "a paper that is an archive too": ("图.pdf", PDF + zipped({"a.class": "x"}), "已损坏"),
    "a picture that is a page too": (
        "图.gif",
        b"GIF89a/*<script>alert(1)</script>*/=1;",
        "已损坏",
    ),
    "a paper behind a program": ("x.pdf", EXE + PDF, "不接收此类文件"),
    "a document behind a program": ("x.docx", EXE + document(), "不接收此类文件"),
    "half a document": ("半.docx", document()[:-30], "已损坏"),
    "a list of contents without end": (
        "x.docx",
        document()[:-22] + struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 1, 1, 2**31, 0, 0),
        "已损坏",
    ),
    "a document without a list of types": (
        "x.docx",
        zipped({"word/document.xml": "<xml/>"}),
        "已损坏",
    ),
    "half an old document": ("半.doc", ole("WordDocument")[:1400], "已损坏"),
    "an old document that goes in a circle": ("x.doc", ole("WordDocument", chain=1), "已损坏"),
    "an old document that leads nowhere": ("x.doc", ole("WordDocument", first=900), "已损坏"),
    "a head alone": ("x.doc", bytes.fromhex("d0cf11e0a1b11ae1"), "已损坏"),
    "a wrong ending": ("照片.png", JPEG, "内容却是 JPEG（.jpg）"),
    "a page's ending": ("照片.html", PNG, "内容却是 PNG（.png）"),
    "a program's ending": ("合同.pdf.exe", PDF, "内容却是 PDF（.pdf）"),
    "another old document": ("方案.doc", xls(), "内容却是 Excel（.xls）"),
    "an old ending": ("名单.xls", xlsx(), "内容却是 Excel（.xlsx）"),
    "nothing": ("空.pdf", b"", "不为空"),
    "no ending": ("合同", PDF, "扩展名"),
}
