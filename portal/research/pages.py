"""All pages of joint projects hang on one blueprint; imported together, they are all opened."""

from __future__ import annotations

from portal.research import (
    board_views,
    card_views,
    delivery_views,
    export_views,
    partner_views,
    plan_line_views,
    plan_views,
    report_views,
    staff_views,
)
from portal.research.views import bp

__all__ = [
    "board_views",
    "bp",
    "card_views",
    "delivery_views",
    "export_views",
    "partner_views",
    "plan_line_views",
    "plan_views",
    "report_views",
    "staff_views",
]
