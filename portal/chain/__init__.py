"""Chain maps (产业链图谱): the nodes of an industry chain, upstream to downstream, as data.

Who comes here: whoever says which node (环节) a listing, an organisation or a gap belongs to.
"""
