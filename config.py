"""Configuration: every secret and every limit comes from the environment.

`Production` refuses to start when something is weak or missing and says what to set.
"""

from __future__ import annotations

import os
import secrets
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from werkzeug.sansio.utils import host_is_trusted

ROOT = Path(__file__).resolve().parent
INSTANCE = Path(os.environ.get("INSTANCE_PATH", ROOT / "instance"))


def listed(written: str) -> list[str]:
    """Return what a setting lists, separated by commas."""
    return [each.strip() for each in written.split(",") if each.strip()]


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
    TRUSTED_HOSTS = listed(os.environ.get("TRUSTED_HOSTS", "")) or None
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
    # A cookie on every answer of a permanent session would stand in shared caches with them.
    SESSION_REFRESH_EACH_REQUEST = False
    # The CSRF token lives as long as the session: an hour's limit would lose long forms.
    WTF_CSRF_TIME_LIMIT = None

    BABEL_DEFAULT_LOCALE = "zh"
    BABEL_DEFAULT_TIMEZONE = "Asia/Shanghai"
    BABEL_TRANSLATION_DIRECTORIES = str(ROOT / "translations")

    #: So many characters of pages that are the same for many each process keeps (0: none).
    KEPT_PAGES_SIZE = int(os.environ.get("KEPT_PAGES_SIZE") or "8000000")

    #: Where `flask backup create` leaves its archives: better on another disk.
    BACKUP_FOLDER = os.environ.get("BACKUP_FOLDER") or str(INSTANCE / "backups")

    #: The statutory holidays and worked weekends of one's own; empty: those that come along.
    WORKING_DAYS_FILE = os.environ.get("WORKING_DAYS_FILE", "")

    #: How mail and short messages leave: "outbox" keeps them for a person to hand over (a portal
    #: without mail), "console" writes them to the server's log (for development), "smtp" gives
    #: mails to the server below, by the worker.
    MAIL_ADAPTER = os.environ.get("MAIL_ADAPTER") or "outbox"
    SMS_ADAPTER = os.environ.get("SMS_ADAPTER") or "outbox"

    #: The mail server (port 465 speaks TLS from the start, others by STARTTLS unless it is off),
    #: and what mails are sent from: an address, or a name with one in angle brackets.
    SMTP_HOST = os.environ.get("SMTP_HOST", "")
    SMTP_PORT = int(os.environ.get("SMTP_PORT") or "587")
    SMTP_USER = os.environ.get("SMTP_USER", "")
    SMTP_PASSWORD = os.environ.get("SMTP_PASSWORD", "")
    SMTP_STARTTLS = os.environ.get("SMTP_STARTTLS", "1") in ("1", "true", "True")
    MAIL_FROM = os.environ.get("MAIL_FROM", "")
    #: Seconds after which a delivery whose worker was killed is tried by another, and until one
    #: that failed is tried again: twice as long after each failure.
    DELIVERY_LEASE_SECONDS = float(os.environ.get("DELIVERY_LEASE_SECONDS", "300"))
    DELIVERY_RETRY_SECONDS = float(os.environ.get("DELIVERY_RETRY_SECONDS", "30"))

    #: Seconds after which a call to a chat group's robot is cut off.
    HOOK_SECONDS = 10.0

    #: How papers are sealed: "paper" (download, stamp, send the scan in), or a function as
    #: package.module:function; "stand-in" seals nothing, to try the way.
    SEAL_ADAPTER = os.environ.get("SEAL_ADAPTER") or "paper"

    #: Signing in through somebody else's identity provider: a function as package.module:function,
    #: or a stand-in to try it ("outbox", "console"); empty is off. SSO_ADDRESS is where the browser
    #: goes, with the places {state}, {nonce}, {return_address}, {return_with_state}.
    SSO_ADAPTER = os.environ.get("SSO_ADAPTER", "")
    SSO_ADDRESS = os.environ.get("SSO_ADDRESS", "")
    #: What the button says, as people call their provider.
    SSO_NAME = os.environ.get("SSO_NAME", "")

    #: Who runs the portal and how to reach them: the footer and the privacy notice say it.
    OPERATOR_NAME = os.environ.get("OPERATOR_NAME", "")
    OPERATOR_CONTACT = os.environ.get("OPERATOR_CONTACT", "")
    #: The two record numbers of a site in mainland China; what is empty is not shown.
    ICP_NUMBER = os.environ.get("ICP_NUMBER", "")
    POLICE_NUMBER = os.environ.get("POLICE_NUMBER", "")
    #: The version (a date) of the privacy notice that everybody is asked to consent to; with
    #: none, nobody is asked. A new text means a new date.
    PRIVACY_NOTICE = os.environ.get("PRIVACY_NOTICE", "")
    #: The day of the notice that comes with this version of the portal.
    NOTICE_DATE = "2026-11-24"

    #: Attempts to sign in within a quarter of an hour: per account, and per network address.
    SIGN_INS_PER_ACCOUNT = int(os.environ.get("SIGN_INS_PER_ACCOUNT", "5"))
    SIGN_INS_PER_ADDRESS = int(os.environ.get("SIGN_INS_PER_ADDRESS", "50"))
    #: Whether administrators, secretaries and liaisons must have a second factor or a passkey.
    SECOND_FACTOR_REQUIRED = os.environ.get("SECOND_FACTOR_REQUIRED", "0") in ("1", "true", "True")
    #: Seconds for which a worker holds a job; each stored chunk renews it. A chunk must take less.
    JOB_LEASE_SECONDS = float(os.environ.get("JOB_LEASE_SECONDS", "60"))
    #: Where attached files are kept; all servers of one portal share it.
    FILES_FOLDER = os.environ.get("FILES_FOLDER") or str(INSTANCE / "files")
    #: The largest file, how many one record holds, and what an organisation may keep in all.
    FILE_LARGEST_BYTES = int(os.environ.get("FILE_LARGEST_MB", "20")) * 1_000_000
    FILES_PER_RECORD = 10
    FILES_QUOTA_BYTES = int(os.environ.get("FILES_QUOTA_MB", "500")) * 1_000_000
    #: Days an answer to a listing waits before it lapses.
    INTEREST_DAYS = int(os.environ.get("INTEREST_DAYS", "14"))
    #: Bytes of a workbook that somebody uploads to be read.
    WORKBOOK_BYTES = int(os.environ.get("WORKBOOK_BYTES", str(8 * 1024 * 1024)))
    #: What the process that reads it may take: bytes of memory, seconds of a processor.
    WORKBOOK_MEMORY = int(os.environ.get("WORKBOOK_MEMORY", str(768 * 1024 * 1024)))
    WORKBOOK_SECONDS = int(os.environ.get("WORKBOOK_SECONDS", "20"))
    #: What the process that fills a Word template in may take: bytes of memory, seconds of a
    #: processor.
    DOCUMENT_MEMORY = int(os.environ.get("DOCUMENT_MEMORY", str(768 * 1024 * 1024)))
    DOCUMENT_SECONDS = int(os.environ.get("DOCUMENT_SECONDS", "20"))
    #: Days a listing may be open (DOMAIN D4: at most twelve months).
    LISTING_LONGEST_DAYS = 366
    #: From how many regions the partners of a joint project come at least.
    PROJECT_LEAST_REGIONS = int(os.environ.get("PROJECT_LEAST_REGIONS", "2"))


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
    PRIVACY_NOTICE = Config.PRIVACY_NOTICE or Config.NOTICE_DATE
    SECOND_FACTOR_REQUIRED = os.environ.get("SECOND_FACTOR_REQUIRED", "1") in ("1", "true", "True")

    def __init__(self) -> None:
        faults = production_faults(os.environ)
        if faults:
            raise SystemExit("The portal does not start:\n- " + "\n- ".join(faults))


def production_faults(environment: os._Environ[str] | dict[str, str]) -> list[str]:
    """Return a sentence for everything that keeps a production server from starting."""
    faults = []
    if is_weak(environment.get("SECRET_KEY", "")):
        faults.append(
            "SECRET_KEY is missing or weak: set it to at least 32 random characters, "
            "for example the output of: python -c 'import secrets; print(secrets.token_hex(32))'"
        )
    if environment.get("FLASK_DEBUG", "0") not in ("", "0", "false", "False"):
        faults.append("FLASK_DEBUG is on: unset it; debug pages show the source and run code.")
    if not environment.get("PUBLIC_BASE_URL", "").startswith("https://"):
        faults.append("PUBLIC_BASE_URL is missing: set it to the https:// address of the portal.")
    faults += hosts_faults(
        listed(environment.get("TRUSTED_HOSTS", "")), environment.get("PUBLIC_BASE_URL", "")
    )
    if environment.get("SEAL_ADAPTER", "") == "stand-in":
        faults.append(
            "SEAL_ADAPTER is a stand-in: what it returns bears no seal. Unset it, or name the "
            "adapter of a provider."
        )
    if environment.get("SSO_ADAPTER", "") in ("outbox", "console"):
        faults.append(
            "SSO_ADAPTER is a stand-in: whoever hands its messages over could come in as anybody. "
            "Unset it, or name the adapter of a provider."
        )
    return faults


def hosts_faults(hosts: list[str], address: str) -> list[str]:
    """Return what is wrong with the trusted hosts: none, too wide, or without the portal's own."""
    if not hosts:
        return ["TRUSTED_HOSTS is missing: set it to the host names, separated by commas."]
    for each in hosts:
        if "*" in each or (each.startswith(".") and "." not in each.strip(".")):
            return [
                f"TRUSTED_HOSTS has the entry {each}, which names no host: write the host names "
                "out (.example.cn stands for example.cn and all below it)."
            ]
    try:
        host = (urlsplit(address).hostname or "").encode("idna").decode("ascii")
    except ValueError:
        return [f"PUBLIC_BASE_URL is {address}, which is no address: see its host name."]
    if host and not host_is_trusted(host, hosts):
        return [
            f"TRUSTED_HOSTS lacks {host}, the host of PUBLIC_BASE_URL: add it, or no link in a "
            "message opens."
        ]
    return []


def is_weak(secret: str) -> bool:
    """Tell whether a key is so short or so even that it could be guessed."""
    return len(secret) < 32 or len(set(secret)) < 10


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


def configuration(name: str) -> Config:
    """Return the settings of an environment; SystemExit with a sentence where there is none."""
    if name not in CONFIGURATIONS:
        raise SystemExit(
            f"The portal does not start:\n- PORTAL_ENV is {name}: set it to one of "
            f"{', '.join(CONFIGURATIONS)}."
        )
    return CONFIGURATIONS[name]()
