"""Whether a contender may and can answer: what is asked of it before anything is sent."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from playground.comparisons.contender import Contender
from playground.comparisons.witnesses.witness import Witness
from playground.models import catalog
from playground.prompt import piecewise, tokens
from playground.prompt.check import Accepted, Refused, check
from playground.prompt.conversation import Conversation
from playground.prompt.mend import Mend
from playground.tools import declared


def refusal(
    contender: Contender, conversation: Conversation, witnesses: Iterable[Witness]
) -> Refused | None:
    """Why it gets no answer: it may not, is gone, has tools that are none, or can't take what is put to it."""
    if said := forbidden(contender, witnesses):
        return said
    model, given = contender.model, contender.settings.tools
    if not model.here:
        return Refused(
            f"{model.weights} is not here under the name {model.spec}.",
            "Choose its column anew, and ask again.",
        )
    try:
        if declared.several(given) != given:
            raise declared.DeclaredFault("The tools are not declared as they must be.")
    except declared.DeclaredFault as fault:
        return Refused(str(fault), "Ask without tools.", (Mend("no_tools"),))
    (verdict,) = verdicts(conversation, (contender,))
    return verdict if isinstance(verdict, Refused) else None


def forbidden(contender: Contender, witnesses: Iterable[Witness]) -> Refused | None:
    """Why a witness does not let it be asked here."""
    said = (witness.refusal(contender) for witness in witnesses)
    return next((Refused(*why) for why in said if why is not None), None)


def verdicts(
    conversation: Conversation, contenders: Sequence[Contender]
) -> tuple[Accepted | Refused, ...]:
    """For each contender whether it can take the conversation, and if not, why and what would
    help.
    """
    return tuple(_verdict(conversation, contender) for contender in contenders)


def _verdict(conversation: Conversation, contender: Contender) -> Accepted | Refused:
    """Of all that is put to it: the first that it can't take."""
    settings, model = contender.settings, contender.model
    each = (
        check(
            one,
            settings,
            model.capabilities,
            tokens.count(one, settings, model),
            contender.label,
            catalog.able,
            here=model.engine == "local",
        )
        for one in piecewise.requests(conversation, settings)
    )
    return next((told for told in each if isinstance(told, Refused)), Accepted())
