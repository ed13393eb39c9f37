"""Row hashes: whether two tables hold the same rows, in whatever order."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from portal.backup.archive import Rows


def hash_rows(rows: Iterable[bytes]) -> Rows:
    """Return the number of rows and the sum of their SHA-256 modulo 2^256.

    A sum knows no order: neither engine promises one, and sorting a million rows costs memory.
    It finds accidents; who alters an archive on purpose can alter the manifest as well.
    """
    count = total = 0
    for row in rows:
        count += 1
        total += int.from_bytes(hashlib.sha256(row).digest())
    return Rows(count, f"{total % 2**256:064x}")


def differences(found: dict[str, Rows], said: dict[str, Rows]) -> list[str]:
    """Return which tables do not hold the rows that the manifest says, a sentence each."""
    faults = []
    for name in sorted(found.keys() | said.keys()):
        if name not in found:
            faults.append(f"table {name} is missing")
        elif name not in said:
            faults.append(f"table {name} is not in the manifest")
        elif found[name].rows != said[name].rows:
            faults.append(
                f"table {name} has {found[name].rows} rows, the manifest says {said[name].rows}"
            )
        elif found[name] != said[name]:
            faults.append(f"rows of table {name} were altered")
    return faults
