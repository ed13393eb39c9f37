"""TABLE: who may do what, and which fields who may see.

Each permission maps to lines; any one line suffices, and all words on a line must hold. A word
is bound to the record's own scope and has two renderings, one for a record (`holds`) and one
for SQL (`clause`), so that a list and its door are the same rule. A third (`tokens`) puts the
same rule into the search index. The words are bound in `conditions.py` and made
in `words.py`. The table has a part for each floor of the house.
"""

from __future__ import annotations

from portal.permissions.alliances import ALLIANCES
from portal.permissions.exchange import EXCHANGE
from portal.permissions.meetings import MEETINGS
from portal.permissions.people import PEOPLE
from portal.permissions.research import RESEARCH as RESEARCH
from portal.permissions.visibility import VISIBILITY as VISIBILITY
from portal.permissions.windows import WINDOWS
from portal.words import Line

PERMISSIONS: dict[str, tuple[Line, ...]] = {
    **PEOPLE,
    **ALLIANCES,
    **EXCHANGE,
    **MEETINGS,
    **RESEARCH,
    **WINDOWS,
}
