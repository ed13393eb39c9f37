"""`flask admin invite`: the first portal administrator, and any that was lost."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from portal import links
from portal.actors import SYSTEM
from portal.roles import Role
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
