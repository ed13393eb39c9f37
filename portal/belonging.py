"""The word for what somebody is *beside* an organisation: through an alliance it belongs to.

Apart from `words.py`, because it asks the registry: which organisation belongs to which alliance
is known on a floor above.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, false, select

from portal.actors import Standing
from portal.database import Rows, among, db
from portal.registry import registry
from portal.roles import Role
from portal.words import Word


@dataclass(frozen=True)
class HeldBeside(Word):
    """A role, held at an alliance that the record's organisation is an active member of.

    Or, with another `through`, that it has to do with in another way (`Registry`).
    """

    role: Role
    #: The attribute that names the organisation.
    at: str
    through: str = "belonging"

    def holds(self, standing: Standing, thing: Any) -> bool:
        if thing is None or not standing[self.role]:
            return False
        members = self._members(standing[self.role]).subquery()
        asked = select(members.c.organisation_id).where(
            members.c.organisation_id == getattr(thing, self.at)
        )
        return db.session.execute(asked.limit(1)).first() is not None

    def clause(self, standing: Standing, model: Any) -> ColumnElement[bool]:
        if not standing[self.role]:
            return false()
        column: Any = getattr(model, self.at)
        clause: ColumnElement[bool] = column.in_(self._members(standing[self.role]))
        return clause

    def fits(self, model: Any) -> bool:
        return hasattr(model, self.at)

    def _members(self, alliance_ids: frozenset[int]) -> Rows:
        """Return the select of the organisations beside one of some alliances."""
        beside = getattr(registry(), self.through)
        chosen: Rows = beside.with_only_columns(beside.selected_columns[0]).where(
            among(beside.selected_columns[1], sorted(alliance_ids))
        )
        return chosen
