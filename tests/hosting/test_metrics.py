"""What Prometheus gets, read by Prometheus' own parser; and who gets it."""

from __future__ import annotations

import pytest
from prometheus_client.parser import text_string_to_metric_families

from playground.desk import Desk
from playground.engines.recital import Recital
from playground.hosting import metrics as counting
from playground.hosting.metrics import Guarded, Metrics
from playground.prompt.conversation import Conversation
from tests.archive.kept import columns
from tests.hosting.test_hosting import HOST, ask, page


def counted(metrics: Metrics) -> dict[tuple[str, ...], float]:
    """Every sample by its name and the values of its labels, which come in the order of their names."""
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(metrics.text())
        for sample in family.samples
    }


def metrics_of(desk: Desk) -> Metrics:
    made = Metrics(desk.pool, lambda: 3, lambda: 2)
    desk.witnesses.append(made)
    return made


def test_questions_answers_tokens_and_times_are_counted_by_model() -> None:
    desk = Desk(lambda model: Recital(model, "one two three", prefill_s=0.01), budget_bytes=1)
    metrics = metrics_of(desk)
    comparison = desk.start(Conversation.ask("Say it."), columns("a", "b"))
    for answer in comparison.answers:
        answer.wait()
    desk.again(comparison, "a")
    comparison.answers[0].wait()
    found = counted(metrics)
    assert found["playground_runs_total",] == 2
    assert found["playground_answers_total", "a on this machine", "done"] == 2
    assert found["playground_answers_total", "b on this machine", "done"] == 1
    assert found["playground_tokens_total", "answer", "b on this machine"] == 3
    assert found["playground_ttft_seconds_count", "a on this machine"] == 2
    assert found["playground_archive_faults_total",] == 3
    assert found["playground_sessions",] == 2
    assert found["playground_waiting",] == 0
    assert found["playground_models_in_memory",] == 2
    desk.close()


def test_what_was_stopped_and_what_the_end_interrupted_are_told_apart() -> None:
    desk = Desk(lambda model: Recital(model, "a " * 900, tokens_per_second=50), budget_bytes=1)
    metrics = metrics_of(desk)
    first, second = (desk.start(Conversation.ask("Say it."), columns("a")) for _ in range(2))
    first.stop()
    desk.close()
    assert second.answers[0].interrupted and second.answers[0].state == "stopped"
    found = counted(metrics)
    assert found["playground_answers_total", "a on this machine", "stopped"] == 1
    assert found["playground_answers_total", "a on this machine", "interrupted"] == 1


def test_names_that_visitors_think_up_are_not_counted_without_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(counting, "MOST_MODELS", 1)
    desk = Desk(lambda model: Recital(model, "one"), budget_bytes=1)
    metrics = metrics_of(desk)
    made = desk.start(Conversation.ask("Say it."), columns("a", "b", "c"))
    for answer in made.answers:
        answer.wait()
    found = counted(metrics)
    assert found["playground_answers_total", "others", "done"] == 2
    desk.close()


@pytest.mark.parametrize("path", ["/metrics", "/base/metrics", "/_stcore/metrics", "/metrics/"])
def test_metrics_are_for_those_who_know_the_token(path: str) -> None:
    desk = Desk(lambda model: Recital(model), budget_bytes=1)
    metrics = metrics_of(desk)
    app = Guarded(page, "secret", lambda: metrics)
    assert ask(app, path)[0] == 404
    for wrong in (b"secret", b"Bearer", b"Bearer secre", b"Basic secret", "Bearer ü".encode()):
        assert ask(app, path, [HOST, (b"authorization", wrong)])[0] == 404
    status, _, words = ask(app, path, [HOST, (b"authorization", b"Bearer secret")])
    assert status == 200 and ("page" in words if "_stcore" in path else "playground_" in words)
    desk.close()


def test_without_a_token_there_are_none_and_other_pages_are_untouched() -> None:
    app = Guarded(page, "", lambda: None)
    for said in (b"Bearer ", b"Bearer", b""):
        assert ask(app, "/_stcore/metrics", [HOST, (b"authorization", said)])[0] == 404
    assert ask(app, "/_stcore/health")[0] == 200
