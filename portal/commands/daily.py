"""`flask daily`: what is due on a day. Twice a day changes nothing."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from portal.actors import SYSTEM
from portal.dues.reminding import remind_of_dues
from portal.exchange.reminding import remind_of_expiring, remind_of_lapsing
from portal.files import sweep
from portal.guests.operations import erase_old_guests
from portal.imports.erasing import erase_old_imports
from portal.inbox.mails import send_digests
from portal.matters.reminding import remind_silent_matters
from portal.meetings.personal import erase_plates
from portal.meetings.reminding import remind_of_actions
from portal.meetings.written import end_written_meetings
from portal.monitor import cells
from portal.outbox import sends_mail
from portal.research.reminding import remind_of_due_cards
from portal.rotation.asking import ask_for_confirmations
from portal.rotation.telling import tell_of_unanswered


@click.command("daily")
@with_appcontext
def daily() -> None:
    """Remind of what is silent or ends soon; end, erase, ask for what is due; digests; count."""
    count = remind_silent_matters(by=SYSTEM)
    click.echo(f"{count} silent matters were spoken of.")
    asked = ask_for_confirmations(by=SYSTEM)
    click.echo(f"{asked} terms in the chair were asked to be confirmed.")
    tell_of_unanswered(by=SYSTEM)
    lapsing, expiring = remind_of_lapsing(by=SYSTEM), remind_of_expiring(by=SYSTEM)
    click.echo(f"{lapsing} answers lapse soon, {expiring} listings have their last day soon.")
    click.echo(f"{remind_of_due_cards(by=SYSTEM)} tasks of joint projects are due.")
    click.echo(f"{erase_old_guests(by=SYSTEM)} guests' numbers were erased.")
    erase_plates(by=SYSTEM)
    click.echo(f"{remind_of_dues(by=SYSTEM)} lines of dues are overdue.")
    click.echo(f"The cells of {erase_old_imports(by=SYSTEM)} old imports were erased.")
    click.echo(f"{sweep(by=SYSTEM)} files were forgotten.")
    click.echo(f"{remind_of_actions(by=SYSTEM)} actions were spoken of.")
    click.echo(f"{end_written_meetings(by=SYSTEM)} written ballots ended.")
    if sends_mail():
        click.echo(f"{send_digests(by=SYSTEM)} digests were written.")
    else:
        click.echo("No digests: the portal has no mail server (MAIL_ADAPTER).")
    cells.catch_up_wholly(by=SYSTEM)
