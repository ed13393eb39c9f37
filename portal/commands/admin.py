"""`flask admin`: the first portal administrator, any that was lost, and their passwords."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from portal import links
from portal.actors import SYSTEM
from portal.errors import Refused
from portal.roles import Role
from portal.sign_in import forgotten
from portal.sign_in.inviting import invite

admin = AppGroup("admin", help="Portal administrators.")


@admin.command("invite")
@click.argument("name")
@click.option("--email", help="Address they will sign in with.")
@click.option("--mobile", help="Mobile number they will sign in with.")
def invite_administrator(name: str, email: str | None, mobile: str | None) -> None:
    """Invite NAME as portal administrator; prints an address and eight digits, once."""
    made = invite(Role.ADMINISTRATOR, 0, name=name, email=email, mobile=mobile, by=SYSTEM)
    click.echo(f"Address: {links.address('invitations.take_up', token=made.token)}")
    click.echo(f"Or type {made.code} at {links.address('invitations.enter_code')}")
    click.echo("It works once, for 14 days.")


@admin.command("password-link")
@click.argument("account")
def hand_out_password_link(account: str) -> None:
    """Print a link and eight digits, once, by which the owner of ACCOUNT sets a new password."""
    try:
        made = forgotten.hand_out_link(account, by=SYSTEM, reason="flask admin password-link")
    except Refused as refused:
        raise click.ClickException("Nobody has an open account under this name.") from refused
    click.echo(f"Address: {links.address('passwords.set_by_link', token=made.token)}")
    click.echo(f"Or type {made.code} at {links.address('passwords.enter_code')}")
    click.echo("It works once, for 24 hours; a second factor is asked for as ever.")
