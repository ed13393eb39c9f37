"""People, the organisations (单位) they act for, their appointments, and how they sign in.

Who comes here: everyone once, to sign in. A role is never a column on a person; it is an
appointment with a scope and a time.
"""
