"""Who will be told, said before something is sent: organisations with the number of people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from types import SimpleNamespace
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from portal.access import current_actor
from portal.inbox.telling import Concerned, all_concerned_by, concerned_by
from portal.notices import FOLLOWING, OF_VERB
from portal.noticing import Notice, people_at


def who_hears(
    thing: Any, acts: Iterable[str], called: Mapping[int, str] | None = None
) -> dict[str, str]:
    """Return for each act on a record whom it would tell, as words; nothing for nobody.

    One query, however many acts there are. `called` says what some organisations, by their ids,
    are called to the reader: whoever posts anonymously is not named.
    """
    asked = [act for act in acts if f"{thing.noun}.{act}" in OF_VERB]
    verbs = [f"{thing.noun}.{act}" for act in asked]
    rows = [(*OF_VERB[verb], *FOLLOWING.get(verb, ())) for verb in verbs]
    found = all_concerned_by(thing, rows, but=current_actor().person_id)
    pairs = zip(asked, found, strict=True)
    return {act: _words(each.values(), called or {}) for act, each in pairs if each}


#: What is sent to an organisation before there is a record of it.
_SENT_TO = (Notice("sent", "sent", (people_at("id"),), _l("Sent")),)


def who_hears_at(organisation_id: int, called: str | None = None) -> str:
    """Return the same words for what is sent to the people of an organisation."""
    sent_to = SimpleNamespace(id=organisation_id)
    concerned = concerned_by(sent_to, _SENT_TO, but=current_actor().person_id)
    return _words(concerned.values(), {organisation_id: called} if called else {})


def _words(concerned: Iterable[Concerned], called: Mapping[int, str]) -> str:
    counted = Counter(called.get(number or 0, name) for _notice, number, name in concerned)
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
