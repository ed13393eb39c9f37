"""What becomes of each row: new, the same, changed, refused, another alliance's.

The same judgement stands in the preview and, row by row under the write lock, in the import.
It reads much at once (some questions for thousands of rows) and writes nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from portal.access import can
from portal.accounts.models import Organisation, OrganisationKind
from portal.accounts.queries import normal_name
from portal.accounts.social_credit import code_of
from portal.actors import Standing
from portal.alliances.models import Alliance, Membership, Tier
from portal.alliances.workflow import ENDED, MembershipState
from portal.chain.models import ChainNode
from portal.errors import Refused
from portal.imports import queries
from portal.imports.models import Effect, Fate
from portal.imports.records import Record
from portal.organisations.filling import Difference, Said, difference
from portal.organisations.rules import website_of

#: What stays as an organisation's own people have it, in words.
KEPT = {
    "kind": _l("kind"),
    "region_id": _l("province"),
    "district_id": _l("city or district"),
    "summary": _l("what it does"),
    "website": _l("website"),
    "node": _l("chain nodes"),
}


#: Why a row is refused that would do something else than was seen.
SINCE = _l("What is known of it was changed since this import was begun: bring the row again.")
#: Where a row stands: the name of its sheet and its number there.
Position = tuple[str, int]
#: By what two rows mean the same: the alliance, "name" or "code", and that.
Key = tuple[str, str, str]


@dataclass(frozen=True)
class Verdict:
    """What becomes of one record."""

    record: Record
    alliance: Alliance
    fate: Fate
    effect: Effect
    reasons: tuple[str | LazyString, ...] = ()
    remarks: tuple[LazyString, ...] = ()
    organisation: Organisation | None = None
    said: Said = field(default_factory=Said)
    #: What would change of a known one: column, what stands there now, what comes.
    changes: tuple[tuple[str, object, object], ...] = ()

    @property
    def is_written(self) -> bool:
        """Whether taking it over changes anything."""
        return self.effect in (Effect.CREATED, Effect.CHANGED)

    @property
    def tier(self) -> Tier:
        """The tier it becomes a member at."""
        return Tier(self.record.tier) if self.record.tier else Tier.MEMBER


def place_of(sheet: str, row: int) -> LazyString:
    """Return where a row stands, in words."""
    return _l("%(sheet)s, row %(row)d", sheet=sheet, row=row)


def shared_keys(records: Sequence[Record], slug: str) -> dict[Position, tuple[Key, ...]]:
    """Return for each record that may be another's double the keys that both have."""
    keys: dict[Position, tuple[Key, ...]] = {}
    for record in records:
        alliance = record.alliance or slug
        both = ("name", normal_name(record.name)), ("code", _code(record))
        keys[record.sheet, record.row] = tuple((alliance, *each) for each in both if each[1])
    number = Counter(key for all_ in keys.values() for key in all_)
    shared = {at: tuple(key for key in all_ if number[key] > 1) for at, all_ in keys.items()}
    return {at: all_ for at, all_ in shared.items() if all_}


def _code(record: Record) -> str:
    try:
        return code_of(record.uscc) or ""
    except Refused:
        return ""


class Judge:
    """Judges records of one import for somebody, in their order, with what is known now.

    Of rows that mean the same the first that is taken stands, and the others are its doubles: one
    that is refused is in nobody's way. `before` are the rows that were taken already; what no
    longer `holds` as it was when the import was begun is refused.
    """

    def __init__(
        self,
        records: Sequence[Record],
        alliance: Alliance,
        standing: Standing,
        shared: Mapping[Position, tuple[Key, ...]],
        reference: queries.Reference,
        before: Iterable[Position] = (),
        holds: Callable[[Verdict], bool] = lambda verdict: True,
    ) -> None:
        self.holds = holds
        self.chosen, self.standing, self.shared = alliance, standing, shared
        self._stood: dict[Key, Position] = {}
        for position in before:
            self._stand(position)
        self.reference = reference
        names = {normal_name(record.name) for record in records} - {""}
        codes = {_code(record) for record in records} - {""}
        self.known = queries.known_organisations(names, codes)
        ids = self.known.ids
        self.memberships = queries.places_held(ids)
        self.held = queries.nodes_held(ids)
        self.nodes = queries.nodes_by_name(alliance.id)

    def judge(self, record: Record, refusal: str | LazyString | None = None) -> Verdict:
        """Return what becomes of a record; with a `refusal` it is refused for that."""
        verdict = self._judged(record)
        if verdict.is_written and not self.holds(verdict):
            refusal = refusal or SINCE
        if refusal is not None:
            nothing = Effect.NOTHING
            verdict = Verdict(record, verdict.alliance, Fate.REFUSED, nothing, (refusal,))
        if verdict.effect is not Effect.NOTHING:
            self._stand((record.sheet, record.row))
        return verdict

    def _stand(self, position: Position) -> None:
        for key in self.shared.get(position, ()):
            self._stood.setdefault(key, position)

    def _judged(self, record: Record) -> Verdict:
        alliance = self.reference.alliances[record.alliance] if record.alliance else self.chosen
        is_elsewhere = alliance.id != self.chosen.id

        def refused(*reasons: LazyString) -> Verdict:
            return Verdict(record, alliance, Fate.REFUSED, Effect.NOTHING, reasons)

        if record.problems:
            return refused(*record.problems)
        if not normal_name(record.name):
            return refused(_l("Write the full name."))
        if is_elsewhere and not can(self.standing, "membership.admit", alliance):
            reason = _l(
                "The row names another alliance, %(alliance)s, whose secretariat you do not keep.",
                alliance=alliance.name,
            )
            return Verdict(record, alliance, Fate.OTHER_ALLIANCE, Effect.NOTHING, (reason,))
        keys = self.shared.get((record.sheet, record.row), ())
        first = next((self._stood[key] for key in keys if key in self._stood), None)
        if first is not None:
            place = place_of(*first)
            return refused(_l("It stands in this workbook already, at %(place)s.", place=place))
        try:
            code = code_of(record.uscc)
            organisation = self._organisation(record, code)
            membership = self._membership(alliance, organisation)
        except Refused as no:
            return refused(no.sentence)
        said, remarks = self._said(record, alliance, code, is_known=organisation is not None)
        changes: tuple[tuple[str, object, object], ...] = ()
        if organisation is None:
            missing = self._missing(said)
            if missing:
                return refused(*missing)
            fate, effect = Fate.NEW, Effect.CREATED
        else:
            found = self._difference(organisation, said)
            remarks += self._kept(organisation, found, record)
            changes = tuple(
                (name, getattr(organisation, name), value) for name, value in found.changes.items()
            )
            changes += (("node", None, found.node and found.node.id),)
            if membership is None:
                fate, effect = Fate.NEW, Effect.CREATED
            elif found.is_any:
                fate, effect = Fate.CHANGED, Effect.CHANGED
            else:
                fate, effect = Fate.SAME, Effect.UNCHANGED
        fate = Fate.OTHER_ALLIANCE if is_elsewhere else fate
        return Verdict(record, alliance, fate, effect, (), remarks, organisation, said, changes)

    def _organisation(self, record: Record, code: str | None) -> Organisation | None:
        """Return whom the row means: by code, else by name. Raises `Refused` where they differ."""
        by_name = self.known.named(normal_name(record.name))
        by_code = self.known.of_code(code)
        if by_code is not None and by_name is not None and by_code.id != by_name.id:
            raise Refused(
                _l(
                    "The code is that of %(one)s, the name that of %(other)s.",
                    one=by_code.name,
                    other=by_name.name,
                )
            )
        if by_code is None and by_name is not None and code and by_name.uscc:
            raise Refused(
                _l(
                    "%(name)s is registered with another code, %(code)s.",
                    name=by_name.name,
                    code=by_name.uscc,
                )
            )
        return by_code or by_name

    def _membership(
        self, alliance: Alliance, organisation: Organisation | None
    ) -> Membership | None:
        """Return the active membership, None where there is none; `Refused` for anything else."""
        if organisation is None:
            return None
        membership = self.memberships.get((alliance.id, organisation.id))
        if membership is None or membership.is_active:
            return membership
        if membership.state is MembershipState.SUSPENDED:
            raise Refused(_l("Its membership is suspended: resume it on its own page."))
        if membership.state not in ENDED:
            raise Refused(_l("An application of this organisation is under way already."))
        if membership.since is not None:
            raise Refused(
                _l("It left the alliance or was expelled: admit it again on paper if so decided.")
            )
        return None

    def _said(
        self, record: Record, alliance: Alliance, code: str | None, *, is_known: bool
    ) -> tuple[Said, tuple[LazyString, ...]]:
        remarks = record.remarks
        website = None
        try:
            website = website_of(record.website)
        except Refused:
            remarks += (_l("“%(text)s” is no website and was left out.", text=record.website),)
        said = Said(
            # What was only guessed makes a new organisation, and changes none that is known.
            kind=OrganisationKind(record.kind)
            if record.kind and not (is_known and record.is_kind_guessed)
            else None,
            region=self.reference.regions.get(record.region or ""),
            district=self.reference.regions.get(record.district or ""),
            uscc=code,
            summary=record.summary,
            website=website,
            node=self._node(record, alliance),
        )
        return said, remarks

    def _node(self, record: Record, alliance: Alliance) -> ChainNode | None:
        if record.chain_node is None:
            return None
        return self.nodes.find(alliance.chain_map_id, record.chain_node)

    def node_of(self, verdict: Verdict) -> ChainNode | None:
        """Return the node that a record's text names on the map of its alliance, or None."""
        return self._node(verdict.record, verdict.alliance)

    def _missing(self, said: Said) -> tuple[LazyString, ...]:
        missing = []
        if said.region is None:
            missing.append(_l("The province is missing."))
        if said.kind is None:
            missing.append(_l("The kind of organisation is missing."))
        return tuple(missing)

    def _difference(self, organisation: Organisation, said: Said) -> Difference:
        return difference(
            organisation,
            said,
            is_managed=organisation.id in self.known.managed,
            held=self.held.get(organisation.id, ()),
        )

    def _kept(
        self, organisation: Organisation, found: Difference, record: Record
    ) -> tuple[LazyString, ...]:
        remarks: tuple[LazyString, ...] = tuple(
            _l("Its own people keep it otherwise: %(what)s.", what=KEPT[name])
            for name in found.kept
        )
        if normal_name(record.name) != organisation.normal_name:
            sentence = _l("It is registered as %(name)s, and keeps that name.",
                          name=organisation.name)  # fmt: skip
            remarks += (sentence,)
        return remarks
