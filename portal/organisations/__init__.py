"""Organisations (单位) kept by their own people: profile, contacts, colleagues, agents.

Who comes here: member managers. The organisation itself is a record of `accounts`; its public
page is a window (`directory`).
"""
