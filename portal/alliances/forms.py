"""The words for the tiers of membership."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from portal.alliances.models import Tier

TIERS = {
    Tier.CHAIR: _l("Chair organisation"),
    Tier.VICE_CHAIR: _l("Vice-chair organisation"),
    Tier.COUNCIL: _l("Council member"),
    Tier.MEMBER: _l("Member organisation"),
}
