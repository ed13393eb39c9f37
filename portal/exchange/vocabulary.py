"""What a listing can be: its direction, its kind, who may see it, how it ended."""

from __future__ import annotations

from enum import StrEnum


class Direction(StrEnum):
    """Whether something is sought or offered."""

    DEMAND = "demand"
    SUPPLY = "supply"


class ListingKind(StrEnum):
    """What it is about (技术, 产品, 产能, 服务, 人才, 资金, 数据, 场地)."""

    TECHNOLOGY = "technology"
    PRODUCT = "product"
    CAPACITY = "capacity"
    SERVICE = "service"
    TALENT = "talent"
    FINANCE = "finance"
    DATA = "data"
    SITE = "site"


class ListingVisibility(StrEnum):
    """Who may see it: everyone, the alliance's members, or named organisations (商业秘密)."""

    PUBLIC = "public"
    MEMBERS = "members"
    CONFIDENTIAL = "confidential"


class ClosedAs(StrEnum):
    """How a listing ended."""

    MATCHED = "matched"
    UNMATCHED = "unmatched"
