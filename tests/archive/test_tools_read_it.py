"""Exports for other tools: Inspect logs, OpenTelemetry spans, session traces, and code that asks again and is run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given

from playground.archive import record
from playground.archive.archive import Archive
from playground.archive.export import FORMATS, named, plain
from playground.archive.export.traces_file import NAMES
from playground.comparisons.contender import Contender
from playground.desk import Desk
from playground.engines.recital import reciter
from playground.engines.roster import specs
from playground.engines.server.engine import ServerEngine
from playground.models.servers import Server
from playground.prompt import media
from playground.prompt.conversation import Conversation, Settings
from tests.archive.kept import ask, desk, settled
from tests.archive.records import MEDIA, comparisons
from tests.archive.test_html import PAYLOADS, hostile
from tests.examples import many
from tests.schemas import judge
from tests.servers.hostile import Hostile, serve
from tests.waiting import ended

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "assets" / "samples" / "one-shape.png"
MANY = many(20)
SHAPES = json.loads((Path(__file__).parent / "shapes.json").read_text("utf-8"))
"""What their published schemas ask of the fields that we write, written down by us."""

VALID = {name: judge(shape) for name, shape in SHAPES.items()}


def written(kept: record.Comparison, form: str) -> dict[str, bytes]:
    return FORMATS[form].files(kept, MEDIA.__getitem__)


@MANY
@given(comparisons())
def test_inspect_logs_have_the_published_shape(kept: record.Comparison) -> None:
    logs = [json.loads(data) for data in written(kept, "inspect").values()]
    assert len(logs) == len({a.contender.id for r in kept.rounds for a in r.answers})
    for log in logs:
        VALID["inspect"](log)
        assert log["results"]["total_samples"] == len(log["samples"])


def test_an_inspect_log_holds_the_words_of_its_own_contender(tmp_path: Path) -> None:
    held = Desk(lambda model: _speaker(model), 1, archive=Archive.within(tmp_path))  # type: ignore[arg-type]
    comparison = ask(held, "Who?", "a", "b")
    settled(held)
    kept = held.archive.record(comparison.id)  # type: ignore[union-attr]
    assert kept is not None and held.archive is not None
    for form in ("inspect", "sessions"):
        files = FORMATS[form].files(kept, held.archive.store.get)
        for name in ("a", "b"):
            (own,) = (data.decode() for file, data in files.items() if file.startswith(f"{name}."))
            other = {"a": "b", "b": "a"}[name]
            assert f"I am {name}." in own and f"I am {other}." not in own
    log = json.loads(FORMATS["inspect"].files(kept, held.archive.store.get)["a.json"])
    (sample,) = log["samples"]
    assert sample["output"]["completion"].strip() == "I am a."
    assert [one["type"] for one in sample["input"][-1]["content"]].count("image") == 3
    assert sample["output"]["metadata"]["figures"]["ttft_s"] > 0
    assert sample["model_usage"]["a text by heart"]["output_tokens"] == 3
    held.close()


def _speaker(model):  # type: ignore[no-untyped-def]
    from playground.engines.recital import Recital

    return Recital(model, f"I am {model.variant}.")


@MANY
@given(comparisons())
def test_traces_are_otlp_with_the_conventions_names(kept: record.Comparison) -> None:
    (line,) = FORMATS["traces"].write(kept, MEDIA.__getitem__).decode().split("\n")[:-1]
    told = json.loads(line)
    VALID["otlp"](told)
    spans = told["resourceSpans"][0]["scopeSpans"][0]["spans"]
    asked = [one for round in kept.rounds for one in round.answers if one.state != "refused"]
    assert len(spans) == len(asked)
    for span in spans:
        facts = {one["key"]: one["value"] for one in span["attributes"]}
        assert int(span["endTimeUnixNano"]) >= int(span["startTimeUnixNano"])
        assert all(
            name.startswith("gemma4_playground.") for name in set(facts) - set(NAMES.values())
        )
        for name in ("asked", "said"):
            said = json.loads(facts[NAMES[name]]["stringValue"])
            VALID["otel_messages"](said)


@MANY
@given(comparisons())
def test_sessions_are_as_the_hub_reads_them(kept: record.Comparison) -> None:
    for data in written(kept, "sessions").values():
        head, *lines = [json.loads(line) for line in data.decode().split("\n")[:-1]]
        VALID["session"](head)
        for line in lines:
            VALID["session_message"](line)
        assert [line["message"]["role"] for line in lines if line["message"]["role"] != "system"][
            :2
        ] == ["user", "assistant"]


def test_names_of_files_are_plain_and_each_ones_own() -> None:
    assert named(["E2B", "e2b", "../../etc/passwd", "31B (2)", "", "", "a\nb", "…"]) == [
        "E2B", "e2b-2", "etc-passwd", "31B-2", "x", "x-6", "a-b", "x-8",
    ]  # fmt: skip
    for payload in PAYLOADS:
        assert set(plain(payload)) <= set(
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"
        )


# --- Code ------------------------------------------------------------------------------------------------------


def unpacked(kept: record.Comparison, folder: Path, fetch=MEDIA.__getitem__) -> Path:  # type: ignore[no-untyped-def]
    for name, data in FORMATS["code"].files(kept, fetch).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


@pytest.fixture
def server() -> Iterator[Hostile]:
    running = serve()
    yield running
    running.shutdown()
    running.server_close()


@pytest.fixture
def served(server: Hostile, tmp_path: Path) -> Iterator[tuple[record.Comparison, Desk]]:
    """A comparison that the fake server answered, as the engine asked it."""
    there = Server("lab", server.url, "vllm")
    model = replace(
        reciter("good"), spec="server:lab/good", weights="good", engine="server", server=there
    )
    held = Desk(lambda model: ServerEngine(model), 1, archive=Archive.within(tmp_path / "archive"))
    asked = Conversation.ask("What's \"it\" $(id) 'x'?", media.read("a.png", SAMPLE.read_bytes()))
    settled_as = Settings(temperature=0.5, top_k=7, thinking=True, seed=3)
    contender = Contender(model, settled_as, "good")
    comparison = ended(held.start(asked, (contender,)))
    settled(held)
    kept = held.archive.record(comparison.id)  # type: ignore[union-attr]
    assert kept is not None and kept.rounds[0].answers[0].state == "done"
    yield kept, held
    held.close()


@pytest.mark.parametrize("program", ["openai.py", "curl.sh"])
def test_code_sends_a_server_what_the_engine_sent(
    program: str, server: Hostile, served: tuple[record.Comparison, Desk], tmp_path: Path
) -> None:
    kept, held = served
    folder = unpacked(kept, tmp_path / "code", held.archive.store.get)  # type: ignore[union-attr]
    engines = [json.loads(body) for path, _, body in server.seen if path.endswith("completions")][
        -1
    ]
    call = ["sh"] if program.endswith(".sh") else [sys.executable]
    environment = {**os.environ, "BASE_URL": server.url, "API_KEY": "sk-own"}
    done = subprocess.run(
        [*call, str(folder / f"good.{program}")], env=environment, capture_output=True, text=True, timeout=60
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "three." in done.stdout
    path, headers, body = server.seen[-1]
    assert path == "/v1/chat/completions" and json.loads(body) == engines
    assert {k.lower(): v for k, v in headers.items()}["authorization"] == "Bearer sk-own"
    script = (folder / f"good.{program}").read_text()
    assert server.url.split("/")[2] in script and "sk-own" not in script


@pytest.mark.parametrize(
    "payload", [*PAYLOADS, "'; import os #", '"""', "$(touch x)", "`touch x`", "\\", "\n"]
)
def test_nothing_that_was_written_becomes_code(payload: str, tmp_path: Path) -> None:
    (round,) = hostile(payload).rounds
    (answer,) = round.answers
    words = (record.Message("user", (record.Part("text", text=payload),)),)
    told = replace(round, answers=(replace(answer, messages=words),))
    folder = unpacked(replace(hostile(payload), rounds=(told,)), tmp_path)
    for script in folder.glob("*.py"):
        compile(script.read_text("utf-8"), str(script), "exec")
    for script in folder.glob("*.sh"):
        assert "http://localhost:8000/v1" in script.read_text("utf-8")
        subprocess.run(["sh", "-n", str(script)], check=True)


# --- What must not leave -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMATS)
def test_no_key_no_environment_and_no_path_leaves(
    form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from playground.models.servers import Key

    monkeypatch.setenv("HF_TOKEN", "hf_secret_of_the_environment")
    held = desk(Archive.within(tmp_path / "archive"))
    local = replace(
        specs.find("demo:E2B"), spec=f"local:{tmp_path}/weights", engine="recital", needs_bytes=0
    )
    there = Server("lab", "http://gpu1:8000/secret-path/v1", "vllm", Key("sk-secret-of-the-server"))
    remote = replace(local, spec="server:lab/m", server=there)
    columns = (Contender(local, Settings(), "one"), Contender(remote, Settings(), "two"))
    asked = Conversation.ask("Hello?", media.read("a.png", SAMPLE.read_bytes()))
    comparison = ended(held.start(asked, columns, owner="the-owner-of-it"))
    settled(held)
    assert [one.state for one in comparison.answers] == ["done"] * 2, comparison.answers[0].reason
    kept = held.archive.record(comparison.id)  # type: ignore[union-attr]
    assert kept is not None
    files = FORMATS[form].files(kept, held.archive.store.get)  # type: ignore[union-attr]
    said = "\n".join([*files, *(data.decode("utf-8", "replace") for data in files.values())])
    assert "one" in said
    home = str(Path.home())
    for secret in (
        "sk-secret-of-the-server", "hf_secret_of_the_environment", "secret-path", "the-owner-of-it",
        str(tmp_path), str(ROOT), "/assets/demo", os.environ["XDG_DATA_HOME"], home if len(home) > 5 else str(ROOT),
    ):  # fmt: skip
        assert secret not in said, secret
    held.close()
