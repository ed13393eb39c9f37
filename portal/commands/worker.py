"""`flask worker`: run jobs until told to end."""

from __future__ import annotations

import signal
import threading
from types import FrameType

import click

from portal.worker import work


@click.command("worker")
@click.option("--once", is_flag=True, help="End when no job waits.")
def worker(*, once: bool) -> None:
    """Run jobs, one at a time; SIGTERM and Ctrl-C end it between two chunks."""
    stop = threading.Event()

    def end(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, end)
    ran = work(once=once, stop=stop)
    if once:
        click.echo(f"{ran} jobs were run.")
