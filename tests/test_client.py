"""The client of the tests sees what it looks for: each fault of a page is noticed by name."""

from __future__ import annotations

import pytest

from tests.client import look_at

PAGE = """<!doctype html><html lang="zh-Hans"><head><title>会议 · 氢能</title>
<script>const nothing = "None "</script></head><body><h1> 会议 </h1>
<form method="post"><input type="hidden" name="csrf_token" value="x"><label for="a">甲</label>
<input id="a"><label>乙 <select><option>丙</option></select></label>
<textarea aria-label="丁"></textarea><button type="submit">好</button></form>
<form><input type="submit"></form></body></html>"""

FAULTS = {
    "2 h1": ("</body>", "<h1>会议</h1></body>"),
    "0 h1": ("<h1> 会议 </h1>", ""),
    "without h1": ("<title>会议", "<title>纪要"),
    "ids twice": ("<form><input", '<form id="a"><input'),
    "lang 'en'": ("zh-Hans", "en"),
    'no label for <input id="b"': ('<input id="a">', '<input id="b">'),
    "no label for <select": ("<label>乙 <select>", "<label>乙</label><select>"),
    "no label for <textarea": (' aria-label="丁"', ""),
    "without a token": ('name="csrf_token"', 'name="other"'),
    "inline on .*style": ("<h1>", '<h1 style="color: red">'),
    "inline on .*onclick": ("<h1>", '<h1 onclick="go()">'),
    "a None stands": ("好</button>", "好 None </button>"),
}


def test_a_decent_page_passes() -> None:
    look_at(PAGE, "zh")


@pytest.mark.parametrize("said", FAULTS)
def test_each_fault_of_a_page_is_noticed_by_name(said: str) -> None:
    right, wrong = FAULTS[said]
    assert right in PAGE
    with pytest.raises(AssertionError, match=said):
        look_at(PAGE.replace(right, wrong), "zh")
