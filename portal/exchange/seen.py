"""Proof that a person was shown a listing: a signature that their answer form carries along.

A listing may close, pause or be taken back while somebody writes an answer. With the proof they
are told so and get their text back; without it, it stays as unknown to them as it ever was.
"""

from __future__ import annotations

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer

from portal.actors import Actor

#: A proof is some sixty characters; nothing longer is worth reading.
LONGEST = 300


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="listing-seen")


def proof_of(listing_id: int, by: Actor) -> str:
    """Return the proof that this person was offered to answer this listing."""
    return str(_signer().dumps([listing_id, by.person_id]))


def proves(proof: str, listing_id: int, by: Actor) -> bool:
    """Tell whether a proof is ours, of this listing, and was handed to this person."""
    if by.person_id is None or len(proof) > LONGEST:
        return False
    try:
        return bool(_signer().loads(proof) == [listing_id, by.person_id])
    except BadSignature:
        return False
