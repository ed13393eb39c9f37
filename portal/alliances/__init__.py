"""Alliances (联盟): their front page, their members, and who holds the chair.

Who comes here: anyone who wants to know who belongs, secretaries who keep the membership.
The succession of the chair is a table of this room; `rotation` will write it through here.
"""
