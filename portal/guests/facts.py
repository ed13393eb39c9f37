"""What the page of a guest's answer says about it."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _

from portal.access import can
from portal.actors import Standing
from portal.exchange.anonymity import title_words
from portal.exchange.facts import Fact
from portal.guests.models import GuestAnswer
from portal.guests.workflow import GuestAnswerState
from portal.language import day
from portal.regions.working_days import answer_due


def guest_facts(standing: Standing, guest: GuestAnswer, *, sees_number: bool) -> list[Fact]:
    """Return (label, value, address) of its facts; the number only to whom may see it."""
    # Once it is verified or rejected, there is no later day on which others would see it.
    promised = _("shown once it is verified") if guest.state is GuestAnswerState.HELD else None
    number = (guest.mobile or _("erased")) if sees_number else promised
    known = guest.organisation
    return [
        (_("Organisation, as the guest wrote it"), guest.name, None),
        (_("Mobile number"), number, None),
        (
            _("Listing"),
            title_words(standing, guest.listing),
            url_for("exchange.view_listing", listing_id=guest.listing_id)
            if can(standing, "listing.view", guest.listing)
            else None,
        ),
        (
            _("Recorded as"),
            known.name if known else None,
            url_for("directory.view_organisation", organisation_id=known.id) if known else None,
        ),
        (_("To be decided by"), day(answer_due(guest.sent_at)), None),
        (_("Reason"), guest.reason, None),
    ]
