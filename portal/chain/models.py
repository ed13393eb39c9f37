"""Chain maps and their nodes."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.database import Model, choice, constraints


class Stage(StrEnum):
    """Where on the chain a node stands."""

    UPSTREAM = "upstream"
    MIDSTREAM = "midstream"
    DOWNSTREAM = "downstream"


class ChainMap(Model):
    """One industry chain."""

    __tablename__ = "chain_map"
    noun = "chain_map"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(60))
    name_en: Mapped[str] = mapped_column(String(80))

    nodes: Mapped[list[ChainNode]] = relationship(
        back_populates="chain_map", order_by="ChainNode.position"
    )


class ChainNode(Model):
    """One node (环节) of a chain map."""

    __tablename__ = "chain_node"
    __table_args__ = constraints(UniqueConstraint("chain_map_id", "code"))
    noun = "chain_node"

    id: Mapped[int] = mapped_column(primary_key=True)
    chain_map_id: Mapped[int] = mapped_column(ForeignKey("chain_map.id"))
    code: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(60))
    stage: Mapped[Stage] = mapped_column(choice(Stage))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("chain_node.id"))
    position: Mapped[int]

    chain_map: Mapped[ChainMap] = relationship(back_populates="nodes")
