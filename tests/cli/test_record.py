"""What `--json` holds: everything that is needed to get the answers again."""

from __future__ import annotations

import hashlib
import json
import platform
from datetime import datetime
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest

from playground import __version__
from playground.cli.question import question
from playground.comparisons.comparison import Comparison
from playground.engines.events import Finished, Read
from playground.models import device
from playground.models.servers import KINDS
from playground.prompt.cost import PromptTokens
from playground.questions.record import record
from tests.cli.conftest import Call
from tests.pdf_files import pdf

SAMPLES = Path(__file__).parents[2] / "assets" / "samples"
PICTURE = SAMPLES / "one-shape.png"


def told(call: Call, *arguments: str, **more: Any) -> dict[str, Any]:
    done = call("ask", *arguments, "--json", **more)
    assert done.exit_code == 0 and done.stderr == ""
    held: dict[str, Any] = json.loads(done.stdout)
    return held


def test_the_question_is_there_with_its_files(call: Call) -> None:
    held = told(
        call, "What?", "--system", "Be brief.", "--image", str(PICTURE), "--on", "demo:E2B"
    )  # fmt: skip
    assert (held["prompt"], held["system"], held["all_at_once"]) == ("What?", "Be brief.", False)
    assert held["media"] == [
        {
            "kind": "image",
            "name": "one-shape.png",
            "bytes": PICTURE.stat().st_size,
            "sha256": hashlib.sha256(PICTURE.read_bytes()).hexdigest(),
            "as": ["PNG 512×512"],
        }
    ]
    assert abs((datetime.now().astimezone() - datetime.fromisoformat(held["asked"])).seconds) < 600


def test_a_text_goes_along_and_is_kept(call: Call, tmp_path: Path) -> None:
    notes = tmp_path / "notes.csv"
    notes.write_bytes("a;b\r\n1;2\r\n".encode("utf-16"))
    held = told(call, "Sum?", "--file", str(notes), "--file", str(PICTURE), "--on", "demo:E2B")
    assert [one["kind"] for one in held["media"]] == ["document", "image"]
    assert held["media"][0]["as"] == ["UTF-16, 2 lines"]
    assert held["answers"][0]["state"] == "done" and held["prompt"] == "Sum?"


def test_so_many_frames_of_a_clip_go_along(call: Call) -> None:
    clip = ("--video", str(SAMPLES / "moving-shape.mp4"), "--on", "demo:E2B")
    asked = question(
        {"prompt": "x", "video": clip[1], "on": "demo:E2B", "frames": 5, "frame_tokens": 140}
    )
    (film,) = asked.conversation.media()
    assert film.kind == "video" and (len(film.frames), film.frame_tokens) == (5, 140)
    done = call("ask", "x", *clip, "--frames", "61")
    assert (done.exit_code, done.stderr) == (2, "playground: a clip goes as 1 to 60 frames.\n")
    assert "a frame takes 70, 140" in call("ask", "x", *clip, "--frame-tokens", "7").stderr


def test_pages_of_a_pdf_go_along(call: Call, tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(pdf(["one", "two", "three"]))
    file = ("--file", str(tmp_path / "a.pdf"), "--on", "demo:E2B")
    (drawn,) = told(call, "x", *file, "--pages", "1, 3")["media"]
    assert (drawn["name"], drawn["as"]) == ("a.pdf", ["PDF, page 1 of 3", "PDF, page 3 of 3"])
    (read,) = told(call, "x", *file, "--pages", "2", "--pdf-text")["media"]
    assert (read["kind"], read["as"]) == ("document", ["PDF, the words of page 2 of 3, 1 line"])
    done = call("ask", "x", *file, "--pages", "4")
    assert (done.exit_code, done.stderr) == (2, "playground: a.pdf has 3 pages, and no page 4.\n")


@pytest.mark.parametrize(
    ("option", "data", "said"),
    [
        ("--image", b"words", "notes.md is not an image file."),
        ("--file", b"\0\1\2" * 99, "notes.md is in no format known here"),
    ],
)
def test_a_file_that_is_none_of_its_kind_is_one_line(
    option: str, data: bytes, said: str, call: Call, tmp_path: Path
) -> None:
    (tmp_path / "notes.md").write_bytes(data)
    done = call("ask", "x", option, str(tmp_path / "notes.md"), "--on", "demo:E2B")
    assert (done.exit_code, done.stderr.count("\n")) == (2, 1) and said in done.stderr


def test_so_are_program_libraries_and_device(call: Call) -> None:
    held = told(call, "x", "--image", str(PICTURE), "--on", "demo:E2B")
    libraries = ("torch", "transformers", "tokenizers", "av", "pillow")
    assert held["versions"] == {
        "playground": __version__,
        "python": platform.python_version(),
        **{name: metadata.version(name) for name in libraries},
    }
    assert held["device"]["kind"] == device.device().kind
    assert held["device"]["memory_bytes"] == device.device().total


def test_settings_are_those_that_were_used(call: Call) -> None:
    held = told(
        call, "x", "--image", str(PICTURE), "--on", "demo:E2B", "--on", "demo:E2B", "--on", "demo:31B",
        "--temperature", "0.7", "--max-tokens", "9", "--thinking",
    )  # fmt: skip
    first, again, other = (answer["settings"] for answer in held["answers"])
    assert (first["temperature"], first["max_tokens"], first["thinking"]) == (0.7, 9, True)
    assert (first["top_p"], first["top_k"]) == (0.95, 64)
    assert first["image_tokens"] == 70, "what the demo family's own processor says"
    seeds = {first["seed"], again["seed"], other["seed"]}
    assert len(seeds) == 3 and all(isinstance(seed, int) for seed in seeds)


def test_a_given_seed_is_kept_and_greedy_needs_none(call: Call) -> None:
    given = told(call, "x", "--on", "demo:E2B", "--on", "demo:E4B", "--seed", "7")
    assert [answer["settings"]["seed"] for answer in given["answers"]] == [7, 7]
    greedy = told(call, "x", "--on", "demo:E2B", "--temperature", "0")
    assert greedy["answers"][0]["settings"]["seed"] is None


def test_the_model_can_be_found_again(call: Call) -> None:
    (answer,) = told(call, "x", "--on", "demo:E2B@int8")["answers"]
    assert answer["spec"] == "demo:E2B@int8" and answer["demo"] is True
    assert answer["precision"] == "bf16 weights, int8 in memory"
    assert answer["model"] == f"demo:E2B@int8 {answer['revision']} (bf16 weights, int8 in memory)"


def test_a_snapshot_is_named_in_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.engines.roster.hub import cached

    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    cached(tmp_path, "google/gemma-4-E2B-it", "0123456789abcdef0123456789abcdef01234567")
    asked = question({"prompt": "x", "on": "E2B"})
    comparison = Comparison(asked.conversation, asked.contenders)
    (answer,) = record(asked, comparison, datetime.now())["answers"]
    assert answer["revision"] == "0123456789abcdef0123456789abcdef01234567"


def test_cached_tokens_stand_with_the_prompts() -> None:
    asked = question({"prompt": "x", "on": "demo:E2B"})
    comparison = Comparison(asked.conversation, asked.contenders)
    comparison.answers[0].take(Read(0.0, PromptTokens(text=9, cached=5)))
    comparison.answers[0].take(Finished(1.0, "stop"))
    (answer,) = record(asked, comparison, datetime.now())["answers"]
    assert answer["figures"]["prompt_tokens"] == {
        "text": 9, "image": 0, "audio": 0, "video": 0, "total": 9, "cached": 5,
    }  # fmt: skip


def test_a_record_is_enough_to_ask_again(call: Call) -> None:
    """Its prompt and settings, put back into a batch line, make the same question."""
    first = told(call, "Say it.", "--system", "Be brief.", "--on", "demo:E2B", "--top-k", "5")
    (answer,) = first["answers"]
    settings = {key: value for key, value in answer["settings"].items() if value not in (None, [])}
    line = {"prompt": first["prompt"], "system": first["system"], "on": answer["spec"], **settings}
    done = call("ask", "--batch", "-", input=json.dumps(line))
    again = json.loads(done.stdout)
    assert again["answers"][0]["settings"] == answer["settings"]
    assert (again["prompt"], again["system"]) == (first["prompt"], first["system"])


def test_a_server_is_named_without_its_key(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from playground.__main__ import main
    from tests.servers.hostile import serve

    server = serve()
    monkeypatch.setenv("PLAYGROUND_SERVER_LAB", server.url)
    monkeypatch.setenv("PLAYGROUND_KEY_LAB", "sk-secret")
    try:
        assert main(["ask", "x", "--on", "server:lab/good", "--json"]) == 0
    finally:
        server.shutdown()
        server.server_close()
    out = capsys.readouterr().out
    (answer,) = json.loads(out)["answers"]
    host = server.url.split("/")[2]
    assert (answer["server"]["name"], answer["server"]["host"]) == ("lab", host)
    assert answer["server"]["kind"] in KINDS
    assert answer["settings"]["seed"] is None, "what a server draws is its own"
    assert "sk-secret" not in out and "torch" not in json.loads(out)["versions"]
