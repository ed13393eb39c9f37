"""From what somebody wrote in a chat or a Word file to the fields of a listing: guesses.

Pure: it knows no database and stores nothing. Each guess says from which words it comes, so that
a person can judge it; what is not found stays empty. The words stand in `pasting.json`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from portal.exchange.choices import Choice
from portal.exchange.models import LARGEST_AMOUNT, Direction, ListingKind
from portal.written.dates import Bound, Precision, find_dates
from portal.written.money import Money, find_money
from portal.written.numerals import either, folded

WORDS: dict[str, Any] = json.loads(
    Path(__file__).with_name("pasting.json").read_text(encoding="utf-8")
)
#: A title longer than this is cut at a pause, one longer than the field at its end.
READABLE, LONGEST = 28, 80
#: How far around an amount, a day or a place the words stand that say what it is for.
NEAR, SHORT = 10, 4


@dataclass(frozen=True)
class Guess:
    """A value for one field, and the words it comes from."""

    value: Any
    said: str


@dataclass(frozen=True)
class Known:
    """What a text is read with: the places and nodes it can name, today, the longest validity."""

    regions: Sequence[Choice]
    nodes: Sequence[Choice]
    today: date
    longest: timedelta


def guess_fields(text: str, known: Known) -> dict[str, Guess]:
    """Return what a text says, by the name of the form's field; what it does not say is absent."""
    text, _left_out = without_contacts(text)
    line = folded(text)
    title = _title(text)
    found = {
        "direction": _direction(line),
        "title": title,
        "kind": _kind(line, folded(title.value) if title else ""),
        "amount": _amount(line),
        "valid_until": _last_day(line, known),
        "wanted_region_id": _wanted_region(line, known.regions),
        "chain_node_id": _node(line, known.nodes),
    }
    return {name: guess for name, guess in found.items() if guess is not None}


def without_contacts(text: str) -> tuple[str, str]:
    """Return a text without how to reach people, and what was left out of it.

    A message in a group chat ends with a name and a number; a listing may stand before everybody.
    Contacts are exchanged where an answer is accepted.
    """
    left_out: list[str] = []

    def leave_out(found: re.Match[str]) -> str:
        left_out.append(found[0].strip())
        return ""

    kept = re.sub(WORDS["contact"], leave_out, text)
    if not left_out:
        return text, ""
    return re.sub(WORDS["contact_rest"], "", kept).strip(), " ".join(left_out)


@dataclass(frozen=True)
class Weight:
    """How much a text says of something, the first of its weightiest words, and where it stands."""

    sum: int = 0
    word: str = ""
    at: int = 0


def _weighed(line: str, words: Mapping[str, Sequence[str]]) -> Weight:
    """Return how much a text says of something; each word counts once."""
    said: list[tuple[int, int, str]] = []
    # A word that holds another one and says nothing of it: a supplier is not on offer.
    rest = re.sub(either(WORDS["hiding"]), lambda match: " " * len(match[0]), line.casefold())
    for weight in sorted(words, reverse=True):
        for word in sorted(words[weight], key=len, reverse=True):
            at = rest.find(word.casefold())
            if at >= 0:
                said.append((int(weight), -at, word))
                # A longer word hides the shorter ones within it.
                rest = rest.replace(word.casefold(), " " * len(word))
    if not said:
        return Weight()
    _weight, at, word = max(said)
    return Weight(sum(weight for weight, _at, _word in said), word, -at)


def _direction(line: str) -> Guess | None:
    """Return what more words say; of as many on both sides, what is said first."""
    weights = {each: _weighed(line, WORDS[each]) for each in Direction}
    said = [each for each in Direction if weights[each].sum]
    if not said:
        return None
    meant = max(said, key=lambda each: (weights[each].sum, -weights[each].at))
    return Guess(meant, weights[meant].word)


def _kind(line: str, title: str) -> Guess | None:
    """Return the kind that most words speak of; those of the title count three times."""
    said: list[tuple[int, int, ListingKind, str]] = []
    for name, words in WORDS["kinds"].items():
        whole, head = _weighed(line, words), _weighed(title, words)
        if whole.sum:
            said.append((whole.sum + 2 * head.sum, -whole.at, ListingKind(name), whole.word))
    if not said:
        return None
    _sum, _at, kind, word = max(said)
    return Guess(kind, word)


def _title(line: str) -> Guess | None:
    """Return what a text is about in one line: as it is labelled, or its first clause that says."""
    labels = either(WORDS["labels"]["title"])
    labelled = re.search(rf"(?:^|\n)\W*(?:{labels})\s*[:\uff1a]\s*([^\n]+)", line)
    if labelled:
        return _as_title(labelled[1])
    for clause in _clauses(line):
        if len(clause) > 3:
            return _as_title(clause)
    return None


def _clauses(line: str) -> Iterator[str]:
    for raw in re.split(WORDS["clause_end"], line):
        clause = raw.strip()
        for pattern in ("lead_in", "numbering"):
            clause = re.sub(WORDS[pattern], "", clause).strip()
        if re.match(WORDS["greetings"], clause, re.IGNORECASE):
            # Whom it greets stands before the first pause; what it says, behind it.
            clause = re.sub(rf"^.*?(?:{WORDS['pause']}|$)", "", clause, count=1)
        clause = re.sub(WORDS["opening"], "", clause.strip()).strip(WORDS["edges"])
        if clause:
            yield clause


def _as_title(text: str) -> Guess:
    title = text.strip()
    if len(title) > READABLE:
        pauses = [m.start() for m in re.finditer(WORDS["pause"], title[:READABLE])]
        fitting = [at for at in pauses if at >= 6]
        title = title[: fitting[-1]] if fitting else title
    return Guess(title[:LONGEST].strip(), title[:LONGEST].strip())


def _amount(line: str) -> Guess | None:
    """Return the amount it is about: never a capital or a turnover; of a range the lower end."""
    best: tuple[int, Money] | None = None
    for money in find_money(line):
        if money.wan is None or money.wan > LARGEST_AMOUNT or money.wan != round(money.wan, 2):
            continue  # the form takes no such amount
        before = line[max(0, money.start - NEAR) : money.start]
        near = re.split(WORDS["pause"], before)[-1] or before
        if any(word in before for word in WORDS["amount"]["never"]):
            continue
        weight = 2 if any(word in near for word in WORDS["amount"]["means"]) else 1
        if best is None or weight > best[0]:
            best = weight, money
    return Guess(best[1].wan, best[1].said) if best else None


def _last_day(line: str, known: Known) -> Guess | None:
    """Return the last day it names: one said as an end, within the longest validity."""
    best: tuple[int, date, str] | None = None
    for found in find_dates(line, known.today):
        if found.precision is Precision.OPEN:
            day: date | None = known.today + known.longest
        else:
            day = found.last_day(known.today)
        if day is None or not known.today <= day <= known.today + known.longest:
            continue
        before = re.split(WORDS["pause"], line[max(0, found.start - NEAR) : found.start])[-1]
        around = before + line[found.start : found.end + SHORT]
        is_end = found.bound is Bound.BY or found.precision is Precision.OPEN
        weight = 2 * any(word in around for word in WORDS["validity"]) + is_end
        if is_end and (best is None or weight > best[0]):
            best = weight, day, found.said
    return Guess(best[1], best[2]) if best else None


def _wanted_region(line: str, regions: Sequence[Choice]) -> Guess | None:
    """Return the one region it looks for partners in; where one sits oneself is not that."""
    before, after, own = (
        either(WORDS[each]) for each in ("wanted_before", "wanted_after", "own_before")
    )
    wanted: dict[int, str] = {}
    for region in regions:
        names = either({region.name, *_without_ending(region)})
        found = re.search(
            rf"(?:(?:{before})[^,。;\n]{{0,4}}(?:{names}))|"
            rf"(?:{names})\w{{0,2}}(?:{after})",
            line,
        )
        if found and not re.search(rf"(?:{own})\W?\w{{0,4}}$", line[: found.start()]):
            wanted[region.id] = found[0]
    every = either(name for region in regions for name in (region.name, *_without_ending(region)))
    listed = re.search(rf"(?:{every}){WORDS['and']}(?:{every})", line) if regions else None
    if len(wanted) != 1 or (listed and listed[0][-2:] in next(iter(wanted.values()))):
        return None  # several are as good as none: the form holds one
    ((region_id, said),) = wanted.items()
    return Guess(region_id, said)


def _without_ending(region: Choice) -> set[str]:
    """Return the name of a province as people say it: without what kind of a place it is."""
    endings = (each for each in WORDS["region_endings"] if region.name.endswith(each))
    short = region.name.removesuffix(next(endings, ""))
    return {short} if len(short) >= 2 else set()


def _node(line: str, nodes: Sequence[Choice]) -> Guess | None:
    """Return the node whose name is the longest that stands in the text; the first of equals."""
    text = line.casefold()
    found: list[tuple[int, int, int, str]] = []
    for node in nodes:
        for name in _names_of(node):
            at = _place_of(name.casefold(), text)
            if at is not None:
                # A letter says half as much as a Chinese character.
                found.append((-sum(1 if c.isascii() else 2 for c in name), at, node.id, name))
    if not found:
        return None
    _length, _at, node_id, name = min(found)
    return Guess(node_id, name)


def _names_of(node: Choice) -> set[str]:
    """Return the names of a node: its own, each part of it, and what else people call it."""
    name = folded(node.name)
    parts = {part for part in re.split(r"[/()]", name) if len(part) >= (3 if part.isascii() else 2)}
    return {name, *parts, *WORDS["aliases"].get(node.name, ())}


def _place_of(name: str, text: str) -> int | None:
    """Return where a name stands; one of letters only as a word of its own."""
    if name.isascii():
        found = re.search(rf"(?<![a-z0-9]){re.escape(name)}(?![a-z0-9])", text)
        return found.start() if found else None
    at = text.find(name)
    return at if at >= 0 else None
