"""What each page answers to whom: the declared cases, one file for each area.

`tests/test_pages.py` plays them; a route that no case names fails there.
"""
