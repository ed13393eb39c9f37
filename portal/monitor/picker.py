"""What a page offers to choose: periods, alliances, kinds, values or counts, as links."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from portal import clock
from portal.language import localised
from portal.monitor.asked import BY_COUNT, BY_VALUE, Asked
from portal.monitor.figures import Figures
from portal.monitor.periods import offered
from portal.monitor.wording import part_words, period_words
from portal.outcomes.forms import OUTCOME_KINDS


@dataclass(frozen=True)
class Picker:
    """The choices of one page."""

    asked: Asked
    figures: Figures
    path: str

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
            _group(
                _("Kind"),
                [
                    (_("All"), {"kind": None}, self.asked.kind is None),
                    *(
                        (str(label), {"kind": kind}, self.asked.kind is kind)
                        for kind, label in OUTCOME_KINDS.items()
                    ),
                ],
                self,
            ),
            _group(
                _("Drawn by"),
                [
                    (_("Contract value"), {"by": BY_VALUE}, self.asked.by == BY_VALUE),
                    (_("Number of outcomes"), {"by": BY_COUNT}, self.asked.by == BY_COUNT),
                ],
                self,
            ),
        ]

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
        asked = self.asked
        found = [period_words(self.figures.period), part_words(self.figures)]
        if asked.kind is not None:
            found.append(str(OUTCOME_KINDS[asked.kind]))
        found += [code for code in (asked.giver, asked.taker) if code]
        return found


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
