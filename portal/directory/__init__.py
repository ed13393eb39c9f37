"""The directory, a window: pages that show what many rooms know of one organisation.

Who comes here: anyone who wants to know who an organisation is and what it offers or seeks.
"""
