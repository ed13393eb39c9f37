"""A poster is one picture of one size, whatever it says."""

from __future__ import annotations

import struct
from dataclasses import replace

import pytest
from flask import Flask

from portal.posters import Poster, draw

PLAIN = Poster(
    alliance="京津冀氢能产业联盟",
    heading="需求 · 北京",
    title="求购储氢瓶瓶口阀",
    text="首年 8000 只。",
    facts=("有效期至 2026年12月31日",),
    call="我能供",
    hint="扫码填两项即可应答，无需注册。",
    address="https://portal.example.cn/listings/1234",
)


def size_of(picture: bytes) -> tuple[int, int]:
    """Return width and height from the head of a PNG."""
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", picture[16:24])
    return int(width), int(height)


@pytest.mark.parametrize(
    "poster",
    [
        PLAIN,
        replace(PLAIN, title="长" * 80, text="很长的说明。" * 800),
        replace(
            PLAIN, title='#panic("read") $x$ *b* \\ "', text='= heading\n#image("/etc/passwd")'
        ),
        replace(PLAIN, text="", facts=()),
    ],
    ids=["plain", "long", "markup", "short"],
)
def test_it_is_one_picture_whatever_it_says(app: Flask, poster: Poster) -> None:
    with app.app_context():
        assert size_of(draw(poster)) == (1080, 1440)


def test_the_same_words_give_the_same_picture_and_others_another(app: Flask) -> None:
    with app.app_context():
        assert draw(PLAIN) == draw(PLAIN)
        assert draw(PLAIN) != draw(replace(PLAIN, title="求购膜电极"))
        # A font that is missing would draw every character as the same box.
        assert draw(replace(PLAIN, title="氢")) != draw(replace(PLAIN, title="电"))


def test_a_picture_that_is_asked_for_again_is_not_drawn_again(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        first = draw(replace(PLAIN, title="求购氢气"))
        monkeypatch.setattr("typst.compile", lambda *_given, **_named: b"another")
        assert draw(replace(PLAIN, title="求购氢气")) == first
        assert draw(replace(PLAIN, title="求购氧气")) == b"another"
