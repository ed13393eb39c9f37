"""`flask rotation --data FILE`: plan anybody's own rotation, without touching the database."""

from __future__ import annotations

import json
from typing import Any, TextIO

import click
from flask.cli import with_appcontext
from flask_babel import gettext as _

from portal.rotation.planning import plan
from portal.rotation.written_cases import Unreadable, read_case, written_answer

#: The exit code for a file that is no case.
UNREADABLE = 2


@click.command("rotation")
@click.option(
    "--data",
    "file",
    required=True,
    type=click.File(encoding="utf-8-sig"),
    help="The members, terms and rules as JSON (docs/operating.md); - reads what is typed.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the answer as one JSON object.")
@with_appcontext
def rotation(file: TextIO, *, as_json: bool) -> None:
    """Say who takes which term, and why; or which rules conflict.

    Both are answers and end with 0; a file that is no case ends with 2 and names the field.
    """
    try:
        case = read_case(_parsed(file))
    except Unreadable as unreadable:
        click.echo(str(unreadable), err=True)
        raise SystemExit(UNREADABLE) from None
    answer = written_answer(case, plan(case))
    click.echo(json.dumps(answer, ensure_ascii=False, indent=1) if as_json else told(answer))


def _parsed(file: TextIO) -> Any:
    try:
        return json.load(file)
    except UnicodeDecodeError:
        raise Unreadable("file", _("is not written in UTF-8.")) from None
    except (json.JSONDecodeError, RecursionError) as error:
        line = getattr(error, "lineno", 1)
        raise Unreadable("file", _("is no JSON: look at line %(line)d.", line=line)) from None


def told(answer: dict[str, Any]) -> str:
    """Return an answer as lines to read."""
    if "conflict" in answer:
        return "\n".join([_("There is no plan:"), *(f"- {each}" for each in answer["conflict"])])
    lines = [
        f"{each['number']:>3}  {' – '.join(each['term'])}  {each['member']}  {each['why']}"
        for each in answer["plan"]
    ]
    fair = answer["fairness"]
    lines.append(
        _(
            "Turns by region: %(regions)s.",
            regions=", ".join(f"{each} {count}" for each, count in fair["turns_by_region"].items()),
        )
    )
    lines.append(
        _("No better plan exists.")
        if answer["optimal"]
        else _("A good plan; whether a better one exists was not decided.")
    )
    return "\n".join(lines)
