"""`flask import members FILE`: take a workbook of members over, as its alliance's secretary."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from portal.access import require
from portal.accounts.forms import ORGANISATION_KINDS
from portal.accounts.models import OrganisationKind
from portal.accounts.queries import account_name, person_named
from portal.actors import Actor, person
from portal.alliances.models import Alliance
from portal.database import db
from portal.errors import Denied, Refused
from portal.imports import queries
from portal.imports.fates import Judge, Verdict
from portal.imports.models import Effect, Fate, MemberImportRow
from portal.imports.operations import begin, bring_workbook
from portal.imports.recognising import guess_layouts
from portal.imports.records import Record
from portal.imports.running import Opened, planned, preview
from portal.imports.side_by_side import separated
from portal.imports.taking_over import take_over
from portal.sheets.reading import read_workbook

importing = AppGroup("import", help="Bring data that offices keep elsewhere.")


@importing.command("members")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--alliance", required=True, help="Slug of the alliance they are members of.")
@click.option("--as", "account", required=True, help="Account of a secretary of the alliance.")
@click.option("--dry-run", is_flag=True, help="Say what would become of each row, write nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as one JSON object.")
def members(file: Path, *, alliance: str, account: str, dry_run: bool, as_json: bool) -> None:
    """Make the organisations of FILE (xls, xlsx, et, ods) members of an alliance."""
    try:
        result = import_members(file, alliance, account, dry_run=dry_run)
    except Refused as refused:
        raise click.ClickException(str(refused.sentence)) from None
    except Denied:
        raise click.ClickException(
            f"{account} is not a secretary of {alliance}: nothing was imported."
        ) from None
    click.echo(json.dumps(result, ensure_ascii=False, indent=1) if as_json else told(result))


def import_members(file: Path, slug: str, account: str, *, dry_run: bool) -> dict[str, Any]:
    """Import a file, or only judge it; return the result as the command prints it.

    Raises `Refused` for what cannot be read or is nobody's, and `Denied` without the permission.
    """
    by, alliance = actor_named(account), alliance_named(slug)
    standing = require(by, "membership.admit", alliance)
    reference = queries.reference()
    sheets = separated(read_workbook(file.read_bytes()), reference.lexicon)
    source = Opened(sheets, guess_layouts(sheets, reference.lexicon), reference, slug)
    if not source.records:
        raise Refused(_l("There is no row to take over."))
    if dry_run:
        seen = preview(source, alliance, standing)
        return result_of(source, [_judged(each, seen.judge) for each in seen.verdicts])
    made = bring_workbook(alliance, file.name, sheets, source.layouts, by=by)
    begin(made, planned(source, alliance, standing), by=by)
    while made.finished_at is None:
        take_over(made, source.records, source.shared, by=by)
    return result_of(source, [_stored(row) for row in queries.rows_of(made.id, limit=made.total)])


@dataclass(frozen=True)
class Outcome:
    """What became, or would become, of one row."""

    fate: Fate
    effect: Effect
    reason: str | None
    alliance: str
    chain_node_id: int | None


def _judged(verdict: Verdict, judge: Judge) -> Outcome:
    node = judge.node_of(verdict)
    reason = " ".join(str(each) for each in verdict.reasons) or None
    node_id = node.id if node else None
    return Outcome(verdict.fate, verdict.effect, reason, verdict.alliance.slug, node_id)


def _stored(row: MemberImportRow) -> Outcome:
    return Outcome(row.fate, row.effect, row.reason, row.alliance.slug, row.chain_node_id)


def result_of(source: Opened, outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """Return what became of every record: the counts, the refused rows, all rows."""
    rows = list(zip(source.records, outcomes, strict=True))

    def count(effect: Effect) -> int:
        return sum(1 for outcome in outcomes if outcome.effect is effect)

    return {
        "created": count(Effect.CREATED),
        "changed": count(Effect.CHANGED),
        "unchanged": count(Effect.UNCHANGED),
        "refused": [
            {"sheet": record.sheet, "row": record.row, "reason": outcome.reason}
            for record, outcome in rows
            if outcome.fate is Fate.REFUSED
        ],
        "records": [_written(record, outcome) for record, outcome in rows],
    }


def _written(record: Record, outcome: Outcome) -> dict[str, Any]:
    kind = ORGANISATION_KINDS[OrganisationKind(record.kind)] if record.kind else None
    return {
        "sheet": record.sheet,
        "row": record.row,
        "name": record.name or None,
        # The word that people use, whoever reads the output: Chinese is the portal's language.
        "kind": str(kind) if kind else None,
        "region": record.region,
        "city": record.city,
        "alliance": outcome.alliance,
        "chain_node": record.chain_node,
        "chain_node_id": outcome.chain_node_id,
        "fate": outcome.fate.value,
    }


def told(result: dict[str, Any]) -> str:
    """Return a result in lines for a person."""
    lines = [
        f"{result['created']} created, {result['changed']} changed, "
        f"{result['unchanged']} unchanged, {len(result['refused'])} refused."
    ]
    elsewhere = sum(1 for each in result["records"] if each["fate"] == Fate.OTHER_ALLIANCE)
    if elsewhere:
        lines.append(f"{elsewhere} rows name another alliance.")
    lines += [f"{no['sheet']}!{no['row']}: {no['reason']}" for no in result["refused"]]
    return "\n".join(lines)


def actor_named(account: str) -> Actor:
    """Return who signs in as an account; raises `Refused` where nobody does."""
    found = person_named(account_name(account))
    if found is None:
        raise Refused(f"Nobody signs in as {account}.")
    return person(found.id)


def alliance_named(slug: str) -> Alliance:
    """Return the alliance of a slug; raises `Refused` where there is none."""
    found = db.session.scalar(select(Alliance).where(Alliance.slug == slug))
    if found is None:
        raise Refused(f"There is no alliance {slug}.")
    return found
