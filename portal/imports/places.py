"""Where an organisation sits, from whatever its office wrote: 京, 北京市, 河北·保定, an address.

Pure: it is handed the regions (`Place`) and knows no database.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from portal.imports.words import Words, bare, plain


@dataclass(frozen=True)
class Place:
    """A region as it can be named: its code, its province's code, its names."""

    code: str
    province: str
    name: str
    short: str
    name_en: str

    @property
    def is_province(self) -> bool:
        """Whether it is a province itself."""
        return self.code == self.province


@dataclass(frozen=True)
class Found:
    """What a text says of a place: the province, and the city or district where it names one."""

    province: Place
    district: Place | None = None


class Places:
    """All regions, to be asked by what somebody wrote."""

    def __init__(self, places: Iterable[Place], words: Words) -> None:
        self.all: Sequence[Place] = list(places)
        self._words = words
        self._provinces = {each.code: each for each in self.all if each.is_province}

    @cached_property
    def _named(self) -> list[tuple[str, Place]]:
        """Every name of every place, provinces first, long names before short ones."""
        pairs = {
            (name, place)
            for place in self.all
            for name in self.names_of(place)
        }  # fmt: skip
        return sorted(pairs, key=lambda pair: (not pair[1].is_province, -len(pair[0]), pair[0]))

    def names_of(self, place: Place) -> set[str]:
        """Return every name of a place, as names are compared."""
        full = bare(place.name)
        names = {full, bare(place.short), bare(place.name_en), bare(place.code)}
        for ending in self._words.place_endings:
            # What is left must still be a name: a place of two characters keeps its ending.
            if full.endswith(ending) and len(full) - len(ending) >= 2:
                names.add(full[: -len(ending)])
                break
        return names

    def find(self, text: str) -> Found | None:
        """Return the place that a text names, or begins with, or None."""
        word = bare(text)
        if not word:
            return None
        for name, place in self._named:
            if name == word:
                return self._found(place)
        begins = [
            (name, place)
            for name, place in self._named
            if word.startswith(name)
            and (_is_whole(name, text.strip()) or self._within(word[len(name) :], place))
        ]
        if not begins:
            return None
        # The longest name is meant; of two as long ones the province, which stands first.
        name, place = max(begins, key=lambda pair: len(pair[0]))
        if not place.is_province:
            return self._found(place)
        return Found(place, self._within(word[len(name) :], place))

    def _within(self, rest: str, province: Place) -> Place | None:
        """Return the city or district of a province that the rest of a text begins with."""
        for ending in self._words.place_endings:
            rest = rest.removeprefix(ending)
        for name, place in self._named:
            if place.province == province.code and not place.is_province and rest.startswith(name):
                return place
        return None

    def _found(self, place: Place) -> Found:
        if place.is_province:
            return Found(place)
        return Found(self._provinces[place.province], place)

    def city_text(self, text: str) -> str:
        """Return a city as people say it: without the ending that every city has."""
        word = plain(text).replace(" ", "")
        found = self.find(word)
        if found and word in (
            found.province.name,
            *([found.district.name] if found.district else []),
        ):
            ending = self._words.city_ending
            if word.endswith(ending) and len(word) > 2:
                return word[: -len(ending)]
        return word


def _is_whole(name: str, text: str) -> bool:
    """Tell whether a name that begins a text is meant as one, not a first character by chance."""
    if len(name) >= 2 and not name.isascii():
        return True
    # A single character or a code counts only before a sign: 京/海淀, HE-Baoding.
    rest = text[len(name) :]
    return bool(rest) and not rest[0].isalnum()
