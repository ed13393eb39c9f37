"""What the pages of an import show: the preview, the progress, the result."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as _l

from portal.accounts.forms import ORGANISATION_KINDS
from portal.accounts.models import OrganisationKind
from portal.actors import Standing
from portal.imports import queries
from portal.imports.erasing import KEPT_DAYS
from portal.imports.fates import Judge, Verdict, place_of
from portal.imports.forms import FATES, SheetForm
from portal.imports.headers import labels_of
from portal.imports.models import Effect, Fate, MemberImport, MemberImportRow
from portal.imports.plans import kept, seal_of_all
from portal.imports.running import Opened, opened, preview
from portal.jobs import newest_job_about
from portal.language import localised

#: The name of the facet, and of its choice of everything.
EVERY_FATE, ALL_ROWS = _l("What becomes of it"), _l("All rows")
#: Rows on one page.
SHOWN = 100
#: Texts to place on one page.
PLACED = 40


@dataclass(frozen=True)
class Line:
    """One row as the pages show it."""

    place: str
    name: str
    organisation_id: int | None
    facts: str
    node: str | None
    is_node_known: bool
    fate: str
    sentences: tuple[str, ...]


def sheet_forms(source: Opened) -> list[SheetForm]:
    """Return a form for each sheet of an import, showing how it is read."""
    forms = []
    for number, (sheet, layout) in enumerate(zip(source.sheets, source.layouts, strict=True)):
        form = SheetForm(prefix=f"sheet{number}-")
        labels = labels_of(sheet, layout) if layout else {}
        form.offer(sheet, labels)
        form.offer_places(source.lexicon.places.all)
        if not form.is_submitted():
            form.show(sheet, layout)
        forms.append(form)
    return forms


def import_page(
    member_import: MemberImport, standing: Standing, arguments: Mapping[str, str]
) -> dict[str, Any]:
    """Return what the page of an import shows, by where it stands."""
    asked = arguments.get("fate")
    fate = next((each for each in Fate if each.value == asked), None)
    start = arguments.get("after", "")
    after = int(start) if start.isascii() and start.isdigit() and len(start) < 10 else 0
    common = {"member_import": member_import, "alliance": member_import.alliance, "fate": fate}
    if member_import.discarded_at is not None:
        return common
    if member_import.started_at is None:
        return common | _previewed(member_import, standing, fate, after)
    job = newest_job_about(member_import)
    found = common | {"job": job, "is_running": job is not None and job.ended_at is None}
    if member_import.finished_at is None:
        gone = not found["is_running"] and queries.is_erased(member_import.id)
        return found | {"is_erased": gone, "kept_days": KEPT_DAYS}
    return found | _finished(member_import, fate, after)


def _previewed(
    member_import: MemberImport, standing: Standing, fate: Fate | None, after: int
) -> dict[str, Any]:
    source = opened(member_import)
    seen = preview(source, member_import.alliance, standing)
    chosen = [each for each in seen.verdicts if fate in (None, each.fate)]
    shown = chosen[after : after + SHOWN]
    more = after + SHOWN if len(chosen) > after + SHOWN else None
    counts = {each: seen.count(each) for each in Fate}
    return {
        "counts": counts,
        "total": len(seen.verdicts),
        "seal": seal_of_all(kept(seen.verdicts)),
        "taken": seen.effects(Effect.CREATED) + seen.effects(Effect.CHANGED),
        "groups": _facet(member_import, counts, fate),
        "lines": [_judged(each, seen.judge) for each in shown],
        "first_href": _address(member_import, fate) if after else None,
        "next_href": _address(member_import, fate, after=more) if more else None,
        "unread": [
            sheet.name
            for sheet, layout in zip(source.sheets, source.layouts, strict=True)
            if layout is None or not layout.is_read
        ],
    }


def _judged(verdict: Verdict, judge: Judge) -> Line:
    record = verdict.record
    kind = ORGANISATION_KINDS[OrganisationKind(record.kind)] if record.kind else None
    region = judge.reference.regions.get(record.region or "")
    province = localised(region) if region else ""
    # The city of a province that is one would only say it twice.
    city = record.city if record.city and not province.startswith(record.city) else ""
    place = " ".join(filter(None, (province, city)))
    return Line(
        place=str(place_of(record.sheet, record.row)),
        name=record.name or "—",
        organisation_id=verdict.organisation.id if verdict.organisation else None,
        facts=" · ".join(str(each) for each in (kind, place) if each),
        node=record.chain_node,
        is_node_known=judge.node_of(verdict) is not None,
        fate=str(FATES[verdict.fate]),
        sentences=tuple(str(each) for each in (*verdict.reasons, *verdict.remarks)),
    )


def _finished(member_import: MemberImport, fate: Fate | None, after: int) -> dict[str, Any]:
    counts, effects = queries.counts_of(member_import.id)
    rows = list(queries.rows_of(member_import.id, fate, after=after, limit=SHOWN + 1))
    more = rows[SHOWN - 1].id if len(rows) > SHOWN else None
    waiting = queries.unplaced_in(member_import.id)
    maps = {each.alliance.chain_map_id for each in waiting[:PLACED]}
    return {
        "counts": {each: counts[each] for each in Fate},
        "effects": {each.value: effects[each] for each in Effect},
        "groups": _facet(member_import, counts, fate),
        "lines": [_stored(row) for row in rows[:SHOWN]],
        "first_href": _address(member_import, fate) if after else None,
        "next_href": _address(member_import, fate, after=more) if more else None,
        "has_refused": bool(effects[Effect.NOTHING]),
        "waiting": waiting[:PLACED],
        "waiting_count": len(waiting),
        "nodes": {chain: queries.nodes_of_map(chain) for chain in sorted(maps)},
    }


def _stored(row: MemberImportRow) -> Line:
    return Line(
        place=str(place_of(row.sheet, row.row)),
        name=row.name or "—",
        organisation_id=row.organisation_id,
        facts="",
        node=row.chain_node,
        is_node_known=row.chain_node_id is not None,
        fate=str(FATES[row.fate]),
        sentences=(row.reason,) if row.reason else (),
    )


def _address(member_import: MemberImport, fate: Fate | None, after: int | None = None) -> str:
    kept: dict[str, Any] = {"fate": fate.value if fate else None, "after": after}
    kept = {name: value for name, value in kept.items() if value}
    return url_for("imports.view_import", member_import_id=member_import.id, **kept)


def _facet(
    member_import: MemberImport, counts: Mapping[Fate, int], chosen: Fate | None
) -> list[dict[str, Any]]:
    """Return the fates as links that narrow the list, each with its rows."""
    options: Iterable[Fate | None] = (None, *(each for each in Fate if counts[each]))
    return [
        {
            "label": EVERY_FATE,
            "options": [
                {
                    "label": FATES[each] if each else ALL_ROWS,
                    "href": _address(member_import, each),
                    "is_current": each is chosen,
                    "count": counts[each] if each else sum(counts.values()),
                }
                for each in options
            ],
        }
    ]
