"""How people get in: passwords, passkeys, second factors, invitations, sessions and devices.

Who comes here: everyone, seldom. Who somebody is stands in `accounts`; here it is only proved.
"""
