"""The yardsticks: a bare Flask application whose pages have as many bytes as asked for.

No database, no session, no translation: what Flask and Jinja cost at the least. `/<size>` is the
hardest yardstick: twenty rows of constant data with nine escaped values each, every other byte
is markup of the one template and costs nothing. `/ordinary/<size>` is the page as Flask's own
documentation would write it: a base template, a loop for menu, facets and rows, a macro, and
`url_for` for every link, again from constant data.
"""

from __future__ import annotations

import functools

from flask import Flask, render_template
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
MENU = ["工作台", "供需对接", "对接意向", "产业联盟", "单位名录"]
FACETS = [
    ("供需类型", ["需求", "供给"]),
    ("联盟", ["智能网联汽车", "氢能", "生物医药", "工业互联网", "新一代信息技术"]),
    ("所在地", ["北京市", "天津市", "河北省"]),
    ("产业链环节", ["制氢", "储运", "加注", "燃料电池", "整车", "检测"]),
    ("类别", ["技术", "产品", "产能", "服务", "人才", "资金", "数据", "场地"]),
    ("状态", ["可对接", "已过期", "草稿", "审核中", "已退回", "已暂停", "已结束"]),
]

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


@functools.cache
def padding(size: int) -> str:
    """Return what the ordinary page lacks of a size (nothing, where it is larger already)."""
    return "x" * max(0, size - len(_ordinary("").encode()))


@app.get("/ordinary/<int:size>")
def ordinary(size: int) -> str:
    """Render the ordinary page, filled up to that size."""
    return _ordinary(padding(size))


def _ordinary(padding: str) -> str:
    return render_template(
        "list.html", rows=ROWS, menu=MENU, facets=FACETS, person="韩欣悦",
        organisation="北京澜氢动力科技有限公司", padding=padding,
    )  # fmt: skip
