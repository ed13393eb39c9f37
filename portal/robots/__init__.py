"""The group robot (群机器人) of an alliance: what is public stands in its chat group at once.

A chat group of the members has an address to which a text can be posted; the secretariat keeps
it here. Published public listings and news go there as one short text each. The address is a
secret: whoever knows it can write to the group.
"""
