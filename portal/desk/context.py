"""What every page shows around its content: menu, badge, who I am, the language switch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, g
from flask_login import current_user
from sqlalchemy.exc import SQLAlchemyError

from portal.access import can, current_standing
from portal.database import Busy
from portal.desk.queries import waiting_count
from portal.language import LANGUAGES, is_english, switch_to
from portal.navigation import MENU, Entry, entries


@dataclass(frozen=True)
class Me:
    """The signed-in person, as the header shows them."""

    name: str
    organisation_name: str | None
    organisation_id: int | None


def init_app(app: Flask) -> None:
    """Hand the frame of the page to every template."""

    @app.context_processor
    def frame() -> dict[str, Any]:
        # An error page must render even where the database is what failed.
        try:
            menu, count, me = _personal()
        except (SQLAlchemyError, Busy):
            menu, count, me = [], 0, None
        return {
            "menu": menu,
            "waiting_count": count,
            "me": me,
            "language_tag": LANGUAGES["en" if is_english() else "zh"],
            "language_switch": switch_to(),
            "is_demo": current_app.config.get("IS_DEMO", False),
            "can": lambda permission, thing=None: can(current_standing(), permission, thing),
        }


def _personal() -> tuple[list[Entry], int, Me | None]:
    """Return the menu, the badge and the person; once per request, however many templates."""
    if "frame" not in g:
        standing = current_standing()
        me = None
        if current_user.is_authenticated:
            session = current_user.session
            acts_for = session.organisation
            me = Me(session.person.name, acts_for and acts_for.name, session.organisation_id)
        g.frame = entries(MENU, standing), waiting_count(standing), me
    found: tuple[list[Entry], int, Me | None] = g.frame
    return found
