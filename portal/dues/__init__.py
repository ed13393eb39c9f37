"""Membership dues (会费): what each member owes an alliance for a year, and what came in.

Who comes here: the secretariat, which says what each tier pays, notes payments and invoices and
reminds; a member's manager, who sees the own organisation's lines and nobody else's. The portal
moves no money. Whoever chairs sees no amounts, nor does a liaison.
"""
