"""The inbox (消息): what happened that concerns a person, one message for each event.

Which events concern whom is the table in `portal/notices.py`; the messages are written in the
transaction of the event (`telling.py`). A message holds no words of its own: what it says is made
when it is read, of what the reader may see by then. Everybody comes here.
"""
