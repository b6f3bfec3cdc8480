"""Moments as the visitor's clock shows them."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st


def zone() -> tzinfo | None:
    """The visitor's; this machine's where the browser does not say."""
    try:
        return ZoneInfo(st.context.timezone or "")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def words(seconds: float, now: datetime | None = None) -> str:
    """ "today 14:02", "yesterday 9:15", "21 November 2026, 14:02"."""
    moment = datetime.fromtimestamp(seconds, zone()).astimezone(zone())
    today = (now or datetime.now(zone())).date()
    clock = f"{moment.hour}:{moment:%M}"
    if moment.date() == today:
        return f"today {clock}"
    if moment.date() == today - timedelta(days=1):
        return f"yesterday {clock}"
    return f"{moment.day} {moment:%B %Y}, {clock}"


def begins(day: date) -> float:
    """The first moment of a day, seconds since 1970."""
    return datetime.combine(day, time(), zone()).timestamp()
