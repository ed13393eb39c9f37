"""The offices (职务): who holds which at the portal, a region or an alliance, and who appoints.

Administrators come here for administrators, liaisons and secretaries, secretaries for the experts
of their alliance. The people of an organisation are kept in `organisations`.
"""
