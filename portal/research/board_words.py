"""How the history of a card names what was done with it: a card has no lifecycle of its own."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

CARD_VERBS = {
    "card.create": _l("Put it on the board"),
    "card.edit": _l("Changed what it says"),
    "card.place": _l("Moved it"),
    "card.undo": _l("Took a move back"),
    "card.put_away": _l("Put it away"),
    "card.bring_back": _l("Brought it back to the board"),
    "card.item": _l("Added a line to the checklist"),
    "card.tick": _l("Ticked a line"),
    "card.untick": _l("Took a tick back"),
    "card.comment": _l("Wrote a comment"),
    "card.block": _l("Let it wait for another task"),
    "card.unblock": _l("Lets it wait no longer"),
    "card.attach": _l("Added a file"),
    "card.give": _l("Gave it to somebody"),
    "card.due": _l("Spoke of its day"),
    "card.hand_over": _l("Handed it over to a colleague"),
}
