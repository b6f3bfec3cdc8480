"""What was taken away comes back: one comparison, a zip of several; a bad zip is one sentence."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given

from playground.archive import library, record
from playground.archive.archive import Archive
from playground.archive.export import FORMATS, bundle
from playground.archive.importing import own as importing
from playground.archive.importing.own import Imported, ImportFault, own, own_json, renamed
from playground.archive.library import Wanted
from playground.archive.writing.taking_in import take_in
from tests.archive.kept import ask, desk, settled
from tests.archive.records import MEDIA, comparisons
from tests.archive.test_export import believe, small
from tests.examples import many


def test_an_import_is_kept_as_it_was_made(opened: Callable[[], Archive]) -> None:
    held = desk(opened())
    archive = held.archive
    assert archive is not None
    first = ask(held)
    settled(held)
    kept = archive.record(first.id)
    assert kept is not None
    named = replace(kept, name="The zoo", note="twice", labels=("a", "b"), made_by={"python": "2"})
    written = FORMATS["json"].write(named, archive.store.get)
    id = take_in(archive, own_json("a.json", written, believe), owner="somebody")
    assert archive.record(id) == renamed(named, id)
    with archive.reading() as connection:
        (entry,) = library.entries(connection, Wanted(owner="somebody", words="zoo three what"))
    assert (entry.id, entry.labels, entry.kinds) == (
        id,
        ("a", "b"),
        ("audio", "document", "image", "video"),
    )
    assert [line.words for line in entry.lines] == ["one two three"] * 2
    live = archive.find(id)
    assert live is not None and [one.text.strip() for one in live.answers] == ["one two three"] * 2


@many(25)
@given(kept=comparisons())
def test_whatever_can_be_imported_can_be_kept(
    opened: Callable[[], Archive], kept: record.Comparison
) -> None:
    archive = opened()
    assert archive.record(take_in(archive, Imported(kept, MEDIA))) is not None


def test_a_zip_holds_each_medium_once_and_comes_back() -> None:
    two = (small(), replace(small(), id="xyz", name="The other"))
    data = bundle.write(two, MEDIA.__getitem__, FORMATS["json"])
    with zipfile.ZipFile(io.BytesIO(data)) as files:
        assert sorted(files.namelist())[:2] == ["abc.json", f"media/{next(iter(MEDIA))}"]
        assert len(files.namelist()) == 3
    assert tuple(one.kept for one in own("a.zip", data, believe)) == two


def test_a_medium_of_many_comparisons_is_read_and_held_once() -> None:
    """A zip of some kilobytes that names a large one ten thousand times filled the memory."""
    many = [replace(small(), id=f"n{number}") for number in range(50)]
    data = bundle.write(many, MEDIA.__getitem__, FORMATS["json"])
    decoded: list[str] = []

    def decode(name: str, data: bytes) -> object:
        decoded.append(name)
        return None

    found = own("a.zip", data, decode)
    assert len(found) == 50 and len(decoded) == 1
    assert len({id(medium) for one in found for medium in one.media.values()}) == 1


def test_what_would_grow_in_memory_is_refused_before_it_is_made(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(importing, "MOST_VALUES", 1000)
    grows = (
        b'{"format": "gemma4-playground/comparison", "version": 1, "a": [' + b"[]," * 600 + b"0]}"
    )
    half = grows.replace(b"[]," * 600, b"[]," * 300)
    with pytest.raises(ImportFault, match=r"a\.json holds more than can be imported at once"):
        own("a.json", grows, believe)
    with pytest.raises(ImportFault, match=r"a\.json can't be imported"):
        own("a.json", half, believe)
    out = io.BytesIO(bundle.write((small(),), MEDIA.__getitem__, FORMATS["json"]))
    with zipfile.ZipFile(out, "a") as files:
        files.writestr("b.json", grows)
    with pytest.raises(ImportFault, match=r"a\.zip holds more than can be imported at once"):
        own("a.zip", out.getvalue(), believe)


def test_a_zip_that_was_packed_anew_with_its_folders_comes_back() -> None:
    out = io.BytesIO(bundle.write((small(),), MEDIA.__getitem__, FORMATS["json"]))
    with zipfile.ZipFile(out, "a") as files:
        files.writestr("sub/", b"")
    (one,) = own("a.zip", out.getvalue(), believe)
    assert one.kept == small()


@pytest.mark.parametrize("form", ["json", "html"])
def test_one_whose_media_are_gone_keeps_no_other_from_leaving(form: str) -> None:
    """Everything could be taken away no more."""
    words = record.Message("user", (record.Part("text", text="Still here?"),))
    whole = replace(small(), id="whole", rounds=(record.Round("r", (words,), ()),))
    said: list[str] = []

    def gone(digest: str) -> bytes:
        raise LookupError(f"the medium {digest[:12]} is gone")

    data = bundle.write((small(), whole), gone, FORMATS[form], said.append)
    with zipfile.ZipFile(io.BytesIO(data)) as files:
        assert files.namelist() == [f"whole{FORMATS[form].suffix}", bundle.LEFT_OUT]
        told = files.read(bundle.LEFT_OUT).decode()
    assert said == [told.strip()] and told.startswith("abc is left out: the medium ")
    if form == "json":
        (one,) = own("a.zip", data, believe)
        assert one.kept == whole


def test_a_zip_that_is_full_says_what_it_lacks() -> None:
    """It lies in memory until it is fetched."""
    many = (replace(small(), id=f"n{number}") for number in range(5))
    said: list[str] = []
    data = bundle.write(many, MEDIA.__getitem__, FORMATS["json"], said.append, most_bytes=1)
    assert [one.kept.id for one in own("a.zip", data, believe)] == ["n0"]
    assert said[-1] == "n4 is left out: this zip is full; take fewer at a time." and len(said) == 4


@pytest.mark.parametrize("form", FORMATS)
def test_a_zip_holds_a_file_a_comparison_in_every_format(form: str) -> None:
    two = (small(), replace(small(), id="xyz"))
    data = bundle.write(two, MEDIA.__getitem__, FORMATS[form])
    with zipfile.ZipFile(io.BytesIO(data)) as files:
        if FORMATS[form].apart:  # a folder each; these two have no answers
            assert files.namelist() == []
            return
        suffix = FORMATS[form].suffix
        assert {f"abc{suffix}", f"xyz{suffix}"} <= set(files.namelist())


def packed(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packing:
        for name, data in files.items():
            packing.writestr(name, data)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"PK rubbish", "damaged"),
        (packed(a=b"{}")[:-30], "damaged"),
        (packed(a=b'{"a": 1}').replace(b"PK\x03\x04", b"PK\x03\x05", 1), "damaged"),
        (packed(), "holds no comparison"),
        (packed(a=b"{}"), "a in a.zip is no comparison"),
    ],
    ids=["rubbish", "cut", "bent", "empty", "strange"],
)
def test_a_bad_zip_is_one_sentence(data: bytes, said: str) -> None:
    with pytest.raises(ImportFault, match=said):
        own("a.zip", data, believe)


def test_a_zip_of_too_much_is_one_sentence() -> None:
    data = packed(a=b"\0" * 301_000_000)
    with pytest.raises(ImportFault, match="more than can be imported at once"):
        own("a.zip", data, believe)
