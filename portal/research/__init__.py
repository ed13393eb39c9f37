"""Joint projects (联合课题): from an idea through a call for partners to a result that lands.

Who comes here: the organisations that take part, who alone see the board with its cards, funds
and reports; members, while partners are called for; the secretariat, which approves and sees what
a project is and how far it has come, never its cards; the liaison, who sees counts and flows.
"""
