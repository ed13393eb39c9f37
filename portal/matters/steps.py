"""TABLE: the steps of a matter by the kind of what was listed, in their order.

A step may be skipped and recorded later; the list shows the day of each. Whatever a kind's row
leaves out makes no sense there: nobody samples an engineer or audits a data set's factory.
"""

from __future__ import annotations

from enum import StrEnum

from flask_babel import lazy_gettext as _l

from portal.exchange.models import ListingKind


class Step(StrEnum):
    """How far a matter may have come."""

    CONTACTED = "contacted"
    TALKS = "talks"
    OFFER = "offer"
    SAMPLES = "samples"
    AUDIT = "audit"
    PILOT = "pilot"
    SIGNED = "signed"
    DELIVERED = "delivered"


STEP_NAMES = {
    Step.CONTACTED: _l("First contact"),
    Step.TALKS: _l("Talks"),
    Step.OFFER: _l("Offer or plan"),
    Step.SAMPLES: _l("Samples or test"),
    Step.AUDIT: _l("Audit or due diligence"),
    Step.PILOT: _l("Small batch or pilot"),
    Step.SIGNED: _l("Signed"),
    Step.DELIVERED: _l("Delivered"),
}

_S, _K = Step, ListingKind
_ALL = tuple(Step)

STEPS: dict[ListingKind | None, tuple[Step, ...]] = {
    _K.TECHNOLOGY: _ALL,
    _K.PRODUCT: _ALL,
    _K.CAPACITY: _ALL,
    _K.SERVICE: (_S.CONTACTED, _S.TALKS, _S.OFFER, _S.PILOT, _S.SIGNED, _S.DELIVERED),
    _K.TALENT: (_S.CONTACTED, _S.TALKS, _S.OFFER, _S.SIGNED, _S.DELIVERED),
    _K.FINANCE: (_S.CONTACTED, _S.TALKS, _S.OFFER, _S.AUDIT, _S.SIGNED, _S.DELIVERED),
    _K.DATA: (_S.CONTACTED, _S.TALKS, _S.OFFER, _S.SAMPLES, _S.PILOT, _S.SIGNED, _S.DELIVERED),
    _K.SITE: (_S.CONTACTED, _S.TALKS, _S.OFFER, _S.AUDIT, _S.SIGNED, _S.DELIVERED),
    # Whoever named no kind may need any step.
    None: _ALL,
}
