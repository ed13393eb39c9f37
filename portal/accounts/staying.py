"""Who may not end a role yet, and the sentence that says why: a last one leaves a successor.

One answer for the operation that refuses and for the page that shows it in place of the button.
"""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from portal.accounts.models import Appointment
from portal.accounts.queries import is_last_administrator, is_last_manager, is_last_secretary
from portal.actors import SYSTEM, Standing
from portal.roles import Role


def why_it_stays(
    appointment: Appointment, standing: Standing, here: Sequence[Appointment] | None = None
) -> LazyString | None:
    """Return why somebody may not end an appointment yet, or None (the rule binds people).

    The last manager and the last administrator stay whoever ends it. The last secretary does not
    leave an alliance alone; the administrator, who appoints the next one, may still end it.
    `here` are all appointments of the place, where a page has read them.
    """
    if standing.actor == SYSTEM:
        return None
    if is_last_manager(appointment):
        return _l("Nobody else manages this organisation. Pass the role on to a colleague first.")
    if is_last_administrator(appointment):
        return _l("Nobody else administers the portal. Invite another one first.")
    is_own = appointment.person_id == standing.actor.person_id
    if is_own and not standing[Role.ADMINISTRATOR] and is_last_secretary(appointment, here):
        return _l(
            "Nobody else keeps this alliance. Ask the administrator to appoint a successor first."
        )
    return None
