"""The server engine against a server that misbehaves in every way we could think of."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest

from playground.comparisons.comparison import Comparison
from playground.comparisons.contender import Contender
from playground.comparisons.figures import Timeline, compute
from playground.comparisons.pool import Pool
from playground.engines.base import EngineError
from playground.engines.events import Chunk, Finished, Requested
from playground.engines.recital import EVERYTHING
from playground.engines.server.engine import ServerEngine
from playground.engines.server.transport.wire import Patience
from playground.models.model import Model
from playground.models.servers import Key, Server, configured
from playground.prompt.conversation import Conversation, Settings
from tests.servers.hostile import Hostile, bomb, serving
from tests.waiting import ended

SECRET = "sk-very-secret-42"
HELLO = Conversation.ask("Hello!")
QUICK = Patience(connect_s=5, first_token_s=0.6, silence_s=0.6)
SILENT = ("stall", "stall at once", "keepalive only", "pings", "reads")
"""Those that are waited for quickly; whoever sends something may take its time on a busy machine."""


@pytest.fixture(scope="module")
def hostile() -> Iterator[Hostile]:
    bomb()  # takes a while
    with serving() as server:
        yield server


def served(url: str, name: str) -> Model:
    server = Server("lab", url, "vllm", Key(SECRET))
    return Model(f"server:lab/{name}", name, name, "server", EVERYTHING, server=server)


@dataclass
class Heard:
    """What an answer brought, and how it ended."""

    text: dict[str, str] = field(default_factory=dict)
    chunks: list[Chunk] = field(default_factory=list)
    requested: list[float] = field(default_factory=list)
    finished: Finished | None = None
    error: EngineError | None = None

    @property
    def answer(self) -> str:
        return self.text.get("answer", "")


def ask(
    hostile: Hostile,
    how: str,
    settings: Settings | None = None,
    patience: Patience | None = None,
    stop: threading.Event | None = None,
) -> Heard:
    patience = patience or (QUICK if how in SILENT else Patience(connect_s=5))
    engine, heard = ServerEngine(served(hostile.url, how), patience), Heard()
    try:
        for event in engine.stream(HELLO, settings or Settings(), stop or threading.Event()):
            if isinstance(event, Chunk):
                heard.chunks.append(event)
                heard.text[event.channel] = heard.text.get(event.channel, "") + event.text
            elif isinstance(event, Requested):
                heard.requested.append(event.at)
            elif isinstance(event, Finished):
                heard.finished = event
    except EngineError as error:
        heard.error = error
    finally:
        engine.close()
    return heard


def test_an_ordinary_answer(hostile: Hostile) -> None:
    heard = ask(hostile, "good")
    assert heard.error is None and heard.answer == "One two three."
    assert heard.finished is not None and heard.finished.reason == "stop"
    assert heard.finished.prompt is not None and heard.finished.prompt.total == 12
    # The server counted the token that ends the turn, too.
    assert heard.finished.output is not None and heard.finished.output.total == 3


BROKEN = {
    "drop": "closed the connection in the middle",
    "stall": "fell silent for 0.6 s",
    "half a character": "closed the connection in the middle",
    "malformed": "something that is no answer",
    "strange": "something that is no answer",
    "stranger": "something that is no answer",
    "no end": "broke off without an end",
    "cut piece": "broke off without an end",
    "nested": "something that is no answer",
    "error inside": "lab broke off: CUDA out of memory.",
    "error as text": "lab broke off: context too long.",
    "error as object": "lab broke off: context too long.",
    "error in a list": "lab broke off: context too long.",
    "error event": "lab broke off: context too long.",
    "error line": "lab broke off: context too long.",
    "finish abort": "ended the answer before it was whole (abort)",
    "finish error": "ended the answer before it was whole (error)",
    "finish content_filter": "its filter stepped in (content_filter)",
    "finish PROHIBITED_CONTENT": "its filter stepped in (PROHIBITED_CONTENT)",
    "finish rate_limited": "ended the answer before it was whole (rate_limited)",
}


@pytest.mark.parametrize("how", BROKEN)
def test_what_came_before_a_break_is_kept(hostile: Hostile, how: str) -> None:
    heard = ask(hostile, how)
    assert heard.answer == "One two three."
    assert heard.error is not None and BROKEN[how] in heard.error.reason
    assert heard.error.remedy


REFUSED = {
    "400": "refused the request (400): no 400 for",
    "401": "refused the key (401)",
    "403": "refused the key (403)",
    "404": "has no model '404'",
    "413": "too large",
    "422": "refused the request (422)",
    "429": "is busy (429)",
    "500": "broke (500)",
    "503": "is not ready (503): no 503 for",
    "redirect": "refused the request (307): http://127.0.0.1:9/v1/chat/completions.",
    "html": "text/html and not with a stream",
    "gzip": "gzip and not with a stream",
    "torn gzip": "gzip and not with a stream",
    "brotli": "br and not with a stream",
    "bomb": "more than an answer can hold",
    "200 with an error": "refused the request: no such thing.",
    "too many pictures": "At most 4 image(s) may be provided in one prompt.",
    "unknown field": "refused the request (422): Extra inputs.",
    "empty": "ended without an end",
    "hangup": "can't be reached|closed the connection",
    "stall at once": "said nothing for 0.6 s",
    "keepalive only": "said nothing for 0.6 s",
    "endless line": "more than an answer can hold",
}


@pytest.mark.parametrize("how", REFUSED)
def test_faults_are_sentences(hostile: Hostile, how: str) -> None:
    heard = ask(hostile, how)
    assert heard.error is not None and heard.finished is None and not heard.answer
    assert any(words in heard.error.reason for words in REFUSED[how].split("|"))
    assert heard.error.remedy and "<" not in heard.error.reason
    assert SECRET not in f"{heard.error.reason} {heard.error.remedy} {heard.error!r}"


@pytest.mark.parametrize(
    ("how", "tries"), [("500", 3), ("503", 3), ("401", 1), ("429", 1), ("422", 1)]
)
def test_another_try_only_where_it_may_help(hostile: Hostile, how: str, tries: int) -> None:
    before = hostile.times(how)
    ask(hostile, how)
    assert hostile.times(how) - before == tries


def test_a_busy_server_is_waited_for_as_long_as_it_asks(hostile: Hostile) -> None:
    heard = ask(hostile, "soon")
    assert heard.error is None and heard.answer == "One two three."
    assert len(heard.requested) == 2, "each try begins anew, so the wait is in no TTFT"
    assert heard.requested[1] - heard.requested[0] >= 0.1


def test_nothing_is_tried_again_once_a_token_came(hostile: Hostile) -> None:
    before = hostile.times("drop")
    ask(hostile, "drop")
    assert hostile.times("drop") - before == 1


def test_an_unreachable_server(hostile: Hostile) -> None:
    engine = ServerEngine(served("http://127.0.0.1:9/v1", "any"), QUICK)
    with pytest.raises(EngineError, match="can't be reached"):
        list(engine.stream(HELLO, Settings(), threading.Event()))
    engine.close()


REMEDIES = {
    "too many pictures": "Send fewer pictures, or a shorter clip",
    "untrusted budget": "Choose no image budget, or start it with --trust-request-mm-kwargs.",
    "no schema": "Ask without the schema, or make it simpler.",
    "too long": "Shorten the prompt",
    "error as text": "Shorten the prompt",
    "401": "PLAYGROUND_KEY_LAB",
}


@pytest.mark.parametrize("how", REMEDIES)
def test_a_remedy_can_work(hostile: Hostile, how: str) -> None:
    heard = ask(hostile, how)
    assert heard.error is not None and REMEDIES[how] in heard.error.remedy


def test_the_key_to_mend_is_the_one_that_the_file_names(hostile: Hostile, tmp_path: Path) -> None:
    file = tmp_path / "servers.toml"
    file.write_text(f'[lab]\nurl = "{hostile.url}"\nkind = "vllm"\nkey = "LAB_KEY"\n')
    (lab,) = configured({"PLAYGROUND_SERVERS": str(file), "LAB_KEY": "sk-wrong"})
    model = Model("server:lab/401", "401", "401", "server", EVERYTHING, server=lab)
    engine = ServerEngine(model)
    with pytest.raises(EngineError) as error:
        list(engine.stream(HELLO, Settings(), threading.Event()))
    engine.close()
    assert "as LAB_KEY and" in error.value.remedy
    assert "PLAYGROUND_KEY_LAB" not in error.value.remedy


@pytest.mark.parametrize(
    ("how", "text"),
    [
        ("cut character", "😀 fine"),
        ("role only", "One two three."),
        ("no usage", "One two three."),
        ("end unsaid", "One two three."),
        ("gzipped", "One two three."),
        ("deflated", "One two three."),
        ("pings", "One two three."),
        ("reads", "One two three."),
        ("open end", "One two three."),
        ("empty events", "One two three."),
        ("finish eos_token", "One two three."),
        ("halves", "A \U0001f600 B \N{REPLACEMENT CHARACTER}"),
    ],
)
def test_odd_but_well(hostile: Hostile, how: str, text: str) -> None:
    heard = ask(hostile, how)
    assert heard.error is None and heard.answer == text


def test_an_end_without_a_reason_is_an_end_and_said(hostile: Hostile) -> None:
    heard = ask(hostile, "end unsaid")
    assert heard.finished is not None and heard.finished.reason == "unsaid"
    assert heard.finished.remarks == ("lab ended the answer without saying why.",)
    assert ask(hostile, "good").finished.remarks == ()  # type: ignore[union-attr]


def test_a_server_that_ignores_a_schema_is_said_to(hostile: Hostile) -> None:
    heard = ask(hostile, "good", Settings(schema={"type": "object"}))
    assert heard.finished is not None
    (said,) = heard.finished.remarks
    assert said.startswith("lab was given the schema and did not hold to it. It is no JSON")
    assert ask(hostile, "good", Settings(schema={})).finished.remarks  # type: ignore[union-attr]


def test_a_schema_is_kept_by_what_was_begun_and_what_came_together(hostile: Hostile) -> None:
    schema = {"type": "object", "required": ["name"]}
    heard = ask(hostile, "goes on", Settings(schema=schema, begun='{"name": '))
    assert heard.answer == '"Ada"}'
    assert heard.finished is not None and heard.finished.remarks == ()
    assert ask(hostile, "goes on", Settings(schema=schema)).finished.remarks  # type: ignore[union-attr]


def test_marks_that_a_person_began_an_answer_with_are_not_the_servers(hostile: Hostile) -> None:
    heard = ask(hostile, "good", Settings(begun="A turn ends with <turn|> and "))
    assert heard.finished is not None and heard.finished.remarks == ()


def test_a_compressed_bomb_does_not_fill_the_memory(hostile: Hostile) -> None:
    before = psutil.Process().memory_info().rss
    ask(hostile, "bomb")
    assert psutil.Process().memory_info().rss - before < 300e6


def test_a_server_may_think_for_as_long_as_somebody_watches(hostile: Hostile) -> None:
    assert (Patience().first_token_s, Patience().silence_s) == (None, None)
    heard = ask(hostile, "stall", patience=Patience())
    assert "broke off" in heard.error.reason, "ended by the server, not by us"  # type: ignore[union-attr]


def test_a_connection_is_used_again(hostile: Hostile) -> None:
    engine = ServerEngine(served(hostile.url, "good"), QUICK)
    hostile.callers.clear()
    for _ in range(3):
        list(engine.stream(HELLO, Settings(), threading.Event()))
        time.sleep(0.1)
    engine.close()
    assert len(hostile.callers) == 3 and len(set(hostile.callers)) == 1


def test_many_streams_come_through_one_thread(hostile: Hostile) -> None:
    before = threading.active_count()
    engine = ServerEngine(served(hostile.url, "slow"))
    stop, heard, most = threading.Event(), [0] * 20, 0

    def listen(number: int) -> None:
        for event in engine.stream(HELLO, Settings(), stop):
            heard[number] += isinstance(event, Chunk)

    threads = [threading.Thread(target=listen, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    until = time.monotonic() + 60
    while min(heard) < 5 and time.monotonic() < until:
        ours = {thread.name for thread in threading.enumerate()}
        most = max(most, sum("streams" in name for name in ours))
        time.sleep(0.02)
    stop.set()
    for thread in threads:
        thread.join(5)
    engine.close()
    assert min(heard) >= 5 and most == 1
    assert threading.active_count() <= before + 1 + 20, "the server's own threads end later"


def test_counts_that_make_no_sense_are_left_out(hostile: Hostile) -> None:
    for how in ("no usage", "wrong usage"):
        heard = ask(hostile, how)
        assert heard.finished is not None
        assert heard.finished.prompt is None and heard.finished.output is None
        figures = compute(Timeline(0, 0, heard.requested[0]), heard.chunks, None, heard.finished)
        assert figures.output_tokens is None and figures.output_tps is None and figures.ttft_s


def test_thoughts_left_in_the_text_are_told_apart(hostile: Hostile) -> None:
    heard = ask(hostile, "thoughts in the text")
    assert heard.text == {"thinking": "let me see", "answer": "It is 4."}


def test_thoughts_under_either_name(hostile: Hostile) -> None:
    heard = ask(hostile, "reasoning", Settings(thinking=True))
    assert heard.text == {"thinking": "hm well", "answer": "Four."}
    assert heard.finished is not None and heard.finished.output is not None
    assert heard.finished.output.total == 4 and heard.finished.output.source == "estimated"


def test_a_tool_call(hostile: Hostile) -> None:
    heard = ask(hostile, "tool")
    assert heard.text == {"tool_call": 'call:get_weather{"city": "Rome"}'}
    assert heard.finished is not None and heard.finished.reason == "tool_call"


def test_the_servers_own_times_are_reported(hostile: Hostile) -> None:
    heard = ask(hostile, "timings")
    assert heard.finished is not None and heard.finished.prefill_s == 0.25
    figures = compute(Timeline(0, 0, heard.requested[0]), heard.chunks, None, heard.finished)
    assert figures.prefill_tps == pytest.approx((12 - 2) / 0.25)
    assert figures.sources["prefill_tps"] == "reported"
    assert figures.sources["ttft_s"] == "measured"
    assert figures.sources["output_tokens"] == "reported"


def test_stop_closes_the_connection(hostile: Hostile) -> None:
    stop, engine = threading.Event(), ServerEngine(served(hostile.url, "slow"))
    hostile.left.clear()
    for event in engine.stream(HELLO, Settings(), stop):
        if isinstance(event, Chunk):
            stop.set()
            asked = time.perf_counter()
    assert isinstance(event, Finished) and event.reason == "stopped"
    assert time.perf_counter() - asked < 10
    assert hostile.left.wait(60), "the server still believes that somebody listens"
    engine.close()


def test_stop_while_nothing_comes(hostile: Hostile) -> None:
    stop = threading.Event()
    threading.Timer(0.2, stop.set).start()
    heard = ask(hostile, "stall at once", patience=Patience(), stop=stop)
    assert heard.finished is not None and heard.finished.reason == "stopped"


@pytest.mark.parametrize("how", ["endless", "huge"])
def test_what_has_no_end_is_cut(hostile: Hostile, how: str) -> None:
    before = psutil.Process().memory_info().rss
    heard = ask(hostile, how, Settings(max_tokens=50))
    assert heard.error is not None and "beyond the 50 tokens" in heard.error.reason
    assert psutil.Process().memory_info().rss - before < 300e6


def test_the_others_in_a_comparison_are_not_disturbed(hostile: Hostile) -> None:
    models = [served(hostile.url, how) for how in ("good", "drop", "stall", "500", "good")]
    pool = Pool(lambda model: ServerEngine(model, QUICK), budget_bytes=10**9)
    contenders = [Contender(model, Settings(), f"{i}") for i, model in enumerate(models)]
    comparison = Comparison(HELLO, contenders, all_at_once=True)
    comparison.run(pool)
    ended(comparison)
    states = [answer.state for answer in comparison.answers]
    assert states == ["done", "failed", "failed", "failed", "done"]
    assert [a.text for a in comparison.answers] == ["One two three."] * 3 + ["", "One two three."]
    assert comparison.answers[0].figures().contended
    pool.close()


def test_the_key_goes_to_its_server_and_nothing_else_does(
    hostile: Hostile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-another")
    monkeypatch.setenv("OPENAI_ORG_ID", "my-company")
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "x-secret: value")
    hostile.seen.clear()
    ask(hostile, "good")
    ((path, headers, body),) = hostile.seen
    lower = {name.lower(): value for name, value in headers.items()}
    assert path == "/v1/chat/completions"
    assert lower.pop("authorization") == f"Bearer {SECRET}"
    assert set(lower) <= {"host", "accept", "connection", "content-length", "content-type"}
    assert SECRET.encode() not in body
