"""Rotation (轮值): who takes the chair of an alliance next, and how it passes from hand to hand.

An alliance keeps the rules of its charter (version by version), a plan of terms that people
confirm, defer, exchange and hand over, and the pages that show all of it. The succession itself
stands in `alliances`: what is confirmed here is written there, and powers follow from there.

`cases`, `order`, `assignment`, `solving`, `feasible`, `conflicts`, `fairness` and `planning` are
pure: they plan any list of members and terms and know no database.
"""
