"""How templates become pages: each is compiled once for each language, its words written in.

A page says a hundred words and more, and looking each up took a fifth of its time. A word without
arguments is known as soon as the language is: `_("Menu")` becomes what the catalogue says while
the template is compiled. What has arguments is looked up when the page is made. What does not
live here: which language a page is in, and the catalogues (`language.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, MutableMapping
from typing import Any

from flask import Flask
from flask.templating import Environment as FlaskEnvironment
from jinja2 import Template
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream

from portal.language import chosen_language, word_in

#: The tokens of a word without arguments: `_`, a bracket, a string, a bracket.
_CALL = ("name", "lparen", "string", "rparen")


class WrittenIn(Extension):
    """Replaces each word without arguments by what it says in the environment's language."""

    def filter_stream(self, stream: TokenStream) -> Iterable[Token]:
        """Yield the tokens of a template, with its words in the language it is compiled for."""
        language = getattr(self.environment, "language", None)
        if language is None:
            return stream
        return self._written(stream, language)

    def _written(self, stream: TokenStream, language: str) -> Iterator[Token]:
        escapes: Any = self.environment.autoescape
        is_markup = escapes(stream.name) if callable(escapes) else escapes
        held: list[Token] = []
        for token in stream:
            held.append(token)
            if token.type != _CALL[len(held) - 1] or held[0].value != "_":
                yield from held
                held = []
            elif len(held) == len(_CALL):
                # A catalogue's words are formats, and markup: as the call itself returns them.
                said = word_in(language, held[2].value) % {}
                yield Token(token.lineno, "string", said)
                if is_markup:
                    yield Token(token.lineno, "pipe", "|")
                    yield Token(token.lineno, "name", "safe")
                held = []
        yield from held


class Environment(FlaskEnvironment):
    """The templates, each in the language of whoever asks."""

    #: None for the environment that all are set up in; templates come from those beside it.
    language: str | None = None

    def get_template(self, *arguments: Any, **named: Any) -> Template:
        """Return the template of that name, compiled for the language of this request."""
        if self.language is None:
            return self._spoken(chosen_language()).get_template(*arguments, **named)
        return super().get_template(*arguments, **named)

    def select_template(self, *arguments: Any, **named: Any) -> Template:
        """Return the first template there is, compiled for the language of this request."""
        if self.language is None:
            return self._spoken(chosen_language()).select_template(*arguments, **named)
        return super().select_template(*arguments, **named)

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Return what every template knows as one dictionary.

        Jinja's own chain of two is walked key by key at each import of each page. All globals are
        there before the first template is asked for.
        """
        return {**self.globals, **(d or {})}

    def _spoken(self, language: str) -> Environment:
        found: dict[str, Environment] = self.__dict__.setdefault("languages", {})
        if language not in found:
            overlay: Any = self.overlay()
            overlay.language = language
            found[language] = overlay
        return found[language]


def init_app(app: Flask) -> None:
    """Let the application's templates be compiled for each language; before any is asked for."""
    app.jinja_environment = Environment
    app.jinja_options = {
        "trim_blocks": True,
        "lstrip_blocks": True,
        "extensions": [WrittenIn],
    }
