"""A record as a comparison again: its answers have ended, and one can ask on in it."""

from __future__ import annotations

import time

from playground.archive import record
from playground.archive.restoring import answered
from playground.archive.restoring.asked import Fetch, conversation, settings
from playground.archive.restoring.fields import made, maybe
from playground.comparisons.answer import ENDED, Answer
from playground.comparisons.comparison import Comparison
from playground.comparisons.contender import Contender
from playground.comparisons.round import Round
from playground.models.capabilities import Capabilities
from playground.models.model import Model
from playground.models.sampling import Sampling
from playground.models.servers import Server
from playground.prompt.cost import PromptTokens


def comparison(
    kept: record.Comparison, fetch: Fetch, owner: str = "", live: bool = False
) -> Comparison:
    """The comparison of a record. `live`: another program is answering it, so that what has not ended goes on.

    Raises ValueError, one sentence, when the record makes no sense.
    """
    rounds: dict[str, Round] = {}
    for one in kept.rounds:
        if one.before is not None and one.before not in rounds:
            raise ValueError(f"Round {one.id} goes on from a round that is not there.")
        if one.id in rounds:
            raise ValueError(f"Two rounds have the id {one.id}.")
        rounds[one.id] = round_(one, rounds[one.before] if one.before else None, fetch, live)
    if kept.last not in rounds:
        raise ValueError("The round that is shown is not among the rounds.")
    shown = rounds[kept.last]
    return Comparison.restored(kept.id, tuple(rounds.values()), shown, kept.all_at_once, owner)


def round_(kept: record.Round, before: Round | None, fetch: Fetch, live: bool = False) -> Round:
    """A round with its answers."""
    answers = [answer(one, fetch, live) for one in kept.answers]
    return Round.restored(kept.id, conversation(kept.asked, fetch), answers, before)


def answer(kept: record.Answer, fetch: Fetch, live: bool = False) -> Answer:
    """An answer that has ended; one that had not was interrupted, unless it is answered elsewhere (`live`)."""
    live = live and kept.state not in ENDED and not kept.interrupted
    # Its running clock is this machine's.
    start = time.perf_counter() - max(0.0, time.time() - kept.asked_at) if live else 0.0
    return Answer.restored(
        contender(kept.contender),
        conversation(kept.messages, fetch),
        state=kept.state,
        reason=kept.reason,
        remedy=kept.remedy,
        finish_reason=kept.finish_reason,
        asked_at=kept.asked_at,
        timeline=answered.timeline(kept, start),
        chunks=list(answered.chunks(kept.chunks, start)),
        prompt=maybe(PromptTokens, kept.prompt),
        last=answered.last(kept.last),
        contended=kept.contended,
        interrupted=kept.interrupted,
        live=live,
        called=answered.called(kept, start),
    )


def contender(kept: record.Contender) -> Contender:
    """A column; its model names what answered, and may be gone from this machine."""
    return Contender(model(kept.model), settings(kept), kept.label, kept.id, kept.system)


def model(kept: record.Model) -> Model:
    """The model as it was named."""
    server = kept.server
    return Model(
        spec=kept.spec,
        variant=kept.variant,
        weights=kept.weights,
        engine=kept.engine,
        capabilities=made(Capabilities, kept.capabilities),
        revision=kept.revision,
        stored=kept.stored,
        precision=kept.precision,
        wish=kept.wish,
        demo=kept.demo,
        bytes=kept.bytes,
        dtype=kept.dtype,
        needs_bytes=kept.needs_bytes,
        runtime=kept.runtime,
        server=Server(server.name, f"http://{server.host}/v1", server.kind) if server else None,
        sampling=made(Sampling, kept.sampling),
        template=kept.template,
        facts={"commit": kept.commit, "files": kept.files, "parameters": kept.parameters},
        here=kept.engine == "recital",
    )
