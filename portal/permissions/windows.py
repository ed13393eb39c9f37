"""TABLE: who may look through the windows, which read everything."""

from __future__ import annotations

from portal.conditions import (
    a_chair,
    a_liaison,
    a_secretary,
    by_system,
)
from portal.words import Line

WINDOWS: dict[str, tuple[Line, ...]] = {
    # the monitor: liaisons, and the secretariat and the chair for their own alliance. The
    # administrator runs the server and reads no figures of business.
    "indicator.compute": ((by_system,),),
    "monitor.show": ((a_liaison,), (a_secretary,), (a_chair,)),
}
