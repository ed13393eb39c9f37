"""The sentences for the reasons of a plan, and for what no plan can reconcile.

Whoever asks says how members and regions are called: on the command line by what stands in the
file, on a page by their names.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from portal.rotation.cases import Rule
from portal.rotation.fairness import Break
from portal.rotation.reasons import Reason, Why

#: So many names stand in one sentence.
LISTED = 6


def _as_it_is(name: str) -> str:
    return name


@dataclass(frozen=True)
class Wording:
    """Says reasons in the language of the page."""

    name: Callable[[str], str] = _as_it_is
    region: Callable[[str], str] = _as_it_is
    #: How much is added to a term's number: 1 where people count from one.
    first: int = 1
    _say: dict[Why, Callable[[Wording, Reason], str]] = field(default_factory=lambda: SENTENCES)

    def say(self, reason: Reason) -> str:
        """Return the sentence for a reason."""
        return self._say[reason.why](self, reason)

    def term(self, number: int) -> str:
        """Return how a term is called by its number."""
        return str(_("term %(number)d", number=number + self.first))

    def terms(self, numbers: list[int]) -> str:
        """Return how some terms are called, those in a row as one stretch."""
        parts: list[list[int]] = []
        for number in numbers:
            if parts and parts[-1][-1] == number - 1:
                parts[-1].append(number)
            else:
                parts.append([number])
        said = [
            f"{part[0] + self.first}–{part[-1] + self.first}"
            if len(part) > 1
            else f"{part[0] + self.first}"
            for part in parts
        ]
        return str(ngettext("term %(terms)s", "terms %(terms)s", len(numbers), terms=joined(said)))

    def names(self, members: list[str]) -> str:
        """Return some names in one line, and how many more there are."""
        said = joined([self.name(each) for each in members[:LISTED]])
        more = len(members) - LISTED
        if more <= 0:
            return said
        return str(_("%(names)s and %(count)d more", names=said, count=more))

    def breaks(self, found: Break) -> str:
        """Return the sentence for a rule that a term of a plan breaks."""
        sentences = {
            Rule.BLACKOUTS: _("It is not available then."),
            Rule.REGION_RUN: _("Its region chairs too many terms in a row."),
            Rule.COOLING_OFF: _("It chaired too short a time ago."),
            Rule.ROUNDS: _("It has a second turn before everybody had one."),
            Rule.PINNED: _("This term is settled."),
        }
        return str(sentences[found.rule])


def joined(parts: list[str]) -> str:
    """Return some words as a list within a sentence."""
    return str(_(", ")).join(parts)


def _others(wording: Wording, reason: Reason) -> str:
    return str(_("; ")).join(wording.say(each) for each in reason.others)


def _place(reason: Reason) -> int:
    return int(reason.values["place"]) + 1


def _moved_up(wording: Wording, reason: Reason) -> str:
    if not reason.others:
        return str(_("Moves up from place %(place)d in line.", place=_place(reason)))
    return str(
        _(
            "Moves up from place %(place)d in line: %(others)s.",
            place=_place(reason),
            others=_others(wording, reason),
        )
    )


def _moved_back(wording: Wording, reason: Reason) -> str:
    return str(
        _(
            "Was to come as number %(place)d: %(others)s.",
            place=_place(reason),
            others=_others(wording, reason),
        )
    )


def _takes_another(wording: Wording, reason: Reason) -> str:
    values, other = reason.values, reason.values["other"]
    if other is None:
        return str(
            _("%(name)s fits no better with the other rules", name=wording.name(values["member"]))
        )
    return str(
        _(
            "%(name)s takes %(term)s",
            name=wording.name(values["member"]),
            term=wording.term(other),
        )
    )


def _runs(wording: Wording, reason: Reason) -> str:
    regions = joined(
        [f"{wording.region(each)} {count}" for each, count in reason.values["regions"].items()]
    )
    return str(
        ngettext(
            "No region chairs more than %(num)d term in a row (members by region: %(regions)s).",
            "No region chairs more than %(num)d terms in a row (members by region: %(regions)s).",
            reason.values["longest"],
            regions=regions,
        )
    )


def _nobody_free(wording: Wording, reason: Reason) -> str:
    values = reason.values
    return str(
        _(
            "Nobody is available for %(term)s (%(start)s to %(until)s): blackouts of %(names)s.",
            term=wording.term(values["term"]),
            start=values["start"].isoformat(),
            until=values["until"].isoformat(),
            names=wording.names(values["members"]),
        )
    )


def _together(wording: Wording, reason: Reason) -> str:
    values: dict[str, Any] = reason.values
    if values["rules"] < 2:
        return str(
            ngettext(
                "This leaves no plan for the first term.",
                "This leaves no plan for the first %(num)d terms.",
                values["terms"],
            )
        )
    return str(
        ngettext(
            "Together they leave no plan for the first term; with one of them lifted there "
            "would be one.",
            "Together they leave no plan for the first %(num)d terms; with one of them lifted "
            "there would be one.",
            values["terms"],
        )
    )


def _of(sentence: Callable[[Wording, dict[str, Any]], str]) -> Callable[[Wording, Reason], str]:
    return lambda wording, reason: str(sentence(wording, reason.values))


SENTENCES: dict[Why, Callable[[Wording, Reason], str]] = {
    Why.PINNED: _of(lambda w, v: _("Settled: this term stays as it is.")),
    Why.KEPT: _of(lambda w, v: _("Stays as it was planned.")),
    Why.NEXT: lambda w, r: str(_("Next in line (place %(place)d).", place=_place(r))),
    Why.MOVED_UP: _moved_up,
    Why.MOVED_BACK: _moved_back,
    Why.AWAY: _of(
        lambda w, v: _(
            "%(name)s is not available in %(terms)s",
            name=w.name(v["member"]),
            terms=w.terms(v["terms"]),
        )
    ),
    Why.REGION_FULL: _of(
        lambda w, v: ngettext(
            "with %(name)s its region would chair more than %(num)d term in a row",
            "with %(name)s its region would chair more than %(num)d terms in a row",
            v["longest"],
            name=w.name(v["member"]),
        )
    ),
    Why.RESTING: _of(
        lambda w, v: _("%(name)s is within its cooling-off", name=w.name(v["member"]))
    ),
    Why.HAD_TURN: _of(
        lambda w, v: _("%(name)s has its turn of this round already", name=w.name(v["member"]))
    ),
    Why.TAKES_ANOTHER: _takes_another,
    Why.NO_MEMBERS: _of(lambda w, v: _("There is no member that may take the chair.")),
    Why.NOBODY_FREE: _nobody_free,
    Why.RUNS: _runs,
    Why.COOLING_OFF: _of(
        lambda w, v: ngettext(
            "Between two turns of a member lies at least %(num)d term of others "
            "(there are %(members)d members).",
            "Between two turns of a member lie at least %(num)d terms of others "
            "(there are %(members)d members).",
            v["terms"],
            members=v["members"],
        )
    ),
    Why.ROUNDS: _of(
        lambda w, v: _(
            "Everybody chairs before anybody chairs twice: %(members)d members, waiting: "
            "%(names)s.",
            members=v["members"],
            names=w.names(v["waiting"]),
        )
    ),
    Why.ABSENCES: lambda w, r: str(_("Blackouts: %(others)s.", others=_others(w, r))),
    Why.PINS: _of(
        lambda w, v: _("Settled and not to be moved: %(terms)s.", terms=w.terms(v["terms"]))
    ),
    Why.TOGETHER: _together,
    Why.UNDECIDED: _of(
        lambda w, v: _(
            "No plan of %(terms)d terms with %(members)d members was found within the time "
            "given, nor a proof that there is none. Loosen a rule or plan fewer terms at once.",
            terms=v["terms"],
            members=v["members"],
        )
    ),
}
