"""Guests: people without an account who answer a public listing, from a chat or a poster.

What they leave, an organisation's name and a mobile number, is *held*: no answer yet, counted
nowhere. The secretariat or the listing's owner verifies it; when somebody who acts for the
organisation takes it up, it becomes an answer like any other. The number is erased in time.
"""
