"""Spreadsheets: what leaves the portal as a workbook, and what comes in as one.

Who comes here: every list that can be taken along, and whoever brings a list of their own.
Nothing here knows an area: a sheet is its columns and its rows.
"""
