"""Templates are compiled for each language: what stands in them, and what is looked up late."""

from __future__ import annotations

import pytest
from flask import Flask
from jinja2 import DictLoader

PAGE = """{% from "part.html" import part %}
<p title="{{ _('Sign out') }}">{{ _("Menu") }}</p>
{{ part(_("Sign in"), "<b>") }} {{ _("At most %(max)d characters.", max=3) }}"""
PART = '{% macro part(word, other) %}[{{ word }} {{ other }} {{ _("Menu") ~ "<i>" }}]{% endmacro %}'


@pytest.fixture
def templates(app: Flask) -> Flask:
    """The application with templates of its own, compiled for no language yet."""
    app.jinja_env = app.create_jinja_environment()
    app.jinja_env.loader = DictLoader({"page.html": PAGE, "part.html": PART})
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        lambda word: word.replace("characters", "late"),
        lambda one, many, number: one,
        newstyle=True,
    )
    return app


def _in(app: Flask, language: str) -> str:
    with app.test_request_context(headers={"Cookie": f"language={language}"}):
        return " ".join(app.jinja_env.get_template("page.html").render().split())


def test_words_stand_in_the_template_of_their_language(templates: Flask) -> None:
    assert _in(templates, "en") == (
        '<p title="Sign out">Menu</p> [Sign in &lt;b&gt; Menu&lt;i&gt;] At most 3 late.'
    )
    chinese = _in(templates, "zh")
    assert '<p title="退出登录">菜单</p> [登录 &lt;b&gt; 菜单&lt;i&gt;]' in chinese


def test_a_word_written_into_a_template_reads_as_one_looked_up(templates: Flask) -> None:
    """Markup in a catalogue stays markup, a doubled percent sign is one: as the call has it."""
    source, env = "{{ _('5%% & <i>more</i>') }}", templates.jinja_env
    env.loader = DictLoader({"page.html": source, "line.txt": source})
    with templates.test_request_context():
        looked_up = env.from_string(source).render()
        assert env.get_template("page.html").render() == looked_up == "5% & <i>more</i>"
        assert env.get_template("line.txt").render() == "5% & <i>more</i>"
