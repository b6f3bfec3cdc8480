"""How many examples a property is tried with: all of them, or a few in the inner loop."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

QUICK = "quick"
"""The profile of `make test-quick` (--hypothesis-profile)."""

settings.register_profile(QUICK)


def many(most: int) -> settings:
    """So many examples, a fifth of them in a hurry. No deadlines: a busy machine is no fault."""
    quick = settings.get_current_profile_name() == QUICK
    return settings(
        max_examples=max(5, most // 5) if quick else most,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
