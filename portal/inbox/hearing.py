"""Who will be told, said before something is sent: organisations with the number of people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from portal.access import current_actor
from portal.inbox.telling import Concerned, all_concerned_by, concerned_by
from portal.notices import OF_VERB, Notice, people_at


def who_hears(thing: Any, acts: Iterable[str]) -> dict[str, str]:
    """Return for each act on a record whom it would tell, as words; nothing for nobody.

    One query, however many acts there are.
    """
    asked = [act for act in acts if f"{thing.noun}.{act}" in OF_VERB]
    rows = [OF_VERB[f"{thing.noun}.{act}"] for act in asked]
    found = all_concerned_by(thing, rows, but=current_actor().person_id)
    return {act: _words(each.values()) for act, each in zip(asked, found, strict=True) if each}


#: What is sent to an organisation before there is a record of it.
_SENT_TO = (Notice("sent", "sent", (people_at("id"),), _l("Sent")),)


def who_hears_at(organisation_id: int) -> str:
    """Return the same words for what is sent to the people of an organisation."""
    sent_to = SimpleNamespace(id=organisation_id)
    return _words(concerned_by(sent_to, _SENT_TO, but=current_actor().person_id).values())


def _words(concerned: Iterable[Concerned]) -> str:
    counted = Counter(name for _notice, _organisation, name in concerned)
    parts = [
        ngettext(
            "%(name)s (%(num)d person)",
            "%(name)s (%(num)d people)",
            count,
            name=name or _("The secretariat"),
        )
        for name, count in counted.items()
    ]
    return str(_(", ")).join(parts)
