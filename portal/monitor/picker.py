"""What a page offers to choose: periods, alliances, kinds, values or counts, as links."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from portal import clock
from portal.language import localised
from portal.monitor import narrowing
from portal.monitor.asked import BY_COUNT, BY_VALUE, Asked
from portal.monitor.figures import Figures
from portal.monitor.wording import part_words, period_words
from portal.outcomes.forms import OUTCOME_KINDS
from portal.periods import offered


@dataclass(frozen=True)
class Picker:
    """The choices of one page."""

    asked: Asked
    figures: Figures
    path: str
    #: Whether the page may be narrowed to one kind of outcomes.
    tells_kinds: bool = False

    @property
    def groups(self) -> list[dict[str, Any]]:
        """The groups of links, as `components/filters.html` takes them."""
        return [
            _group(
                _("Period"),
                [
                    (period_words(each), {"period": each}, each.key == self.asked.period.key)
                    for each in offered(clock.today())
                ],
                self,
            ),
            _group(_("Alliance"), self._alliances(), self),
            *([self._kinds()] if self.tells_kinds else []),
        ]

    @property
    def flow_groups(self) -> list[dict[str, Any]]:
        """The choices that only the flows between regions know: they stand beside them."""
        return [
            self._kinds(),
            _group(
                _("Drawn by"),
                [
                    (_("Contract value"), {"by": BY_VALUE}, self.asked.by == BY_VALUE),
                    (_("Number of outcomes"), {"by": BY_COUNT}, self.asked.by == BY_COUNT),
                ],
                self,
            ),
        ]

    def _kinds(self) -> dict[str, Any]:
        options: list[tuple[str, dict[str, Any], bool]] = [
            (_("All"), {"kind": None}, self.asked.kind is None)
        ]
        for kind, label in OUTCOME_KINDS.items():
            options.append((str(label), {"kind": kind}, self.asked.kind is kind))
        return _group(_("Kind"), options, self)

    def _alliances(self) -> list[tuple[str, dict[str, Any], bool]]:
        part, chosen = self.figures.part, self.figures.alliance
        open_to_me = [
            each
            for each in self.figures.alliances
            if part.is_liaisons or each.id in part.alliance_ids
        ]
        return [
            (_("All"), {"alliance": ""}, chosen is None),
            *((localised(a), {"alliance": a.slug}, a == chosen) for a in open_to_me),
        ]

    @property
    def words(self) -> list[str]:
        """What the page is narrowed to, in words."""
        found = [period_words(self.figures.period), part_words(self.figures)]
        return found + narrowing.words(self.asked, self.figures)


def _group(
    label: str, options: list[tuple[str, dict[str, Any], bool]], picker: Picker
) -> dict[str, Any]:
    return {
        "label": label,
        "options": [
            {
                "label": words,
                "href": picker.asked.address(picker.path, **changed),
                "is_current": is_current,
            }
            for words, changed, is_current in options
        ],
    }
