"""Documents and seals (文书与盖章): papers with a number, a date and a code that proves them.

Who comes here: the secretariat, which issues papers, has them sealed by the host organisation and
keeps the scans; members, who read them; anybody who scans the code of one. Works above issue a
paper with `operations.issue_document` and the fields of its template; what a template is filled
with is theirs to say.
"""
