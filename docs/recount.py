"""Count a resolution of the portal once more, from its exported file, with this script alone.

    python3 docs/recount.py resolution-12.json

The file holds the rule in whole numbers ("quorum": [2, 3, "at least"], "passing": [1, 2, "more
than"]), the number of seats, and a row for every seat that was present, by choice and numbered
anew. A secret ballot has counted figures in place of choices; who took no ballot is silent. It
knows nothing of the portal and imports nothing of it.
"""

import json
import sys
from pathlib import Path


def reaches(count, base, share):
    """Tell whether count/base reaches a share: "at least" includes it, "more than" does not."""
    numerator, denominator, how = share
    left, right = count * denominator, base * numerator
    return left > right if how == "more than" else left >= right


def recount(export):
    """Return what the exported rows come to: passed, failed or no_quorum."""
    seats, rows, rule = export["seats"], export["rows"], export["rule"]
    who = [row["seat"] for row in rows]
    if len(who) != len(set(who)) or len(who) > seats:
        raise ValueError("a seat voted twice, or more voted than there are seats")
    present = len(rows)
    recused = sum(row["choice"] == "recused" for row in rows)
    if export.get("figures"):
        yes = export["figures"]["yes"]
        silent = sum(row["choice"] == "silent" for row in rows)
        if sum(export["figures"].values()) + recused + silent != present:
            raise ValueError("the counted figures are not as many as took part")
    else:
        yes = sum(row["choice"] == "yes" for row in rows)
    if seats == 0 or not reaches(present, seats, rule["quorum"]):
        return "no_quorum"
    base = present if rule["base"] == "present" else seats
    if rule["recusal_lowers"]:
        base -= recused
    return "passed" if base > 0 and reaches(yes, base, rule["passing"]) else "failed"


def main():
    """Read the file, count, and say whether the portal said the same."""
    export = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    found = recount(export)
    print(f"recount: {found}; the portal says: {export['verdict']}")
    return 0 if found == export["verdict"] else 1


if __name__ == "__main__":
    sys.exit(main())
