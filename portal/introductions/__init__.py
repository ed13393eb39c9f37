"""Introductions (撮合): the secretariat or a liaison sees that two listings belong together.

They propose it with a line why; the owners of both accept, on the desk or by a link of their
own. When both have, an accepted answer arises, and with it a matter; until then neither sees the
other's contacts.
"""
