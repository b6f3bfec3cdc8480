"""What visitors are told of what is kept: only where strangers come, and true by what the operator set."""

from __future__ import annotations

from pathlib import Path

import pytest

from playground import config
from playground.hosting.people import consent

HOSTED = {"PLAYGROUND_HOSTED": "1"}


def test_on_ones_own_machine_nothing_is_said() -> None:
    held = config.read({})
    assert (consent.asking(held), consent.judging(held), consent.more(held)) == ("", "", ())


def test_hosted_it_says_what_for_how_long_who_sees_it_and_how_it_goes() -> None:
    held = config.read(HOSTED)
    assert consent.asking(held) == (
        "What you send, files too, and its answers are kept until you delete them on the History page; "
        "whoever has its link and who runs this page can see it."
    )
    assert "nobody but you and who runs this page" in consent.judging(held)
    assert any("without the cookie" in one for one in consent.more(held))
    assert not any("log" in one for one in consent.more(held))


def test_what_no_deletion_reaches_is_said(tmp_path: Path) -> None:
    logged = {**HOSTED, "PLAYGROUND_AUDIT": str(tmp_path), "PLAYGROUND_AUDIT_DAYS": "7"}
    assert (
        "A log keeps for 7 days when you ask whom, not what, whatever you delete."
        in consent.more(config.read(logged))
    )
    whole = config.read({**logged, "PLAYGROUND_AUDIT_CONTENT": "1"})
    assert (
        "A log keeps for 7 days what you ask and are answered, whatever you delete."
        in consent.more(whole)
    )


@pytest.mark.parametrize("needed", ["run", "all"])
def test_what_is_ones_own_by_sign_in_needs_no_cookie(needed: str) -> None:
    said = " ".join(consent.more(config.read({**HOSTED, "PLAYGROUND_SIGN_IN": needed})))
    assert "wherever you sign in" in said and "cookie" not in said


def test_where_nothing_is_kept_nothing_else_is_said() -> None:
    held = config.read({**HOSTED, "PLAYGROUND_ARCHIVE": "off"})
    assert "held in memory" in consent.asking(held)
    assert "History" not in consent.asking(held) + " ".join(consent.more(held))
