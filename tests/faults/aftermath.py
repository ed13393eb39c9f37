"""What must hold after a crash: nothing acknowledged is lost, nothing is half done.

`faults_of` is the one checker. The kill test asks it about the portal, and about a variation
that acknowledges too early, for which it must report what was lost.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Mapping

from flask import Flask
from sqlalchemy import select
from sqlalchemy.engine import make_url

from portal import journal
from portal.database import db
from portal.exchange.models import Listing
from portal.exchange.workflow import ListingState
from portal.journal import JournalLine
from portal.operations import Receipt
from portal.search import SearchDocument

#: The lines that a listing posted and submitted in one go leaves in the journal.
TOLD = ("listing.create", "listing.submit")


def faults_of(app: Flask, acknowledged: Mapping[int, str], prefix: str) -> list[str]:
    """Return what is wrong in a database after a crash, a sentence each.

    `acknowledged` maps the ids that the server answered with to the titles that were sent;
    every title of the test begins with `prefix`.
    """
    with app.app_context():
        stored = {
            listing.id: listing
            for listing in db.session.scalars(
                select(Listing).where(Listing.title.startswith(prefix))
            )
        }
        found = [
            f"lost: {title} was acknowledged as listing {number}"
            for number, title in acknowledged.items()
            if number not in stored or stored[number].title != title
        ]
        found += _halves(stored)
        found += journal.verify().faults
        url = str(app.config["SQLALCHEMY_DATABASE_URI"])
        db.session.remove()
        db.engine.dispose()
    return found + _index_faults(url)


def _halves(stored: Mapping[int, Listing]) -> list[str]:
    """Return which listings are there only in part: each is one transaction, or nothing."""
    told = Counter(
        (number, verb)
        for number, verb in db.session.execute(
            select(JournalLine.record_id, JournalLine.verb).where(JournalLine.noun == "listing")
        )
    )
    indexed = Counter(
        db.session.scalars(select(SearchDocument.record_id).where(SearchDocument.noun == "listing"))
    )
    kept = Counter(db.session.scalars(select(Receipt.record_id).where(Receipt.noun == "listing")))
    everything = set(db.session.scalars(select(Listing.id)))
    found = [f"listing {n} is indexed {indexed[n]} times" for n in everything if indexed[n] != 1]
    found += [f"the journal tells of listing {n}, which is not there"
              for n in sorted({n for n, _verb in told} - everything)]  # fmt: skip
    titles = Counter(listing.title for listing in stored.values())
    found += [f"{title} is there {times} times" for title, times in titles.items() if times > 1]
    for number, listing in stored.items():
        if listing.state is not ListingState.SUBMITTED:
            found.append(f"listing {number} stopped as {listing.state}")
        if kept[number] != 1:
            found.append(f"listing {number} has {kept[number]} receipts")
        found += [f"{verb} of listing {number} is told {told[number, verb]} times"
                  for verb in TOLD if told[number, verb] != 1]  # fmt: skip
    return found


def _index_faults(url: str) -> list[str]:
    """Ask SQLite's full-text index whether it is whole and says what its table says."""
    if not url.startswith("sqlite"):
        return []
    connection = sqlite3.connect(str(make_url(url).database))
    try:
        connection.execute(
            "INSERT INTO search_index(search_index, rank) VALUES('integrity-check', 1)"
        )
        broken = connection.execute("PRAGMA integrity_check").fetchall()
        return [] if broken == [("ok",)] else [f"the file is broken: {broken[0][0]}"]
    except sqlite3.DatabaseError as error:
        return [f"the search index is broken: {error}"]
    finally:
        connection.rollback()
        connection.close()
