"""Measurements: what a page costs, and whether it grows with the rows."""
