"""What a visitor is told of what is kept of them: what, for how long, who can see it, and how it is deleted.

Nothing on one's own machine, where all of it stays. Pure; knows the operator's settings and no page.
"""

from __future__ import annotations

from playground.config import Config


def asking(held: Config) -> str:
    """One sentence for whoever is about to send something."""
    if not held.hosted:
        return ""
    seen = "whoever has its link and who runs this page can see it"
    if not held.archive:
        return f"What you send, files too, and its answers are held in memory until others take their place; {seen}."
    return (
        "What you send, files too, and its answers are kept until you delete them on the History page; "
        f"{seen}."
    )


def judging(held: Config) -> str:
    """One sentence for whoever adds a name, a note, labels or ratings."""
    if not held.hosted:
        return ""
    return (
        "This is kept with the comparison until you delete it on the History page; nobody but you and who runs this "
        "page sees it."
    )


def more(held: Config) -> tuple[str, ...]:
    """What else there is to know of `asking`, a sentence or two each."""
    if not held.hosted:
        return ()
    said = ["Files that you add and don't send are forgotten with this tab."]
    if held.archive:
        said += [
            _whose(held),
            "You can withdraw a comparison's link. What somebody copied while it was open is theirs.",
            "*Delete* can be taken back for an hour; *Delete all* is at once and for good. Who runs this page may "
            "delete what is old before you do.",
        ]
    return (*said, *_beside(held))


def _whose(held: Config) -> str:
    """By what it is known to be one's own."""
    if held.sign_in.needed:
        return "What you ask while you are signed in is yours wherever you sign in."
    return "It is yours by a cookie of this browser: without the cookie you can't find or delete it any more."


def _beside(held: Config) -> list[str]:
    """Where else something of it goes, which no deletion reaches."""
    said = []
    if held.audit is not None:
        what = (
            "what you ask and are answered" if held.audit_content else "when you ask whom, not what"
        )
        said.append(f"A log keeps for {held.audit_days} days {what}, whatever you delete.")
    if held.traces_content:
        said.append("The words go to this page's monitoring too, whatever you delete.")
    return said
