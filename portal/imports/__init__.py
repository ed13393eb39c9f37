"""Imports (导入): members as an office really sends them, in whatever table, into an alliance.

Who comes here: the secretary of an alliance with a spreadsheet. What a cell means is guessed by
pure modules (`headers`, `records`, `places`) with words that are data (`words.json`); what
becomes of each row is judged by `fates`, written by `operations` in chunks, and shown before
anything is written.
"""
