"""A real server to kill, and visitors who speak HTTP to it.

The server runs as `script/server` runs it: gunicorn with two workers, in a process group of its
own, so that one SIGKILL takes all of it. What a visitor's request got back is the whole truth:
an answer, or none because the server was gone.
"""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from http.client import HTTPConnection, HTTPException
from http.cookies import SimpleCookie
from pathlib import Path
from typing import NamedTuple, Self
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parent.parent.parent
START_SECONDS = 60.0
ANSWER_SECONDS = 30.0


class Answer(NamedTuple):
    """What a request got back."""

    status: int
    location: str
    text: str


class Visitor:
    """A browser without scripts: it keeps cookies and follows nothing by itself."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._cookies: dict[str, str] = {}
        self._token = ""

    def ask(self, method: str, path: str, form: dict[str, str] | None = None) -> Answer | None:
        """Make one request; None where the server went away before its answer was whole."""
        connection = HTTPConnection("127.0.0.1", self._port, timeout=ANSWER_SECONDS)
        body = urlencode({"csrf_token": self._token, **form}) if form is not None else None
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self._cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            text = response.read().decode()
            for cookie in response.headers.get_all("Set-Cookie", []):
                self._cookies |= {name: part.value for name, part in SimpleCookie(cookie).items()}
            return Answer(response.status, response.headers.get("Location", ""), text)
        except (OSError, HTTPException):
            return None
        finally:
            connection.close()

    def get(self, path: str) -> Answer:
        """Get a page that must come, and keep its CSRF token."""
        answer = self.ask("GET", path)
        assert answer is not None, f"no answer to GET {path}"
        found = re.search(r'name="csrf_token" value="([^"]+)"', answer.text)
        self._token = found[1] if found else self._token
        return answer

    def post(self, path: str, **form: str) -> Answer | None:
        """Send a form with a valid CSRF token; None where no answer came back."""
        return self.ask("POST", path, form)

    def sign_in(self, account: str, password: str) -> None:
        """Sign in through the form."""
        self.get("/sign-in")
        answer = self.post("/sign-in", account=account, password=password)
        assert answer is not None and answer.status == 302, answer
        # The token of the session before sign-in is worth nothing after it.
        assert self.get("/desk").status == 200


class Server:
    """Two workers on a loopback port, started, killed and started again."""

    def __init__(self, url: str, folder: Path, application: str = "wsgi:app") -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self._log = folder / "server.log"
        self._command = [
            *(sys.executable, "-m", "gunicorn", application),
            *("--bind", f"127.0.0.1:{self.port}", "--workers", "2", "--threads", "4"),
            *("--worker-class", "gthread", "--worker-tmp-dir", str(folder)),
            *("--graceful-timeout", "10", "--log-level", "warning"),
        ]
        self._environment = {
            **os.environ,
            "DATABASE_URL": url,
            "PORTAL_ENV": "development",
            "INSTANCE_PATH": str(folder),
            "SECRET_KEY": "",
        }
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.kill()

    def start(self) -> None:
        """Start it and wait until it can do its work."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                cwd=ROOT,
                env=self._environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        deadline, waiting = time.monotonic() + START_SECONDS, Visitor(self.port)
        while True:
            answer = waiting.ask("GET", "/readyz")
            if answer is not None and answer.status == 200:
                return
            alive = self._process.poll() is None
            if not alive or time.monotonic() > deadline:
                self.kill()
                raise AssertionError(f"the server does not start:\n{self._log.read_text()}")
            time.sleep(0.05)

    def kill(self) -> None:
        """End the master and every worker with SIGKILL, at once."""
        if self._process is None:
            return
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._process = None
