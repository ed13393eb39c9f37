"""TABLE: the bands in which a value may be given or shown instead of its exact amount."""

from __future__ import annotations

from enum import StrEnum

from flask_babel import gettext as _

from portal.language import FEN_PER_WAN as WAN
from portal.language import money


class Band(StrEnum):
    """A range of amounts: the lower bound belongs to it, the upper one to the next."""

    UNDER_10 = "under_10"
    UNDER_50 = "under_50"
    UNDER_100 = "under_100"
    UNDER_500 = "under_500"
    UNDER_1000 = "under_1000"
    UNDER_5000 = "under_5000"
    UNDER_10000 = "under_10000"
    FROM_10000 = "from_10000"


#: Band -> (lowest amount in fen, first amount in fen that lies above it; None for no end).
BANDS: dict[Band, tuple[int, int | None]] = {
    Band.UNDER_10: (0, 10 * WAN),
    Band.UNDER_50: (10 * WAN, 50 * WAN),
    Band.UNDER_100: (50 * WAN, 100 * WAN),
    Band.UNDER_500: (100 * WAN, 500 * WAN),
    Band.UNDER_1000: (500 * WAN, 1000 * WAN),
    Band.UNDER_5000: (1000 * WAN, 5000 * WAN),
    Band.UNDER_10000: (5000 * WAN, 10000 * WAN),
    Band.FROM_10000: (10000 * WAN, None),
}


def band_of(fen: int) -> Band:
    """Return the band in which an amount of integer fen lies."""
    return next(
        band
        for band, (low, above) in BANDS.items()
        if low <= fen and (above is None or fen < above)
    )


def band_words(band: Band) -> str:
    """Return a band as people say it."""
    low, above = BANDS[band]
    if above is None:
        return str(_("%(amount)s or more", amount=money(low)))
    if low == 0:
        return str(_("less than %(amount)s", amount=money(above)))
    return str(_("%(low)s up to less than %(above)s", low=money(low), above=money(above)))
