"""`flask load starter NAME`: regions, chain maps and alliances from a folder of data files.

Another region is another folder; no code names one.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup

from portal.actors import SYSTEM
from portal.alliances.operations import load_alliances
from portal.chain.operations import load_chain_maps
from portal.operations import operation
from portal.regions.operations import load_regions

STARTERS = Path(__file__).parent / "starter"
load = AppGroup("load", help="Load data that the portal works with.")


def read(folder: str, name: str) -> Any:
    """Return the content of one JSON file of a starter folder."""
    return json.loads((STARTERS / folder / f"{name}.json").read_text(encoding="utf-8"))


def load_starter(folder: str) -> tuple[int, int, int]:
    """Load a starter folder in one transaction; return the regions, nodes and alliances in it."""

    @operation
    def whole() -> tuple[int, int, int]:
        return (
            load_regions(read(folder, "regions"), by=SYSTEM),
            load_chain_maps(read(folder, "chains"), by=SYSTEM),
            load_alliances(read(folder, "alliances"), by=SYSTEM),
        )

    return whole()


@load.command("starter")
@click.argument("folder", default="beijing-tianjin-hebei")
def starter(folder: str) -> None:
    """Load (or bring up to date) the regions, chain maps and alliances of a starter folder."""
    if not (STARTERS / folder).is_dir():
        raise click.BadParameter(f"there is no folder {folder!r} in {STARTERS}")
    regions, nodes, alliances = load_starter(folder)
    click.echo(f"Loaded {regions} regions, {nodes} chain nodes, {alliances} alliances.")
