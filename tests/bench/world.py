"""A database of a given size, what its pages ask of it, and whether search is exact.

Run as `python -m tests.bench.world SIZE` with DATABASE_URL and INSTANCE_PATH set, on a database
that holds the demo world; prints one JSON object. Listings are written with plain SQL, search
documents with the portal's own functions, so the index is what the portal would have made.
"""

from __future__ import annotations

import contextvars
import json
import random
import re
import sys
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, event, func, insert, select, text
from sqlalchemy.orm.attributes import set_committed_value

from portal import clock, create_app, search
from portal.access import Standing, audience, standing_of, visible_to
from portal.accounts import naming
from portal.accounts.models import Organisation, OrganisationKind, Person
from portal.actors import ANONYMOUS, Actor, person
from portal.alliances.models import Membership, Tier
from portal.alliances.workflow import MembershipState
from portal.chain.models import ChainNode
from portal.commands.demo import PASSWORD, read
from portal.database import db
from portal.engines import WRITING
from portal.exchange.models import ClosedAs, Interest, Listing, ListingVisibility, Naming
from portal.exchange.workflow import InterestState, ListingState
from portal.organisations.models import (
    ContactAudience,
    ContactKind,
    ContactPoint,
    OrganisationNode,
)
from portal.regions.models import Region
from portal.sign_in.queries import live_session
from tests.bench.rooms import fill_agenda, fill_board

ACCOUNT, KEEPER = "delegate@demo.example", "secretary@demo.example"
#: In half of all texts, and in five of them whatever the size.
COMMON, RARE = "提供", "铷锶"
RARE_COUNT = 5
#: Of the delegate's own organisation, whatever the size: a firm does not grow with the portal.
OWN = 40
BATCH = 2_000
#: What names of organisations are made of.
PLACES = ("北京", "天津", "石家庄", "唐山", "保定", "廊坊", "重庆长安", "河北", "中关村", "雄安")
TRADES = ("氢能", "新材料", "精密机械", "生物医药", "软件", "检测", "汽车电子", "化工")
ENDS = ("有限公司", "股份有限公司", "研究院", "科技有限公司")
#: One organisation in the directory for so many listings: 20,000 beside 100,000.
LISTINGS_EACH = 5
ACTIVE = MembershipState.ACTIVE
S = ListingState
STATES = (S.PUBLISHED, S.SUBMITTED, S.RETURNED, S.DRAFT, S.PAUSED, S.CLOSED)
SHARES = (64, 9, 4, 5, 4, 14)
#: Listings from this number on are not in every world.
OLD = 700


class Filler:
    """Makes the same listings for the same numbers: number 0 is the newest at every size."""

    def __init__(self, connection: Connection, size: int) -> None:
        self.connection, self.size, self.now = connection, size, clock.now()
        self.texts = read("listings")
        self.sentences = [
            part
            for row in self.texts
            for part in re.split(r"(?<=[。；\n])", row["specification"])
            if len(part) > 8
        ]
        own = select(Membership.organisation_id, Membership.alliance_id, Organisation.region_id)
        rows = connection.execute(
            own.join(Organisation, Organisation.id == Membership.organisation_id)
            .where(Membership.is_active)
            .order_by(Membership.id)
        ).all()
        self.members: list[tuple[int, int, int]] = [tuple(row) for row in rows]  # type: ignore[misc]
        self.people = list(connection.scalars(select(Person.id).order_by(Person.id)))
        self.nodes: dict[int, list[tuple[int, str]]] = {}
        for chain, node_id, name in connection.execute(
            select(ChainNode.chain_map_id, ChainNode.id, ChainNode.name).order_by(ChainNode.id)
        ):
            self.nodes.setdefault(chain, []).append((node_id, name))
        self.districts: dict[int, list[int]] = {}
        for district_id, path in connection.execute(
            select(Region.id, Region.path).where(Region.parent_id.is_not(None)).order_by(Region.id)
        ):
            self.districts.setdefault(int(path.split("/")[0]), []).append(district_id)
        self.chain_of = dict(
            connection.execute(text("SELECT id, chain_map_id FROM alliance")).all()
        )

    def organisations(self) -> None:
        """Add one organisation for fifty listings, each a member of one alliance."""
        self.found(self.size // 50)
        self.joined = {(member[0], member[1]) for member in self.members}
        self.names = dict(self.connection.execute(select(Organisation.id, Organisation.name)).all())

    def directory(self) -> None:
        """Add the organisations that post nothing, up to what the directory is measured with."""
        there = self.connection.scalar(select(func.count()).select_from(Organisation)) or 0
        self.found(self.size // LISTINGS_EACH - there)

    def found(self, amount: int) -> None:
        """Register so many organisations: named, placed, members, a third of them reachable."""
        last = self.connection.scalar(select(func.max(Organisation.id))) or 0
        chance, kinds = random.Random(amount), list(OrganisationKind)
        made, joined, working, reachable, documents = [], [], [], [], []
        for number in range(amount):
            _id, alliance_id, region_id = self.members[number % len(self.members)]
            here = last + 1 + number
            name = (
                f"{chance.choice(PLACES)}{chance.choice(TRADES)}{here:05d}号{chance.choice(ENDS)}"
            )
            spelt = naming.spelling_of(name)
            summary = self.sentences[number % len(self.sentences)]
            made.append(
                {"id": here, "name": name, "normal_name": naming.normal_name(name),
                 "sort_key": spelt.sort_key, "initials": spelt.initials, "pinyin": spelt.pinyin,
                 "kind": kinds[min(number % 11, 6)], "region_id": region_id,
                 "district_id": chance.choice(self.districts[region_id]), "position": 0,
                 "summary": summary, "created_at": self.now, "version": 1}
            )  # fmt: skip
            joined.append(
                {"alliance_id": alliance_id, "organisation_id": here, "created_at": self.now,
                 "tier": Tier.MEMBER, "state": ACTIVE, "since": self.now, "version": 1}
            )  # fmt: skip
            node_id, _name = chance.choice(self.nodes[self.chain_of[alliance_id]])
            working.append({"organisation_id": here, "chain_node_id": node_id})
            if number % 3 == 0:
                reachable.append(
                    {"organisation_id": here, "kind": ContactKind.PHONE, "version": 1,
                     "value": f"010-{number:08d}", "shown_to": ContactAudience.PUBLIC,
                     "consented_by_id": self.people[0], "consented_at": self.now}
                )  # fmt: skip
            body = search.END.join(search.normalise(part) for part in (name, summary))
            documents.append(
                {"noun": "organisation", "record_id": here, "audience": "public",
                 "grams": " ".join(search.pairs(body + search.END))}
            )  # fmt: skip
            self.members.append((here, alliance_id, region_id))
        for model, rows in (
            (Organisation, made), (Membership, joined), (OrganisationNode, working),
            (ContactPoint, reachable), (search.SearchDocument, documents),
        ):  # fmt: skip
            if rows:
                self.connection.execute(insert(model.__table__), rows)

    def listing(self, number: int, own: list[tuple[int, int, int]]) -> tuple[dict[str, Any], str]:
        """Return the values of a listing, and the name of its node."""
        chance = random.Random(number)
        row, other = chance.choice(self.texts), chance.choice(self.texts)
        is_own = 60 <= number < 60 + OWN
        owner, alliance_id, region_id = chance.choice(own if is_own else self.members)
        node_id, node = chance.choice(self.nodes[self.chain_of[alliance_id]])
        said = "".join(chance.sample(self.sentences, chance.randint(1, 4)))
        if number in range(40, 40 + RARE_COUNT):
            said += f"材料为{RARE}合金。"
        state = chance.choices(STATES, SHARES)[0]
        age = timedelta(days=170) * (number / self.size) + timedelta(seconds=number % 59)
        last_day = chance.choices((chance.randint(12, 160), -chance.randint(2, 40)), (9, 1))[0]
        return {
            "alliance_id": alliance_id,
            "organisation_id": owner,
            "region_id": region_id,
            "direction": row["direction"],
            "title": f"{row['title'][:40]}·{other['title'][-12:]}"[:80],
            "specification": said,
            "valid_until": clock.today() + timedelta(days=last_day),
            "visibility": chance.choices(list(ListingVisibility), (60, 33, 7))[0],
            "kind": row["kind"],
            "chain_node_id": node_id,
            "wanted_region_id": region_id,
            "amount_fen": None if row["amount_wan"] is None else row["amount_wan"] * 1_000_000,
            "cooperation": row["cooperation"],
            "state": state,
            "closed_as": ClosedAs.UNMATCHED if state is S.CLOSED else None,
            "contact_id": chance.choice(self.people),
            "submitted_by_id": chance.choice(self.people),
            "created_at": self.now - age,
            "listed_at": self.now - age,
            "version": 1,
        }, node

    def around(self, number: int, values: dict[str, Any]) -> tuple[list[Naming], list[Interest]]:
        """Return who is named on a listing and who has answered it."""
        chance = random.Random(-number - 1)
        others = [
            o for o, a, _r in chance.sample(self.members, 3) if o != values["organisation_id"]
        ]
        is_hidden = values["visibility"] is ListingVisibility.CONFIDENTIAL
        named = [Naming(organisation_id=each) for each in sorted(set(others))] if is_hidden else []
        answers = []
        # A desk with more rows on it is another page: what concerns the reader is the same at
        # every size.
        is_old = number >= OLD and self.reader in (values["organisation_id"], *others[:1])
        if values["state"] is S.PUBLISHED and others and chance.random() < 0.3 and not is_old:
            state = chance.choice((InterestState.SENT, InterestState.ACCEPTED))
            answers.append(Interest(organisation_id=others[0], state=state))
        return named, answers

    def belongs(self, row: Any, listing: dict[str, Any]) -> bool:
        """Tell whether who is named or answers is a member of the listing's alliance."""
        return (row.organisation_id, listing["alliance_id"]) in self.joined

    def fill(self, own_organisation: int) -> None:
        """Write the listings that are missing, the oldest first."""
        self.organisations()
        self.reader = own_organisation
        own = [member for member in self.members if member[0] == own_organisation]
        existing = self.connection.scalar(select(func.count()).select_from(Listing)) or 0
        last = self.connection.scalar(select(func.max(Listing.id))) or 0
        numbers = list(range(self.size - existing - 1, -1, -1))
        for start in range(0, len(numbers), BATCH):
            tables: dict[Any, list[dict[str, Any]]] = {
                model.__table__: [] for model in (Listing, Naming, Interest, search.SearchDocument)
            }
            listings, namings, interests, documents = tables.values()
            for number in numbers[start : start + BATCH]:
                last += 1
                values, node = self.listing(number, own)
                named, answers = self.around(number, values)
                seen = Listing(id=last, namings=named, **values)
                # Waiting and accepted answers hold their place: the audience reads them.
                set_committed_value(seen, "held_interests", answers)
                for relation, rows in (("named_members", named), ("answering_members", answers)):
                    there = [row.organisation_id for row in rows if self.belongs(row, values)]
                    set_committed_value(seen, relation, [Organisation(id=each) for each in there])
                owner = self.names[values["organisation_id"]]
                said = [
                    values["title"],
                    values["specification"],
                    owner,
                    node,
                    values["cooperation"],
                ]
                body = search.END.join(
                    search.normalise(part)[: search.LONGEST_TEXT] for part in said if part
                )
                listings.append({"id": last, **values})
                namings += [
                    {"listing_id": last, "organisation_id": n.organisation_id} for n in named
                ]
                interests += [
                    {"listing_id": last, "organisation_id": each.organisation_id,
                     "owner_id": values["organisation_id"], "alliance_id": values["alliance_id"],
                     "person_id": values["contact_id"], "message": self.sentences[0],
                     "state": each.state, "sent_at": self.now, "version": 1,
                     "expires_at": self.now + timedelta(days=14)}
                    for each in answers
                ]  # fmt: skip
                documents.append(
                    {"noun": "listing", "record_id": last,
                     "grams": " ".join(search.pairs(body + search.END)),
                     "audience": " ".join(sorted(audience(seen)))}
                )  # fmt: skip
            for table, rows in tables.items():
                if rows:
                    self.connection.execute(insert(table), rows)
        self.directory()


def fill(size: int, own_organisation: int) -> None:
    """Bring the database to its size in one transaction and let the engine look at it."""
    with db.engine.connect().execution_options(**{WRITING: True}) as connection, connection.begin():
        is_postgresql = connection.dialect.name == "postgresql"
        if is_postgresql:  # building the index once is several times faster than row by row
            connection.execute(text("DROP INDEX search_index"))
        Filler(connection, size).fill(own_organisation)
        if is_postgresql:
            connection.execute(
                text("CREATE INDEX search_index ON search_document USING gin (words)")
            )
            for name in (
                "organisation", "listing", "interest", "search_document", "contact_point",
            ):  # fmt: skip
                sequence = f"pg_get_serial_sequence('{name}', 'id')"
                connection.execute(text(f"SELECT setval({sequence}, max(id)) FROM {name}"))
    with db.engine.connect() as connection:
        raw = connection.connection.dbapi_connection
        if is_postgresql:
            connection.rollback()
            raw.read_only, raw.autocommit = False, True  # type: ignore[union-attr]
            raw.execute("VACUUM ANALYZE")  # type: ignore[union-attr]
        else:
            raw.execute("PRAGMA query_only=OFF")  # type: ignore[union-attr]
            for statement in (
                "ANALYZE",
                "INSERT INTO search_index(search_index) VALUES('optimize')",
                "PRAGMA wal_checkpoint(TRUNCATE)",
            ):
                raw.execute(statement).fetchall()  # type: ignore[union-attr]
        connection.invalidate()


def readers(own_organisation: int) -> Iterator[Standing]:
    """Yield the standings that search is checked for."""
    delegate = db.session.scalars(select(Person.id).where(Person.email == ACCOUNT)).one()
    keeper = db.session.scalar(select(Person.id).where(Person.email == KEEPER))
    actors: list[Actor] = [ANONYMOUS, person(delegate, own_organisation)]
    if keeper:
        actors.append(person(keeper))
    for actor in actors:
        yield standing_of(actor)


def check_search(own_organisation: int, amount: int) -> dict[str, Any]:
    """Compare search with a substring scan over everything that each reader may view.

    The name behind an anonymous listing is no text to be found, not even by who may know it.
    """
    texts = {
        listing_id: [
            search.normalise(part)
            for part in (*parts, None if is_anonymous else owner, *(particulars or {}).values())
            if part
        ]
        for listing_id, is_anonymous, owner, particulars, *parts in db.session.execute(
            select(Listing.id, Listing.is_anonymous, Organisation.name, Listing.particulars,
                   Listing.title, Listing.specification, ChainNode.name, Listing.cooperation)
            .join(Organisation, Organisation.id == Listing.organisation_id)
            .outerjoin(ChainNode, ChainNode.id == Listing.chain_node_id)
        )
    }  # fmt: skip
    chance = random.Random(1)
    wanted = [
        COMMON,
        RARE,
        "氢",
        "70MPa",
        "不存在的词",
        "ＭＰａ",
        "储氢 产能",
        '"*',
        "1.",
        "-",
        "％ ",
    ]
    sources = list(texts.values())
    while len(wanted) < amount:
        said = chance.choice(chance.choice(sources))
        start, length = chance.randrange(len(said)), chance.randint(1, 8)
        wanted.append(said[start : start + length])
    checked, wrong, found_rows = 0, [], 0
    for standing in readers(own_organisation):
        visible = set(
            db.session.scalars(
                select(Listing.id).where(visible_to(standing, "listing.view", Listing))
            )
        )
        for query in wanted:
            asked = search.documents(Listing.noun, query, standing)
            if asked is None:
                continue
            found = {row.record_id for row in db.session.execute(asked)}
            words = search.normalise(query).split()
            right = {
                listing_id
                for listing_id in visible
                if all(any(word in part for part in texts[listing_id]) for word in words)
            }
            checked, found_rows = checked + 1, found_rows + len(found)
            if found != right:
                wrong.append([query, standing.actor.kind, len(found - right), len(right - found)])
    return {"checked": checked, "found": found_rows, "wrong": wrong}


class Browser:
    """Somebody with a real session, inside this process."""

    def __init__(self, app: Any, account: str = ACCOUNT) -> None:
        self.client = app.test_client()
        self.ran: list[str] = []
        with app.app_context():
            event.listen(db.engine, "before_cursor_execute", self._count)
        token = re.search(r'name="csrf_token" value="([^"]+)"', self.get("/sign-in").text)
        form = {"csrf_token": token and token[1], "account": account, "password": PASSWORD}
        answer = contextvars.Context().run(self.client.post, "/sign-in", data=form)
        if answer.status_code != 302:
            raise SystemExit(f"Sign-in answered {answer.status_code}.")

    def _count(self, _connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.lstrip()[:6].upper() in ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH"):
            self.ran.append(statement)

    def get(self, address: str) -> Any:
        """Get a page in a context of its own."""
        return contextvars.Context().run(self.client.get, address)


def looked_at(browser: Browser, account: str, addresses: dict[str, str]) -> dict[str, Any]:
    """Return of each page its address, whose it is, how large it is and how much it asks."""
    pages = {}
    for name, address in addresses.items():
        browser.get(address)
        # On a connection that remembers no rows: as where something was just written.
        with browser.client.application.app_context():
            db.engine.dispose()
        browser.ran.clear()
        answer = browser.get(address)
        if answer.status_code != 200:
            raise SystemExit(f"{address} answered {answer.status_code}.")
        pages[name] = {
            "address": address,
            "account": account,
            "bytes": len(answer.data),
            "queries": len(browser.ran),
        }
    return pages


def main() -> None:
    """Fill, look, check, and print what was found."""
    size, amount = int(sys.argv[1]), int(sys.argv[2])
    app = create_app("development")
    browser = Browser(app)
    with browser.client.session_transaction() as cookie:
        key = cookie["_user_id"]
    with app.app_context():
        session = live_session(key)
        own_organisation = session.organisation_id if session else None
        if own_organisation is None:
            raise SystemExit(f"{ACCOUNT} acts for no organisation.")
        db.session.remove()
        board, large_board = fill_board(2000)
        agenda = fill_agenda(45)
        fill(size, own_organisation)
        record = db.session.scalar(
            select(func.min(Listing.id)).where(
                Listing.is_answerable,
                Listing.is_public,
                Listing.organisation_id != own_organisation,
            )
        )
        db.session.remove()
        addresses = {
            "list": "/listings",
            "search, common": f"/listings?q={COMMON}",
            "search, rare": f"/listings?q={RARE}",
            "record": f"/listings/{record}",
            "desk": "/desk",
            "directory": "/organisations",
            "directory, cqca": "/organisations?q=cqca",
            "directory, near": "/organisations?near=HE-BAODING&within=200&kind=enterprise",
            "board": f"/projects/{board}/board",
            "board, 2,000": f"/projects/{large_board}/board",
            "board, changed?": f"/projects/{board}/board/version",
            "agenda of 45": f"/meetings/{agenda}",
            "members": "/alliances/hydrogen/members",
            "members, later": "/alliances/hydrogen/members?sort=pinyin&after=1-m",
        }
        exact = check_search(own_organisation, amount)
        db.session.remove()
    # Whoever keeps an agenda has its buttons too: some bytes more, and a form.
    pages = looked_at(browser, ACCOUNT, addresses) | looked_at(
        Browser(app, KEEPER), KEEPER, {"agenda, keeper": f"/meetings/{agenda}"}
    )
    print(json.dumps({"pages": pages, "search": exact}))


if __name__ == "__main__":
    main()
