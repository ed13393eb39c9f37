"""The front page and the desk (工作台), a window: what waits for me, what is new, what I began.

Who comes here: everyone. The desk asks the workflow tables who is waited for; nothing here
decides anything.
"""
