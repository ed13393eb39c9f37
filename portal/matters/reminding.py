"""What the portal says of a matter that has been silent for long: once to each."""

from __future__ import annotations

from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import select

from portal import clock, journal, links
from portal.access import require
from portal.accounts.models import Person
from portal.accounts.queries import holders
from portal.actors import Actor
from portal.database import db
from portal.matters.models import SILENCE, Matter
from portal.matters.steps import Step
from portal.operations import operation
from portal.outbox import send_mail, sends_mail
from portal.roles import Role

#: So long after both sides were asked the secretariat is told, where nothing happened.
PATIENCE = timedelta(days=10)


@operation
def remind_silent_matters(*, by: Actor) -> int:
    """Ask both sides about each matter without a step for thirty days, later tell the secretariat.

    Each once for a silence, whatever the number of runs; the next step begins it anew. Returns
    how many matters were spoken of.
    """
    require(by, "matter.remind")
    silent = db.session.scalars(
        select(Matter)
        .where(
            Matter.is_open,
            Matter.step.is_(None) | (Matter.step != Step.DELIVERED),
            Matter.moved_at <= clock.now() - SILENCE,
            Matter.told_at.is_(None),
        )
        .order_by(Matter.id)
    ).all()
    return sum(_speak_of(matter, by=by) for matter in silent)


def _speak_of(matter: Matter, *, by: Actor) -> bool:
    """Ask the sides, or tell the secretariat, if it is time for either."""
    if matter.asked_at is None:
        matter.asked_at = clock.now()
        for person in (matter.owner_person, matter.partner_person):
            _write(matter, person, by=by)
        journal.note("matter.ask", matter, by=by)
        return True
    if matter.asked_at > clock.now() - PATIENCE:
        return False
    matter.told_at = clock.now()
    for keeper in holders(Role.SECRETARY, matter.alliance_id):
        _write(matter, keeper, by=by)
    journal.note("matter.tell", matter, by=by)
    return True


def _write(matter: Matter, person: Person, *, by: Actor) -> None:
    # Where the portal sends mail itself, the inbox mails what is urgent as each person wants it.
    if not person.email or sends_mail():
        return
    body = _(
        "%(name)s, nothing was recorded of “%(title)s” between %(owner)s and %(partner)s since "
        "%(day)s. Record a step, put it on hold or end it: %(address)s",
        name=person.name,
        title=matter.title,
        owner=matter.owner.name,
        partner=matter.partner.name,
        day=clock.day_of(matter.moved_at).isoformat(),
        address=links.address("matters.view_matter", matter_id=matter.id),
    )
    send_mail(person.email, _("How far has the matter come?"), body, by=by)
