"""A mail server for tests: it speaks just enough SMTP, and fails as it is told to.

What it took is kept as it came. `answers` decides of each mail: take it, put it off, refuse it,
hang up before or after having taken it.
"""

from __future__ import annotations

import random
import socketserver
import threading
from collections.abc import Callable
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Self

TAKE, LATER, NEVER, HANG_UP, TAKE_AND_HANG_UP = "take", "451", "550", "hang up", "take, hang up"


@dataclass(frozen=True)
class Taken:
    """One mail as it came."""

    recipient: str
    mail: EmailMessage

    @property
    def message_id(self) -> str:
        """Its name among all mails of the world."""
        return str(self.mail["Message-ID"])


def at_random(seed: int, *, failing: float) -> Callable[[str], str]:
    """Return answers of which a part fails, each in one of the ways that are not for good."""
    chance = random.Random(seed)
    lock = threading.Lock()

    def answer(_recipient: str) -> str:
        with lock:
            if chance.random() >= failing:
                return TAKE
            return chance.choice([LATER, HANG_UP, TAKE_AND_HANG_UP])

    return answer


class _Session(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        self.say("220 mail.test.example")
        recipient = ""
        while line := self.rfile.readline():
            word = line[:4].upper()
            if word in (b"EHLO", b"HELO"):
                self.say("250-mail.test.example\r\n250 AUTH PLAIN")
            elif word == b"AUTH":
                self.say(f"535 {line.decode().strip()} is wrong")
            elif word == b"RCPT":
                recipient = line.decode().split("<")[1].split(">")[0]
                if self.server.answers(recipient) == NEVER:
                    self.say("550 5.1.1 no such user")
                else:
                    self.say("250 fine")
            elif word == b"DATA":
                self.say("354 go on")
                if not self.take(recipient):
                    return
            elif word == b"QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 fine")

    def take(self, recipient: str) -> bool:
        """Read a mail and answer it; False where it hung up."""
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        answer = self.server.outcome(recipient)
        if answer in (TAKE, TAKE_AND_HANG_UP):
            mail = message_from_bytes(b"".join(lines), policy=default)
            self.server.keep(Taken(recipient, mail))
        if answer in (HANG_UP, TAKE_AND_HANG_UP):
            return False
        self.say("451 try again" if answer == LATER else "250 taken")
        return True

    def say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


class MailServer(socketserver.ThreadingTCPServer):
    """Listens on a loopback port while it is entered."""

    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, outcome: Callable[[str], str] = lambda _recipient: TAKE) -> None:
        super().__init__(("127.0.0.1", 0), _Session)
        self.outcome = outcome
        self.refused: set[str] = set()
        self.taken: list[Taken] = []
        self._lock = threading.Lock()

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self.server_address[1])

    def answers(self, recipient: str) -> str:
        """Return what is said to a recipient, before the mail."""
        return NEVER if recipient in self.refused else TAKE

    def keep(self, mail: Taken) -> None:
        """Keep a mail that was taken."""
        with self._lock:
            self.taken.append(mail)

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of a client that was killed."""

    def __enter__(self) -> Self:
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.shutdown()
        self.server_close()
