"""What is disclosed of an answer holds to its published schema and is true; a question becomes a sample."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given

from playground.archive import record, recording
from playground.archive.archive import Archive
from playground.archive.export import FORMATS, samples
from playground.archive.export.disclosed import answered, disclose
from playground.archive.restoring import again
from playground.comparisons.answer import Answer
from playground.comparisons.comparison import Comparison
from playground.comparisons.contender import Contender
from playground.engines.roster import specs
from playground.models.servers import Server
from playground.prompt.conversation import Conversation, Settings
from tests.archive.kept import PICTURE, ask, desk, settled
from tests.archive.records import MEDIA, comparisons
from tests.examples import many
from tests.schemas import judge

DOCS = Path(__file__).parents[2] / "docs"
valid = judge(json.loads((DOCS / "disclosure.schema.json").read_text("utf-8")))
valid_sample = judge(json.loads((DOCS / "sample.schema.json").read_text("utf-8")))
MANY = many(25)


@MANY
@given(comparisons())
def test_every_disclosure_holds_to_the_published_schema(kept: record.Comparison) -> None:
    told = json.loads(FORMATS["disclosure"].write(kept, MEDIA.__getitem__))
    assert told == disclose(kept)
    assert len(told) == sum(len(round.answers) for round in kept.rounds)
    for one in told:
        valid(one)


def of(model, **more: object):  # type: ignore[no-untyped-def]
    """What is disclosed of an answer of a model."""
    comparison = Comparison(Conversation.ask("Hello?", (PICTURE,)), ())
    contender = Contender(model, Settings(**more), "one")  # type: ignore[arg-type]
    answer = Answer(contender, comparison.conversation)
    return answered(recording.comparison(comparison, 1e9), 1, recording.answer(answer))


def test_weights_are_named_by_their_files() -> None:
    model = specs.find("demo:E2B")
    told = of(model)
    valid(told)
    assert model.path is not None
    (file,) = told["model"]["files"]
    whole = hashlib.sha256((model.path / "model.safetensors").read_bytes()).hexdigest()
    assert file == {"name": "model.safetensors", "sha256": whole}
    assert told["model"]["demo_sized"] and told["model"]["template_sha256_16"]
    numbers = told["model"]["parameters"]
    assert numbers["source"] == "configuration" and numbers["stored"] > numbers["per_token"] > 0
    assert told["engine"]["versions"].keys() == {"torch", "transformers"}
    assert told["settings"]["temperature"] == model.sampling.temperature
    assert told["settings"]["image_tokens"] == model.capabilities.image_tokens
    assert (told["data"]["left_this_machine"], told["data"]["sent_to"]) == (False, None)


def test_a_gguf_file_is_computed_by_llama_cpp() -> None:
    model = replace(specs.find("demo:E2B"), runtime="llama.cpp")
    told = of(model)
    valid(told)
    assert told["engine"]["runtime"] == "llama.cpp"
    assert told["engine"]["versions"].keys() <= {"xllamacpp"}, "torch had no part in it"
    assert again.model(recording.model(model)).runtime == "llama.cpp"


def test_what_left_this_machine_is_said() -> None:
    here = replace(specs.find("demo:E2B"), path=None, engine="server", demo=False)
    told = of(replace(here, server=Server("lab", "http://gpu1:8000/v1", "vllm")))
    assert told["data"]["left_this_machine"] and told["data"]["sent_to"] == "gpu1:8000"
    assert told["engine"]["runtime"] is None and not told["engine"]["versions"]
    assert told["engine"]["device"] is None, "a server does not tell its own"
    assert told["model"]["parameters"]["source"] == "published"
    there = of(replace(here, server=Server("own", "http://127.0.0.1:8000/v1", "vllm")))
    assert (there["data"]["left_this_machine"], there["data"]["sent_to"]) == (
        False,
        "127.0.0.1:8000",
    )


def test_every_input_has_its_digest() -> None:
    told = of(specs.find("demo:E2B"))
    assert [(one["kind"], one["sha256"]) for one in told["data"]["inputs"]] == [
        ("image", hashlib.sha256(PICTURE.data).hexdigest()),
        ("text", hashlib.sha256(b"Hello?").hexdigest()),
    ]


def test_a_restored_model_discloses_the_same() -> None:
    model = specs.find("demo:E2B")
    assert of(again.model(recording.model(model)))["model"] == of(model)["model"]


def test_a_large_file_is_not_read_and_a_hubs_cache_is_believed(tmp_path: Path) -> None:
    from playground.models import weight_files

    name = "ab" * 32
    (tmp_path / name).write_bytes(b"x")
    (tmp_path / "model.safetensors").symlink_to(tmp_path / name)
    assert weight_files.digests(weight_files.files(tmp_path)) == {"model.safetensors": name}
    (tmp_path / "model.safetensors").unlink()
    with (tmp_path / "model.safetensors").open("wb") as file:
        file.truncate(weight_files.SMALL + 1)
    assert weight_files.digests(weight_files.files(tmp_path)) == {"model.safetensors": ""}


@MANY
@given(comparisons())
def test_any_question_becomes_a_sample(kept: record.Comparison) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        file = samples.add(Path(folder), "mine", kept, MEDIA.__getitem__, "a lamp")
        (line,) = file.read_text("utf-8").split("\n")[:-1]
        valid_sample(json.loads(line))
        for one in (file.parent / "media").iterdir():
            assert hashlib.sha256(one.read_bytes()).hexdigest() == one.stem


def test_a_sample_is_added_once_with_its_media(tmp_path: Path) -> None:
    held = desk(Archive.within(tmp_path / "archive"))
    first, second = ask(held, "first"), ask(held, "second")
    settled(held)
    archive = held.archive
    assert archive is not None
    for id, target in ((first.id, "one"), (second.id, ""), (first.id, "two")):
        kept = archive.record(id)
        assert kept is not None
        samples.add(tmp_path / "sets", "my set", kept, archive.store.get, target)
    assert samples.names(tmp_path / "sets") == ["my set"]
    lines = (tmp_path / "sets" / "my set" / "samples.jsonl").read_text("utf-8").splitlines()
    assert [(json.loads(one)["id"], json.loads(one)["target"]) for one in lines] == [
        (second.id, ""),
        (first.id, "two"),
    ]
    assert len(list((tmp_path / "sets" / "my set" / "media").iterdir())) == 3
    held.close()


@pytest.mark.parametrize("name", ["", "../x", "/etc", "a/b", ".hidden", "x" * 61, "a\nb"])
def test_a_data_sets_name_leads_nowhere_else(name: str, tmp_path: Path) -> None:
    kept = recording.comparison(Comparison(Conversation.ask("x"), ()), 1e9)
    with pytest.raises(samples.SampleFault, match="letters, digits"):
        samples.add(tmp_path, name, kept, MEDIA.__getitem__)
    assert list(tmp_path.iterdir()) == []
