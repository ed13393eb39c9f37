"""Posters: a picture for a phone, with a QR code, drawn by Typst with a font of our own.

A server has mostly no Chinese font, and where it has one the picture would depend on it. What a
poster says is handed over as data and never read as markup.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from functools import lru_cache
from io import BytesIO
from pathlib import Path

import segno
import typst
from flask import Response, current_app

#: Dots per inch at which a page of 108 by 144 mm has 1080 by 1440 pixels.
DENSITY = 254.0
FONTS = "vendor/noto-sans-sc"


@dataclass(frozen=True)
class Poster:
    """What a poster says, from the top down; `colour` is one of `#rrggbb`."""

    alliance: str
    heading: str
    title: str
    text: str
    facts: tuple[str, ...]
    #: What whoever scans the code does, and what it takes.
    call: str
    hint: str
    address: str
    colour: str = "#0b5a7a"


def draw(poster: Poster) -> bytes:
    """Return a poster as a PNG of 1080 by 1440 pixels; the same words give the same picture."""
    return _drawn(poster, Path(current_app.root_path).parent)


@lru_cache(maxsize=64)
def _drawn(poster: Poster, folder: Path) -> bytes:
    """Return the picture: drawing takes long, and many look at the same one."""
    code = BytesIO()
    segno.make(poster.address, error="m").save(code, kind="svg", border=0)
    told = {**asdict(poster), "code": code.getvalue().decode()}
    picture = typst.compile(
        str(folder / "templates" / "posters" / "poster.typ"),
        root=str(folder / "templates" / "posters"),
        format="png",
        ppi=DENSITY,
        font_paths=[str(folder / "static" / FONTS)],
        ignore_system_fonts=True,
        sys_inputs={"told": json.dumps(told)},
    )
    assert isinstance(picture, bytes)
    return picture


def answer_with(picture: bytes, name: str) -> Response:
    """Return a picture as a file to be looked at or kept."""
    response = Response(picture, mimetype="image/png")
    response.headers["Content-Disposition"] = f"inline; filename={name}.png"
    return response
