"""Regions (属地): provinces, their cities and districts, as data.

Who comes here: every area that says where an organisation sits or which region a figure
speaks of. The portal serves whichever regions are loaded; none is named in code.
"""
