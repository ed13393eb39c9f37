"""The yardstick: a bare Flask application with one Jinja page, as many bytes as asked for.

Twenty rows of constant data with nine escaped values each; the rest of the page is markup of the
template. No database, no session, no translation: what Flask and Jinja cost at the least.
"""

from __future__ import annotations

import functools

from flask import Flask
from jinja2 import Template

ROWS = [
    {
        "id": 100_000 + number,
        "title": f"求购70MPa IV型储氢瓶碳纤维缠绕代工产能 {number}",
        "direction": "需求",
        "region": "京",
        "kind": "产能",
        "organisation": "北京澜氢动力科技有限公司",
        "node": "储氢瓶",
        "amount": "860万元",
        "until": "2027年3月1日 (周一)",
    }
    for number in range(20)
]
ROW = (
    '<li><a href="/listings/{{ row.id }}">{{ row.title }}</a><span>{{ row.direction }}</span>'
    "<span>{{ row.region }}</span><span>{{ row.kind }}</span><p>{{ row.organisation }}</p>"
    "<p>{{ row.node }}</p><p>{{ row.amount }}</p><p>{{ row.until }}</p>"
)

app = Flask(__name__)


@functools.cache
def template(size: int) -> Template:
    """Return a template whose page has exactly `size` bytes (at least the rows' own)."""

    def with_markup(per_row: int, rest: int) -> Template:
        return app.jinja_env.from_string(
            "<!doctype html><title>Bare</title><ul>{% for row in rows %}"
            f"{ROW}<i class='{'x' * per_row}'></i></li>{{% endfor %}}</ul><!--{'x' * rest}-->"
        )

    missing = max(0, size - len(with_markup(0, 0).render(rows=ROWS).encode()))
    return with_markup(missing // len(ROWS), missing % len(ROWS))


@app.get("/<int:size>")
def page(size: int) -> str:
    """Render the page of that size."""
    return template(size).render(rows=ROWS)
