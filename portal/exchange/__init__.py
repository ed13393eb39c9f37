"""The exchange (供需对接): listings of supply and demand, and the answers to them.

Who comes here: members who post and answer, secretaries who review, anyone who looks for what
is public. Words: listing (供给/需求), interest (我能供 / 我有需求). An accepted interest opens the
contacts of both sides; what follows from it (matters, outcomes) stands on it later.
"""
