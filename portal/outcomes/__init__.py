"""Outcomes (协作成果): contracts, landings, shared use, investments, confirmed by both sides.

Who comes here: the two organisations of an outcome, the secretariat of its alliance, and
everyone where both sides agreed. Works above claim outcomes; whoever needs figures asks
`queries.confirmed` and `queries.totals`, never the table.
"""
