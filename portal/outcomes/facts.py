"""What is said of an outcome, to each as far as the two sides agreed."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import gettext as _

from portal.access import can, may_see
from portal.actors import ANONYMOUS, Standing
from portal.database import db
from portal.language import day, localised, moment, money
from portal.outcomes.bands import Band, band_words
from portal.outcomes.forms import DISCLOSURES, OUTCOME_KINDS
from portal.outcomes.models import Outcome
from portal.registry import registry

Fact = tuple[str, object, str | None]


def value_words(standing: Standing, outcome: Outcome) -> str | None:
    """Return the contract value as this person may see it: exact, in its band, or not at all."""
    return _said(standing, outcome, outcome.value_fen, outcome.value_in_band)


def value_for_side(outcome: Outcome) -> str | None:
    """Return the contract value as its two sides see it."""
    if outcome.value_fen is not None:
        return money(outcome.value_fen)
    return band_words(outcome.value_band) if outcome.value_band else None


def technology_words(standing: Standing, outcome: Outcome) -> str | None:
    """Return the technology value as this person may see it."""
    return _said(standing, outcome, outcome.technology_fen, outcome.technology_in_band)


def _said(standing: Standing, outcome: Outcome, fen: int | None, band: Band | None) -> str | None:
    if band is None:
        return None
    if may_see(standing, outcome, "value"):
        return money(fen) if fen is not None else band_words(band)
    return band_words(band) if may_see(standing, outcome, "band") else None


def outcome_facts(standing: Standing, outcome: Outcome, *, is_printed: bool = False) -> list[Fact]:
    """Return (label, value, address) of an outcome's facts; absent ones have no value.

    Printed for others, it says what everybody may see, whoever prints it.
    """
    if is_printed:
        standing = Standing(ANONYMOUS, {})
    is_side = may_see(standing, outcome, "evidence")
    # An endpoint of whichever area the record is of: `matters.view_matter`.
    noun = outcome.source_noun
    of_record: Any = {f"{noun}_id": outcome.source_id}
    # Whoever only takes a project's result does not see the project.
    record = db.session.get(registry().nouns[noun], outcome.source_id) if is_side else None
    called = record.title if record and can(standing, f"{noun}.view", record) else None
    return [
        (_("What came of it"), OUTCOME_KINDS[outcome.kind], None),
        (
            _("Giving side"),
            f"{outcome.from_organisation.name} · {localised(outcome.from_region)}",
            url_for("directory.view_organisation", organisation_id=outcome.from_id),
        ),
        (
            _("Taking side"),
            f"{outcome.to_organisation.name} · {localised(outcome.to_region)}",
            url_for("directory.view_organisation", organisation_id=outcome.to_id),
        ),
        (_("Signed on"), day(outcome.signed_on), None),
        (_("Contract value"), value_words(standing, outcome), None),
        (_("Of it for technology"), technology_words(standing, outcome), None),
        (_("Others see"), DISCLOSURES[outcome.disclosure] if is_side else None, None),
        (_("Contract number"), outcome.contract_number if is_side else None, None),
        (_("Confirmed"), moment(outcome.confirmed_at), None),
        (
            _("It came from"),
            called,
            url_for(f"{noun}s.view_{noun}", **of_record),
        ),
    ]
