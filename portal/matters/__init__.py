"""Matters (对接事项): what becomes of an accepted answer, step by step, until it ends.

Who comes here: the two sides of a matter, and the secretariat of its alliance, which sees the
steps and their days but neither the lines nor the files. How far a matter has come is a step of
a table by kind of listing; whether it goes on is its lifecycle.
"""
