"""Traces: each answer a span in OpenTelemetry's GenAI names, sent to the collector that the operator named.

What was asked and said goes along only if the operator says so. The names stand in the archive's export of traces.
"""

from __future__ import annotations

import threading
from importlib import import_module
from typing import Any

from playground import __version__
from playground.archive import recording
from playground.archive.export import traces_file
from playground.comparisons.answer import Answer
from playground.comparisons.comparison import Comparison
from playground.comparisons.witnesses.witness import Witness
from playground.config import NAME


class Traces(Witness):
    """Spans go in batches, from a thread of OpenTelemetry's own; where and how, its variables say."""

    def __init__(self, content: bool = False) -> None:
        self._content = content
        self._api: Any = import_module("opentelemetry.trace")
        sdk = import_module("opentelemetry.sdk.trace")
        batches = import_module("opentelemetry.sdk.trace.export")
        http = import_module("opentelemetry.exporter.otlp.proto.http.trace_exporter")
        self._trace = threading.local()
        self._provider = sdk.TracerProvider(resource=_resource(), id_generator=self._ids())
        self._provider.add_span_processor(batches.BatchSpanProcessor(http.OTLPSpanExporter()))
        self._tracer = self._provider.get_tracer(NAME, __version__)

    def ended(self, comparison: Comparison, answer: Answer) -> None:
        """One span; none for what was refused, of which no model was asked."""
        if answer.state == "refused":
            return
        kept = recording.answer(answer)
        told = traces_file.facts(comparison.id, _number(comparison, answer), kept)
        if self._content:
            told |= traces_file.contents(kept, None)
        begun, over = traces_file.times(kept)
        kind = self._api.SpanKind
        self._trace.id = int(traces_file.trace_id(comparison.id), 16)
        span = self._tracer.start_span(
            traces_file.name(kept),
            context=import_module("opentelemetry.context").Context(),
            kind=kind.CLIENT if kept.contender.model.server else kind.INTERNAL,
            attributes=told,
            start_time=begun,
        )
        if answer.state == "failed":
            span.set_status(self._api.StatusCode.ERROR, kept.reason)
        span.end(over)

    def flush(self) -> None:
        """Send what waits, now."""
        self._provider.force_flush()

    def close(self) -> None:
        """Send what waits, and nothing after it."""
        self._provider.shutdown()

    def _ids(self) -> Any:
        """Answers of one comparison are one trace, which has no span of its own."""
        ids = import_module("opentelemetry.sdk.trace.id_generator").RandomIdGenerator()
        ids.generate_trace_id = lambda: self._trace.id
        ids.is_trace_id_random = lambda: False
        return ids


def _resource() -> Any:
    """What OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES say, and our name where they say none."""
    resources = import_module("opentelemetry.sdk.resources")
    said = resources.Resource.create({"service.version": __version__})
    if not str(said.attributes.get("service.name", "")).startswith("unknown_service"):
        return said
    return said.merge(resources.Resource({"service.name": NAME}))


def _number(comparison: Comparison, answer: Answer) -> int:
    """Of the round in which it was given."""
    found = (one.number for one in comparison.every_round if answer in one.answers)
    return next(found, comparison.last.number)
