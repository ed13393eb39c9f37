"""Meetings (会议): agenda, notice, reply, minutes; resolutions (决议) and their follow-up (督办).

Who comes here: the secretariat and the chair, who call and hold meetings; members, who propose,
answer and vote; whoever holds the link of a notice, without an account. How votes are counted
stands in `counting.py`, which knows no database; `docs/recount.py` counts once more, by itself.
"""
