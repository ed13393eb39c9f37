"""`flask import listings FILE`: lay the rows of a table among the drafts of whoever they are of."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext
from flask_babel import lazy_gettext as _l

from portal import clock
from portal.access import can, standing_of
from portal.accounts.models import Organisation
from portal.accounts.queries import organisations_of
from portal.actors import Actor, person
from portal.alliances.models import Alliance
from portal.commands.importing import actor_named, alliance_named
from portal.errors import Denied, Refused
from portal.exchange.models import Direction
from portal.imports import queries
from portal.imports.listing_fates import ListingJudge, ListingVerdict, write_draft
from portal.imports.listing_records import ListingRecord, recognise_listings
from portal.imports.models import Fate
from portal.roles import Role
from portal.sheets.reading import read_workbook


@click.command("listings")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--alliance", required=True, help="Slug of the alliance they are posted in.")
@click.option(
    "--direction",
    required=True,
    type=click.Choice([each.value for each in Direction]),
    help="Whether the table seeks or offers.",
)
@click.option(
    "--as", "account", required=True, help="Account of a secretary, or of a member for its own."
)
@click.option("--dry-run", is_flag=True, help="Say what would become of each row, write nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as one JSON object.")
@with_appcontext
def listings(
    file: Path, *, alliance: str, direction: str, account: str, dry_run: bool, as_json: bool
) -> None:
    """Lay the supplies or demands of FILE (xls, xlsx, et, ods) among their owners' drafts.

    Whoever runs it answers for the table holding no secret of the state or of an office; rows
    with a mark of secrecy are refused.
    """
    try:
        result = import_listings(file, alliance, Direction(direction), account, dry_run=dry_run)
    except Refused as refused:
        raise click.ClickException(str(refused.sentence)) from None
    except Denied:
        raise click.ClickException(
            f"{account} neither keeps {alliance} nor acts for a member of it: nothing was imported."
        ) from None
    click.echo(json.dumps(result, ensure_ascii=False, indent=1) if as_json else told(result))


def import_listings(
    file: Path, slug: str, direction: Direction, account: str, *, dry_run: bool
) -> dict[str, Any]:
    """Import a file, or only judge it; return the result as the command prints it.

    Raises `Refused` for what cannot be read or is nobody's, and `Denied` without the permission.
    """
    alliance = alliance_named(slug)
    by, own = _for_whom(actor_named(account), alliance)
    lexicon = queries.reference("listings").lexicon
    sheets = read_workbook(file.read_bytes())
    records = recognise_listings(sheets, lexicon, clock.today())
    if not records:
        raise Refused(_l("There is no row to take over."))
    verdicts = list(ListingJudge(records, alliance, direction, own).verdicts(records))
    if not dry_run:
        verdicts = [_written(each, alliance, direction, by=by) for each in verdicts]
    return result_of(verdicts)


def _for_whom(actor: Actor, alliance: Alliance) -> tuple[Actor, Organisation | None]:
    """Return who acts, and for which one member where it is no secretary of the alliance."""
    if can(standing_of(actor), "listing.import", alliance):
        return actor, None
    for organisation in organisations_of(actor.person_id or 0):
        by = person(actor.person_id or 0, organisation.id)
        if alliance.id in standing_of(by)[Role.MEMBER]:
            return by, organisation
    raise Denied("listing.import")


def _written(
    verdict: ListingVerdict, alliance: Alliance, direction: Direction, *, by: Actor
) -> ListingVerdict:
    """Write a new row; where a rule refuses it, return why."""
    if verdict.fate is not Fate.NEW:
        return verdict
    try:
        write_draft(verdict, alliance, direction, by=by)
    except Refused as refused:
        return verdict.refused(refused.sentence)
    return verdict


def result_of(verdicts: Sequence[ListingVerdict]) -> dict[str, Any]:
    """Return what became of every row: the counts, the refused rows, all rows."""

    def count(fate: Fate) -> int:
        return sum(1 for each in verdicts if each.fate is fate)

    return {
        "created": count(Fate.NEW),
        "changed": 0,
        "unchanged": count(Fate.SAME),
        "refused": [
            {
                "sheet": each.record.sheet,
                "row": each.record.row,
                "reason": " ".join(str(reason) for reason in each.reasons),
            }
            for each in verdicts
            if each.fate is Fate.REFUSED
        ],
        "records": [_record(each.record, each) for each in verdicts],
    }


def _record(record: ListingRecord, verdict: ListingVerdict) -> dict[str, Any]:
    wan = record.amount_wan
    return {
        "sheet": record.sheet,
        "row": record.row,
        "title": record.name or None,
        "organisation": verdict.organisation.name if verdict.organisation else record.organisation,
        "kind": record.kind,
        "amount_wan": None if wan is None else float(wan),
        "amount_note": record.amount_note,
        "date": (record.when.iso or None) if record.when else None,
        "date_precision": record.when.precision_name if record.when else None,
        "region": record.region,
        "chain_node": record.chain_node,
        "chain_node_id": verdict.chain_node_id,
        "fate": verdict.fate.value,
    }


def told(result: dict[str, Any]) -> str:
    """Return a result in lines for a person."""
    lines = [
        f"{result['created']} drafts, {result['unchanged']} known already, "
        f"{len(result['refused'])} refused."
    ]
    elsewhere = sum(1 for each in result["records"] if each["fate"] == Fate.OTHER_ALLIANCE)
    if elsewhere:
        lines.append(f"{elsewhere} rows name another alliance.")
    lines += [f"{no['sheet']}!{no['row']}: {no['reason']}" for no in result["refused"]]
    return "\n".join(lines)
