"""How far this computer's clock is from a server's, as the dates of its answers tell."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

MOST_SKEW_SECONDS = 14 * 60
"""S3 refuses signatures from 15 minutes on."""


def http_date(text: str) -> datetime | None:
    """The moment in an HTTP date header; None for anything else."""
    try:
        when = parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return None
    return when if when.tzinfo else when.replace(tzinfo=UTC)


def skew_seconds(date: str) -> float | None:
    """Our clock minus the server's, from the date of an answer of just now; dates have whole seconds.

    None when there is no date that can be read.
    """
    when = http_date(date)
    return None if when is None else time.time() - when.timestamp()
