"""TABLE: what else happens after a move, in other areas, in the same transaction.

(noun, move) -> the operations that follow, each called with the record and `by=`. What a move
sets off in its *own* area stands in the move's operation.
"""

from __future__ import annotations

from portal.alliances.merging import move_memberships
from portal.documents.operations import move_readers
from portal.dues.operations import move_dues
from portal.exchange.handing_over import hand_over_exchange
from portal.exchange.membership_effects import (
    end_exchange_of_member,
    keep_out_of_sight,
    pause_exchange_of_member,
    refuse_introduction,
    reindex_for_member,
)
from portal.exchange.merging import move_exchange, reindex_exchange
from portal.guests.operations import move_guest_answers, take_up_for_invited
from portal.introductions.operations import move_introductions
from portal.matters.operations import (
    halt_matters_of_member,
    hand_over_matters,
    move_matters,
    open_matter,
)
from portal.meetings.approvals import name_resolution
from portal.meetings.merging import move_meetings
from portal.outcomes.operations import move_outcomes
from portal.registry import Consequence
from portal.research.cards import hand_over_cards
from portal.research.membership_effects import leave_projects_of_member
from portal.research.merging import move_projects
from portal.research.staffing import end_roles_of_holder
from portal.rotation.deferring import give_up_turns_of_member
from portal.rotation.merging import move_turns

CONSEQUENCES: dict[tuple[str, str], tuple[Consequence, ...]] = {
    # Who leaves an alliance no longer offers or seeks anything there.
    ("membership", "withdraw"): (
        end_exchange_of_member,
        halt_matters_of_member,
        leave_projects_of_member,
        give_up_turns_of_member,
        reindex_for_member,
    ),
    ("membership", "expel"): (
        end_exchange_of_member,
        halt_matters_of_member,
        leave_projects_of_member,
        give_up_turns_of_member,
        reindex_for_member,
    ),
    # Who is a member finds what names it, and what it answered, and nobody else does.
    ("membership", "admit"): (reindex_for_member,),
    ("membership", "approve"): (reindex_for_member,),
    ("membership", "resume"): (reindex_for_member,),
    # Who is suspended shows nothing there until the membership is resumed: the first pauses what
    # is shown, the second refuses what would show it again, so that the move does not happen.
    ("membership", "suspend"): (
        pause_exchange_of_member,
        give_up_turns_of_member,
        reindex_for_member,
    ),
    ("listing", "publish"): (keep_out_of_sight,),
    ("listing", "confirm"): (keep_out_of_sight,),
    ("listing", "resume"): (keep_out_of_sight,),
    # Nobody is introduced to a suspended member; whoever is has a matter from then on.
    ("interest", "accept"): (refuse_introduction, open_matter),
    # A project that was approved points at the resolution whose number was given.
    ("project", "approve"): (name_resolution,),
    # Who leaves an organisation hands over what they answered for there.
    ("appointment", "end"): (
        hand_over_exchange,
        hand_over_matters,
        hand_over_cards,
        end_roles_of_holder,
    ),
    # Whoever was invited because they answered as a guest has answered now.
    ("invitation", "accept"): (take_up_for_invited,),
    # Two records of one organisation become one; no lifecycle, for neither has a state.
    ("organisation", "merge"): (
        move_memberships,
        move_dues,
        move_readers,
        move_exchange,
        move_guest_answers,
        move_introductions,
        move_matters,
        move_outcomes,
        move_projects,
        move_turns,
        move_meetings,
    ),
    ("organisation", "rename"): (reindex_exchange,),
}
