"""The stylesheet that carries the colours of the loaded regions."""

from __future__ import annotations

import re

from flask import Blueprint, Response

from portal.access import public
from portal.regions.queries import provinces

bp = Blueprint("regions", __name__)


@bp.get("/regions.css")
@public
def stylesheet() -> Response:
    """Answer one rule per province: its colour, as a custom property for chips and bars."""
    rules = [
        f".region-{region.code}{{--region:{region.colour}}}"
        for region in provinces()
        if region.colour and re.fullmatch(r"#[0-9A-Fa-f]{6}", region.colour)
    ]
    response = Response("\n".join(rules) + "\n", mimetype="text/css")
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response
