"""What is counted for Prometheus: questions, answers, their figures, the line, memory, sessions, faults of the archive.

In a registry of its own, behind a token; `prometheus_client` is imported when an operator wants it. Streamlit's own
metrics, which would be open to all, stand behind the same token.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

from playground.comparisons import summed
from playground.comparisons.answer import Answer
from playground.comparisons.comparison import Comparison
from playground.comparisons.pool import Pool
from playground.comparisons.witnesses.witness import Witness
from playground.hosting.asgi import Application, Receive, Scope, Send, answer, header
from playground.models.model import Model

METRICS = "/metrics"

SECONDS = (0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 60, 120)
"""Between which the time to first token is counted."""

MOST_MODELS = 100
"""Names of models that are told apart: visitors may name servers of their own, without end."""


class Metrics(Witness):
    """Counts what it sees. `pool` is where models run, `faults` how often the archive failed, `sessions` how many
    tabs are open.
    """

    def __init__(self, pool: Pool, faults: Callable[[], int], sessions: Callable[[], int]) -> None:
        client = import_module("prometheus_client")
        self._registry = client.CollectorRegistry()
        self._write = client.generate_latest
        self.kind: str = client.CONTENT_TYPE_PLAIN_0_0_4
        self._names: set[str] = set()
        told = {"namespace": "playground", "registry": self._registry}
        self._runs = client.Counter("runs", "Questions that were put.", **told)
        self._answers = client.Counter("answers", "Ended answers.", ("state", "model"), **told)
        self._first = client.Histogram(
            "ttft_seconds", "Time to first token.", ("model",), buckets=SECONDS, **told
        )
        self._tokens = client.Counter(
            "tokens", "Tokens read, thought and answered.", ("kind", "model"), **told
        )
        gauges: tuple[tuple[str, str, Callable[[], float]], ...] = (
            ("waiting", "Answers that stand in the line.", pool.waiting),
            ("models_in_memory", "Models of this machine in memory.", lambda: _in_memory(pool)),
            ("sessions", "Tabs that are open.", sessions),
        )
        for name, words, count in gauges:
            client.Gauge(name, words, **told).set_function(count)
        self._registry.register(_Faults(faults))

    def asked(self, comparison: Comparison) -> None:
        """One more question."""
        self._runs.inc()

    def ended(self, comparison: Comparison, answer: Answer) -> None:
        """One more answer."""
        model = self._name(answer.contender.model)
        state = "interrupted" if answer.interrupted else answer.state
        self._answers.labels(state, model).inc()
        figures = summed.figures(answer.fresh, answer.contended)  # what it goes on with was counted
        if figures.ttft_s is not None:
            self._first.labels(model).observe(figures.ttft_s)
        read, said = figures.prompt_tokens, figures.output_tokens
        counted = {
            "prompt": read.total if read else 0,
            "thinking": said.thinking if said else 0,
            "answer": said.answer if said else 0,
        }
        for kind, count in counted.items():
            self._tokens.labels(kind, model).inc(count)

    def text(self) -> str:
        """All of it, as Prometheus reads it."""
        return str(self._write(self._registry).decode())

    def _name(self, model: Model) -> str:
        """Variant and where it runs: "E2B on this machine". No path, no address."""
        place = model.server.name if model.server else "this machine"
        name = f"{model.title} on {place}"
        if name not in self._names and len(self._names) >= MOST_MODELS:
            return "others"
        self._names.add(name)
        return name


class _Faults:
    """How often the archive could not be written, asked for as it is read."""

    def __init__(self, faults: Callable[[], int]) -> None:
        self._faults = faults
        self._family = import_module("prometheus_client.core").CounterMetricFamily

    def collect(self) -> Iterator[Any]:
        """For the registry."""
        words = "Times that the archive could not be written."
        yield self._family("playground_archive_faults", words, value=self._faults())


def _in_memory(pool: Pool) -> int:
    return sum(engine.model.server is None for engine in pool.loaded())


class Guarded:
    """Answers /metrics and lets /_stcore/metrics pass to `app`, both for who knows the token; there is nothing at these
    addresses for others, or where there is no token.
    """

    def __init__(self, app: Application, token: str, metrics: Callable[[], Metrics | None]) -> None:
        self._app = app
        self._token = token
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        path = scope["path"].rstrip("/") if scope["type"] == "http" else ""
        if not path.endswith(METRICS):
            await self._app(scope, receive, send)
        elif not self._knows(header(scope, b"authorization")):
            await answer(send, 404, "There is nothing here.")
        elif path.endswith("/_stcore/metrics"):
            await self._app(scope, receive, send)
        elif (metrics := self._metrics()) is None:
            await answer(send, 404, "There is nothing here.")
        else:
            await answer(send, 200, metrics.text(), metrics.kind)

    def _knows(self, said: str) -> bool:
        kind, _, token = said.partition(" ")
        right = hmac.compare_digest(token.strip().encode(), self._token.encode())
        return bool(self._token) and kind.lower() == "bearer" and right
