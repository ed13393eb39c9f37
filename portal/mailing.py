"""The mail server: how a message of the outbox becomes a mail, and what the server's answer means.

Its password stands in the configuration alone: in no log line, no error, no row.
"""

from __future__ import annotations

import contextlib
import smtplib
import ssl
from dataclasses import dataclass
from datetime import datetime
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

from flask import Flask, current_app

from portal.delivering import Away, Courier, Later, Never
from portal.outbox import OutboxMessage, masked

#: Seconds for each answer of the server.
TIMEOUT = 20
#: The port on which a mail server speaks TLS from the first byte.
TLS_PORT = 465


@dataclass(frozen=True)
class Envelope:
    """A message as it is sent."""

    recipient: str
    subject: str
    body: str
    key: str
    created_at: datetime


def pack(message: OutboxMessage) -> Envelope:
    """Return what is sent of a row of the outbox."""
    return Envelope(
        message.recipient,
        message.subject,
        message.body,
        message.message_key or str(message.id),
        message.created_at,
    )


def mail_of(envelope: Envelope) -> EmailMessage:
    """Return the mail: the same message has the same Message-ID and date, however often sent.

    Raises `Never` for an address no mail can go to.
    """
    name, sender = parseaddr(current_app.config["MAIL_FROM"])
    mail = EmailMessage(policy=SMTP)
    user, _at, domain = sender.rpartition("@")
    local, _at, host = envelope.recipient.rpartition("@")
    try:
        mail["From"] = Address(name, user, domain)
        # A Chinese domain has a name in ASCII, which every server takes.
        mail["To"] = Address(addr_spec=f"{local}@{host.encode('idna').decode()}")
    except (HeaderParseError, ValueError, IndexError) as error:
        raise Never("no mail can go to this address") from error
    mail["Subject"] = " ".join(envelope.subject.split())
    mail["Message-ID"] = f"<{envelope.key}@{domain}>"
    mail["Date"] = format_datetime(envelope.created_at)
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(envelope.body)
    return mail


def send(envelope: Envelope) -> None:
    """Hand a mail to the server. Raises `Never`, `Later` or `Away`, as the server answers."""
    mail = mail_of(envelope)
    try:
        server = _connected()
        try:
            server.ehlo_or_helo_if_needed()
            if not str(mail["To"]).isascii() and not server.has_extn("smtputf8"):
                raise Never("the mail server takes no such address")
            server.send_message(mail)
        finally:
            # What the server says to a farewell changes nothing: the mail is with it, or is not.
            with contextlib.suppress(smtplib.SMTPException, OSError):
                server.quit()
    except smtplib.SMTPRecipientsRefused as refused:
        (answer,) = refused.recipients.values()
        raise _meaning(*answer) from None
    except smtplib.SMTPDataError as error:
        raise _meaning(error.smtp_code, error.smtp_error) from None
    except smtplib.SMTPSenderRefused as error:
        # Nothing of this message: the server does not know the portal's own address.
        raise Away(f"the sender is refused: {_said(error.smtp_error)}") from None
    except smtplib.SMTPAuthenticationError as error:
        # What it says may repeat what it was given: only the number is kept.
        raise Away(f"the mail server refuses the sign-in ({error.smtp_code})") from None
    except smtplib.SMTPServerDisconnected:
        raise Later("the mail server hung up") from None
    except (smtplib.SMTPException, OSError, ssl.SSLError) as error:
        raise Away(f"the mail server does not answer: {type(error).__name__}") from None
    current_app.logger.info("mail %s to %s", envelope.key, masked(envelope.recipient))


def _connected() -> smtplib.SMTP:
    """Return a connection on which the portal has signed in, closed by whoever takes it."""
    settings = current_app.config
    context = ssl.create_default_context()
    host, port = settings["SMTP_HOST"], settings["SMTP_PORT"]
    server: smtplib.SMTP
    if port == TLS_PORT:
        server = smtplib.SMTP_SSL(host, port, timeout=TIMEOUT, context=context)
    else:
        server = smtplib.SMTP(host, port, timeout=TIMEOUT)
    try:
        if settings["SMTP_STARTTLS"] and port != TLS_PORT:
            server.starttls(context=context)
        if settings["SMTP_USER"]:
            server.login(settings["SMTP_USER"], settings["SMTP_PASSWORD"])
    except BaseException:
        server.close()
        raise
    return server


def _meaning(code: int, said: bytes | str) -> Exception:
    """Return what an answer about one message means: 5xx is for good, all else for now."""
    text = f"{code} {_said(said)}"
    return Never(text) if 500 <= code < 600 else Later(text)


def _said(said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return " ".join(text.split())


def courier() -> Courier:
    """Return the courier of mails."""
    return Courier(OutboxMessage, pack, send)


def faults(settings: dict[str, object]) -> list[str]:
    """Return a sentence for everything that keeps mail from being sent by a server."""
    found = []
    if not settings["SMTP_HOST"]:
        found.append("SMTP_HOST is missing: set it to the name of the mail server.")
    if "@" not in parseaddr(str(settings["MAIL_FROM"]))[1]:
        found.append("MAIL_FROM is missing or no address: set it to what mails are sent from.")
    if bool(settings["SMTP_USER"]) != bool(settings["SMTP_PASSWORD"]):
        found.append("SMTP_USER and SMTP_PASSWORD go together: set both, or neither.")
    is_open = not settings["SMTP_STARTTLS"] and settings["SMTP_PORT"] != TLS_PORT
    if settings["SMTP_PASSWORD"] and is_open:
        found.append("SMTP_STARTTLS is off: a password would be sent in the open.")
    return found


def init_app(app: Flask) -> None:
    """Keep the portal from starting with a mail server that is described by half."""
    if app.config["MAIL_ADAPTER"] == "smtp":
        found = faults(dict(app.config))
        if found:
            raise SystemExit("The portal does not start:\n- " + "\n- ".join(found))
