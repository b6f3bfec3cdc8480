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
        (packed(a=b"\0" * 301_000_000), "more than can be imported at once"),
    ],
    ids=["rubbish", "cut", "bent", "empty", "strange", "large"],
)
def test_a_bad_zip_is_one_sentence(data: bytes, said: str) -> None:
    with pytest.raises(ImportFault, match=said):
        own("a.zip", data, believe)
