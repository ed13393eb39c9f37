"""Backups: one archive that holds the whole portal, and the way back from it.

Words: an *archive* is a file made by `flask backup create`; its *members* are the database copy,
the stored files and, last of all, the *manifest*, which says what the others must be. Operators
come here through `commands/backup.py`; there are no pages. Both engines go the same way:
`sqlite.py` and `postgresql.py` hold what differs and offer the same names.
"""
