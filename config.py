"""Configuration: every secret and every limit comes from the environment.

`Production` refuses to start when something is weak or missing and says what to set.
"""

from __future__ import annotations

import os
import secrets
from datetime import timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent
INSTANCE = Path(os.environ.get("INSTANCE_PATH", ROOT / "instance"))


class Config:
    """What all environments share."""

    NAME = "development"
    SECRET_KEY = os.environ.get("SECRET_KEY", "")
    SQLALCHEMY_DATABASE_URI = os.environ.get("DATABASE_URL", f"sqlite:///{INSTANCE}/portal.sqlite3")
    #: Where the portal is reached, as https://portal.example.cn; links in messages use it.
    PUBLIC_BASE_URL = os.environ.get("PUBLIC_BASE_URL") or (
        f"http://{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
    )
    #: The host names the portal answers to, separated by commas.
    TRUSTED_HOSTS = [
        host.strip() for host in os.environ.get("TRUSTED_HOSTS", "").split(",") if host.strip()
    ] or None
    #: How many reverse proxies stand in front and may be believed about the visitor's address.
    TRUSTED_PROXIES = int(os.environ.get("TRUSTED_PROXIES", "0"))

    MAX_CONTENT_LENGTH = 1024 * 1024
    MAX_FORM_PARTS = 200
    SESSION_COOKIE_NAME = "portal"
    SESSION_COOKIE_HTTPONLY = True
    SESSION_COOKIE_SAMESITE = "Lax"
    SESSION_COOKIE_SECURE = PUBLIC_BASE_URL.startswith("https://")
    # How long a cookie may live at most; the session row at the server decides (12 h or 30 days).
    PERMANENT_SESSION_LIFETIME = timedelta(days=30)
    # The CSRF token lives as long as the session: an hour's limit would lose long forms.
    WTF_CSRF_TIME_LIMIT = None

    BABEL_DEFAULT_LOCALE = "zh"
    BABEL_DEFAULT_TIMEZONE = "Asia/Shanghai"
    BABEL_TRANSLATION_DIRECTORIES = str(ROOT / "translations")

    #: Attempts to sign in within a quarter of an hour: per account, and per network address.
    SIGN_INS_PER_ACCOUNT = int(os.environ.get("SIGN_INS_PER_ACCOUNT", "5"))
    SIGN_INS_PER_ADDRESS = int(os.environ.get("SIGN_INS_PER_ADDRESS", "50"))
    #: Days an answer to a listing waits before it lapses.
    INTEREST_DAYS = int(os.environ.get("INTEREST_DAYS", "14"))
    #: Days a listing may be open (DOMAIN D4: at most twelve months).
    LISTING_LONGEST_DAYS = 366


class Development(Config):
    """A newcomer's machine: a key kept beside the database, the demo world allowed."""

    def __init__(self) -> None:
        self.SECRET_KEY = Config.SECRET_KEY or development_key()


class Testing(Config):
    """The test suite: CSRF stays on, as in life."""

    NAME = "testing"
    TESTING = True
    SECRET_KEY = "testing-only-testing-only-testing-only"  # noqa: S105 - opens nothing
    SIGN_INS_PER_ADDRESS = 10_000


class Production(Config):
    """A server that strangers reach. It starts only when everything is in order."""

    NAME = "production"

    def __init__(self) -> None:
        faults = production_faults(os.environ)
        if faults:
            raise SystemExit("The portal does not start:\n- " + "\n- ".join(faults))


def production_faults(environment: os._Environ[str] | dict[str, str]) -> list[str]:
    """Return a sentence for everything that keeps a production server from starting."""
    faults = []
    secret = environment.get("SECRET_KEY", "")
    if len(secret) < 32 or len(set(secret)) < 10:
        faults.append(
            "SECRET_KEY is missing or weak: set it to at least 32 random characters, "
            "for example the output of: python -c 'import secrets; print(secrets.token_hex(32))'"
        )
    if environment.get("FLASK_DEBUG", "0") not in ("", "0", "false", "False"):
        faults.append("FLASK_DEBUG is on: unset it; debug pages show the source and run code.")
    if not environment.get("PUBLIC_BASE_URL", "").startswith("https://"):
        faults.append("PUBLIC_BASE_URL is missing: set it to the https:// address of the portal.")
    if not environment.get("TRUSTED_HOSTS"):
        faults.append("TRUSTED_HOSTS is missing: set it to the host names, separated by commas.")
    return faults


def development_key() -> str:
    """Return this machine's own key, made once and kept beside the database."""
    INSTANCE.mkdir(parents=True, exist_ok=True)
    path = INSTANCE / "development.key"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_hex(32))
    return path.read_text()


CONFIGURATIONS: dict[str, type[Config]] = {
    "development": Development,
    "testing": Testing,
    "production": Production,
}
