"""The lexicon of the starter data, without a database."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from portal.imports.headers import Alliances, Lexicon
from portal.imports.places import Place, Places
from portal.imports.words import words

STARTER = Path(__file__).parents[2] / "portal/commands/starter/beijing-tianjin-hebei"


def read(name: str) -> Any:
    return json.loads((STARTER / f"{name}.json").read_text(encoding="utf-8"))


@cache
def lexicon() -> Lexicon:
    """Return what the portal would read tables with after loading the starter data."""
    rows = read("regions")
    parents = {row["code"]: row["parent"] for row in rows}

    def province(code: str) -> str:
        return province(parents[code]) if parents[code] else code

    places = [
        Place(row["code"], province(row["code"]), row["name"], row["short"], row["name_en"])
        for row in rows
    ]
    chains = {row["code"]: row["name"] for row in read("chains")}
    names = {row["slug"]: (row["name"], row["name_en"], chains[row["chain"]])
             for row in read("alliances")}  # fmt: skip
    return Lexicon(words(), Places(places, words()), Alliances(names, words()))
