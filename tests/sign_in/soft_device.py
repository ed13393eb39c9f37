"""A device with passkeys, in software: what a phone's secure element does, with its lies to order.

It speaks WebAuthn as a browser hands it on (JSON, bytes in base64url), so that tests need no
browser to send what an honest device would never send.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, encode_cbor

USER_PRESENT, USER_VERIFIED, HAS_CREDENTIAL = 0x01, 0x04, 0x40


@dataclass
class SoftDevice:
    """One device with one passkey, for one site."""

    origin: str
    site: str
    count: int = 0
    verifies_user: bool = True
    credential: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    handle: str = ""

    def register(self, options: dict[str, Any]) -> str:
        """Make the passkey; return what the browser would put into the form."""
        self.handle = options["user"]["id"]
        numbers = self.key.public_key().public_numbers()
        public = encode_cbor(
            {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32), -3: numbers.y.to_bytes(32)}
        )
        credential = bytes(16) + len(self.credential).to_bytes(2) + self.credential + public
        attestation = {"fmt": "none", "attStmt": {}, "authData": self._data(credential)}
        client = self._client("webauthn.create", options["challenge"])
        return json.dumps(
            self._answer(
                clientDataJSON=bytes_to_base64url(client),
                attestationObject=bytes_to_base64url(encode_cbor(attestation)),
            )
        )

    def sign_in(self, options: dict[str, Any]) -> dict[str, Any]:
        """Answer a challenge; return what the browser would send."""
        client = self._client("webauthn.get", options["challenge"])
        data = self._data()
        signed = data + hashlib.sha256(client).digest()
        signature = self.key.sign(signed, ec.ECDSA(hashes.SHA256()))
        return self._answer(
            clientDataJSON=bytes_to_base64url(client),
            authenticatorData=bytes_to_base64url(data),
            signature=bytes_to_base64url(signature),
            userHandle=self.handle,
        )

    def _answer(self, **response: str) -> dict[str, Any]:
        name = bytes_to_base64url(self.credential)
        return {"id": name, "rawId": name, "type": "public-key", "response": response}

    def _client(self, act: str, challenge: str) -> bytes:
        assert base64url_to_bytes(challenge)
        said = {"type": act, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return json.dumps(said).encode()

    def _data(self, credential: bytes = b"") -> bytes:
        flags = USER_PRESENT
        flags |= USER_VERIFIED if self.verifies_user else 0
        flags |= HAS_CREDENTIAL if credential else 0
        site = hashlib.sha256(self.site.encode()).digest()
        return site + bytes([flags]) + self.count.to_bytes(4) + credential
