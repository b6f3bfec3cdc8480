"""Texts in any encoding that can be told become documents, what is none one sentence; nothing in one breaks out."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as some

from playground.prompt import media
from playground.prompt.conversation import Conversation, Document, Image
from playground.prompt.holding import left_out
from playground.prompt.limits import LIMITS, Limits
from playground.prompt.media.__main__ import decode
from playground.prompt.rendering import block, render
from tests.media_files import picture

GERMAN = "Grüße aus Köln, süß und schön. Die Straße führt über den Fluß.\n" * 4
RUSSIAN = "Привет, мир. Это обычный текст на русском языке.\n" * 4
JAPANESE = "空の上で。そして日本語の文章がここにあります。\n" * 4
CHINESE = "这是一个简单的中文文本，用来测试编码。\n" * 4
GREEK = "Καλημέρα κόσμε. Αυτό είναι ένα απλό κείμενο.\n" * 4
CZECH = "Příliš žluťoučký kůň úpěl ďábelské ódy.\n" * 4
POLISH = (
    "Był sobie król, człowiek łagodny. Młody król lubił łowić ryby w rzece, a potem wracał do zamku "
    "i pisał listy do przyjaciół. Może jutro pójdziemy nad jezioro?\n"
)
WEATHER = "今日は天気がとても良いので、川へ散歩に行きます。名前と値段。"


def read(data: bytes, name: str = "notes.txt", limits: Limits = LIMITS) -> Document:
    (part,) = decode(name, data, limits)
    assert isinstance(part, Document)
    return part


@pytest.mark.parametrize(
    ("words", "codec", "said"),
    [
        (GERMAN, "utf-8", "UTF-8, 4 lines"),
        (GERMAN, "utf-8-sig", "UTF-8"),
        (GERMAN, "utf-16", "UTF-16"),
        (JAPANESE, "utf-16", "UTF-16"),
        (GERMAN, "utf-16-le", "UTF-16"),
        (GERMAN, "utf-16-be", "UTF-16"),
        (GERMAN, "utf-32", "UTF-32"),
        (GERMAN, "latin-1", "Windows-1252"),
        ("It’s “quoted” – a naïve café, 5 €.\n", "cp1252", "Windows-1252"),
        (RUSSIAN, "cp1251", "cp1251"),
        (RUSSIAN, "koi8-r", "koi8-r"),
        (JAPANESE, "shift-jis", "cp932"),
        (JAPANESE, "euc-jp", "euc"),
        (JAPANESE, "iso2022-jp", "ISO-2022-JP"),
        (CHINESE, "gb18030", "gb"),
        (GREEK, "cp1253", "cp1253"),
        (CZECH, "cp1250", "cp1250"),
        (POLISH, "cp1250", "cp1250"),
        (POLISH, "iso8859-2", ""),
        (WEATHER, "euc-jp", "euc_jp"),
        ("Der Garten hat 300 m², das Zimmer 4 m³; „¿Qué?“ fragt sie.\n", "cp1252", "Windows-1252"),
        # Letters of icon fonts, and one that came with Unicode 15: nothing else becomes UTF-8 by chance.
        ("Press \uf8ff and Q to quit, or \ue0b0 for more.", "utf-8", "UTF-8"),
        ("Hello there \U0001fae8 world, how are you?", "utf-8", "UTF-8"),
        ("Hello there \U0001fae8 world, how are you?", "utf-16", "UTF-16"),
        ("Привет, мир", "utf-16-le", "UTF-16"),
        ("नमस्ते दुनिया, यह हिन्दी है", "utf-16-be", "UTF-16"),
    ],
)
def test_words_survive_their_encoding(words: str, codec: str, said: str) -> None:
    found = read(words.encode(codec))
    assert found.text == words.rstrip()
    assert said in found.original


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"one\r\ntwo\rthree\n\n", "one\ntwo\nthree"),
        (b"\x1b[31mred\x1b[0m and plain\x1a", "red and plain"),
        (b"a\fb", "a\nb"),
        ("\ufeffa\ufeffb".encode(), "ab"),
        (b"x = 1  # BM, GIF89a, %PDF-1.7", "x = 1  # BM, GIF89a, %PDF-1.7"),
        (b"P1 incidents come first.", "P1 incidents come first."),
        (b"# How\n\nPut <svg width='9'/> there.", "# How\n\nPut <svg width='9'/> there."),
    ],
)
def test_lines_end_alike_and_terminals_are_told_nothing(data: bytes, text: str) -> None:
    assert read(data).text == text


@pytest.mark.parametrize("name", ["page.html", "data.csv", "a.json", "x.py", "README", "b.unknown"])
def test_any_text_is_read_whatever_its_ending(name: str) -> None:
    assert read(b"<!doctype html><p>Hello</p>", name).text == "<!doctype html><p>Hello</p>"


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        (
            "a.txt",
            b"#!/bin/sh\n" + b"echo\n" * 2000 + bytes(range(256)) * 9,
            "not all of it is text",
        ),
        ("a.txt", b" \n\t\n", "holds no words."),
        ("a.txt", b"\x1b[0m  some\x07thing", "no format known here"),
        ("a.rtf", b"{\\rtf1 Hello}", "rich text format: save it as plain text or PDF."),
        ("a.png", b"404 Not Found", "is text, not a picture"),
        ("a.jpg", b"<html><p>404", "is a web page"),
        ("a.svg", b"<svg/>", "is an SVG drawing"),
        ("a.txt", bytes(4), "holds nothing but zeros."),
        ("a.bin", bytes(range(256)) * 40, "no format known here"),
        # Two bytes a letter would make Chinese of it.
        ("a.log", b"The server said \0 and ended.", "no format known here"),
        ("a.log", b"The server said nothing more.\n" * 200 + b"\0\0", "not all of it is text"),
    ],
)
def test_what_is_no_text_is_one_sentence(name: str, data: bytes, said: str) -> None:
    with pytest.raises(media.MediaError) as refused:
        decode(name, data, LIMITS)
    assert str(refused.value).startswith(f"{name} ") and said in str(refused.value)
    assert str(refused.value).count("\n") == 0 and str(refused.value).endswith(".")


def test_a_text_is_held_to_its_length_before_and_after_it_is_decoded() -> None:
    short = replace(LIMITS, document_characters=100)
    assert len(read(b"x" * 100, limits=short).text) == 100
    for data in (b"x" * 101, b"x" * 405, ("x" * 101).encode("utf-32")):
        with pytest.raises(media.MediaError, match="has more than 100 characters"):
            read(data, limits=short)


def test_a_prompt_holds_so_many_files_and_so_many_words() -> None:
    text = Document("a.txt", "x" * 400_000)
    small = Document("b.txt", "x")
    assert left_out(text, (text,)) == ""
    assert "1,000,000 characters together" in left_out(text, (text, text))
    assert "at most 16 files" in left_out(small, (small,) * 16)
    assert "200 MB together" in left_out(Image("a", bytes(199_000_000), 1, 1), (text, text, text))


@given(some.text(min_size=1), some.text("`ab\n~", min_size=1, max_size=40))
def test_no_text_ends_its_own_fence(before: str, text: str) -> None:
    """By CommonMark: a line of at least as many backticks as the first has, and nothing else."""
    name = media.faults.base_name(before)
    first, fence, *inside, last = block(Document(name, text)).split("\n")
    assert first == f"File {name}:"
    assert fence == last and re.fullmatch("`{3,}", fence)
    assert not any(fence in line for line in [first, *inside])
    assert "\n".join(inside) == text


def test_the_template_sees_one_block_a_file_before_the_question() -> None:
    (seen,) = decode("a.png", picture(), LIMITS)
    files = (Document("a.csv", "x,y\n1,2"), seen, Document("b.md", "# B"))
    asked = Conversation.ask("Which is larger?", files)
    (message,) = render(asked).messages
    assert [one["type"] for one in message["content"]] == ["text", "image", "text"]
    assert message["content"][0]["text"] == "File a.csv:\n```\nx,y\n1,2\n```"
    assert message["content"][2]["text"] == "File b.md:\n```\n# B\n```\n\nWhich is larger?"
    assert asked.question == "Which is larger?"
    assert [part.kind for part in asked.media()] == ["document", "image", "document"]


def test_the_media_process_reads_it() -> None:
    (part,) = media.read("../notes\u202e.txt", b"Hello")
    assert part == Document("notes.txt", "Hello", "UTF-8, 1 line")
