"""Hashing and checking passwords. Slow on purpose: never call this while a lock is held."""

from __future__ import annotations

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_hasher = PasswordHasher()
#: What an unknown account is checked against, so that it takes as long as a known one.
_decoy = _hasher.hash("nobody has this password")


def hash_password(password: str) -> str:
    """Return the argon2id hash of a password (64 MB and about 50 ms each)."""
    return _hasher.hash(password)


def matches(password_hash: str | None, password: str) -> bool:
    """Tell whether a password is the right one; takes the same time where there is no hash."""
    try:
        return _hasher.verify(password_hash or _decoy, password) and password_hash is not None
    except (VerificationError, InvalidHashError):
        return False
