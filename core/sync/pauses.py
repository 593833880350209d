"""How long a pause lasts, in the words of commands and menus."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from core.errors import UsageError

_SPAN = re.compile(r"(\d{1,4})\s*(m|min|h|d)")
_UNITS = {"m": 60, "min": 60, "h": 3600, "d": 86_400}


def pause_end(text: str, now: float) -> float | None:
    """The UNIX time that `30m`, `2h` or `tomorrow` (midnight here) means; None for nothing: until resumed."""
    if not text:
        return None
    if text == "tomorrow":
        midnight = datetime.fromtimestamp(now).replace(hour=0, minute=0, second=0, microsecond=0)  # noqa: DTZ006
        return (midnight + timedelta(days=1)).timestamp()
    span = _SPAN.fullmatch(text)
    if span is None or not int(span[1]):
        raise UsageError("sync.wrong_span", text=text)
    return now + int(span[1]) * _UNITS[span[2]]
