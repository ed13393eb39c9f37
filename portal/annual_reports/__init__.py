"""The annual report of an alliance (年度报告): a year's records as the draft of a paper.

A window: it reads what the areas and the monitor count, counts nothing by a rule of its own, and
hands it to `documents` as a Word file that the secretariat goes on writing.
"""
