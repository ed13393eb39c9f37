"""The monitor (监测), a window: what flows between the regions, from live rows.

Who comes here: government liaisons first, the secretariat and the chair for their own alliance.
Every figure is counted from business records; nobody fills in a form for it, and no sign-in and
no click counts. Its words: a *measure* is what can be added up day by day, a *cell* keeps such a
sum, an *indicator* is a figure with a definition, a *part* is what one may see in detail.
"""
